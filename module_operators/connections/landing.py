"""Rows that arrive as an Arrow stream, written to staging in bounded memory."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

from module_operators.base import Extracted
from module_operators.problems import ModuleError
from module_operators.run import STAGING_FORMAT

if TYPE_CHECKING:
    from module_operators.run import Run

_STREAM = "logidata_rows"


def landed_stream(
    rows: AbstractContextManager[Any], select: str, run: Run, explained: Callable[[str], ModuleError]
) -> Extracted:
    """Lands a stream's rows, each as the engine's SELECT list `select` makes it.

    Args:
        rows: gives the stream.
        select: items over the stream's columns.
        run: whose staging and engine these are.
        explained: what the engine's message means: what a driver says in the middle of its rows arrives inside it.
    """
    import duckdb  # noqa: PLC0415

    from module_operators.engines.duckdb import engine_message  # noqa: PLC0415

    engine = run.engine.connection
    with rows as stream, run.landing() as folder:
        path = folder / "part-0.parquet"
        target = run.engine.dialect.literal(str(path))
        engine.register(_STREAM, stream)
        try:
            answer = engine.execute(f"COPY (SELECT {select} FROM {_STREAM}) TO {target} ({STAGING_FORMAT})")
            (count,) = answer.fetchone() or (0,)
        except duckdb.Error as error:
            raise explained(engine_message(error)) from None
        finally:
            engine.unregister(_STREAM)
        size = path.stat().st_size
    return Extracted(run.landed(), rows=int(count), bytes=size, staged=True)

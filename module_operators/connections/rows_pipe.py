"""Rows from the engine to a database: a pipe from what writes them for it, a few megabytes at a time."""

from __future__ import annotations

import os
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self

from module_operators.relation import Column, Plan

if TYPE_CHECKING:
    from module_operators.run import Run

CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Copied:
    """What went through."""

    rows: int
    bytes: int


Producer = Callable[[Path, int], int]
"""Writes all rows into the pipe, by its name or its descriptor, and answers how many they were."""


class RowsPipe:
    """Rows written into a pipe by a thread of their own; a file object for whoever sends them on.

    A target takes the pipe's end as the end of the data, also when the engine failed: `finish` raises its failure.
    """

    def __init__(self, pipe: Path, produce: Producer, run: Run) -> None:
        self.bytes, self.rows = 0, 0
        self._run, self._pipe, self._produced = run, pipe, produce
        self._failure: BaseException | None = None
        os.mkfifo(pipe, 0o600)
        self._reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
        # Held until the engine is done: the pipe cannot end before the engine has opened it.
        self._writer = os.open(pipe, os.O_WRONLY)
        os.set_blocking(self._reader, True)
        with suppress(ImportError, OSError, AttributeError):
            import fcntl  # noqa: PLC0415

            fcntl.fcntl(self._writer, fcntl.F_SETPIPE_SZ, CHUNK)
        self._thread = threading.Thread(target=self._produce, name="rows-pipe", daemon=True)

    @classmethod
    @contextmanager
    def opened(cls, produce: Producer, run: Run) -> Iterator[Self]:
        """A pipe through which comes what `produce` writes."""
        with (
            tempfile.TemporaryDirectory(prefix="copy-", dir=run.files.scratch) as folder,
            cls(Path(folder) / "rows", produce, run) as rows,
        ):
            yield rows

    @classmethod
    def csv(cls, plan: Plan, select: str, options: str, run: Run) -> AbstractContextManager[Self]:
        """A pipe through which the rows of `select` come as CSV; `options` are those of the engine's COPY."""

        def produce(pipe: Path, _: int) -> int:
            answer = run.engine.run(plan, f"COPY ({select}) TO {run.engine.dialect.literal(str(pipe))} ({options})")
            return int(answer[0][0]) if answer else 0

        return cls.opened(produce, run)

    def _produce(self) -> None:
        try:
            self.rows = self._produced(self._pipe, self._writer)
        except BaseException as error:  # noqa: BLE001 - raised again by `finish`, in the task's thread
            self._failure = error
        finally:
            os.close(self._writer)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def read(self, size: int = -1) -> bytes:
        data = os.read(self._reader, size if size > 0 else CHUNK)
        self.bytes += len(data)
        return data

    def finish(self) -> None:
        self._thread.join()
        self.raise_failure()

    def raise_failure(self) -> None:
        """Raises why there were no more rows, when that is known already."""
        if self._failure is not None:
            raise self._failure

    def __exit__(self, *_: object) -> None:
        while self._thread.is_alive():  # the load failed or the task is being stopped: the engine must not outlive it
            self._run.engine.connection.interrupt()
            with suppress(BlockingIOError):
                os.set_blocking(self._reader, False)
                while os.read(self._reader, CHUNK):
                    pass
            self._thread.join(0.02)
        os.close(self._reader)


def ordered_rows(plan: Plan, run: Run, written: Callable[[Column, str], str], *, numbered: bool) -> str:
    """A SELECT of the plan's rows in their order, each value as `written(column, its quoted name)` says.

    Args:
        plan: what to load.
        run: whose engine runs it.
        written: the engine's SQL for a value as the target reads it back unchanged.
        numbered: adds a last item, each row's place in the relation's order.
    """
    sql, result = run.engine.dialect, plan.result
    items = [written(column, sql.quote(column.name)) for column in result.columns]
    order = sql.order_by(result.order)
    if numbered and (result.order or not result.row_number):
        order = sql.row_order(result)
        items.append("row_number() OVER ()")
    elif numbered and result.row_number:  # the source's own number says it, nothing needs to be sorted
        items.append(f"CAST({sql.quote(result.row_number)} AS BIGINT)")
    return f"SELECT {', '.join(items)} FROM ({run.engine.compose(plan, hidden=True, ordered=False)} {order})"

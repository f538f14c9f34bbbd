"""A plan's rows as a Parquet file on this machine: what bulk loads of documents and of warehouses begin with."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from module_operators.connections.rows_pipe import ordered_rows
from module_operators.problems import DataError
from module_operators.relation import HIDDEN_PREFIX, Column, Plan
from module_operators.run import STAGING_FORMAT

if TYPE_CHECKING:
    from module_operators.run import Run

_PLACE = f"{HIDDEN_PREFIX}place"


@dataclass(frozen=True, slots=True)
class ParquetRows:
    """The file; of an upsert it has one row a key."""

    path: Path
    rows: int
    """What the plan yielded."""
    bytes: int


@contextmanager
def parquet_rows(
    plan: Plan,
    run: Run,
    written: Callable[[Column, str], str],
    keys: Sequence[str] = (),
    names: Sequence[str] = (),
) -> Iterator[ParquetRows]:
    """Runs the plan into a file that lives as long as the block.

    Args:
        plan: what to load; its order is the file's.
        run: whose engine runs it.
        written: the engine's SQL for a value as the target takes it.
        keys: columns of which each row must have a value, and of rows with the same the last one is kept.
        names: of the file's columns, where they are not the plan's.

    Raises:
        DataError: the plan failed on a row, or keys are missing or repeat without an order to choose by.
    """
    with tempfile.TemporaryDirectory(prefix="rows-", dir=run.files.scratch) as folder:
        path, quote = Path(folder) / "rows.parquet", run.engine.dialect.quote
        listed = ", ".join(quote(name) for name in names or plan.result.names)
        if not keys:
            select = ordered_rows(plan, run, written, numbered=False)
            yield _copied(plan, run, f"SELECT * FROM ({select}) AS named({listed})", path)
            return
        numbered, place = Path(folder) / "numbered.parquet", quote(_PLACE)
        own = ", ".join(quote(name) for name in plan.result.names)
        select = ordered_rows(plan, run, written, numbered=True)
        all_rows = _copied(plan, run, f"SELECT * FROM ({select}) AS numbered({own}, {place})", numbered)
        source = f"read_parquet({run.engine.dialect.literal(str(numbered))}, hive_partitioning = false)"
        last = ""
        if _has_repeated_keys(plan, run, source, keys):
            by = ", ".join(quote(key) for key in keys)
            last = f"QUALIFY row_number() OVER (PARTITION BY {by} ORDER BY {place} DESC) = 1"
        rows = f"SELECT * EXCLUDE ({place}) FROM (SELECT * FROM {source} {last} ORDER BY {place})"
        target = run.engine.dialect.literal(str(path))
        run.engine.connection.execute(
            f"COPY (SELECT * FROM ({rows}) AS named({listed})) TO {target} ({STAGING_FORMAT})"
        )
        numbered.unlink()
        yield ParquetRows(path, all_rows.rows, path.stat().st_size)


def _copied(plan: Plan, run: Run, select: str, path: Path) -> ParquetRows:
    answer = run.engine.run(plan, f"COPY ({select}) TO {run.engine.dialect.literal(str(path))} ({STAGING_FORMAT})")
    return ParquetRows(path, int(answer[0][0]) if answer else 0, path.stat().st_size)


def _has_repeated_keys(plan: Plan, run: Run, source: str, keys: Sequence[str]) -> bool:
    quote, shown = run.engine.dialect.quote, ", ".join(keys)
    listed = ", ".join(quote(key) for key in keys)
    missing = " OR ".join(f"{quote(key)} IS NULL" for key in keys)
    ((nulls,),) = run.engine.connection.execute(f"SELECT count(*) FROM {source} WHERE {missing}").fetchall()
    if nulls:
        raise DataError(
            f"{nulls:,} rows have no value in the key ({shown}): they cannot be matched. Remove them first."
        )
    repeated = run.engine.connection.execute(
        f"SELECT count(*) OVER (), n, concat_ws(', ', {listed}) FROM"
        f" (SELECT {listed}, count(*) AS n FROM {source} GROUP BY {listed} HAVING count(*) > 1) LIMIT 1"
    ).fetchone()
    if repeated is None:
        return False
    told = f"{repeated[0]:,} keys occur more than once, ({shown}) = ({repeated[2]}) for example {repeated[1]} times"
    if not (plan.result.order or plan.result.row_id):
        raise DataError(f"{told}, and the rows have no order to choose by. Add Deduplicate or Sort before the load.")
    run.log.warning("%s: the last row of each is loaded.", told)
    return True

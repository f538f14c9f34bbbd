"""Rows from the engine into PostgreSQL: a pipe between the engine's CSV writer and COPY, a few megabytes at a time."""

from __future__ import annotations

import os
import tempfile
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, cast

from module_operators.connections.postgres_table import quoted
from module_operators.relation import Column, Plan

if TYPE_CHECKING:
    from psycopg2 import extensions

    from module_operators.run import Run

_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Copied:
    """What went through."""

    rows: int
    bytes: int


def copy_rows(cursor: extensions.cursor, target: str, plan: Plan, run: Run, *, row_column: str | None = None) -> Copied:
    """Runs the plan into a table within the cursor's transaction.

    Args:
        cursor: its transaction must be rolled back when this raises.
        target: the table, quoted; it has the plan's columns.
        plan: what to load.
        run: whose engine runs it.
        row_column: a further column of the table, quoted, that takes each row's place in the relation's order.

    Raises:
        DataError: the plan failed on a row.
        psycopg2.Error: the server refused a row.
    """
    columns = plan.result.columns
    names = ", ".join([*(quoted(column.name) for column in columns), *([row_column] if row_column else [])])
    # A lone \. would end the data for servers before 18, unless it is quoted.
    options = "FORMAT csv, HEADER false" + (", FORCE_QUOTE *" if [c.type for c in columns] == ["string"] else "")
    with tempfile.TemporaryDirectory(prefix="copy-", dir=run.files.scratch) as folder:
        pipe = Path(folder) / "rows.csv"
        select = _select(plan, run, numbered=row_column is not None)
        statement = f"COPY ({select}) TO {run.engine.dialect.literal(str(pipe))} ({options})"
        with _Producer(pipe, plan, statement, run) as rows:
            cursor.copy_expert(f"COPY {target} ({names}) FROM STDIN (FORMAT csv)", cast("Any", rows), size=_CHUNK)
            rows.finish()
            return Copied(cursor.rowcount, rows.bytes)


class _Producer:
    """The engine, in a thread of its own, writing into a pipe; a file object for COPY to read.

    COPY takes the pipe's end as the end of the data, also when the engine failed: `finish` raises what it failed with.
    """

    def __init__(self, pipe: Path, plan: Plan, statement: str, run: Run) -> None:
        self.bytes = 0
        self._run, self._plan, self._statement = run, plan, statement
        self._failure: BaseException | None = None
        os.mkfifo(pipe, 0o600)
        self._reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
        # Held until the engine is done: the pipe cannot end before the engine has opened it.
        self._writer = os.open(pipe, os.O_WRONLY)
        os.set_blocking(self._reader, True)
        with suppress(ImportError, OSError, AttributeError):
            import fcntl  # noqa: PLC0415

            fcntl.fcntl(self._writer, fcntl.F_SETPIPE_SZ, _CHUNK)
        self._thread = threading.Thread(target=self._produce, name="postgres-copy", daemon=True)

    def _produce(self) -> None:
        try:
            self._run.engine.run(self._plan, self._statement)
        except BaseException as error:  # noqa: BLE001 - raised again by `finish`, in the task's thread
            self._failure = error
        finally:
            os.close(self._writer)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def read(self, size: int = -1) -> bytes:
        data = os.read(self._reader, size if size > 0 else _CHUNK)
        self.bytes += len(data)
        return data

    def finish(self) -> None:
        self._thread.join()
        if self._failure is not None:
            raise self._failure

    def __exit__(self, *_: object) -> None:
        while self._thread.is_alive():  # COPY failed or the task is being stopped: the engine must not outlive it
            self._run.engine.connection.interrupt()
            with suppress(BlockingIOError):
                os.set_blocking(self._reader, False)
                while os.read(self._reader, _CHUNK):
                    pass
            self._thread.join(0.02)
        os.close(self._reader)


def _select(plan: Plan, run: Run, *, numbered: bool) -> str:
    """The plan's rows in their order, each value as text that PostgreSQL reads back unchanged."""
    sql, result = run.engine.dialect, plan.result
    items = [_written(column, sql.quote(column.name)) for column in result.columns]
    order = sql.order_by(result.order)
    if numbered and (result.order or not result.row_number):
        order = sql.row_order(result)
        items.append("row_number() OVER ()")
    elif numbered and result.row_number:  # the source's own number says it, nothing needs to be sorted
        items.append(sql.quote(result.row_number))
    return f"SELECT {', '.join(items)} FROM ({run.engine.compose(plan, hidden=True, ordered=False)} {order})"


def _written(column: Column, name: str) -> str:
    if column.type == "binary":
        return f"'\\x' || hex({name}) AS {name}"
    if column.type.startswith("list("):
        return f"{_array(name, column.type)} AS {name}"
    return name


def _array(value: str, logical: str, depth: int = 0) -> str:
    """A list as an array of PostgreSQL: `{"a","b\\"c",NULL}`."""
    element, item = logical[5:-1], f"item{depth}"
    if element.startswith("list("):
        written = _array(item, element, depth + 1)
    elif element == "binary":
        written = f"'\"\\\\x' || hex({item}) || '\"'"
    else:
        escaped = f"replace(replace(CAST({item} AS VARCHAR), '\\', '\\\\'), '\"', '\\\"')"
        written = f"'\"' || {escaped} || '\"'"
    items = f"list_transform({value}, lambda {item}: coalesce({written}, 'NULL'))"
    return f"CASE WHEN {value} IS NOT NULL THEN '{{' || coalesce(array_to_string({items}, ','), '') || '}}' END"

"""Rows from the engine into PostgreSQL: COPY reads them from a pipe, in binary or as CSV."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

from module_operators.connections.postgres_binary import NotAlike, binary_rows, written_alike
from module_operators.connections.postgres_table import quoted
from module_operators.connections.rows_pipe import CHUNK, Copied, RowsPipe, ordered_rows
from module_operators.relation import Column, Plan

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from psycopg2 import extensions

    from module_operators.run import Run

_BEFORE = "logidata_copy"


def copy_rows(
    cursor: extensions.cursor,
    target: str,
    plan: Plan,
    run: Run,
    types: Mapping[str, str],
    *,
    row_column: str | None = None,
) -> Copied:
    """Runs the plan into a table within the cursor's transaction: binary where all values allow it, else as CSV.

    Args:
        cursor: its transaction must be rolled back when this raises.
        target: the table, quoted; it has the plan's columns.
        plan: what to load.
        run: whose engine runs it.
        types: by column, the base type that it has in the table, empty for an array's.
        row_column: a further column of the table, quoted, that takes each row's place in the relation's order.

    Raises:
        DataError: the plan failed on a row.
        psycopg2.Error: the server refused a row.
    """
    columns = plan.result.columns
    names = ", ".join([*(quoted(column.name) for column in columns), *([row_column] if row_column else [])])
    into, numbered = f"COPY {target} ({names}) FROM STDIN", row_column is not None
    alike = written_alike(columns, types)
    if alike is not None:
        select = ordered_rows(
            plan, run, lambda column, name: f"{alike[column.name].format(name)} AS {name}", numbered=numbered
        )
        cursor.execute(f"SAVEPOINT {_BEFORE}")
        try:
            copied = _copied(cursor, f"{into} (FORMAT binary)", binary_rows(plan, select, run))
        except NotAlike:
            run.log.info("Dates beyond what PostgreSQL's binary form holds: the rows are sent as text.")
            cursor.execute(f"ROLLBACK TO SAVEPOINT {_BEFORE}")
        else:
            cursor.execute(f"RELEASE SAVEPOINT {_BEFORE}")
            return copied
    # A lone \. would end the data for servers before 18, unless it is quoted.
    options = "FORMAT csv, HEADER false" + (", FORCE_QUOTE *" if [c.type for c in columns] == ["string"] else "")
    select = ordered_rows(plan, run, _written, numbered=numbered)
    return _copied(cursor, f"{into} (FORMAT csv)", RowsPipe.csv(plan, select, options, run))


def _copied(cursor: extensions.cursor, statement: str, pipe: AbstractContextManager[RowsPipe]) -> Copied:
    with pipe as rows:
        try:
            cursor.copy_expert(statement, cast("Any", rows), size=CHUNK)
        finally:  # the server may have refused what is cut off because the engine failed
            rows.raise_failure()
        rows.finish()
        return Copied(cursor.rowcount, rows.bytes)


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

"""Rows from the engine into PostgreSQL: its CSV writer's pipe is what COPY reads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from module_operators.connections.csv_pipe import CHUNK, Copied, CsvPipe, ordered_rows
from module_operators.connections.postgres_table import quoted
from module_operators.relation import Column, Plan

if TYPE_CHECKING:
    from psycopg2 import extensions

    from module_operators.run import Run


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
    select = ordered_rows(plan, run, _written, numbered=row_column is not None)
    with CsvPipe.opened(plan, select, options, run) as rows:
        cursor.copy_expert(f"COPY {target} ({names}) FROM STDIN (FORMAT csv)", cast("Any", rows), size=CHUNK)
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

"""Rows from the engine into MySQL: its CSV writer's pipe is what LOAD DATA LOCAL reads."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from module_operators.connections.mysql_table import quoted
from module_operators.connections.rows_pipe import Copied, RowsPipe, ordered_rows
from module_operators.problems import DataError, TargetError
from module_operators.relation import Column, Plan

if TYPE_CHECKING:
    from module_operators.run import Run

_NOT_ALLOWED = {1148, 3948, 4166}


def copy_rows(cursor: Any, target: str, plan: Plan, run: Run, *, row_column: str | None = None) -> Copied:
    """Runs the plan into a table whose columns take every value as it is.

    With LOCAL the server turns errors into warnings and goes on: any warning, or a row too few, is a failure here.

    Args:
        cursor: the target's session.
        target: the table, quoted; nobody else sees it.
        plan: what to load.
        run: whose engine runs it.
        row_column: a further column of the table, quoted, that takes each row's place in the relation's order.

    Raises:
        DataError: the plan failed on a row, or a value has no counterpart in MySQL.
    """
    import pymysql  # noqa: PLC0415

    columns = plan.result.columns
    places, assigned = [], []
    for index, column in enumerate(columns):
        if column.type == "binary":
            places.append(f"@b{index}")
            assigned.append(f"{quoted(column.name)} = UNHEX(@b{index})")
        else:
            places.append(quoted(column.name))
    if row_column:
        places.append(row_column)
    select = ordered_rows(plan, run, _written, numbered=row_column is not None)
    computed = f" SET {', '.join(assigned)}" if assigned else ""
    statement = (
        f"LOAD DATA LOCAL INFILE 'rows' INTO TABLE {target} CHARACTER SET utf8mb4"
        " FIELDS TERMINATED BY ',' OPTIONALLY ENCLOSED BY '\"' ESCAPED BY '' LINES TERMINATED BY '\\n'"
        f" ({', '.join(places)}){computed}"
    )
    texts = [quote for column, quote in zip(columns, _quoted_names(plan, run), strict=True) if _is_text(column)]
    forced = f", FORCE_QUOTE ({', '.join(texts)})" if texts else ""
    options = f"FORMAT csv, HEADER false, NULLSTR 'NULL'{forced}"
    with RowsPipe.csv(plan, select, options, run) as rows:
        cursor.connection.offered = rows
        try:
            loaded = cursor.execute(statement)
        except pymysql.Error as error:
            if error.args[0] in _NOT_ALLOWED:
                message = (
                    "The server does not allow LOAD DATA LOCAL: have an administrator SET GLOBAL local_infile = 1."
                )
                raise TargetError(message) from None
            raise
        finally:
            cursor.connection.offered = None
        rows.finish()
        _check_complete(cursor, loaded, rows.rows)
        return Copied(loaded, rows.bytes)


def _check_complete(cursor: Any, loaded: int, sent: int) -> None:
    if cursor._result.warning_count:
        cursor.execute("SHOW WARNINGS LIMIT 3")
        said = "; ".join(re.sub(r"`[^`]+`\.`[^`]+`\.(?=`)", "", str(message)) for _, _, message in cursor.fetchall())
        raise DataError(f"Rows hold what MySQL cannot keep: {said}. Nothing was loaded.")
    if loaded != sent:
        raise TargetError(f"The server took {loaded:,} of {sent:,} rows. Nothing was loaded.")


def _quoted_names(plan: Plan, run: Run) -> list[str]:
    return [run.engine.dialect.quote(column.name) for column in plan.result.columns]


def _is_text(column: Column) -> bool:
    return column.type == "string" or column.type.startswith("list(")


def _written(column: Column, name: str) -> str:
    """A value as text that MySQL reads back unchanged."""
    if column.type == "binary":
        return f"hex({name}) AS {name}"
    if column.type == "boolean":
        return f"CAST({name} AS TINYINT) AS {name}"
    if column.type == "timestamptz":
        return f"CAST({name} AS TIMESTAMP) AS {name}"  # the session is in UTC
    if column.type.startswith("list("):
        return f"CAST(to_json({name}) AS VARCHAR) AS {name}"
    return name

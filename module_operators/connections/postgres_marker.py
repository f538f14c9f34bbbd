"""Which loads are done: one row a load in `logidata_loads`, committed together with the load's rows.

The table lies in the schema of the loaded table and is made by the first load. A login that may not create it there
needs an administrator to run `CREATED` once and to grant SELECT and INSERT on it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from module_operators.connections.postgres_table import quoted
from module_operators.problems import TargetError

if TYPE_CHECKING:
    from psycopg2 import extensions

MARKERS = "logidata_loads"
CREATED = (
    "CREATE TABLE IF NOT EXISTS {} (dag_id text, run_id text, task_id text, target text NOT NULL, rows bigint NOT NULL,"
    " loaded_at timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (dag_id, run_id, task_id))"
)


def marker_table(schema: str) -> str:
    return f"{quoted(schema)}.{MARKERS}"


def exists(cursor: extensions.cursor, schema: str) -> bool:
    cursor.execute("SELECT to_regclass(%s) IS NOT NULL", (marker_table(schema),))
    row = cursor.fetchone()
    return bool(row and row[0])


def create(cursor: extensions.cursor, schema: str) -> None:
    """Makes the table; of several tasks at once one makes it and the others wait for that.

    Raises:
        TargetError: this login may not; says what an administrator can do.
    """
    import psycopg2.errors  # noqa: PLC0415

    statement = CREATED.format(marker_table(schema))
    lock(cursor, f"create {marker_table(schema)}")
    try:
        cursor.execute(statement)
    except psycopg2.errors.InsufficientPrivilege as error:
        message = (
            f"Loads are recorded in {marker_table(schema)}, which this login may not create"
            f" ({error.diag.message_primary}). Have it created once, and grant SELECT and INSERT on it: {statement}"
        )
        raise TargetError(message) from None


def lock(cursor: extensions.cursor, what: str) -> None:
    """Waits until no other transaction holds the same name; held until this one ends."""
    cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 7031))", (f"logidata {what}",))


def rows_loaded(cursor: extensions.cursor, schema: str, load_key: str) -> int | None:
    """Rows of the load if it is done."""
    cursor.execute(
        f"SELECT rows FROM {marker_table(schema)} WHERE dag_id = %s AND run_id = %s AND task_id = %s",
        load_key.split("\n"),
    )
    row = cursor.fetchone()
    return row[0] if row else None


def record(cursor: extensions.cursor, schema: str, load_key: str, target: str, rows: int) -> None:
    cursor.execute(
        f"INSERT INTO {marker_table(schema)} (dag_id, run_id, task_id, target, rows) VALUES (%s, %s, %s, %s, %s)",
        (*load_key.split("\n"), target, rows),
    )

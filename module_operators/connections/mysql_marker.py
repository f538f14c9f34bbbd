"""Which loads are done: one row a load in `logidata_loads`, beside the loaded table.

An append or upsert commits it with its rows. MySQL commits by itself before and after a statement that makes or renames
a table; a load that puts a new table in its place says so in that table's comment, which the rename makes visible in
the same instant, and turns it into the row afterwards: this load, its retry, or the next load of the table does that.
"""

from __future__ import annotations

import re
from typing import Any

from module_operators.connections.mysql_table import TableName
from module_operators.problems import TargetError
from module_operators.run import short_key

MARKERS = "logidata_loads"
CREATED = (
    "CREATE TABLE IF NOT EXISTS {} (load_key char(32) CHARACTER SET ascii PRIMARY KEY, dag_id varchar(250),"
    " run_id varchar(250), task_id varchar(250), target text NOT NULL, row_count bigint,"
    " loaded_at timestamp(6) NOT NULL DEFAULT current_timestamp(6)) ENGINE=InnoDB CHARACTER SET utf8mb4"
)
_TAG = re.compile(r" ?\[logidata:([0-9a-f]{32}):(\d+)\]$")
_NO_SUCH_TABLE, _DENIED = 1146, {1142, 1044, 1227}
_LONGEST_COMMENT = 2048


def prepare(cursor: Any, table: TableName) -> None:
    """Makes the table; must not be called within a transaction.

    Raises:
        TargetError: this login may not; says what an administrator can do.
    """
    import pymysql  # noqa: PLC0415

    markers = table.beside(MARKERS)
    try:
        cursor.execute(f"SELECT 1 FROM {markers} LIMIT 0")
    except pymysql.Error as missing:
        if missing.args[0] != _NO_SUCH_TABLE and missing.args[0] not in _DENIED:
            raise
        statement = CREATED.format(markers)
        try:
            cursor.execute(statement)
        except pymysql.Error as error:
            if error.args[0] not in _DENIED:
                raise
            message = (
                f"Loads are recorded in {markers}, which this login may not create ({error.args[1]})."
                f" Have it created once, and grant SELECT, INSERT and UPDATE on it: {statement}"
            )
            raise TargetError(message) from None


def lock(cursor: Any, what: str) -> None:
    """Waits until no other session holds the same name; held until this session ends."""
    name = f"logidata {short_key(what)}"
    cursor.execute("SELECT GET_LOCK(%s, 86400)", (name,))
    if cursor.fetchone()[0] != 1:
        raise TargetError("Another load of the same table did not end within a day.")


def rows_loaded(cursor: Any, table: TableName, load_key: str) -> int | None:
    """Rows of the load if it is done."""
    import pymysql  # noqa: PLC0415

    try:
        cursor.execute(f"SELECT row_count FROM {table.beside(MARKERS)} WHERE load_key = %s", (short_key(load_key),))
    except pymysql.Error as error:
        if error.args[0] == _NO_SUCH_TABLE:
            return None
        raise
    row = cursor.fetchone()
    return row[0] if row else None


def record(cursor: Any, table: TableName, load_key: str, rows: int | None) -> None:
    """Marks the load; `rows` is None while its table is not yet in place."""
    cursor.execute(
        f"INSERT INTO {table.beside(MARKERS)} (load_key, dag_id, run_id, task_id, target, row_count)"
        " VALUES (%s, %s, %s, %s, %s, %s) ON DUPLICATE KEY UPDATE row_count = VALUES(row_count)",
        (short_key(load_key), *load_key.split("\n"), str(table), rows),
    )


def tagged(comment: str, load_key: str, rows: int) -> str:
    """A new table's comment: the user's own, and which load made the table."""
    tag = f"[logidata:{short_key(load_key)}:{rows}]"
    return f"{_TAG.sub('', comment)[: _LONGEST_COMMENT - len(tag) - 1]} {tag}".strip()


def tag(comment: str) -> tuple[str, int] | None:
    """The short key and the rows of the load that put the table in place."""
    found = _TAG.search(comment)
    return (found[1], int(found[2])) if found else None


def settle(cursor: Any, table: TableName, comment: str) -> None:
    """Completes the row of the load that put this table in place, in case it was killed before it could."""
    if found := tag(comment):
        cursor.execute(
            f"UPDATE {table.beside(MARKERS)} SET row_count = %s WHERE load_key = %s AND row_count IS NULL",
            (found[1], found[0]),
        )

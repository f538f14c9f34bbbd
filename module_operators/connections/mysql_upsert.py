"""Staged rows into a table by key: an update of those that are there, an insert of the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from module_operators.connections.mysql_table import Table, quoted
from module_operators.problems import DataError, TargetError

if TYPE_CHECKING:
    from module_operators.run import Log

_UNIQUE_INDEX = """
SELECT 1 FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = %s AND TABLE_NAME = %s AND NON_UNIQUE = 0
GROUP BY INDEX_NAME HAVING COUNT(*) = %s AND SUM(COLUMN_NAME IN %s) = COUNT(*) AND MAX(SUB_PART) IS NULL LIMIT 1"""


def check_unique_key(cursor: Any, table: Table, keys: Sequence[str]) -> None:
    """Refuses an upsert into a table that has no unique index on exactly the key columns.

    Raises:
        TargetError: says which index is missing.
    """
    cursor.execute(_UNIQUE_INDEX, (table.name.database, table.name.table, len(keys), list(keys)))
    if cursor.fetchone() is None:
        names = ", ".join(quoted(key) for key in keys)
        raise TargetError(
            f"Table {table} has no unique index on ({names}), which an upsert needs:"
            f" ALTER TABLE {table} ADD UNIQUE ({names})."
        )


@dataclass(frozen=True, slots=True)
class Upsert:
    """Of staged rows with the same key the last one wins; rows that have no order must not share a key.

    Not ON DUPLICATE KEY UPDATE: it would also change a row that another unique index of the table finds.
    """

    cursor: Any
    staged: str
    row: str
    names: Sequence[str]
    keys: Sequence[str]
    is_ordered: bool

    def into(self, target: str, log: Log) -> None:
        """Updates and inserts within the cursor's transaction."""
        rows = self._unique_rows() if self._has_repeated_keys(log) else self.staged
        same = " AND ".join(f"there.{quoted(key)} = new.{quoted(key)}" for key in self.keys)
        others = [quoted(name) for name in self.names if name not in self.keys]
        if others:
            values = ", ".join(f"there.{name} = new.{name}" for name in others)
            self.cursor.execute(f"UPDATE {target} AS there JOIN {rows} AS new ON {same} SET {values}")
        names = ", ".join(quoted(name) for name in self.names)
        self.cursor.execute(
            f"INSERT INTO {target} ({names}) SELECT {names} FROM {rows} AS new"
            f" WHERE NOT EXISTS (SELECT 1 FROM {target} AS there WHERE {same})"
        )

    @property
    def _key_names(self) -> str:
        return ", ".join(quoted(key) for key in self.keys)

    def _unique_rows(self) -> str:
        number = f"row_number() OVER (PARTITION BY {self._key_names} ORDER BY {self.row} DESC) AS place"
        return f"(SELECT * FROM (SELECT staged.*, {number} FROM {self.staged} AS staged) AS numbered WHERE place = 1)"

    def _has_repeated_keys(self, log: Log) -> bool:
        cursor, keys, shown = self.cursor, self._key_names, ", ".join(self.keys)
        cursor.execute(
            f"SELECT count(*) FROM {self.staged} WHERE {' OR '.join(f'{quoted(key)} IS NULL' for key in self.keys)}"
        )
        if nulls := cursor.fetchone()[0]:
            raise DataError(
                f"{nulls:,} rows have no value in the key ({shown}): they cannot be matched. Remove them first."
            )
        cursor.execute(
            f"SELECT count(*) OVER (), n, concat_ws(', ', {keys}) FROM (SELECT {keys}, count(*) AS n"
            f" FROM {self.staged} GROUP BY {keys} HAVING count(*) > 1) AS repeated LIMIT 1"
        )
        repeated = cursor.fetchone()
        if repeated is None:
            return False
        told = f"{repeated[0]:,} keys occur more than once, ({shown}) = ({repeated[2]}) for example {repeated[1]} times"
        if not self.is_ordered:
            raise DataError(
                f"{told}, and the rows have no order to choose by. Add Deduplicate or Sort before the load."
            )
        log.warning("%s: the last row of each is loaded.", told)
        return True

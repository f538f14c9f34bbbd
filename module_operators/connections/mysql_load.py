"""One load into one table of MySQL: all rows or none, and the mark that they are there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from module_operators.connections import mysql_marker as marker
from module_operators.connections.mysql_copy import copy_rows
from module_operators.connections.mysql_table import (
    Table,
    TableName,
    TargetColumn,
    checked_names,
    created_type,
    found_table,
    quoted,
)
from module_operators.connections.mysql_upsert import Upsert, check_unique_key
from module_operators.connections.rows_pipe import Copied
from module_operators.connections.target_table import misfits
from module_operators.problems import DataError, Findings, TargetError
from module_operators.relation import Plan
from module_operators.run import short_key

if TYPE_CHECKING:
    from module_operators.run import Run

_STAGED = "logidata_staged"
_ROW = quoted("__logidata_row")
_REFERRING = """
SELECT TABLE_NAME FROM information_schema.KEY_COLUMN_USAGE
WHERE REFERENCED_TABLE_SCHEMA = %s AND REFERENCED_TABLE_NAME = %s
  AND NOT (TABLE_SCHEMA = REFERENCED_TABLE_SCHEMA AND TABLE_NAME = REFERENCED_TABLE_NAME) LIMIT 1"""
# What a new table in the place of the old one would not have.
_ATTACHED = """
SELECT TRIGGER_NAME FROM information_schema.TRIGGERS WHERE EVENT_OBJECT_SCHEMA = %s AND EVENT_OBJECT_TABLE = %s
UNION ALL SELECT CONSTRAINT_NAME FROM information_schema.KEY_COLUMN_USAGE
WHERE TABLE_SCHEMA = %s AND TABLE_NAME = %s AND REFERENCED_TABLE_NAME IS NOT NULL LIMIT 1"""


@dataclass(frozen=True, slots=True)
class TableLoad:
    """Loads a plan; `mode` is the option `if_exists`.

    Rows go into a table that exists within one transaction, together with the mark. A table that is missing, or whose
    columns a replace changes, is made aside and put in place by one RENAME: see mysql_marker.
    """

    cursor: Any
    name: TableName
    mode: str
    keys: Sequence[str]
    plan: Plan
    run: Run

    def once(self) -> Copied:
        """Loads the rows unless an earlier try did."""
        cursor, key = self.cursor, self.run.load_key
        marker.lock(cursor, f"load {key}")
        marker.prepare(cursor, self.name)
        found = found_table(cursor, self.name)
        done = loaded_before(cursor, self.name, found, key)
        if done is not None:
            self._finish(done)
            self.run.log.info("An earlier try of this task has loaded its %s rows; nothing to do.", f"{done:,}")
            return Copied(done, 0)
        if self.mode != "append" or found is None:
            marker.lock(cursor, f"table {self.name}")
            found = found_table(cursor, self.name)
        self._drop(self._aside)
        if found is None:
            return self._put_in_place(None)
        if self.mode == "fail":
            raise TargetError(f"Table {found} exists already, and if_exists is 'fail'. Nothing was written.")
        findings = Findings()
        misfits(found, self.plan.result, findings, retyped=self.mode == "replace")
        findings.raise_if_any()
        if self.mode == "replace" and (self._changed(found) or not found.transactional):
            return self._put_in_place(found)
        check_transactional(found)
        return self._into(found)

    def _into(self, table: Table) -> Copied:
        """Rows into the table as it is, marked in the same transaction."""
        cursor = self.cursor
        if self.mode == "upsert":
            check_unique_key(cursor, table, self.keys)
        if self.mode == "replace":
            self._check_unreferred(table)
        copied = self._stage(_STAGED, table)
        if found_table(cursor, self.name) != table:
            raise TargetError(f"Table {table} was altered during the load. Nothing was written; run again.")
        self._check_fractions(table)
        cursor.execute("START TRANSACTION")
        if self.mode == "upsert":
            self._upsert(str(table))
        else:
            if self.mode == "replace":  # not TRUNCATE, which commits; readers see the old rows until the end
                cursor.execute(f"DELETE FROM {table}")
            cursor.execute(f"INSERT INTO {table} ({self._names}) SELECT {self._names} FROM {_STAGED}")
        marker.record(cursor, self.name, self.run.load_key, copied.rows)
        cursor.connection.commit()
        return copied

    def _put_in_place(self, old: Table | None) -> Copied:
        """Rows into a new table, whole before it gets its name."""
        cursor, aside, key = self.cursor, self._aside, self.run.load_key
        if old is not None:
            self._check_unreferred(old)
            self._check_nothing_attached(old)
            marker.settle(cursor, self.name, old.comment)
            cursor.connection.commit()
        self._create(aside, old)
        if self.mode == "upsert":
            made = found_table(cursor, aside)
            assert made is not None
            copied = self._stage(_STAGED, made)
            self._upsert(str(aside))
            cursor.connection.commit()
        else:
            copied = copy_rows(cursor, str(aside), self.plan, self.run)
            cursor.connection.commit()
        if old is not None and found_table(cursor, self.name) != old:
            self._drop(aside)
            raise TargetError(f"Table {old} was altered during the load. Nothing was written; run again.")
        comment = marker.tagged(old.comment if old else "", key, copied.rows)
        cursor.execute(f"ALTER TABLE {aside} COMMENT = %s", (comment,))
        marker.record(cursor, self.name, key, None)
        cursor.connection.commit()
        swap = f"{self.name} TO {self._replaced}, " if old else ""
        cursor.execute(f"RENAME TABLE {swap}{aside} TO {self.name}")
        self._finish(copied.rows)
        return copied

    def _finish(self, rows: int) -> None:
        marker.record(self.cursor, self.name, self.run.load_key, rows)
        self.cursor.connection.commit()
        self._drop(self._replaced)
        self._drop(self._aside)

    def _create(self, aside: TableName, old: Table | None) -> None:
        columns, cursor = self.plan.result.columns, self.cursor
        checked_names(columns)
        if old is None:
            items = [f"{quoted(column.name)} {created_type(column, self.keys)}" for column in columns]
            if self.mode == "upsert":
                items.append(f"PRIMARY KEY ({', '.join(quoted(key) for key in self.keys)})")
            cursor.execute(f"CREATE TABLE {aside} ({', '.join(items)}) ENGINE=InnoDB")
            return
        cursor.execute(f"CREATE TABLE {aside} LIKE {old}")
        changes = [
            f"{'MODIFY' if column.name in old.by_name else 'ADD'} COLUMN {quoted(column.name)} {created_type(column)}"
            for column in columns
            if not (there := old.by_name.get(column.name)) or not _keeps(there, column.type)
        ]
        cursor.execute(f"ALTER TABLE {aside} {', '.join([*changes, 'ENGINE=InnoDB'])}")

    def _changed(self, table: Table) -> bool:
        """Whether a replace has to add columns or change types."""
        there = table.by_name
        return any(c.name not in there or not there[c.name].takes(c.type) for c in self.plan.result.columns)

    def _stage(self, staged: str, table: Table) -> Copied:
        items = [
            f"{quoted(column.name)} {self._staged_type(column.name, created_type(column), table)}"
            for column in self.plan.result.columns
        ]
        number = [f"{_ROW} bigint"] if self.mode == "upsert" else []
        self.cursor.execute(f"USE {quoted(self.name.database)}")
        self.cursor.execute(f"CREATE TEMPORARY TABLE {staged} ({', '.join([*items, *number])}) ENGINE=InnoDB")
        copied = copy_rows(self.cursor, staged, self.plan, self.run, row_column=_ROW if number else None)
        self.cursor.connection.commit()
        return copied

    def _staged_type(self, name: str, created: str, table: Table) -> str:
        """Keys are compared as the table compares them."""
        collation = table.by_name[name].collation
        if name in self.keys and collation and created.startswith("longtext"):
            return f"longtext CHARACTER SET {collation.split('_')[0]} COLLATE {collation}"
        return created

    def _upsert(self, target: str) -> None:
        names = self.plan.result.names
        result = self.plan.result
        upsert = Upsert(self.cursor, _STAGED, _ROW, names, self.keys, is_ordered=bool(result.order or result.row_id))
        upsert.into(target, self.run.log)

    def _check_fractions(self, table: Table) -> None:
        """MySQL rounds fractions of a second that a column does not keep, without a word even in strict mode."""
        for column in self.plan.result.columns:
            there = table.by_name[column.name]
            if column.type not in {"timestamp", "timestamptz", "time"} or not there.shortens:
                continue
            self.cursor.execute(
                f"SELECT {quoted(column.name)} FROM {_STAGED}"
                f" WHERE MICROSECOND({quoted(column.name)}) % {10 ** (6 - there.fraction)} <> 0 LIMIT 1"
            )
            if found := self.cursor.fetchone():
                raise DataError(
                    f"Column '{column.name}' holds {found[0]}, and {there.type} in table {table} does not keep such "
                    f"fractions of a second. Use date_trunc, or ALTER the column to {there.base}(6)."
                )

    def _check_unreferred(self, table: Table) -> None:
        self.cursor.execute(_REFERRING, (self.name.database, self.name.table))
        if referring := self.cursor.fetchone():
            message = f"Table {table} cannot be emptied: {referring[0]} refers to it by a foreign key."
            raise TargetError(f"{message} Use upsert, which keeps its rows.")

    def _check_nothing_attached(self, table: Table) -> None:
        self.cursor.execute(_ATTACHED, (self.name.database, self.name.table) * 2)
        if attached := self.cursor.fetchone():
            message = f"Table {table} would get other columns, and lose '{attached[0]}', a trigger or foreign key."
            raise TargetError(f"{message} Alter its columns first.")

    def _drop(self, table: TableName) -> None:
        """Not IF EXISTS alone: that asks for a right which a login that only inserts does not have."""
        if found_table(self.cursor, table) is not None:
            self.cursor.execute(f"DROP TABLE IF EXISTS {table}")

    @property
    def _aside(self) -> TableName:
        return self.name.beside(f"logidata_new_{self.run.short_load_key}")

    @property
    def _replaced(self) -> TableName:
        return self.name.beside(f"logidata_old_{self.run.short_load_key}")

    @property
    def _names(self) -> str:
        return ", ".join(quoted(name) for name in self.plan.result.names)


def _keeps(column: TargetColumn, logical: str) -> bool:
    """A new table takes over the old column's type, unless values would not go in by LOAD DATA as they are."""
    return column.takes(logical) and not (logical in {"timestamp", "timestamptz", "time"} and column.shortens)


def loaded_before(cursor: Any, name: TableName, found: Table | None, load_key: str) -> int | None:
    """Rows of the load if it is done, by its row or by the table that it has put in place."""
    done = marker.rows_loaded(cursor, name, load_key)
    if done is None and found is not None and (tag := marker.tag(found.comment)):
        return tag[1] if tag[0] == short_key(load_key) else None
    return done


def check_transactional(table: Table) -> None:
    """Refuses engines that cannot take a load as a whole (MyISAM, Aria, MEMORY).

    Raises:
        TargetError: says how to change it.
    """
    if table.is_table and not table.transactional:
        raise TargetError(
            f"Table {table} has no transactions: a load that is cut off would stay half done."
            f" ALTER TABLE {table} ENGINE=InnoDB, or use replace."
        )

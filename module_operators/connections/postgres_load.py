"""One load into one table, in one transaction: the rows and the mark that they are there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from module_operators.connections import postgres_marker as marker
from module_operators.connections.postgres import Server
from module_operators.connections.postgres_copy import copy_rows
from module_operators.connections.postgres_table import (
    Table,
    TableName,
    checked_names,
    created_base,
    created_type,
    definitions,
    found_table,
    home_schema,
    quoted,
)
from module_operators.connections.rows_pipe import Copied
from module_operators.connections.target_table import misfits
from module_operators.problems import DataError, Findings, TargetError
from module_operators.relation import Plan

if TYPE_CHECKING:
    from psycopg2 import extensions

    from module_operators.run import Run

_STAGED = "pg_temp.logidata_staged"
_ROW = quoted("__logidata_row")
# A unique index whose columns are exactly the given ones, in any order, and that ON CONFLICT can use.
_UNIQUE_INDEX = """
SELECT 1 FROM pg_catalog.pg_index i
WHERE i.indrelid = %s AND i.indisunique AND i.indisvalid AND i.indimmediate AND i.indpred IS NULL AND i.indexprs IS NULL
AND (SELECT array_agg(a.attname::text ORDER BY a.attname::text) FROM pg_catalog.pg_attribute a
     WHERE a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey[0:i.indnkeyatts - 1]))
  = (SELECT array_agg(k ORDER BY k) FROM unnest(%s::text[]) AS k)"""

_REFERRING = """
SELECT conrelid::regclass::text FROM pg_catalog.pg_constraint
WHERE contype = 'f' AND confrelid = %s AND conrelid <> confrelid LIMIT 1"""


@dataclass(frozen=True, slots=True)
class TableLoad:
    """Loads a plan. Readers of the table see all of it or nothing; `mode` is the option `if_exists`.

    Locks are taken in one order (the load's own name, the table's name, the table), so that no two loads wait for
    each other.
    """

    server: Server
    cursor: extensions.cursor
    name: TableName
    mode: str
    keys: Sequence[str]
    plan: Plan
    run: Run

    def once(self) -> Copied:
        """Loads the rows unless an earlier try did."""
        cursor, key = self.cursor, self.run.load_key
        self.server.prepare(cursor)
        table = found_table(cursor, self.name)
        schema = table.schema if table else home_schema(cursor, self.name)
        if not marker.exists(cursor, schema):
            marker.create(cursor, schema)
            cursor.connection.commit()
            self.server.prepare(cursor)
        marker.lock(cursor, f"load {key}")
        done = marker.rows_loaded(cursor, schema, key)
        if done is not None:
            self.run.log.info("An earlier try of this task has loaded its %s rows; nothing to do.", f"{done:,}")
            return Copied(done, 0)
        target = TableName(schema, self.name.table)
        copied = self._load(target)
        marker.record(cursor, schema, key, str(target), copied.rows)
        cursor.connection.commit()
        return copied

    def _load(self, target: TableName) -> Copied:
        cursor, source = self.cursor, self.plan.result
        table = found_table(cursor, target)
        if table is None or self.mode != "append":
            marker.lock(cursor, f"table {target}")
            table = found_table(cursor, target)
        if table is None:
            table = self._create(target)
            return self._upsert(table) if self.mode == "upsert" else self._copied(table)
        if self.mode == "fail":
            raise TargetError(f"Table {table} exists already, and if_exists is 'fail'. Nothing was written.")
        if self.mode == "append":
            cursor.execute(f"LOCK TABLE {table} IN ROW EXCLUSIVE MODE")
            table = found_table(cursor, target) or table
        findings = Findings()
        misfits(table, source, findings, retyped=self.mode == "replace")
        findings.raise_if_any()
        if self.mode == "append":
            return self._copied(table)
        return self._upsert(table) if self.mode == "upsert" else self._replace(table)

    def _create(self, target: TableName) -> Table:
        columns = self.plan.result.columns
        checked_names(columns)
        types = {column.name: created_type(column.type) for column in columns}
        unique = f", PRIMARY KEY ({self._key_names})" if self.mode == "upsert" else ""
        self.cursor.execute(f"CREATE TABLE {target} ({definitions(columns, types)}{unique})")
        created = found_table(self.cursor, target)
        assert created is not None
        return created

    def _replace(self, table: Table) -> Copied:
        """Rows go aside first, so that writers wait only for the swap, not for the pipeline; readers do not wait.

        Not by TRUNCATE: a transaction that took its snapshot before would find the table empty, neither old nor new.
        The table itself stays, with its grants, indexes and views; a column that is missing is added, and one whose
        type does not fit is changed. Nothing is dropped.
        """
        copied = self._stage(table)
        cursor, targets = self.cursor, table.by_name
        cursor.execute(f"LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE")
        self._check_same(table)
        cursor.execute(_REFERRING, (table.oid,))
        if referring := cursor.fetchone():
            message = (
                f"Table {table} cannot be emptied: {referring[0]} refers to it by a foreign key."
                " Use upsert, which keeps its rows."
            )
            raise TargetError(message)
        cursor.execute("SET LOCAL row_security = off")  # a policy that hides rows from this login is an error
        cursor.execute(f"DELETE FROM {table}")
        cursor.execute("SET LOCAL row_security = on")
        for name, kind in self._types(table).items():
            if name not in targets:
                cursor.execute(f"ALTER TABLE {table} ADD COLUMN {quoted(name)} {kind}")
            elif kind != targets[name].type:
                cursor.execute(
                    f"ALTER TABLE {table} ALTER COLUMN {quoted(name)} TYPE {kind} USING CAST(NULL AS {kind})"
                )
        names = self._names
        cursor.execute(f"INSERT INTO {table} ({names}) OVERRIDING SYSTEM VALUE SELECT {names} FROM {_STAGED}")
        return Copied(cursor.rowcount, copied.bytes)

    def _upsert(self, table: Table) -> Copied:
        """Of rows with the same key the last one wins; rows that have no order must not share a key."""
        check_unique_key(self.cursor, table, self.keys)
        copied = self._stage(table, numbered=True)
        self._check_same(table)
        rows = (
            f"(SELECT DISTINCT ON ({self._key_names}) * FROM {_STAGED} ORDER BY {self._key_names}, {_ROW} DESC) AS last"
        )
        others = [quoted(name) for name in self.plan.result.names if name not in self.keys]
        update = ", ".join(f"{name} = excluded.{name}" for name in others)
        self.cursor.execute(
            f"INSERT INTO {table} ({self._names}) OVERRIDING SYSTEM VALUE"
            f" SELECT {self._names} FROM {rows if self._has_repeated_keys() else _STAGED}"
            f" ON CONFLICT ({self._key_names}) DO {f'UPDATE SET {update}' if update else 'NOTHING'}"
        )
        return Copied(copied.rows, copied.bytes)

    def _has_repeated_keys(self) -> bool:
        cursor, keys, shown = self.cursor, self._key_names, ", ".join(self.keys)
        cursor.execute(f"SELECT count(*) FROM {_STAGED} WHERE {' OR '.join(f'{quoted(k)} IS NULL' for k in self.keys)}")
        ((nulls,),) = cursor.fetchall()
        if nulls:
            raise DataError(
                f"{nulls:,} rows have no value in the key ({shown}): they cannot be matched. Remove them first."
            )
        cursor.execute(
            f"SELECT count(*) OVER (), n, concat_ws(', ', {keys}) FROM"
            f" (SELECT {keys}, count(*) AS n FROM {_STAGED} GROUP BY {keys} HAVING count(*) > 1) AS repeated LIMIT 1"
        )
        repeated = cursor.fetchall()
        if not repeated:
            return False
        ((keys_repeated, times, example),) = repeated
        told = f"{keys_repeated:,} keys occur more than once, ({shown}) = ({example}) for example {times} times"
        result = self.plan.result
        if not (result.order or result.row_id):
            raise DataError(
                f"{told}, and the rows have no order to choose by. Add Deduplicate or Sort before the load."
            )
        self.run.log.warning("%s: the last row of each is loaded.", told)
        return True

    def _stage(self, table: Table, *, numbered: bool = False) -> Copied:
        columns = definitions(self.plan.result.columns, self._types(table))
        number = f", {_ROW} bigint" if numbered else ""
        self.cursor.execute(f"CREATE TEMPORARY TABLE logidata_staged ({columns}{number}) ON COMMIT DROP")
        row = _ROW if numbered else None
        return copy_rows(self.cursor, _STAGED, self.plan, self.run, self._bases(table), row_column=row)

    def _copied(self, table: Table) -> Copied:
        return copy_rows(self.cursor, str(table), self.plan, self.run, self._bases(table))

    def _types(self, table: Table) -> dict[str, str]:
        """The type that each of the input's columns has in the table, after the load."""
        there = table.by_name
        return {
            column.name: there[column.name].type
            if column.name in there and there[column.name].takes(column.type)
            else created_type(column.type)
            for column in self.plan.result.columns
        }

    def _bases(self, table: Table) -> dict[str, str]:
        """The same as PostgreSQL's catalogue names them."""
        there = table.by_name
        return {
            column.name: (there[column.name].base if not there[column.name].is_array else "")
            if column.name in there and there[column.name].takes(column.type)
            else created_base(column.type)
            for column in self.plan.result.columns
        }

    def _check_same(self, table: Table) -> None:
        """Refuses to go on when somebody altered the table while the rows were on their way."""
        self.cursor.execute(f"LOCK TABLE {table} IN ROW EXCLUSIVE MODE")
        if found_table(self.cursor, TableName(table.schema, table.name)) != table:
            raise TargetError(f"Table {table} was altered during the load. Nothing was written; run again.")

    @property
    def _names(self) -> str:
        return ", ".join(quoted(name) for name in self.plan.result.names)

    @property
    def _key_names(self) -> str:
        return ", ".join(quoted(name) for name in self.keys)


def check_unique_key(cursor: extensions.cursor, table: Table, keys: Sequence[str]) -> None:
    """Refuses an upsert into a table that has no unique index on exactly the key columns.

    Raises:
        TargetError: says which index is missing.
    """
    cursor.execute(
        _UNIQUE_INDEX,
        (table.oid, list(keys)),
    )
    if cursor.fetchone() is None:
        names = ", ".join(quoted(key) for key in keys)
        raise TargetError(
            f"Table {table} has no unique index on ({names}), which an upsert needs:"
            f" CREATE UNIQUE INDEX ON {table} ({names})."
        )

"""One load into one table of a warehouse: rows staged first, then put in place with their mark in one transaction.

Warehouses commit by themselves when a table is made, and enforce no keys. So the mark, a row of `logidata_loads` beside
the table, is there before the load, without a count; the transaction begins with giving it one, which the rows of
only one try can do.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from module_operators.connections.parquet_rows import parquet_rows
from module_operators.connections.target_table import misfits
from module_operators.connections.warehouse import Table, TableName, Warehouse
from module_operators.problems import Findings, TargetError
from module_operators.relation import Plan

if TYPE_CHECKING:
    from module_operators.run import Run

MARKS = "logidata_loads"
_STAGED = "logidata_new_"
_MARK_COLUMNS = ("load_key", "dag_id", "run_id", "task_id", "target", "row_count")


@dataclass(frozen=True, slots=True)
class WarehouseLoad:
    """Loads a plan; `mode` is the option `if_exists`."""

    warehouse: Warehouse
    name: TableName
    mode: str
    keys: Sequence[str]
    plan: Plan
    run: Run

    def once(self) -> int:
        """Loads the rows unless an earlier try did; answers how many those were."""
        done = self._marked()
        if done is not None:
            self.run.log.info("An earlier try of this task has loaded its %s rows; nothing to do.", f"{done:,}")
            return done
        table = self._target()
        names = table.named(self.plan.result).names
        staged = self.warehouse.address(self.name, f"{_STAGED}{self.run.short_load_key}_{secrets.token_hex(4)}")
        types = {column.name: column.type for column in table.columns}
        columns = {
            name: (_staged_name(place), self.warehouse.staged_type(types[name], column.type))
            for place, (name, column) in enumerate(zip(names, self.plan.result.columns, strict=True))
        }
        listed = [*columns.values()]
        try:
            with parquet_rows(
                self.plan, self.run, self.warehouse.written, self.keys, [name for name, _ in listed]
            ) as rows:
                self._create(staged, listed)
                self.warehouse.fill(staged, listed, rows.path)
            if self.warehouse.commit(self._open_mark, self._mark_done(rows.rows), self._into(table, columns, staged)):
                return rows.rows
            return self._marked() or 0  # another try was faster
        finally:
            with suppress(TargetError):
                self.warehouse.run(f"DROP TABLE IF EXISTS {staged}")

    def _target(self) -> Table:
        """The table, made when it is missing, empty: rows come with their mark."""
        found = self.warehouse.found(self.name)
        is_ours = self._begun()
        if found is None:
            result = self.plan.result
            self._create(
                self.warehouse.address(self.name),
                [(self.warehouse.created_name(c.name), self.warehouse.created_type(c.type)) for c in result.columns],
            )
            found = self.warehouse.found(self.name)
            assert found is not None
        elif self.mode == "fail" and not (is_ours and self._is_empty(found)):
            raise TargetError(f"Table {found} exists already, and if_exists is 'fail'. Nothing was written.")
        findings = Findings()
        misfits(found, found.named(self.plan.result), findings)
        findings.raise_if_any()
        return found

    def _into(self, table: Table, columns: Mapping[str, tuple[str, str]], staged: str) -> list[str]:
        """The statements that put rows in place; `columns`: how each of the target's is staged (name, type)."""
        quoted = self.warehouse.quoted
        types = {column.name: column.type for column in table.columns}
        new = {name: self.warehouse.cast(quoted(column), kind, types[name]) for name, (column, kind) in columns.items()}
        into, values = ", ".join(quoted(name) for name in columns), ", ".join(new.values())
        insert = f"INSERT INTO {table} ({into}) SELECT {values} FROM {staged}"
        if self.mode == "replace":
            return [f"DELETE FROM {table} WHERE TRUE", insert]
        if self.mode != "upsert":
            return [insert]
        called = dict(zip(self.plan.result.names, columns, strict=True))
        keys = [called[key] for key in self.keys]
        same = " AND ".join(f"{quoted(key)} = {new[key]}" for key in keys)
        others = ", ".join(f"{quoted(name)} = {new[name]}" for name in columns if name not in keys)
        update = [f"UPDATE {table} SET {others} FROM {staged} WHERE {same}"] if others else []
        return [*update, f"{insert} WHERE NOT EXISTS (SELECT 1 FROM {table} WHERE {same})"]

    def _create(self, address: str, columns: Sequence[tuple[str, str]]) -> None:
        listed = ", ".join(f"{self.warehouse.quoted(name)} {kind}" for name, kind in columns)
        self.warehouse.run(f"CREATE TABLE {address} ({listed})")

    def _marked(self) -> int | None:
        """Rows of the load if it is done."""
        text, number = self.warehouse.created_type("string"), self.warehouse.created_type("bigint")
        listed = ", ".join(
            f"{self.warehouse.quoted(name)} {number if name == 'row_count' else text}" for name in _MARK_COLUMNS
        )
        self.warehouse.run(f"CREATE TABLE IF NOT EXISTS {self._marks} ({listed})")
        found = self.warehouse.rows(f"SELECT {self._column('row_count')} FROM {self._marks} WHERE {self._mine}")
        return next((int(row[0]) for row in found if row[0] is not None), None)

    def _begun(self) -> bool:
        """Whether an earlier try has begun; this one has from now on."""
        if self.warehouse.rows(f"SELECT 1 FROM {self._marks} WHERE {self._mine}"):
            return True
        told = (self.run.short_load_key, *self.run.load_key.split("\n"), self.warehouse.address(self.name))
        values = ", ".join(self.warehouse.literal(text) for text in told)
        names = ", ".join(self._column(name) for name in _MARK_COLUMNS[:-1])
        self.warehouse.run(f"INSERT INTO {self._marks} ({names}) VALUES ({values})")
        return False

    def _mark_done(self, rows: int) -> str:
        count = self._column("row_count")
        return f"UPDATE {self._marks} SET {count} = {rows} WHERE {self._mine} AND {count} IS NULL"

    @property
    def _open_mark(self) -> str:
        return f"SELECT 1 FROM {self._marks} WHERE {self._mine} AND {self._column('row_count')} IS NULL"

    def _is_empty(self, table: Table) -> bool:
        return not self.warehouse.rows(f"SELECT 1 FROM {table} LIMIT 1")

    def _column(self, name: str) -> str:
        return self.warehouse.quoted(name)

    @property
    def _mine(self) -> str:
        return f"{self._column('load_key')} = {self.warehouse.literal(self.run.short_load_key)}"

    @property
    def _marks(self) -> str:
        return self.warehouse.address(self.name, MARKS)


def is_begun(warehouse: Warehouse, name: TableName, run: Run) -> bool:
    """Whether an earlier try has got so far that `fail` and the columns are not to be checked again."""
    load = WarehouseLoad(warehouse, name, "append", (), Plan(()), run)
    with suppress(TargetError):  # nothing was ever loaded there
        return bool(warehouse.rows(f"SELECT 1 FROM {load._marks} WHERE {load._mine}"))
    return False


def _staged_name(place: int) -> str:
    """A column's name that no target has, so that statements over both need no aliases."""
    return f"logidata_c{place}"

"""The SQL that transformers write: ANSI where engines agree, a method to override where they do not."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from module_operators.casts import never_fails, refusal
from module_operators.relation import HIDDEN_PREFIX, Column, Query, Relation, SortKey

if TYPE_CHECKING:
    from module_operators.engines.duckdb_sql import DuckDBDialect

_TOLD_COLUMNS = 5
DECIMAL = re.compile(r"decimal\((\d{1,2}),\s*(\d{1,2})\)")


@dataclass(frozen=True, slots=True)
class Argument:
    """An argument of a function: its SQL and logical type, and its value when it is a constant."""

    sql: str
    type: str
    value: Any = None


class Dialect(ABC):
    """One engine's SQL. Transformers get one and never name an engine."""

    name: str

    # --- names and values -------------------------------------------------------------------------------------------

    @abstractmethod
    def quote(self, name: str) -> str:
        """The identifier, quoted whatever it contains."""

    @abstractmethod
    def literal(self, value: Any) -> str:
        """A plain JSON value (or date, datetime, Decimal) as a literal of its own type."""

    @abstractmethod
    def type_name(self, logical: str) -> str:
        """A logical type (`decimal(10,2)`, `timestamptz`) as this engine writes it."""

    def cast(self, expression: str, source: str, target: str, *, on_error: str = "fail", subject: str = "") -> str:
        """`expression` of logical type `source` as `target` (casts.py says what is possible).

        Args:
            on_error: what becomes of a value that cannot be cast: `fail` or `null`.
            subject: what the message of a failing value calls it, such as "Column 'age'".
        """
        if source == target:
            return expression
        attempted = self.attempt(expression, source, target)
        if on_error == "null" or never_fails(source, target):
            return attempted
        return self.fail_unless_null(expression, attempted, f"{subject or 'A value'} cannot be cast to {target}")

    @abstractmethod
    def attempt(self, expression: str, source: str, target: str) -> str:
        """`expression` as `target`, null where its value cannot be made one."""

    def fail_unless_null(self, value: str, checked: str, message: str) -> str:
        """`checked`, or an error naming the value where `checked` is null although `value` is not."""
        before, after = self.literal(f"{message}: '"), self.literal("'")
        text = f"{before} || left(CAST({value} AS {self.type_name('string')}), 100) || {after}"
        return f"CASE WHEN ({value}) IS NOT NULL AND ({checked}) IS NULL THEN {self.failure(text)} ELSE ({checked}) END"

    @abstractmethod
    def failure(self, message: str) -> str:
        """SQL that ends the run with a message (SQL of a text); cast it where its type matters."""

    @abstractmethod
    def function(self, name: str, arguments: Sequence[Argument]) -> str:
        """A call of the expression language: expressions/functions.py, add_interval, like, ilike, at time zone."""

    @property
    @abstractmethod
    def reference(self) -> DuckDBDialect:
        """The dialect whose binder has the last word on types, whatever the engine: it needs no server."""

    # --- what engines write differently ---------------------------------------------------------------------------

    @abstractmethod
    def last_value(self, value: str, window: str) -> str:
        """The last value in the window's frame that is not null; null when there is none.

        Args:
            window: what stands between the parentheses of OVER, with its order and its frame.
        """

    @abstractmethod
    def part_of(self, text: str, separator: str, place: int, *, rest: bool = False) -> str:
        """The n-th part (1 the first) of a text between separators; null when the text has fewer parts.

        Args:
            separator: the literal characters, at least one; never a pattern.
            rest: everything from this part on, later separators included.
        """

    @abstractmethod
    def strip_accents(self, text: str) -> str:
        """The text without accents: the marks U+0300 to U+036F, and letters replaced as `accents` says.

        Those are Latin, Greek and Cyrillic letters; the vowel signs of other scripts (Devanagari, Thai, …) stay.
        """

    @abstractmethod
    def matches(self, text: str, pattern: str) -> str:
        """Whether the pattern (as patterns.canonical writes it) is found in the text; null for null."""

    @abstractmethod
    def rearranged(self, text: str, pattern: str, template: str) -> str:
        """`template` with `\\1` … `\\9` replaced by the pattern's groups; null where the pattern does not match.

        Args:
            pattern: as patterns.whole writes it: it matches the whole text or not at all.
            template: plain characters and `\\<digit>`; a group that took no part is empty.
        """

    @abstractmethod
    def text_list(self, items: Sequence[str]) -> str:
        """A list(string) of the SQL texts that are not null, in this order; empty when all are."""

    # --- queries ----------------------------------------------------------------------------------------------------

    def columns(self, columns: Iterable[Column]) -> str:
        return ", ".join(self.quote(column.name) for column in columns)

    def everything(self, source: Relation) -> str:
        """The source's visible and hidden columns by name: what a module that keeps rows in place selects."""
        return self.columns((*source.columns, *source.hidden))

    def table(self, source: Relation) -> str:
        return self.quote(source.name)

    def filtered(self, source: Relation, condition: str) -> Query:
        """The source's rows for which `condition` is true, its columns and order unchanged."""
        sql = f"SELECT {self.everything(source)} FROM {self.table(source)} WHERE {condition}"
        return Query(sql, source.columns, source.hidden, source.order, source.row_id, "filter")

    def projected(self, source: Relation, items: Sequence[tuple[Column, str]], rows: str | None = None) -> Query:
        """Each row of the source as `items` (output column, SQL expression), its order kept.

        A sort key whose column does not survive unchanged goes on as a hidden column.

        Args:
            rows: what is read instead of the source's table: its rows, with more columns that `items` need.
        """
        select = [f"{sql} AS {self.quote(column.name)}" for column, sql in items]
        kept = {sql: column.name for column, sql in reversed(items)}
        hidden = list(source.hidden)
        select += [self.quote(column.name) for column in hidden]
        hidden_names = {column.name for column in hidden}
        order: list[SortKey] = []
        for key in source.order:
            if key.column in hidden_names:
                order.append(key)
            elif survivor := kept.get(self.quote(key.column)):
                order.append(SortKey(survivor, key.direction, key.nulls))
            else:
                name = self._free_name(hidden_names)
                hidden_names.add(name)
                hidden.append(Column(name, source[key.column].type))
                select.append(f"{self.quote(key.column)} AS {self.quote(name)}")
                order.append(SortKey(name, key.direction, key.nulls))
        sql = f"SELECT {', '.join(select)} FROM {rows or self.table(source)}"
        return Query(sql, tuple(column for column, _ in items), tuple(hidden), tuple(order), source.row_id, "same")

    def first_failure(self, source: Relation, checks: Sequence[tuple[str, str]], rows: str | None = None) -> str:
        """A diagnosis: the message about the first row, in the user's order, for which a check fails, and that row.

        Args:
            checks: `(condition, message)`, both SQL; a row for which the condition is true is bad.
            rows: what is read instead of the source's table, when the checks need more columns.
        """
        bad = " OR ".join(f"({condition})" for condition, _ in checks)
        messages = " ".join(f"WHEN {condition} THEN {message}" for condition, message in checks)
        first = f"SELECT * FROM {rows or self.table(source)} WHERE {bad} {self.row_order(source)} LIMIT 1"
        return f"SELECT CASE {messages} END || {self.described(source)} FROM ({first}) AS bad"

    def shown(self, message: str, text: str) -> str:
        """SQL of `<message>: '<text>'`, the text's first 100 characters."""
        before, after = self.literal(f"{message}: '"), self.literal("'")
        return f"{before} || substring({text}, 1, 100) || {after}"

    def diagnosed(self, query: Query, source: Relation, checks: Sequence[tuple[str, str]]) -> Query:
        """The query with the diagnosis that `first_failure` writes."""
        return replace(query, diagnosis=self.first_failure(source, checks) if checks else None)

    def described(self, source: Relation) -> str:
        """SQL of ` (in the row id = 7, name = x)`: by what a person finds the row again."""
        told = []
        for column in source.columns:
            if refusal(column.type, "string") is None and len(told) < _TOLD_COLUMNS:
                text = f"substring({self.cast(self.quote(column.name), column.type, 'string')}, 1, 40)"
                told.append(f"{self.literal(f'{column.name[:40]} = ')} || coalesce({text}, 'null')")
        return " || ".join([self.literal(" (in the row "), " || ', ' || ".join(told), "')'"]) if told else "''"

    @staticmethod
    def _free_name(taken: set[str]) -> str:
        number = 1
        while f"{HIDDEN_PREFIX}sort_{number}" in taken:
            number += 1
        return f"{HIDDEN_PREFIX}sort_{number}"

    def order_by(self, keys: Iterable[SortKey]) -> str:
        """`ORDER BY …`, or nothing without keys."""
        terms = [f"{self.quote(key.column)} {key.direction.upper()} NULLS {key.nulls.upper()}" for key in keys]
        return f"ORDER BY {', '.join(terms)}" if terms else ""

    @abstractmethod
    def row_key(self, parts: Sequence[tuple[str, str]]) -> str:
        """Several row ids (`SQL, logical type`) as one value that compares part by part; a missing one comes last.

        Its type is list(bigint). When nobody uses it, no engine computes it; a window would keep filters from being
        evaluated before a join.
        """

    def order_keys(self, source: Relation) -> list[SortKey]:
        """The rows' order as the user sees it: sort keys first, the source's row number last; may be empty."""
        return [*source.order, *([SortKey(source.row_id)] if source.row_id else [])]

    def row_order(self, source: Relation) -> str:
        """`ORDER BY …` as the user sees the rows, or nothing."""
        return self.order_by(self.order_keys(source))


class ExpressionTypeError(Exception):
    """The engine's binder refused an expression; the message is the engine's, shortened."""

"""Spark's SQL and its types, as the sessions of engines/spark_session.py read them: ANSI, UTC, case counts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any

from module_operators.engines.accents import FIRST_MARK, LAST_MARK, accents
from module_operators.engines.dialect import Argument, Dialect
from module_operators.engines.spark_casts import attempt
from module_operators.engines.spark_functions import function
from module_operators.engines.spark_literals import text
from module_operators.engines.spark_patterns import replacement

if TYPE_CHECKING:
    from module_operators.engines.duckdb_sql import DuckDBDialect
    from module_operators.relation import Relation

LAST_ROW = 2**63 - 1

_TO_ENGINE = {
    "integer": "INT",
    "bigint": "BIGINT",
    "float": "DOUBLE",
    "boolean": "BOOLEAN",
    "string": "STRING",
    "date": "DATE",
    "timestamp": "TIMESTAMP_NTZ",
    "timestamptz": "TIMESTAMP_LTZ",
    "time": "TIME",
    "binary": "BINARY",
}
_FROM_ENGINE = {engine.lower(): logical for logical, engine in _TO_ENGINE.items()} | {
    "timestamp": "timestamptz",
    "time(6)": "time",
}


def logical_type(engine_type: str) -> str:
    """Spark's short name of a type as the logical type that modules see."""
    if engine_type.startswith("array<"):
        return f"list({logical_type(engine_type[6:-1])})"
    return engine_type if engine_type.startswith("decimal(") else _FROM_ENGINE[engine_type]


class SparkDialect(Dialect):
    """Spark's SQL. Whatever it writes means the same with every setting of the server's parser."""

    name = "spark"

    def quote(self, name: str) -> str:
        return "`" + name.replace("`", "``") + "`"

    def literal(self, value: Any) -> str:  # noqa: C901, PLR0911 - one return a type
        match value:
            case None:
                return "NULL"
            case bool():
                return "TRUE" if value else "FALSE"
            case int():
                return str(value)
            case Decimal():
                return _decimal(value)
            case float():
                return f"CAST('{value!r}' AS DOUBLE)"
            case datetime():
                if value.tzinfo is None:
                    return f"TIMESTAMP_NTZ '{value.isoformat(sep=' ')}'"
                return f"TIMESTAMP_LTZ '{value.astimezone(UTC).replace(tzinfo=None).isoformat(sep=' ')}Z'"
            case date():
                return f"DATE '{value.isoformat()}'"
            case str():
                return text(value)
            case list() | tuple():
                return "array(" + ", ".join(self.literal(item) for item in value) + ")"
        raise TypeError(f"no literal for {type(value).__name__}")

    def type_name(self, logical: str) -> str:
        if logical.startswith("decimal("):
            return logical.upper()
        if logical.startswith("list("):
            return f"ARRAY<{self.type_name(logical[5:-1])}>"
        return _TO_ENGINE[logical]

    def attempt(self, expression: str, source: str, target: str) -> str:
        return attempt(expression, source, target, self.type_name(target))

    def failure(self, message: str) -> str:
        return f"raise_error({message})"

    def function(self, name: str, arguments: Sequence[Argument]) -> str:
        return function(name, arguments)

    @property
    def reference(self) -> DuckDBDialect:
        return _reference()

    def last_value(self, value: str, window: str) -> str:
        return f"last_value({value}) IGNORE NULLS OVER ({window})"

    def part_of(self, text: str, separator: str, place: int, *, rest: bool = False) -> str:
        literally = "".join(f"\\x{{{ord(character):X}}}" for character in separator)
        limit = place if rest else -1  # the last of so many parts is all that is left
        return f"get(split({text}, {self.literal(literally)}, {limit}), {place - 1})"

    def strip_accents(self, text: str) -> str:
        accented, plain = (self.literal(letters) for letters in accents())
        marks = self.literal(f"[\\x{{{FIRST_MARK:X}}}-\\x{{{LAST_MARK:X}}}]")
        return f"translate(regexp_replace({text}, {marks}, ''), {accented}, {plain})"

    def matches(self, text: str, pattern: str) -> str:
        return f"({text} RLIKE {self.literal(pattern)})"

    def rearranged(self, text: str, pattern: str, template: str) -> str:
        new = replacement(Argument(self.literal(template), "string", template))
        replaced = f"regexp_replace({text}, {self.literal(pattern)}, {new})"
        return f"CASE WHEN {self.matches(text, pattern)} THEN {replaced} END"

    def text_list(self, items: Sequence[str]) -> str:
        texts = ", ".join(f"CAST({item} AS STRING)" for item in items)
        return f"filter(array({texts}), item -> item IS NOT NULL)"

    def row_key(self, parts: Sequence[tuple[str, str]]) -> str:
        lists = (
            f"coalesce({value}, array({LAST_ROW}))"
            if kind.startswith("list(")
            else f"array(coalesce({value}, {LAST_ROW}))"
            for value, kind in parts
        )
        return f"concat({', '.join(lists)})"

    def row_order(self, source: Relation) -> str:
        return super().row_order(source) or "ORDER BY 1"  # a window of Spark has to have an order


def _decimal(value: Decimal) -> str:
    """With its own precision and scale, never with an exponent, which would make it a double."""
    _, digits, exponent = value.as_tuple()
    scale = max(0, -int(exponent))
    whole = len(digits) + max(0, int(exponent))
    return f"CAST('{value:f}' AS DECIMAL({max(whole, scale, 1)},{scale}))"


@cache
def _reference() -> DuckDBDialect:
    from module_operators.engines.duckdb_sql import DuckDBDialect  # noqa: PLC0415

    return DuckDBDialect()

"""DuckDB's SQL and its types."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import cache, reduce
from typing import TYPE_CHECKING, Any

from module_operators.engines.accents import accents
from module_operators.engines.dialect import Argument, Dialect, ExpressionTypeError
from module_operators.engines.duckdb_casts import attempt
from module_operators.engines.duckdb_functions import function
from module_operators.relation import Relation

if TYPE_CHECKING:
    import duckdb

_TO_ENGINE = {
    "integer": "INTEGER",
    "bigint": "BIGINT",
    "float": "DOUBLE",
    "boolean": "BOOLEAN",
    "string": "VARCHAR",
    "date": "DATE",
    "timestamp": "TIMESTAMP",
    "timestamptz": "TIMESTAMP WITH TIME ZONE",
    "time": "TIME",
    "binary": "BLOB",
}
LAST_ROW = 2**63 - 1
_EUROPEAN = r"[\x{0}-\x{36F}\x{400}-\x{482}\x{48A}-\x{52F}\x{1E00}-\x{1EFF}\x{2002}-\x{206F}]*"
_ACCENTED = r"[\x{A0}-\x{52F}\x{1E00}-\x{2FFF}]"

_FROM_ENGINE = {engine: logical for logical, engine in _TO_ENGINE.items()}
# Engine types that a source may bring, and the logical type that holds all their values.
_WIDENED = {
    "TINYINT": "integer",
    "SMALLINT": "integer",
    "UTINYINT": "integer",
    "USMALLINT": "integer",
    "UINTEGER": "bigint",
    "UBIGINT": "decimal(20,0)",
    "HUGEINT": "decimal(38,0)",
    "UHUGEINT": "decimal(38,0)",
    "FLOAT": "float",
    "TIMESTAMP_S": "timestamp",
    "TIMESTAMP_MS": "timestamp",
    "TIMESTAMP_NS": "timestamp",
    "TIME WITH TIME ZONE": "string",
    '"NULL"': "string",
}


def logical_type(engine_type: str) -> str:
    """DuckDB's name of a type as the logical type that modules see."""
    if engine_type in _FROM_ENGINE:
        return _FROM_ENGINE[engine_type]
    if engine_type.endswith("[]"):
        return f"list({logical_type(engine_type[:-2])})"
    if engine_type.startswith("DECIMAL("):
        return engine_type.lower().replace(" ", "")
    return _WIDENED.get(engine_type, "string")  # UUID, ENUM, JSON, INTERVAL, STRUCT, MAP: their text


class DuckDBDialect(Dialect):
    """DuckDB's SQL."""

    name = "duckdb"

    def quote(self, name: str) -> str:
        return '"' + name.replace('"', '""') + '"'

    def literal(self, value: Any) -> str:  # noqa: PLR0911 - one return a type
        match value:
            case None:
                return "NULL"
            case bool():
                return "TRUE" if value else "FALSE"
            case Decimal():
                return format(value, "f")
            case int():
                return str(value)
            case float():
                return f"CAST('{value!r}' AS DOUBLE)"
            case datetime():
                kind = "TIMESTAMPTZ" if value.tzinfo else "TIMESTAMP"
                return f"{kind} '{value.isoformat(sep=' ')}'"
            case date():
                return f"DATE '{value.isoformat()}'"
            case str():
                parts = ("'" + part.replace("'", "''") + "'" for part in value.split("\0"))
                return " || chr(0) || ".join(parts) if "\0" not in value else f"({' || chr(0) || '.join(parts)})"
            case list() | tuple():
                return "[" + ", ".join(self.literal(item) for item in value) + "]"
        raise TypeError(f"no literal for {type(value).__name__}")

    def type_name(self, logical: str) -> str:
        if logical.startswith("decimal("):
            return logical.upper()
        if logical.startswith("list("):
            return f"{self.type_name(logical[5:-1])}[]"
        return _TO_ENGINE[logical]

    def attempt(self, expression: str, source: str, target: str) -> str:
        return attempt(expression, source, target, self.type_name(target))

    def failure(self, message: str) -> str:
        return f"error({message})"

    def function(self, name: str, arguments: Sequence[Argument]) -> str:
        return function(name, arguments)

    @property
    def reference(self) -> DuckDBDialect:
        return self

    def last_value(self, value: str, window: str) -> str:
        return f"last_value({value} IGNORE NULLS) OVER ({window})"

    def part_of(self, text: str, separator: str, place: int, *, rest: bool = False) -> str:
        parts = f"string_split({text}, {self.literal(separator)})"
        if not rest:
            return f"{parts}[{place}]"
        joined = f"array_to_string({parts}[{place}:], {self.literal(separator)})"
        return f"CASE WHEN len({parts}) >= {place} THEN {joined} END"

    def strip_accents(self, text: str) -> str:
        # The engine's own function is fast, but changes other scripts too.
        accented, plain = (self.literal(letters) for letters in accents())
        european = f"regexp_full_match({text}, '{_EUROPEAN}')"
        unmarked = f"regexp_replace({text}, '[\\x{{300}}-\\x{{36F}}]', '', 'g')"
        return (
            f"CASE WHEN {european} THEN strip_accents({text}) "
            f"WHEN regexp_matches({text}, '{_ACCENTED}') THEN translate({unmarked}, {accented}, {plain}) "
            f"ELSE {text} END"
        )

    def matches(self, text: str, pattern: str) -> str:
        return f"regexp_matches({text}, {self.literal(pattern)})"

    def rearranged(self, text: str, pattern: str, template: str) -> str:
        replaced = f"regexp_replace({text}, {self.literal(pattern)}, {self.literal(template)})"
        return f"CASE WHEN {self.matches(text, pattern)} THEN {replaced} END"

    def text_list(self, items: Sequence[str]) -> str:
        return f"list_filter([{', '.join(items)}], lambda item: item IS NOT NULL)"

    def row_key(self, parts: Sequence[tuple[str, str]]) -> str:
        lists = (
            f"coalesce({value}, [{LAST_ROW}])" if kind.startswith("list(") else f"[coalesce({value}, {LAST_ROW})]"
            for value, kind in parts
        )
        return reduce(lambda left, right: f"list_concat({left}, {right})", lists)

    def infer(self, expressions: Sequence[str], source: Relation) -> tuple[str, ...]:
        """The logical type of each SQL expression over the source's columns.

        Raises:
            ExpressionTypeError: the binder refuses the expression (a sum of text, say).
        """
        import duckdb  # noqa: PLC0415

        typed = ", ".join(
            f"CAST(NULL AS {self.type_name(column.type)}) AS {self.quote(column.name)}"
            for column in (*source.columns, *source.hidden)
        )
        items = ", ".join(f"{expression} AS c{index}" for index, expression in enumerate(expressions))
        sql = f"DESCRIBE SELECT {items} FROM (SELECT {typed}) AS {self.quote(source.name)}"
        try:
            return tuple(logical_type(row[1]) for row in _binder().cursor().execute(sql).fetchall())
        except duckdb.Error as error:
            from module_operators.engines.duckdb import engine_message  # noqa: PLC0415

            raise ExpressionTypeError(engine_message(error)) from None


@cache
def _binder() -> duckdb.DuckDBPyConnection:
    """A locked, empty database that only binds expressions, to learn their types."""
    from module_operators.engines.duckdb import Limits, locked_connection  # noqa: PLC0415

    return locked_connection(Limits(memory="256MB", threads=1), allowed=())

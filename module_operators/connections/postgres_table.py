"""A table that rows are loaded into: its name, its columns, and whether an input's columns fit them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from module_operators.connections.target_table import name_parts
from module_operators.engines.dialect import DECIMAL
from module_operators.problems import TargetError
from module_operators.relation import Column

if TYPE_CHECKING:
    from psycopg2 import extensions

LONGEST_NAME = 63  # bytes; PostgreSQL would cut a longer one silently

_CREATED = {
    "integer": "integer",
    "bigint": "bigint",
    "float": "double precision",
    "boolean": "boolean",
    "string": "text",
    "date": "date",
    "timestamp": "timestamp",
    "timestamptz": "timestamptz",
    "time": "time",
    "binary": "bytea",
}
_BASES = {
    "integer": "int4",
    "bigint": "int8",
    "float": "float8",
    "boolean": "bool",
    "string": "text",
    "date": "date",
    "timestamp": "timestamp",
    "timestamptz": "timestamptz",
    "time": "time",
    "binary": "bytea",
}
_INTEGERS = frozenset({"int2", "int4", "int8"})
_FLOATS = frozenset({"float4", "float8"})
_TEXTS = frozenset({"text", "varchar", "bpchar", "citext", "name"})
# What takes which logical type without losing anything; a number that is too large is an error of the server.
_FITS: Mapping[str, frozenset[str]] = {
    "integer": _INTEGERS | _FLOATS | _TEXTS | {"numeric", "oid", "money"},
    "bigint": _INTEGERS | _FLOATS | _TEXTS | {"numeric", "oid", "money"},
    "float": _FLOATS | _TEXTS,
    "boolean": _TEXTS | {"bool"},
    "date": _TEXTS | {"date", "timestamp", "timestamptz"},
    "timestamp": _TEXTS | {"timestamp", "timestamptz"},
    "timestamptz": _TEXTS | {"timestamptz"},
    "time": _TEXTS | {"time"},
    "binary": frozenset({"bytea"}),
}
# Types that a string does not become by itself: the user says how, with Cast Data Types or Parse Dates.
_NOT_FROM_TEXT = _INTEGERS | _FLOATS | {"numeric", "money", "bool", "date", "time", "timestamp", "timestamptz", "bytea"}


def quoted(name: str) -> str:
    """An identifier of PostgreSQL, whatever it contains."""
    return '"' + name.replace('"', '""') + '"'


def created_type(logical: str) -> str:
    """A logical type as a new table has it."""
    if logical.startswith("list("):
        return f"{created_type(logical[5:-1])}[]"
    return _CREATED.get(logical) or f"numeric{logical.removeprefix('decimal')}"


def created_base(logical: str) -> str:
    """The same as PostgreSQL's catalogue names it; empty for an array."""
    return "" if logical.startswith("list(") else _BASES.get(logical, "numeric")


@dataclass(frozen=True, slots=True)
class TableName:
    """`table` or `schema.table`, exactly as written; double quotes hold a name with a dot."""

    schema: str | None
    table: str

    @classmethod
    def parsed(cls, text: str) -> Self:
        """The name's parts.

        Raises:
            ValueError: says what is wrong with it.
        """
        names = name_parts(text, '"')
        if too_long := next((name for name in names if len(name.encode()) > LONGEST_NAME), None):
            raise ValueError(f"'{too_long}' is longer than the {LONGEST_NAME} bytes of a name in PostgreSQL.")
        schema, table = (None, *names)[-2:]
        return cls(schema, table or "")

    def __str__(self) -> str:
        return ".".join(quoted(part) for part in (self.schema, self.table) if part is not None)


@dataclass(frozen=True, slots=True)
class TargetColumn:
    """A column of an existing table; `base` names its type, a domain's base type or an array's elements."""

    name: str
    type: str
    base: str
    is_array: bool
    scale: int | None
    required: bool
    generated: bool

    def takes(self, logical: str) -> bool:
        """Whether values of a logical type get in without silent loss."""
        if logical.startswith("list("):
            while logical.startswith("list("):
                logical = logical[5:-1]
            return self.is_array and self._takes(logical)
        return not self.is_array and self._takes(logical)

    def _takes(self, logical: str) -> bool:
        if logical == "string":
            return self.base not in _NOT_FROM_TEXT
        if self.base == "numeric" and logical in {"integer", "bigint"}:
            return True
        if self.base == "numeric" and logical == "float":
            return self.scale is None
        if decimal := DECIMAL.fullmatch(logical):
            decimals = int(decimal[2])
            if self.base == "numeric":
                return self.scale is None or decimals <= self.scale
            return self.base in _FLOATS | _TEXTS or (self.base in _INTEGERS and decimals == 0)
        return self.base in _FITS[logical]


@dataclass(frozen=True, slots=True)
class Table:
    """A table as the server has it."""

    oid: int
    schema: str
    name: str
    kind: str
    columns: tuple[TargetColumn, ...]

    def __str__(self) -> str:
        return f"{quoted(self.schema)}.{quoted(self.name)}"

    @property
    def is_table(self) -> bool:
        return self.kind in {"r", "p", "f"}

    @property
    def by_name(self) -> dict[str, TargetColumn]:
        return {column.name: column for column in self.columns}


_TABLE = """
SELECT c.oid, n.nspname, c.relname, c.relkind FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = to_regclass(%s)"""
_COLUMNS = """
WITH RECURSIVE plain AS (
  SELECT a.attnum, a.atttypid AS oid, a.atttypmod AS typmod FROM pg_catalog.pg_attribute a
  WHERE a.attrelid = %s AND a.attnum > 0 AND NOT a.attisdropped
  UNION ALL
  SELECT p.attnum, t.typbasetype, t.typtypmod FROM plain p
  JOIN pg_catalog.pg_type t ON t.oid = p.oid AND t.typtype = 'd'
)
SELECT a.attname, format_type(a.atttypid, a.atttypmod), coalesce(e.typname, t.typname), e.oid IS NOT NULL,
       CASE WHEN coalesce(e.typname, t.typname) = 'numeric' AND p.typmod > 0
            THEN (((p.typmod - 4) & 2047) # 1024) - 1024 END,
       a.attnotnull AND NOT a.atthasdef AND a.attidentity = '', a.attgenerated <> ''
FROM plain p
  JOIN pg_catalog.pg_type t ON t.oid = p.oid AND t.typtype <> 'd'
JOIN pg_catalog.pg_attribute a ON a.attrelid = %s AND a.attnum = p.attnum
LEFT JOIN pg_catalog.pg_type e ON e.oid = t.typelem AND t.typcategory = 'A' AND t.typlen = -1
ORDER BY a.attnum"""


def found_table(cursor: extensions.cursor, name: TableName) -> Table | None:
    """The table of that name on the search path or in its schema, as it is now."""
    cursor.execute(_TABLE, (str(name),))
    row = cursor.fetchone()
    if row is None:
        return None
    oid, schema, table, kind = row
    cursor.execute(_COLUMNS, (oid, oid))
    return Table(oid, schema, table, kind, tuple(TargetColumn(*column) for column in cursor.fetchall()))


def home_schema(cursor: extensions.cursor, name: TableName) -> str:
    """The schema that a new table of that name goes to.

    Raises:
        TargetError: it does not exist.
    """
    cursor.execute(
        "SELECT nspname FROM pg_catalog.pg_namespace WHERE nspname = coalesce(%s, current_schema())", (name.schema,)
    )
    row = cursor.fetchone()
    if row is None:
        raise TargetError(f"There is no schema '{name.schema or 'public'}' in the database.")
    return row[0]


def checked_names(columns: Iterable[Column]) -> None:
    """Refuses names that PostgreSQL would cut.

    Raises:
        TargetError: names the column.
    """
    for column in columns:
        if len(column.name.encode()) > LONGEST_NAME or "\0" in column.name:
            raise TargetError(f"Column '{column.name[:80]}' is longer than the {LONGEST_NAME} bytes of a name.")


def definitions(columns: Sequence[Column], types: Mapping[str, str]) -> str:
    """`"a" integer, "b" text`: the columns of a CREATE TABLE."""
    return ", ".join(f"{quoted(column.name)} {types[column.name]}" for column in columns)

"""A table of MySQL that rows are loaded into: its name, its columns, and what they take."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from module_operators.connections.target_table import name_parts
from module_operators.engines.dialect import DECIMAL
from module_operators.problems import TargetError
from module_operators.relation import Column

LONGEST_NAME = 64  # characters
_MOST_DECIMALS = 30

_CREATED = {
    "integer": "int",
    "bigint": "bigint",
    "float": "double",
    "boolean": "tinyint(1)",
    "string": "longtext CHARACTER SET utf8mb4",
    "date": "date",
    "timestamp": "datetime(6)",
    "timestamptz": "datetime(6)",  # in UTC: a timestamp ends in 2038
    "time": "time(6)",
    "binary": "longblob",
}
KEY_TEXT = "varchar(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin"
"""A key that holds text: an index cannot hold a longtext, and upper case differs from lower."""

_INTEGERS = frozenset({"tinyint", "smallint", "mediumint", "int", "bigint"})
_FLOATS = frozenset({"float", "double"})
_TEXTS = frozenset({"char", "varchar", "tinytext", "text", "mediumtext", "longtext"})
_DOCUMENTS = frozenset({"json", "enum", "set", "uuid", "inet4", "inet6"})
_BYTES = frozenset({"binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob"})
# What takes which logical type; what does not fit a single value is an error of the server, by strict mode.
_FITS: Mapping[str, frozenset[str]] = {
    "integer": _INTEGERS | _FLOATS | _TEXTS | {"decimal", "year"},
    "bigint": _INTEGERS | _FLOATS | _TEXTS | {"decimal", "year"},
    "float": _FLOATS | _TEXTS,
    "boolean": _INTEGERS | {"bit"},
    "string": _TEXTS | _DOCUMENTS,
    "date": _TEXTS | {"date", "datetime", "timestamp"},
    "timestamp": _TEXTS | {"datetime", "timestamp"},
    "timestamptz": _TEXTS | {"datetime", "timestamp"},
    "time": _TEXTS | {"time"},
    "binary": _BYTES,
}
_CLOCKS = frozenset({"datetime", "timestamp", "time"})


def quoted(name: str) -> str:
    """An identifier of MySQL, whatever it contains."""
    return "`" + name.replace("`", "``") + "`"


def created_type(column: Column, keys: Iterable[str] = ()) -> str:
    """A column's type in a new table.

    Raises:
        TargetError: MySQL has none.
    """
    if column.type.startswith("list("):
        return "json"
    if decimal := DECIMAL.fullmatch(column.type):
        if int(decimal[2]) > _MOST_DECIMALS:
            raise TargetError(
                f"Column '{column.name}' is {column.type}, and MySQL keeps {_MOST_DECIMALS} decimals at most."
            )
        return column.type
    return KEY_TEXT if column.type == "string" and column.name in keys else _CREATED[column.type]


@dataclass(frozen=True, slots=True)
class TableName:
    """`table` or `database.table`, exactly as written; backticks hold a name with a dot."""

    database: str
    table: str

    @classmethod
    def parsed(cls, text: str, database: str | None) -> Self:
        """The name's parts.

        Args:
            text: as the option has it.
            database: the connection's, for a name without one.

        Raises:
            ValueError: says what is wrong with it.
        """
        names = name_parts(text, "`")
        if too_long := next((name for name in names if len(name) > LONGEST_NAME), None):
            raise ValueError(f"'{too_long}' is longer than the {LONGEST_NAME} characters of a name in MySQL.")
        if len(names) == 1 and not database:
            raise ValueError(f"Neither the connection nor '{text}' names a database: write database.table.")
        return cls(names[0] if len(names) == 2 else database or "", names[-1])

    def __str__(self) -> str:
        return f"{quoted(self.database)}.{quoted(self.table)}"

    def beside(self, table: str) -> TableName:
        """Another table of the same database."""
        return TableName(self.database, table)


@dataclass(frozen=True, slots=True)
class TargetColumn:
    """A column of an existing table."""

    name: str
    type: str
    base: str
    scale: int | None
    fraction: int
    """Digits of a second that a clock keeps."""
    collation: str | None
    required: bool
    generated: bool

    def takes(self, logical: str) -> bool:
        """Whether values of a logical type get in without silent loss."""
        if logical.startswith("list("):
            return self.base in _TEXTS | {"json"}
        if decimal := DECIMAL.fullmatch(logical):
            decimals = int(decimal[2])
            if self.base == "decimal":
                return decimals <= (self.scale or 0)
            return self.base in _FLOATS | _TEXTS or (self.base in _INTEGERS and decimals == 0)
        return self.base in _FITS[logical]

    @property
    def shortens(self) -> bool:
        """Fractions of a second would be rounded without a word."""
        return self.base in _CLOCKS and self.fraction < 6


@dataclass(frozen=True, slots=True)
class Table:
    """A table as the server has it."""

    name: TableName
    kind: str
    transactional: bool
    comment: str
    columns: tuple[TargetColumn, ...]

    def __str__(self) -> str:
        return str(self.name)

    @property
    def is_table(self) -> bool:
        return self.kind == "BASE TABLE"

    @property
    def by_name(self) -> dict[str, TargetColumn]:
        return {column.name: column for column in self.columns}


_TABLE = """
SELECT t.TABLE_TYPE, coalesce(e.TRANSACTIONS, '') = 'YES', t.TABLE_COMMENT FROM information_schema.TABLES t
LEFT JOIN information_schema.ENGINES e ON e.ENGINE = t.ENGINE WHERE t.TABLE_SCHEMA = %s AND t.TABLE_NAME = %s"""
_COLUMNS = """
SELECT COLUMN_NAME, COLUMN_TYPE, lower(DATA_TYPE), NUMERIC_SCALE, coalesce(DATETIME_PRECISION, 0), COLLATION_NAME,
       IS_NULLABLE = 'NO' AND COLUMN_DEFAULT IS NULL AND EXTRA NOT LIKE '%%auto_increment%%',
       EXTRA LIKE '%%GENERATED%%' AND EXTRA NOT LIKE '%%DEFAULT_GENERATED%%'
FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = %s AND TABLE_NAME = %s ORDER BY ORDINAL_POSITION"""


def found_table(cursor: Any, name: TableName) -> Table | None:
    """The table of that name, as it is now.

    Raises:
        TargetError: there is no such database.
    """
    cursor.execute("SELECT 1 FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = %s", (name.database,))
    if cursor.fetchone() is None:
        raise TargetError(f"There is no database '{name.database}', or this login may not use it.")
    cursor.execute(_TABLE, (name.database, name.table))
    row = cursor.fetchone()
    if row is None:
        return None
    cursor.execute(_COLUMNS, (name.database, name.table))
    columns = (
        TargetColumn(column, kind, base, scale, fraction, collation, bool(required), bool(generated))
        for column, kind, base, scale, fraction, collation, required, generated in cursor.fetchall()
    )
    return Table(name, row[0], bool(row[1]), row[2], tuple(columns))


def checked_names(columns: Sequence[Column]) -> None:
    """Refuses names that MySQL does not take.

    Raises:
        TargetError: names the column.
    """
    for column in columns:
        if len(column.name) > LONGEST_NAME or "\0" in column.name or column.name.endswith(" "):
            raise TargetError(
                f"Column '{column.name[:80]}' cannot be one in MySQL: at most {LONGEST_NAME} characters, no space last."
            )

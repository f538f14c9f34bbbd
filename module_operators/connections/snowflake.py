"""Snowflake: files by PUT into the table's own stage, then COPY INTO."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Self

from module_operators.connections.standard_sql import StandardSQL
from module_operators.connections.warehouse import Kind, Table, TableName, TargetColumn
from module_operators.problems import InvalidNode, ModuleProblem, TargetError

if TYPE_CHECKING:
    from module_operators.run import Run

_CREATED = {
    "integer": "NUMBER(10,0)",
    "bigint": "NUMBER(19,0)",
    "float": "FLOAT",
    "boolean": "BOOLEAN",
    "string": "VARCHAR",
    "date": "DATE",
    "timestamp": "TIMESTAMP_NTZ(6)",
    "timestamptz": "TIMESTAMP_TZ(6)",
    "time": "TIME(6)",
    "binary": "BINARY",
}
_KINDS: Mapping[str, Kind] = {
    "FLOAT": "float",
    "REAL": "float",
    "DOUBLE": "float",
    "BOOLEAN": "bool",
    "TEXT": "text",
    "VARCHAR": "text",
    "DATE": "date",
    "TIMESTAMP_NTZ": "timestamp",
    "TIMESTAMP_LTZ": "timestamptz",
    "TIMESTAMP_TZ": "timestamptz",
    "TIME": "time",
    "BINARY": "bytes",
}
_EXTRA = ("role", "warehouse", "authenticator", "host", "port", "protocol")


@dataclass(slots=True)
class Snowflake(StandardSQL):
    """An account that an Airflow connection names."""

    title: ClassVar = "Snowflake"
    kept_types: ClassVar = frozenset({"integer", "float", "boolean", "string"})

    options: Mapping[str, Any] = field(repr=False)
    time_limit: float | None
    _connection: Any = field(default=None, repr=False)

    @classmethod
    def named(cls, run: Run, connection_id: str) -> Self:
        """The account of an Airflow connection; nothing is opened yet."""
        found = run.connection(connection_id)
        extra = found.extra_dejson
        told = {name: extra[name] for name in _EXTRA if extra.get(name)}
        told |= {"account": extra.get("account") or found.host, "database": extra.get("database")}
        told |= {"user": found.login, "password": found.password, "schema": found.schema or "PUBLIC"}
        if content := extra.get("private_key_content"):
            told["private_key"] = content
        return cls({name: value for name, value in told.items() if value}, run.time_limit)

    @contextmanager
    def session(self) -> Iterator[Self]:
        import snowflake.connector  # noqa: PLC0415
        from snowflake.connector.errors import Error  # noqa: PLC0415

        limits: dict[str, Any] = {"login_timeout": round(self.time_limit or 30)}
        if self.time_limit is not None:
            limits["network_timeout"] = max(1, round(self.time_limit))
        try:
            with snowflake.connector.connect(
                **self.options, **limits, application="logidata", client_session_keep_alive=True
            ) as connection:
                self._connection = connection
                yield self
        except Error as error:
            raise self._told(error) from None
        finally:
            self._connection = None

    def parts(self, name: TableName, table: str | None = None) -> list[str]:
        parts = [part if exact else self.created_name(part) for part, exact in zip(name.parts, name.exact, strict=True)]
        if table is not None:
            parts[-1] = table.upper()
        own = [self.options.get("database"), self.options["schema"]]
        if len(parts) < 3 and not own[0]:
            message = "Neither the table's name nor its connection names a database."
            raise InvalidNode([ModuleProblem("/table_name", message, "Write database.schema.table.")])
        return [part for part in (*own[: 3 - len(parts)], *parts) if part]

    @staticmethod
    def created_name(column: str) -> str:
        """In capitals, as Snowflake itself does: a query then needs no quotes."""
        return column.upper() if re.fullmatch(r"[A-Za-z_][\w$]*", column, re.ASCII) else column

    @staticmethod
    def created_type(logical: str) -> str:
        if logical.startswith("list("):
            return "VARCHAR"
        return _CREATED.get(logical) or f"NUMBER{logical.removeprefix('decimal')}"

    def found(self, name: TableName) -> Table | None:
        database, schema, table = self.parts(name)
        where = f"table_schema = {self.literal(schema)} AND table_name = {self.literal(table)}"
        catalog = f"{self.quoted(database)}.INFORMATION_SCHEMA"
        columns = self.rows(
            "SELECT column_name, data_type, numeric_precision, numeric_scale, is_nullable, column_default, is_identity"
            f" FROM {catalog}.COLUMNS WHERE {where} ORDER BY ordinal_position"
        )
        if not columns:
            return None
        kinds = self.rows(f"SELECT table_type FROM {catalog}.TABLES WHERE {where}")
        is_table = all("VIEW" not in kind for (kind,) in kinds)
        return Table(self.address(name), tuple(_column(*each) for each in columns), is_table)

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        from snowflake.connector.errors import Error  # noqa: PLC0415

        with self._connection.cursor() as cursor:
            try:
                return list(cursor.execute(statement).fetchall())
            except Error as error:
                raise self._told(error) from None

    def run(self, statement: str) -> None:
        self.rows(statement)

    def changed(self, statement: str) -> int:
        ((count, *_), *_) = self.rows(statement)
        return count

    def fill(self, staged: str, columns: Sequence[tuple[str, str]], path: Path) -> None:
        stage = f'{staged[:-1]}_STAGE"'
        values = ", ".join(
            f"TO_BINARY($1:{name}::VARCHAR, 'HEX')" if kind.startswith("BINARY") else f"$1:{name}::{kind}"
            for name, kind in columns
        )
        names = ", ".join(self.quoted(name) for name, _ in columns)
        self.run(f"CREATE TEMPORARY STAGE {stage}")
        try:
            self.run(f"PUT 'file://{path}' @{stage} AUTO_COMPRESS = FALSE OVERWRITE = TRUE")
            self.run(
                f"COPY INTO {staged} ({names}) FROM (SELECT {values} FROM @{stage}/{path.name})"
                " FILE_FORMAT = (TYPE = PARQUET) ON_ERROR = ABORT_STATEMENT"
            )
        finally:
            with suppress(TargetError):
                self.run(f"DROP STAGE IF EXISTS {stage}")

    def _told(self, error: Any) -> TargetError:
        text = str(getattr(error, "msg", None) or error)
        for secret in ("password", "private_key"):
            if value := self.options.get(secret):
                text = text.replace(str(value), "***")
        return TargetError(f"Snowflake refuses: {text[:500].rstrip('.')}.")


def _column(  # noqa: PLR0917 - as the catalogue answers
    name: str, kind: str, precision: Any, scale: Any, nullable: str, default: Any, identity: Any
) -> TargetColumn:
    required = nullable == "NO" and default is None and identity != "YES"
    if kind in {"NUMBER", "DECIMAL", "NUMERIC"}:
        whole: Kind = "decimal" if scale else "int"
        return TargetColumn(name, f"NUMBER({precision},{scale})", whole, int(scale or 0), required)
    return TargetColumn(name, kind, _KINDS.get(kind, "other"), None, required)

"""Amazon Redshift, by PostgreSQL's protocol: files by COPY from S3, or INSERTs where no bucket is given."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Self
from uuid import uuid4

from module_operators.connections.s3 import Bucket
from module_operators.connections.standard_sql import StandardSQL
from module_operators.connections.warehouse import Kind, Table, TableName, TargetColumn
from module_operators.problems import InvalidNode, ModuleProblem, TargetError

if TYPE_CHECKING:
    from module_operators.run import Run

_CREATED = {
    "integer": "integer",
    "bigint": "bigint",
    "float": "double precision",
    "boolean": "boolean",
    "string": "varchar(65535)",
    "date": "date",
    "timestamp": "timestamp",
    "timestamptz": "timestamptz",
    "time": "time",
    "binary": "varbyte(1024000)",
}
_KINDS: Mapping[str, Kind] = {
    "smallint": "int",
    "integer": "int",
    "bigint": "int",
    "numeric": "decimal",
    "real": "float",
    "double precision": "float",
    "boolean": "bool",
    "text": "text",
    "character varying": "text",
    "character": "text",
    "date": "date",
    "timestamp without time zone": "timestamp",
    "timestamp with time zone": "timestamptz",
    "time without time zone": "time",
    "binary varying": "bytes",
}
_AT_ONCE = 1_000


@dataclass(slots=True)
class Redshift(StandardSQL):
    """A database that an Airflow connection names."""

    title: ClassVar = "Redshift"
    kept_types: ClassVar = frozenset({"integer", "bigint", "float", "boolean", "string", "decimal"})

    task: Run = field(repr=False)
    keywords: Mapping[str, Any] = field(repr=False)
    extra: Mapping[str, Any] = field(repr=False)
    _connection: Any = field(default=None, repr=False)

    @classmethod
    def named(cls, run: Run, connection_id: str) -> Self:
        """The database of an Airflow connection; nothing is opened yet."""
        found = run.connection(connection_id)
        extra = found.extra_dejson
        keywords = {
            "host": found.host,
            "port": found.port or 5439,
            "user": found.login,
            "password": found.password,
            "dbname": found.schema or "dev",
            "sslmode": extra.get("sslmode", "prefer"),
            "connect_timeout": max(1, round(run.time_limit or 10)),
            "application_name": f"logidata {run.node_id}"[:63],
        }
        return cls(run, {name: value for name, value in keywords.items() if value}, extra)

    @contextmanager
    def session(self) -> Iterator[Self]:
        import psycopg2  # noqa: PLC0415

        try:
            connection = psycopg2.connect(**self.keywords)
            try:
                connection.autocommit = True
                self._connection = connection
                self.run("SET TIME ZONE 'UTC'")
                yield self
            finally:
                self._connection = None
                connection.close()
        except psycopg2.Error as error:
            raise self._told(error) from None

    def parts(self, name: TableName, table: str | None = None) -> list[str]:
        parts = [part if exact else part.lower() for part, exact in zip(name.parts, name.exact, strict=True)]
        return [*parts[:-1], parts[-1] if table is None else table]

    @staticmethod
    def created_name(column: str) -> str:
        """In small letters: Redshift makes them so, quoted or not."""
        return column.lower()

    @staticmethod
    def created_type(logical: str) -> str:
        if logical.startswith("list("):
            return _CREATED["string"]
        return _CREATED.get(logical) or f"numeric{logical.removeprefix('decimal')}"

    def found(self, name: TableName) -> Table | None:
        *schema, table = self.parts(name)
        inside = f"table_schema = {self.literal(schema[-1])}" if schema else "table_schema = current_schema()"
        if len(schema) > 1:
            message = f"Redshift loads into the connection's own database, not into '{schema[0]}'."
            raise InvalidNode([ModuleProblem("/table_name", message, "Write schema.table.")])
        where = f"{inside} AND table_name = {self.literal(table)}"
        columns = self.rows(
            "SELECT column_name, data_type, character_maximum_length, numeric_precision, numeric_scale, is_nullable,"
            f" column_default FROM information_schema.columns WHERE {where} ORDER BY ordinal_position"
        )
        if not columns:
            return None
        kinds = self.rows(f"SELECT table_type FROM information_schema.tables WHERE {where}")
        is_table = all("VIEW" not in kind for (kind,) in kinds)
        return Table(self.address(name), tuple(_column(*each) for each in columns), is_table)

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        with self._cursor() as cursor:
            cursor.execute(statement)
            return list(cursor.fetchall())

    def run(self, statement: str) -> None:
        with self._cursor() as cursor:
            cursor.execute(statement)

    def changed(self, statement: str) -> int:
        with self._cursor() as cursor:
            cursor.execute(statement)
            return cursor.rowcount

    def fill(self, staged: str, columns: Sequence[tuple[str, str]], path: Path) -> None:
        if self.extra.get("s3_bucket"):
            self._copy(staged, columns, path)
        else:
            self._insert(staged, columns, path)

    def _copy(self, staged: str, columns: Sequence[tuple[str, str]], path: Path) -> None:
        aws: Any = self.extra.get("aws_conn_id")
        bucket = Bucket.named(self.task, self.extra["s3_bucket"], aws, TargetError)
        name = uuid4().hex
        key = f"{str(self.extra.get('s3_prefix', 'logidata')).strip('/')}/{name}.csv.gz"
        text, literal = path.with_name("rows.csv.gz"), self.task.engine.dialect.literal
        # COPY casts text only; the mark of a null is one that no text can be.
        self.task.engine.connection.execute(
            f"COPY (SELECT * FROM read_parquet({literal(str(path))}, hive_partitioning = false)) TO"
            f" {literal(str(text))} (FORMAT csv, HEADER false, NULLSTR {literal(name)}, COMPRESSION gzip)"
        )
        bucket.put(key, text, {})
        try:
            source = f"s3://{self.extra['s3_bucket']}/{key}"
            self.run(copy_statement(staged, columns, source, null=name, role=self.extra.get("iam_role")))
        finally:
            bucket.delete([key])

    def _insert(self, staged: str, columns: Sequence[tuple[str, str]], path: Path) -> None:
        from psycopg2.extras import execute_values  # noqa: PLC0415

        names = ", ".join(self.quoted(name) for name, _ in columns)
        self.task.log.warning("The connection has no s3_bucket: rows go in by INSERT, which is slow for many.")
        engine, source = self.task.engine, self.task.engine.dialect.literal(str(path))
        found = engine.connection.execute(f"SELECT * FROM read_parquet({source}, hive_partitioning = false)")
        with self._cursor() as cursor:
            while rows := found.fetchmany(_AT_ONCE):
                execute_values(cursor, f"INSERT INTO {staged} ({names}) VALUES %s", rows, page_size=_AT_ONCE)

    @contextmanager
    def _cursor(self) -> Iterator[Any]:
        import psycopg2  # noqa: PLC0415

        with self._connection.cursor() as cursor:
            try:
                yield cursor
            except psycopg2.Error as error:
                raise self._told(error) from None

    def _told(self, error: Any) -> TargetError:
        text = str(error).strip().split("\nLINE ")[0].replace("\n", " ")
        if password := self.keywords.get("password"):
            text = text.replace(password, "***")
        return TargetError(f"Redshift refuses: {text[:500].rstrip('.')}.")


def copy_statement(
    staged: str, columns: Sequence[tuple[str, str]], source: str, *, null: str, role: str | None = None
) -> str:
    """COPY of a compressed CSV file, whose columns are matched by their place."""
    literal, quoted = Redshift.literal, Redshift.quoted
    names = ", ".join(quoted(name) for name, _ in columns)
    rights = "IAM_ROLE default" if role in {None, "default"} else f"IAM_ROLE {literal(str(role))}"
    return (
        f"COPY {staged} ({names}) FROM {literal(source)} {rights} FORMAT AS CSV GZIP NULL AS {literal(null)}"
        " DATEFORMAT 'auto' TIMEFORMAT 'auto'"
    )


def _column(  # noqa: PLR0917 - as the catalogue answers
    name: str, kind: str, length: Any, precision: Any, scale: Any, nullable: str, default: Any
) -> TargetColumn:
    declared = kind
    if kind.startswith("character") and length:
        declared = f"{kind}({length})"
    if kind == "numeric" and precision:
        declared = f"numeric({precision},{scale})"
    required = nullable == "NO" and default is None
    return TargetColumn(name, declared, _KINDS.get(kind, "other"), None if scale is None else int(scale), required)

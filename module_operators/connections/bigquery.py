"""Google BigQuery: Parquet files by load jobs, then one script with a transaction."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Self

from module_operators.connections.warehouse import DECIMAL, Kind, Table, TableName, TargetColumn
from module_operators.engines.duckdb_sql import DuckDBDialect
from module_operators.json_rows import json_or_null
from module_operators.problems import InvalidNode, ModuleProblem, TargetError
from module_operators.relation import Column

if TYPE_CHECKING:
    from module_operators.run import Run

_CREATED = {
    "integer": "INT64",
    "bigint": "INT64",
    "float": "FLOAT64",
    "boolean": "BOOL",
    "string": "STRING",
    "date": "DATE",
    "timestamp": "DATETIME",
    "timestamptz": "TIMESTAMP",
    "time": "TIME",
    "binary": "BYTES",
}
_KINDS: Mapping[str, Kind] = {
    "INTEGER": "int",
    "INT64": "int",
    "NUMERIC": "decimal",
    "BIGNUMERIC": "decimal",
    "FLOAT": "float",
    "FLOAT64": "float",
    "BOOLEAN": "bool",
    "BOOL": "bool",
    "STRING": "text",
    "DATE": "date",
    "DATETIME": "timestamp",
    "TIMESTAMP": "timestamptz",
    "TIME": "time",
    "BYTES": "bytes",
}
_LEGACY = {"INTEGER": "INT64", "FLOAT": "FLOAT64", "BOOLEAN": "BOOL"}
_SCALES = {"NUMERIC": 9, "BIGNUMERIC": 38}
_SCOPES = ("https://www.googleapis.com/auth/bigquery",)


@dataclass(slots=True)
class BigQuery:
    """A project that an Airflow connection names."""

    title: ClassVar = "BigQuery"
    quote_sign: ClassVar = "`"

    extra: Mapping[str, Any] = field(repr=False)
    dataset: str | None
    time_limit: float | None
    _client: Any = field(default=None, repr=False)

    @classmethod
    def named(cls, run: Run, connection_id: str) -> Self:
        """The project of an Airflow connection; nothing is opened yet."""
        found = run.connection(connection_id)
        told = {
            name.removeprefix("extra__google_cloud_platform__"): value for name, value in found.extra_dejson.items()
        }
        return cls(told, found.schema or told.get("dataset"), run.time_limit)

    @contextmanager
    def session(self) -> Iterator[Self]:
        from google.auth.exceptions import GoogleAuthError  # noqa: PLC0415
        from google.cloud import bigquery  # noqa: PLC0415

        try:
            credentials, project = self._credentials()
        except (GoogleAuthError, ValueError, OSError) as error:
            raise TargetError(
                f"BigQuery: the connection's credentials cannot be used ({type(error).__name__})."
            ) from None
        options = {"api_endpoint": self.extra["api_endpoint"]} if self.extra.get("api_endpoint") else None
        self._client = bigquery.Client(
            self.extra.get("project") or project,
            credentials,
            location=self.extra.get("location"),
            client_options=options,
        )
        try:
            yield self
        finally:
            self._client.close()
            self._client = None

    @property
    def client(self) -> Any:
        """Google's own client, while the session is open."""
        return self._client

    @property
    def project(self) -> str:
        """In whose name jobs run."""
        return str(self._client.project)

    def _credentials(self) -> tuple[Any, str | None]:
        """A key in the connection, or those of the machine; none for a server of one's own."""
        import json  # noqa: PLC0415

        import google.auth  # noqa: PLC0415
        from google.auth.credentials import AnonymousCredentials  # noqa: PLC0415
        from google.oauth2 import service_account  # noqa: PLC0415

        if key := self.extra.get("keyfile_dict"):
            told = json.loads(key) if isinstance(key, str) else key
            made = service_account.Credentials.from_service_account_info(told, scopes=_SCOPES)
            return made, told.get("project_id")
        if path := self.extra.get("key_path"):
            made = service_account.Credentials.from_service_account_file(path, scopes=_SCOPES)
            return made, made.project_id
        if self.extra.get("api_endpoint"):
            return AnonymousCredentials(), None
        return google.auth.default(scopes=_SCOPES)

    def address(self, name: TableName, table: str | None = None) -> str:
        parts = [*name.parts[:-1], table or name.parts[-1]]
        if len(parts) == 1:
            if not self.dataset:
                message = "Neither the table's name nor its connection names a dataset."
                raise InvalidNode([ModuleProblem("/table_name", message, "Write dataset.table.")])
            parts = [self.dataset, *parts]
        if len(parts) == 2:
            parts = [str(self._client.project if self._client else self.extra.get("project")), *parts]
        return ".".join(self.quoted(part) for part in parts)

    @staticmethod
    def quoted(name: str) -> str:
        return "`" + name.replace("\\", "\\\\").replace("`", "\\`") + "`"

    @staticmethod
    def literal(text: str) -> str:
        return "'" + text.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n") + "'"

    @staticmethod
    def created_name(column: str) -> str:
        return column

    @staticmethod
    def created_type(logical: str) -> str:
        if decimal := DECIMAL.fullmatch(logical):
            digits, scale = int(decimal[1]), int(decimal[2])
            return f"{'NUMERIC' if scale <= 9 and digits - scale <= 29 else 'BIGNUMERIC'}({digits}, {scale})"
        return "STRING" if logical.startswith("list(") else _CREATED[logical]

    @classmethod
    def staged_type(cls, target: str, logical: str) -> str:  # noqa: ARG003 - a load job does not cast
        return cls.created_type(logical)

    @staticmethod
    def cast(value: str, staged: str, target: str) -> str:
        """Without a length or a scale: the column itself refuses what is too long for it."""
        bare = target.partition("(")[0]
        return value if staged.partition("(")[0] == bare else f"CAST({value} AS {bare})"

    def found(self, name: TableName) -> Table | None:
        from google.api_core.exceptions import GoogleAPIError, NotFound  # noqa: PLC0415

        address = self.address(name)
        try:
            table = self._client.get_table(".".join(re.findall(r"`((?:\\.|[^`])+)`", address)))
        except NotFound:
            return None
        except GoogleAPIError as error:
            raise self._told(error) from None
        return Table(address, tuple(_column(each) for each in table.schema), table.table_type == "TABLE")

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        from google.api_core.exceptions import GoogleAPIError  # noqa: PLC0415

        try:
            return [tuple(row.values()) for row in self._client.query(statement).result()]
        except GoogleAPIError as error:
            raise self._told(error) from None

    def run(self, statement: str) -> None:
        self.rows(statement)

    @staticmethod
    def written(column: Column, name: str) -> str:
        if column.type.startswith("list("):
            return f"{json_or_null(name, column.type, DuckDBDialect())} AS {name}"
        return name

    def fill(self, staged: str, columns: Sequence[tuple[str, str]], path: Path) -> None:  # noqa: ARG002 - by name
        from google.api_core.exceptions import GoogleAPIError  # noqa: PLC0415
        from google.cloud import bigquery  # noqa: PLC0415

        options = bigquery.LoadJobConfig(
            source_format=bigquery.SourceFormat.PARQUET, write_disposition=bigquery.WriteDisposition.WRITE_APPEND
        )
        target = ".".join(re.findall(r"`((?:\\.|[^`])+)`", staged))
        try:
            with path.open("rb") as file:
                self._client.load_table_from_file(file, target, job_config=options).result()
        except GoogleAPIError as error:
            raise self._told(error) from None

    def commit(self, open_mark: str, first: str, others: Sequence[str]) -> bool:
        """One script: what ends before its commit is rolled back; of two that change one mark, one is aborted."""
        body = ";\n".join((first, *others))
        answer = self.rows(
            f"BEGIN TRANSACTION;\nIF EXISTS ({open_mark}) THEN\n{body};\nCOMMIT TRANSACTION;\nSELECT TRUE AS done;\n"
            "ELSE\nROLLBACK TRANSACTION;\nSELECT FALSE AS done;\nEND IF;"
        )
        return bool(answer and answer[-1][0])

    @staticmethod
    def _told(error: Any) -> TargetError:
        return TargetError(f"BigQuery refuses: {str(getattr(error, 'message', error))[:500].rstrip('.')}.")


def _column(found: Any) -> TargetColumn:
    kind = _KINDS.get(found.field_type, "other") if found.mode != "REPEATED" else "other"
    declared: str = _LEGACY.get(found.field_type) or found.field_type
    scale = None
    if kind == "decimal":
        scale = _SCALES[found.field_type] if found.precision is None else int(found.scale or 0)
        if found.precision is not None:
            declared = f"{declared}({found.precision}, {scale})"
    elif found.max_length and kind in {"text", "bytes"}:
        declared = f"{declared}({found.max_length})"
    required = found.mode == "REQUIRED" and found.default_value_expression is None
    return TargetColumn(found.name, declared, kind, scale, required)

"""Connections to MySQL and MariaDB: credentials from Airflow, sessions, rows as Arrow, errors without the password."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import quote

from module_operators.connections.mysql_local import connection_class
from module_operators.problems import ModuleError

if TYPE_CHECKING:
    import pymysql

    from module_operators.run import Run

# What text means does not depend on the server's settings; what does not fit is an error, never cut.
_SQL_MODE = "@@sql_mode"
for _unwanted in ("ANSI_QUOTES", "ANSI", "NO_BACKSLASH_ESCAPES", "PAD_CHAR_TO_FULL_LENGTH"):
    _SQL_MODE = f"REPLACE({_SQL_MODE}, '{_unwanted}', '')"
_SESSION = (
    "SET time_zone = '+00:00'",
    f"SET sql_mode = CONCAT({_SQL_MODE}, ',STRICT_ALL_TABLES')",
    "SET net_write_timeout = 600",
    "SET group_concat_max_len = 67108864",
)
_READ_ONLY = "SET SESSION TRANSACTION READ ONLY"
_BATCH = 20_000
_HINTS = {
    "Connection refused": "Is the server running, and are host and port right?",
    "Name or service not known": "Check the host name.",
    "timed out": "Is the host right, and may this machine reach it?",
    "Access denied": "Check login, password and database of the connection.",
    "SSL connection": "Set ssl_mode in the connection's extra to match the server.",
    "CERTIFICATE_VERIFY_FAILED": "Set ssl.ca in the connection's extra to the server's certificate authority.",
}
_REFUSED = {1052, 1054, 1064, 1146, 1305}
"""Ambiguous column, unknown column, syntax, no such table, no such function: the statement is wrong."""

_CANNOT_CONNECT = frozenset({1040, 1044, 1045, 1049, 1129, 1130, 1698, 2002, 2003, 2005, 2026, 2059})


@dataclass(frozen=True, slots=True)
class Server:
    """A MySQL or MariaDB database that an Airflow connection names."""

    connection_id: str
    host: str
    port: int
    user: str
    database: str | None
    unix_socket: str | None
    tls: Mapping[str, Any] | None
    """PyMySQL's `ssl`; None where the connection switches it off, empty to encrypt when the server can."""
    time_limit: float | None
    problem: type[ModuleError]
    """What its failures are raised as: SourceError when reading, TargetError when loading."""
    password: str = field(repr=False)

    @classmethod
    def named(cls, run: Run, connection_id: str, problem: type[ModuleError]) -> Self:
        """The server of an Airflow connection; nothing is opened yet."""
        found = run.connection(connection_id)
        extra = found.extra_dejson
        return cls(
            connection_id,
            found.host or "localhost",
            found.port or 3306,
            found.login or "root",
            found.schema or None,
            extra.get("unix_socket") or None,
            _tls(extra, connection_id, problem),
            run.time_limit,
            problem,
            found.password or "",
        )

    @contextmanager
    def session(self, *, read_only: bool, streaming: bool = False) -> Iterator[pymysql.Connection[Any]]:
        """A connection of its own; what was not committed is rolled back.

        Args:
            read_only: every transaction is.
            streaming: cursors read row by row, values as text.
        """
        from pymysql.converters import conversions  # noqa: PLC0415
        from pymysql.cursors import Cursor, SSCursor  # noqa: PLC0415

        limit = max(1, round(self.time_limit)) if self.time_limit is not None else None
        options: dict[str, Any] = {"ssl_disabled": True} if self.tls is None else {"ssl": dict(self.tls) or None}
        if self.unix_socket:
            options["unix_socket"] = self.unix_socket
        with (
            self.explained(),
            closing(
                connection_class()(
                    host=self.host,
                    port=self.port,
                    user=self.user,
                    password=self.password,
                    database=self.database,
                    charset="utf8mb4",
                    connect_timeout=limit or 10,
                    read_timeout=limit,
                    cursorclass=SSCursor if streaming else Cursor,
                    conv={kind: made for kind, made in conversions.items() if not isinstance(kind, int)}
                    if streaming
                    else None,
                    program_name="logidata",
                    **options,
                )
            ) as connection,
        ):
            try:
                with connection.cursor() as cursor:
                    for statement in self._settings(connection.get_server_info(), read_only=read_only):
                        cursor.execute(statement)
                yield connection
            finally:
                if streaming:  # or PyMySQL would read the rest of the rows before it closes
                    connection._force_close()

    def _settings(self, version: str, *, read_only: bool) -> list[str]:
        settings = [*_SESSION, *([_READ_ONLY] if read_only else [])]
        if self.time_limit is not None:
            seconds = max(1, round(self.time_limit))
            limit = f"max_statement_time = {seconds}" if "MariaDB" in version else f"max_execution_time = {seconds}000"
            settings.append(f"SET SESSION {limit}")
        return settings

    @contextmanager
    def stream(self, sql: str, kinds: list[str], *, encrypted: bool) -> Iterator[Any]:
        """A query's rows as a stream of Arrow batches, named s0, s1, …

        connectorx takes a quarter of PyMySQL's time and knows no TLS: what was encrypted when the columns were asked
        for stays so.

        Args:
            sql: the query.
            kinds: for each column `binary` or `text`, as PyMySQL hands it over.
            encrypted: whether the session must be.
        """
        if encrypted or self.unix_socket:
            with self.session(read_only=True, streaming=True) as connection:
                cursor = connection.cursor()
                cursor.execute(sql)
                yield _batches(cursor, kinds)
            return
        import connectorx  # noqa: PLC0415

        login = f"{quote(self.user, safe='')}:{quote(self.password, safe='')}"
        host = f"[{self.host}]" if ":" in self.host else self.host
        address = f"mysql://{login}@{host}:{self.port}/{quote(self.database or '', safe='')}"
        try:
            stream = connectorx.read_sql(
                address,
                sql,
                return_type="arrow_stream",
                protocol="binary",
                batch_size=_BATCH,
                pre_execution_query=[*_SESSION, _READ_ONLY],
            )
        except BaseException as error:
            if isinstance(error, RuntimeError) or type(error).__name__ == "PanicException":
                raise self.problem(self.told(str(error))) from None
            raise
        yield stream

    @contextmanager
    def explained(self) -> Iterator[None]:
        """The driver's errors as this server's problem: the server's words, a hint, and never the password."""
        import pymysql  # noqa: PLC0415

        try:
            yield
        except (pymysql.Error, OSError, RuntimeError) as error:
            raise self.refused(error) from None

    def refused(self, error: Exception) -> ModuleError:
        """The driver's error as this server's problem, and the option to blame."""
        problem = self.problem(self.explanation(error))
        problem.option = "query" if error.args and error.args[0] in _REFUSED else None
        return problem

    def explanation(self, error: Exception) -> str:
        """What went wrong, for a person."""
        code = error.args[0] if error.args and isinstance(error.args[0], int) else 0
        text = self.without_password(str(error.args[1]) if len(error.args) > 1 else str(error)).strip().rstrip(".")
        if code in _CANNOT_CONNECT or not code:
            hint = next((hint for sign, hint in _HINTS.items() if sign in text), None)
            cannot = f"Cannot connect to MySQL (connection '{self.connection_id}'): {text}."
            return f"{cannot} {hint}" if hint else cannot
        if code in {1290, 1792}:
            return f"The query may only read: {text}."
        return f"MySQL: {text}."

    def told(self, text: str) -> str:
        """The server's words out of connectorx's."""
        found = re.search(r"ERROR \d+ \(\w+\): (.*?) \}", text, re.DOTALL)
        words = found[1] if found else "the connection was lost while rows were read" if "Codec" in text else text
        return f"MySQL: {self.without_password(words).rstrip('.')}."

    def without_password(self, text: str) -> str:
        for secret in (self.password, quote(self.password, safe="")):
            text = text.replace(secret, "***") if secret else text
        return text


def _tls(extra: Mapping[str, Any], connection_id: str, problem: type[ModuleError]) -> dict[str, Any] | None:
    """PyMySQL's `ssl` from what Airflow's MySQL connections have: `ssl` (a dict or its JSON) and `ssl_mode`."""
    mode = str(extra.get("ssl_mode") or "PREFERRED").upper()
    given = extra.get("ssl") or {}
    with suppress(TypeError, ValueError):
        given = json.loads(given) if isinstance(given, str) else given
    if not isinstance(given, Mapping):
        raise problem(f"'ssl' in the extra of connection '{connection_id}' must be an object: ca, cert, key.")
    if mode == "DISABLED":
        return None
    checked = {"VERIFY_CA": (False, True), "VERIFY_IDENTITY": (True, True), "REQUIRED": (False, False)}
    if mode == "PREFERRED":
        return dict(given)
    if mode not in checked:
        raise problem(f"ssl_mode '{mode}' of connection '{connection_id}' is not one of PREFERRED, {list(checked)}.")
    identity, certificate = checked[mode]
    return {**given, "check_hostname": identity, "verify_mode": "required" if certificate else "none"}


def _batches(cursor: Any, kinds: list[str]) -> Any:
    import pyarrow as pa  # noqa: PLC0415

    types = [pa.binary() if kind == "binary" else pa.string() for kind in kinds]
    schema = pa.schema([(f"s{index}", kind) for index, kind in enumerate(types)])

    def read() -> Iterator[Any]:
        while rows := cursor.fetchmany(_BATCH):
            columns = zip(*rows, strict=True)
            arrays = [pa.array(values, kind) for values, kind in zip(columns, types, strict=True)]
            yield pa.RecordBatch.from_arrays(arrays, schema=schema)

    return pa.RecordBatchReader.from_batches(schema, read())

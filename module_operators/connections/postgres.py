"""Connections to PostgreSQL: credentials from Airflow, sessions for rows and for Arrow, errors without the password."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

from module_operators.problems import ModuleError

if TYPE_CHECKING:
    from psycopg2 import extensions

    from module_operators.run import Run

# What of an Airflow connection's extra is libpq's; everything else there belongs to hooks.
_LIBPQ_EXTRAS = frozenset(
    [
        "sslmode",
        "sslcert",
        "sslkey",
        "sslrootcert",
        "sslcrl",
        "sslnegotiation",
        "ssl_min_protocol_version",
        "channel_binding",
        "gssencmode",
        "krbsrvname",
        "require_auth",
        "connect_timeout",
        "client_encoding",
        "options",
        "keepalives",
        "keepalives_idle",
        "keepalives_interval",
        "keepalives_count",
        "tcp_user_timeout",
        "target_session_attrs",
        "load_balance_hosts",
    ]
)
# Text forms of values do not depend on the role's or the server's own settings.
_SESSION = {
    "TimeZone": "UTC",
    "DateStyle": "ISO, YMD",
    "IntervalStyle": "postgres",
    "standard_conforming_strings": "on",
}
# From 14 on the server notices within this time that the task was killed, also while it computes.
_NOTICE_A_LOST_CLIENT = (140000, "client_connection_check_interval", "2s")

PREPARED = "logidata_query"

_HINTS = {
    "Connection refused": "Is the server running, and are host and port right?",
    "could not translate host name": "Check the host name.",
    "timeout expired": "Is the host right, and may this machine reach it?",
    "password authentication failed": "Check login and password of the connection.",
    "no password supplied": "The connection has no password.",
    "no pg_hba.conf entry": "The server does not accept this login from this machine.",
    "server does not support SSL": "Set sslmode in the connection's extra to match the server.",
}


_REFUSED = "42"
"""The class of SQLSTATEs that say: this statement is wrong."""


@dataclass(frozen=True, slots=True)
class Server:
    """A PostgreSQL database that an Airflow connection names."""

    connection_id: str
    keywords: Mapping[str, str]
    password: str = field(repr=False)
    problem: type[ModuleError]
    """What its failures are raised as: SourceError when reading, TargetError when loading."""

    @classmethod
    def named(cls, run: Run, connection_id: str, problem: type[ModuleError]) -> Self:
        """The server of an Airflow connection; nothing is opened yet."""
        found = run.connection(connection_id)
        extra = found.extra_dejson
        keywords = {
            "host": found.host or "localhost",
            "port": found.port or 5432,
            "user": found.login,
            "dbname": found.schema or found.login or "postgres",
            "connect_timeout": 10,
            "application_name": f"logidata {run.dag_id} {run.node_id}"[:63],
            **{name: extra[name] for name in sorted(_LIBPQ_EXTRAS & extra.keys())},
        }
        if run.time_limit is not None:
            limit = max(1, round(run.time_limit))
            keywords["connect_timeout"] = limit
            keywords["options"] = f"{keywords.get('options', '')} -c statement_timeout={limit}s".strip()
        present = {name: str(value) for name, value in keywords.items() if value not in {None, ""}}
        return cls(connection_id, present, found.password or "", problem)

    @property
    def address(self) -> str:
        """The connection string, with the password: for a driver, never for a message."""
        from psycopg2.extensions import make_dsn  # noqa: PLC0415

        return make_dsn(**self.keywords, **({"password": self.password} if self.password else {}))

    @contextmanager
    def session(self, *, read_only: bool) -> Iterator[extensions.connection]:
        """A connection of its own whose transactions are READ COMMITTED; what was not committed is rolled back."""
        import psycopg2  # noqa: PLC0415

        with self.explained(), closing(psycopg2.connect(self.address)) as connection:
            connection.set_session(isolation_level="READ COMMITTED", readonly=read_only)
            yield connection

    def prepare(self, cursor: extensions.cursor) -> None:
        """Settings for the cursor's transaction; must be its first statement."""
        cursor.execute("; ".join(self.settings(cursor.connection.server_version)))

    @staticmethod
    def settings(server_version: int) -> list[str]:
        """What a transaction sets for itself."""
        since, name, interval = _NOTICE_A_LOST_CLIENT
        settings = _SESSION | ({name: interval} if server_version >= since else {})
        return [f"SET LOCAL {name} = '{value}'" for name, value in settings.items()]

    @contextmanager
    def arrow_session(self, server_version: int) -> Iterator[ArrowSession]:
        """One read-only transaction, with one snapshot, whose results are Arrow streams."""
        import adbc_driver_manager  # noqa: PLC0415
        import adbc_driver_postgresql  # noqa: PLC0415

        with (
            self.explained(),
            adbc_driver_postgresql.connect(self.address) as database,
            adbc_driver_manager.AdbcConnection(database) as connection,
        ):
            session = ArrowSession(connection)
            session.execute("BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            for statement in self.settings(server_version):
                session.execute(statement)
            yield session

    @contextmanager
    def explained(self) -> Iterator[None]:
        """Drivers' errors as this server's problem: the server's words, a hint, and never the password."""
        import adbc_driver_manager  # noqa: PLC0415
        import psycopg2  # noqa: PLC0415

        try:
            yield
        except (psycopg2.Error, adbc_driver_manager.Error) as error:
            raise self.refused(error) from None

    def refused(self, error: Exception) -> ModuleError:
        """A driver's error as this server's problem, and the option to blame."""
        problem = self.problem(self.explanation(error))
        problem.option = "query" if (_state(error) or "")[:2] == _REFUSED else None
        return problem

    def explanation(self, error: Exception) -> str:
        """What went wrong, for a person."""
        text = self.without_password(_words(error))
        code = _state(error)
        if "connection to server" in text or "could not translate host name" in text or (code or "")[:2] == "28":
            hint = next((hint for sign, hint in _HINTS.items() if sign in text), None)
            return f"Cannot connect to PostgreSQL (connection '{self.connection_id}'): {text}" + (
                f" {hint}" if hint else ""
            )
        return self.told(text)

    def told(self, text: str) -> str:
        """The server's words about a statement, which an engine may have passed on."""
        words = self.without_password(server_words(text))
        return f"The query may only read: {words}" if "in a read-only transaction" in words else f"PostgreSQL: {words}"

    def without_password(self, text: str) -> str:
        return text.replace(self.password, "***") if self.password else text


class ArrowSession:
    """A PostgreSQL session whose results arrive as Arrow; a statement is always a single one, by the protocol."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    @contextmanager
    def _statement(self, sql: str, *, copy: bool) -> Iterator[Any]:
        import adbc_driver_manager  # noqa: PLC0415

        with adbc_driver_manager.AdbcStatement(self._connection) as statement:
            statement.set_options(**{"adbc.postgresql.use_copy": "true" if copy else "false"})
            statement.set_sql_query(sql)
            yield statement

    def execute(self, sql: str, parameters: Any = None) -> None:
        """Runs a statement for its effect; `parameters` is an Arrow stream of one row for `$1`, `$2`, …"""
        with self._statement(sql, copy=False) as statement:
            if parameters is not None:
                statement.bind_stream(parameters.__arrow_c_stream__())
                stream, _ = statement.execute_query()
                _drain(stream)
                return
            statement.execute_update()

    @contextmanager
    def stream(self, sql: str) -> Iterator[Any]:
        """A query's rows as an Arrow stream, sent by COPY in batches as they are read."""
        with self._statement(sql, copy=True) as statement:
            stream, _ = statement.execute_query()
            try:
                yield stream
            finally:
                if stream.is_valid:
                    stream.release()


def _drain(stream: Any) -> None:
    """Reads a stream to its end: bound statements run as their results are read."""
    import duckdb  # noqa: PLC0415

    with closing(duckdb.connect(":memory:")) as reader:
        reader.from_arrow(stream).fetchall()


def _state(error: Exception) -> str | None:
    """The SQLSTATE that either driver tells."""
    return getattr(error, "pgcode", None) or getattr(error, "sqlstate", None)


def _words(error: Exception) -> str:
    """The server's own message out of a driver's."""
    diagnostics = getattr(error, "diag", None)
    if diagnostics is not None and diagnostics.message_primary:
        parts = [diagnostics.message_primary, diagnostics.message_detail, diagnostics.message_hint]
        if diagnostics.context and diagnostics.context.startswith("COPY"):
            parts.append(diagnostics.context)
        return ". ".join(str(part).rstrip(".") for part in parts if part) + "."
    return server_words(str(error))


def server_words(text: str) -> str:
    """The part of a driver's message that the server wrote, on one line; its place in the query in brackets."""
    with suppress(ValueError):
        text = text[text.index("ERROR:") + len("ERROR:") :]
    text = re.split(r"\n\nQuery was:|\. SQLSTATE: ", text)[0]
    text, *place = re.split(r"\n(?=LINE \d+:)", text, maxsplit=1)
    line = f" ({place[0].splitlines()[0].replace(f'PREPARE {PREPARED} AS ', '').strip()})" if place else ""
    return " ".join(text.split()).rstrip(".") + "." + line

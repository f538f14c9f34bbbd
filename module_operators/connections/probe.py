"""Tries a connection, and says what it holds, by the drivers that the modules use."""

from __future__ import annotations

import logging
import smtplib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from airflow.sdk import Connection

from module_operators.connections import mysql, postgres, probe_services, probe_warehouses
from module_operators.engines.duckdb import DuckDBEngine, Limits
from module_operators.extras import check_extras
from module_operators.operator import airflow_connection
from module_operators.problems import ModuleError, SourceError
from module_operators.relation import Column
from module_operators.run import Run
from module_operators.settings import Settings

log = logging.getLogger("logidata.preview")

MOST_TABLES = 500

_POSTGRES_TABLES = """
SELECT n.nspname, c.relname, c.relkind IN ('v', 'm') FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname NOT IN ('pg_catalog', 'information_schema')
  AND n.nspname NOT LIKE 'pg\\_t%%' AND (n.nspname || '.' || c.relname) ILIKE %s
ORDER BY n.nspname <> 'public', 1, 2 LIMIT %s"""
_MYSQL_TABLES = """
SELECT table_schema, table_name, table_type = 'VIEW' FROM information_schema.tables
WHERE table_schema NOT IN ('mysql', 'information_schema', 'performance_schema', 'sys')
  AND concat(table_schema, '.', table_name) LIKE %s
ORDER BY table_schema <> coalesce(database(), ''), 1, 2 LIMIT %s"""


class ConnectionProbe:
    """A connection being tried, or asked for its tables, for a request to the process that previews."""

    def __init__(self, request: Mapping[str, Any], settings: Settings, scratch: Path) -> None:
        self._request = request
        self._settings = settings
        self._scratch = scratch

    def answer(self) -> dict[str, Any]:
        """As `probe` has it."""
        node = {"id": "probe", "label": "probe"}
        find, limit = connections(self._request), self._request["timeout"]
        with DuckDBEngine(Limits("128MB", 1), [self._scratch]) as engine:
            files = self._settings.files_url
            run = Run.aside(node, self._scratch, files, engine, log=log, connection=find, time_limit=limit)
            return probe(self._request, run)


def probe(request: Mapping[str, Any], run: Run) -> dict[str, Any]:
    """What a connection answers.

    Args:
        request: `ask` (`test`, `tables` with `search`, `columns` with `table`, or `tell` with an
            alert's `receiver` and `facts`), and either `connection_id` or
            `connection`, the fields of one that is not saved.
        run: its time limit holds for the drivers too.

    Returns:
        `{"message"}`, `{"tables": [{schema, name, is_view}]}` or `{"columns": [{name, type}]}`; or `{"failed"}`, why
        not, without secrets.
    """
    try:
        connection = run.connection(request.get("connection_id") or "unsaved")
        asked = _PROBES.get((str(connection.conn_type), request["ask"]))
        if asked is None:
            return {"failed": f"Connections of type {connection.conn_type} cannot be asked for this."}
        return asked(request, run, connection)
    except ModuleError as error:
        return {"failed": str(error)}


def connections(request: Mapping[str, Any]) -> Callable[[str], Connection]:
    """Where a probe finds its connection: in Airflow, or in the request itself."""
    given = request.get("connection")
    if given is None:
        return airflow_connection
    unsaved = Connection(conn_id="unsaved", **{name: value for name, value in given.items() if name != "description"})
    return lambda _: unsaved


def _test_postgres(request: Mapping[str, Any], run: Run, _: Connection) -> dict[str, Any]:
    server = postgres.Server.named(run, request.get("connection_id") or "unsaved", SourceError)
    with server.session(read_only=True) as session, session.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version'), current_database(), current_user")
        version, database, user = cursor.fetchone() or ("?", "?", "?")
    return {"message": f"Connected to database “{database}” of PostgreSQL {version} as {user}."}


def _tables_postgres(request: Mapping[str, Any], run: Run, _: Connection) -> dict[str, Any]:
    server = postgres.Server.named(run, request["connection_id"], SourceError)
    with server.session(read_only=True) as session, session.cursor() as cursor:
        cursor.execute(_POSTGRES_TABLES, (_containing(request.get("search")), MOST_TABLES))
        return _tables(cursor.fetchall())


def _columns_postgres(request: Mapping[str, Any], run: Run, _: Connection) -> dict[str, Any]:
    from psycopg2.sql import SQL, Identifier  # noqa: PLC0415

    from module_operators.connections.postgres_types import source_columns  # noqa: PLC0415

    server = postgres.Server.named(run, request["connection_id"], SourceError)
    with server.session(read_only=True) as session, session.cursor() as cursor:
        cursor.execute(SQL("SELECT * FROM {} LIMIT 0").format(Identifier(*request["table"].split(".", 1))))
        return _columns([source.column for source in source_columns(cursor)])


def _test_mysql(request: Mapping[str, Any], run: Run, _: Connection) -> dict[str, Any]:
    check_extras(["mysql"])
    server = mysql.Server.named(run, request.get("connection_id") or "unsaved", SourceError)
    with server.session(read_only=True) as session, session.cursor() as cursor:
        cursor.execute("SELECT version(), coalesce(database(), '(none)'), current_user()")
        version, database, user = cursor.fetchone() or ("?", "?", "?")
    return {"message": f"Connected to database “{database}” of {version} as {user}."}


def _tables_mysql(request: Mapping[str, Any], run: Run, _: Connection) -> dict[str, Any]:
    check_extras(["mysql"])
    server = mysql.Server.named(run, request["connection_id"], SourceError)
    with server.session(read_only=True) as session, session.cursor() as cursor:
        cursor.execute(_MYSQL_TABLES, (_containing(request.get("search")), MOST_TABLES))
        return _tables(cursor.fetchall())


def _columns_mysql(request: Mapping[str, Any], run: Run, _: Connection) -> dict[str, Any]:
    from module_operators.extractors.mysql import MysqlExtractor  # noqa: PLC0415

    table = ".".join(f"`{part.replace('`', '``')}`" for part in request["table"].split(".", 1))
    options = {"connection_id": request["connection_id"], "query": f"SELECT * FROM {table}"}
    return _columns(MysqlExtractor.schema(MysqlExtractor.options(options), run))


def _test_smtp(_: Mapping[str, Any], run: Run, connection: Connection) -> dict[str, Any]:
    extra = connection.extra_dejson
    kind = smtplib.SMTP if extra.get("disable_ssl") else smtplib.SMTP_SSL  # as Airflow's own hook reads it
    try:
        with kind(connection.host or "", connection.port or 587, timeout=run.time_limit or 10) as server:
            if kind is smtplib.SMTP and not extra.get("disable_tls", False):
                server.starttls()
            if connection.login:
                server.login(connection.login, connection.password or "")
            server.noop()
    except (OSError, smtplib.SMTPException) as error:
        told = f"{error}".replace(connection.password or "\0", "***")
        raise SourceError(f"The mail server does not take it: {told}") from None
    return {"message": f"The mail server {connection.host} accepts the connection."}


def _test_s3(_: Mapping[str, Any], run: Run, connection: Connection) -> dict[str, Any]:
    """Not all keys may list buckets, so the store is asked for what is in one that surely is not there.

    A look at a single object would do as well, but its refusal has no body that tells wrong keys from others.
    """
    from module_operators.connections.s3 import Bucket  # noqa: PLC0415

    bucket = Bucket.named(run, "logidata-connection-test", connection.conn_id, SourceError)
    try:
        bucket.under("")
    except SourceError as error:
        if not any(f"({code})" in str(error) for code in ("NoSuchBucket", "AccessDenied")):
            raise
    return {"message": "The store accepts the keys. Which buckets they open is seen when a node names one."}


def _tell(request: Mapping[str, Any], run: Run, _: Connection) -> dict[str, Any]:
    """An alert that says that it is a test."""
    from module_operators.alerts import notifiers  # noqa: PLC0415

    notifiers.send(request["receiver"], request["facts"], run.connection)
    return {"message": "It was taken."}


def _containing(search: str | None) -> str:
    escaped = (search or "").replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"


def _tables(rows: Any) -> dict[str, Any]:
    return {"tables": [{"schema": schema, "name": name, "is_view": bool(view)} for schema, name, view in rows]}


def _columns(columns: Any) -> dict[str, Any]:
    return {"columns": [{"name": column.name, "type": column.type} for column in columns if isinstance(column, Column)]}


_PROBES: dict[tuple[str, str], Callable[[Mapping[str, Any], Run, Connection], dict[str, Any]]] = {
    ("postgres", "test"): _test_postgres,
    ("postgres", "tables"): _tables_postgres,
    ("postgres", "columns"): _columns_postgres,
    ("redshift", "test"): _test_postgres,
    ("redshift", "tables"): _tables_postgres,
    ("redshift", "columns"): _columns_postgres,
    ("mysql", "test"): _test_mysql,
    ("mysql", "tables"): _tables_mysql,
    ("mysql", "columns"): _columns_mysql,
    ("mongo", "test"): probe_services.try_mongo,
    ("mongo", "tables"): probe_services.mongo_collections,
    ("http", "test"): probe_services.try_http,
    ("snowflake", "test"): probe_warehouses.try_snowflake,
    ("google_cloud_platform", "test"): probe_warehouses.try_bigquery,
    ("slackwebhook", "test"): probe_services.try_slack,
    ("smtp", "test"): _test_smtp,
    ("aws", "test"): _test_s3,
    ("smtp", "tell"): _tell,
    ("slackwebhook", "tell"): _tell,
    ("http", "tell"): _tell,
}

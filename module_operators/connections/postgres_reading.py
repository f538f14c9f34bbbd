"""One SELECT of a user, run in PostgreSQL with bound parameters and read as Arrow in bounded memory."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any

from module_operators.connections.postgres import PREPARED, ArrowSession, Server, server_words
from module_operators.connections.postgres_query import PostgresQuery
from module_operators.connections.postgres_types import source_columns
from module_operators.connections.source_columns import SourceColumn, check_names, check_present, stored
from module_operators.problems import ModuleError, SourceError
from module_operators.text_place import Place

if TYPE_CHECKING:
    from module_operators.run import Run


_PREPARE = f"PREPARE {PREPARED} AS "


@dataclass(frozen=True, slots=True)
class Reading:
    """A query that the server has accepted: its columns are known, its rows not yet read.

    Values travel as bound parameters into settings of the transaction (`logidata.p1`, …), which the query reads: COPY,
    the fastest way out of PostgreSQL, takes no parameters itself.
    """

    session: ArrowSession
    columns: tuple[SourceColumn, ...]
    sql: str
    values: tuple[str, ...]

    @contextmanager
    def rows(self, run: Run, limit: int | None) -> Iterator[Any]:
        """The rows as an Arrow stream of `columns`' sent values, named c0, c1, … in their order."""
        if self.values:
            literals = ", ".join(f"{run.engine.dialect.literal(value)} AS v{n}" for n, value in enumerate(self.values))
            settings = ", ".join(f"set_config('logidata.p{n + 1}', ${n + 1}, true)" for n in range(len(self.values)))
            self.session.execute(f"SELECT {settings}", run.engine.connection.sql(f"SELECT {literals}"))
        names = ", ".join(f"c{index}" for index in range(len(self.columns)))
        sent = (expression.format(f"q.c{i}") for i, c in enumerate(self.columns) for expression in c.sent)
        items = ", ".join(f"{expression} AS s{index}" for index, expression in enumerate(sent))
        sql = f"SELECT {items} FROM (\n{self.sql}\n) AS q({names})" + (f" LIMIT {limit}" if limit else "")
        with self.session.stream(sql) as stream:
            yield stream

    @property
    def stored(self) -> str:
        """The engine's SELECT list that makes the logical columns of the stream."""
        return stored(self.columns)


@contextmanager
def opened(server: Server, query: PostgresQuery, run: Run, *, values_needed: bool) -> Iterator[Reading]:
    """Has the server parse the query, type its parameters and describe its columns.

    Raises:
        InvalidNode: a parameter has no value, or columns share a name.
        SourceError: the server is away or refuses the query.
    """
    if values_needed:
        check_present(query.parameters, run.params)
    with server.session(read_only=True) as connection, connection.cursor() as cursor:
        server.prepare(cursor)
        with server.arrow_session(connection.server_version) as session, _placed(server, query):
            types = _parameter_types(session, query, run)
            known = {name: run.params[name] for name in query.parameters if name in run.params}
            placeholders, values = _bound(query.parameters, types, known)
            sql = query.written(placeholders.__getitem__)
            nulls = dict(zip(query.parameters, (f"CAST(NULL AS {kind})" for kind in types), strict=True))
            cursor.execute(f"SELECT * FROM (\n{query.written(nulls.__getitem__)}\n) AS q LIMIT 0")
            columns = tuple(source_columns(cursor))
            check_names(columns)
            if values_needed:
                for name, kind in zip(query.parameters, types, strict=True):
                    _check_value(server, cursor, name, kind, known[name])
            yield Reading(session, columns, sql, values)


def _parameter_types(session: ArrowSession, query: PostgresQuery, run: Run) -> list[str]:
    """PREPARE over the extended protocol: the server refuses several statements and decides the parameters' types."""
    session.execute(f"{_PREPARE}{query.numbered}")
    catalog = f"SELECT parameter_types::text[] FROM pg_catalog.pg_prepared_statements WHERE name = '{PREPARED}'"
    with session.stream(catalog) as stream:
        ((types,),) = run.engine.connection.from_arrow(stream).fetchall()
    session.execute(f"DEALLOCATE {PREPARED}")
    if len(types) != len(query.parameters):
        raise SourceError("PostgreSQL reads the query's :parameters differently. Keep ':' out of operators.")
    return types


def _bound(
    names: Sequence[str], types: Sequence[str], known: Mapping[str, Any]
) -> tuple[dict[str, str], tuple[str, ...]]:
    """What stands for each parameter in the query, and the values of the settings that it reads."""
    placeholders, values = {}, []
    for name, kind in zip(names, types, strict=True):
        value = known.get(name)
        if value is None:
            placeholders[name] = f"CAST(NULL AS {kind})"
        else:
            values.append(text_of(value))
            placeholders[name] = f"CAST(current_setting('logidata.p{len(values)}') AS {kind})"
    return placeholders, tuple(values)


def text_of(value: Any) -> str:
    """A run's value as text that PostgreSQL reads as any type: a list is an array, a mapping JSON."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return "{" + ",".join("NULL" if item is None else _element(text_of(item)) for item in value) + "}"
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else str(value)


def _element(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _check_value(server: Server, cursor: Any, name: str, kind: str, value: Any) -> None:
    import psycopg2  # noqa: PLC0415

    if value is None:
        return
    try:
        cursor.execute("SELECT CAST(CAST(%s AS text) AS " + kind.replace("%", "%%") + ")", (text_of(value),))
    except (psycopg2.Error, ValueError) as error:
        shown = server.without_password(text_of(value))[:100]
        raise SourceError(f"Parameter '{name}' = '{shown}' cannot be used as {kind}: {error}".splitlines()[0]) from None


@contextmanager
def _placed(server: Server, query: PostgresQuery) -> Iterator[None]:
    """Errors speak of `:name` where the server says `$1`, and tell their place in the query."""
    import adbc_driver_manager  # noqa: PLC0415

    try:
        yield
    except adbc_driver_manager.Error as error:
        text = server_words(str(error))
        problem = server.refused(error)
        if query.parameters and re.search(r"\$\d", text):
            named = re.sub(r"\$(\d+)", lambda found: f":{_nth(query.parameters, int(found[1]))}", text)
            problem = _named(error, named)
        problem.place = _place(query, error)
        problem.option = "query" if problem.place else problem.option
        raise problem from None


def _place(query: PostgresQuery, error: Any) -> Place | None:
    """Where in the query the server stopped, when it was reading it."""
    details = dict(getattr(error, "details", None) or ())
    position = int(details.get(b"PG_DIAG_STATEMENT_POSITION", 0)) - 1 - len(_PREPARE)
    return query.numbered_place(position) if position >= 0 and _PREPARE in str(error) else None


def _nth(names: Sequence[str], number: int) -> str:
    return names[number - 1] if 0 < number <= len(names) else str(number)


def _named(error: Exception, text: str) -> ModuleError:
    hint = " Say which with :name::date, for example." if getattr(error, "sqlstate", "") == "42P18" else ""
    return SourceError(f"PostgreSQL: {text}{hint}")

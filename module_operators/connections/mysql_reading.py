"""One SELECT of a user, run in MySQL with parameters that cannot leave their place, and read as Arrow."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from module_operators.connections.mysql import Server
from module_operators.connections.mysql_query import MysqlQuery, literal
from module_operators.connections.mysql_table import quoted
from module_operators.connections.mysql_types import ZeroDates, sent_kind, source_columns
from module_operators.connections.source_columns import SourceColumn, check_names, check_present, stored
from module_operators.problems import InvalidNode, ModuleProblem

if TYPE_CHECKING:
    from module_operators.run import Run

_DUPLICATE_COLUMN = 1060


@dataclass(frozen=True, slots=True)
class Reading:
    """A query that the server has accepted: its columns are known, its rows not yet read."""

    server: Server
    columns: tuple[SourceColumn, ...]
    sql: str
    encrypted: bool

    @contextmanager
    def rows(self, limit: int | None) -> Iterator[Any]:
        """The rows as a stream of Arrow batches, one column s0, s1, … for each of `columns`."""
        items = ", ".join(
            f"{source.sent[0].format(f'q.{quoted(source.column.name)}')} AS s{index}"
            for index, source in enumerate(self.columns)
        )
        sql = f"SELECT {items} FROM (\n{self.sql}\n) AS q" + (f" LIMIT {limit}" if limit else "")
        kinds = [sent_kind(source) for source in self.columns]
        with self.server.stream(sql, kinds, encrypted=self.encrypted) as stream:
            yield stream

    @property
    def stored(self) -> str:
        """The engine's SELECT list that makes the logical columns of the stream."""
        return stored(self.columns)


def opened(server: Server, query: MysqlQuery, run: Run, zero_dates: ZeroDates, *, values_needed: bool) -> Reading:
    """Has the server describe the query's columns; as a derived table it can be nothing but one SELECT.

    Raises:
        InvalidNode: a parameter has no value, or columns share a name.
        SourceError: the server is away or refuses the query.
    """
    import pymysql  # noqa: PLC0415

    if values_needed:
        check_present(query.parameters, run.params)
    sql = query.written(lambda name: _value(name, run))
    with server.session(read_only=True) as connection, connection.cursor() as cursor:
        try:
            cursor.execute(f"SELECT * FROM (\n{sql}\n) AS q LIMIT 0")
        except pymysql.Error as error:
            if error.args[0] == _DUPLICATE_COLUMN:
                name = str(error.args[1]).split("'")[1]
                problem = ModuleProblem(
                    "/query", f"Two columns are named '{name}'.", "Give one another name with AS.", "duplicate-column"
                )
                raise InvalidNode([problem]) from None
            refused = server.refused(error)
            refused.place = (
                query.refused_at(error.args[0], str(error.args[1]), sql) if refused.option == "query" else None
            )
            raise refused from None
        result: Any = cursor._result
        columns = source_columns(result.fields, zero_dates)
        check_names(columns)
        return Reading(server, columns, sql, bool(getattr(connection, "_secure", False)))


def _value(name: str, run: Run) -> str:
    try:
        return literal(run.params.get(name))
    except ValueError as error:
        raise InvalidNode([ModuleProblem("/query", f"Parameter '{name}': {error}.")]) from None

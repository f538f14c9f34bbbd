"""LOAD DATA LOCAL without trust: the server names a file, and gets only the rows that a load offers."""

from __future__ import annotations

from functools import cache
from typing import Any, Protocol

_PACKET = 1 << 16


class Rows(Protocol):
    """What a load sends, as bytes of CSV."""

    def read(self, size: int = -1) -> bytes: ...


@cache
def connection_class() -> Any:
    """PyMySQL's connection; its `offered` are the rows of the LOAD DATA LOCAL that runs, None at any other time.

    PyMySQL itself would read whatever file the server asks for.
    """
    from pymysql.connections import Connection, MySQLResult  # noqa: PLC0415

    class LoadResult(MySQLResult):
        def _read_load_local_packet(self, first_packet: Any) -> None:  # noqa: ARG002 - the file that it names
            connection: Any = self.connection
            offered, connection.offered = connection.offered, None
            try:
                while offered is not None and (data := offered.read(_PACKET)):
                    connection.write_packet(data)
            finally:
                connection.write_packet(b"")
                answer = connection._read_packet()
            if offered is None:
                raise RuntimeError("the server asked for a file that was not offered")
            self._read_ok_packet(answer)  # pyright: ignore[reportAttributeAccessIssue]

    class LoadingConnection(Connection):  # pyright: ignore[reportMissingTypeArgument]
        offered: Rows | None = None

        def __init__(self, **options: Any) -> None:
            super().__init__(local_infile=True, **options)

        def _read_query_result(self, unbuffered: bool = False) -> Any:
            self._result: Any = None
            result: Any = LoadResult(self)
            if unbuffered:
                result.init_unbuffered_query()
            else:
                result.read()
            self._result = result
            if result.server_status is not None:
                self.server_status = result.server_status
            return result.affected_rows

    return LoadingConnection

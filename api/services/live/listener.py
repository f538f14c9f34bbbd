"""Hears from the database which executions changed."""

import selectors
from types import TracebackType
from typing import Self
from uuid import UUID

import psycopg2
from psycopg2.extensions import connection
from sqlalchemy import make_url

from api.services.sync.leader import KEEPALIVES

CHANNEL = "logidata_live"


class Listener:
    """A connection of its own, as a context manager; psycopg2.Error from any method means that it is lost."""

    def __init__(self, database_url: str) -> None:
        url = make_url(database_url).set(drivername="postgresql")
        self._url = url.update_query_pairs((KEEPALIVES | {"application_name": "logidata-live"}).items())
        self._waiting = selectors.DefaultSelector()
        self._connection: connection | None = None

    def __enter__(self) -> Self:
        self._connection = psycopg2.connect(self._url.render_as_string(hide_password=False))
        self._connection.autocommit = True
        with self._connection.cursor() as cursor:
            cursor.execute(f"LISTEN {CHANNEL}")
        self._waiting.register(self._connection, selectors.EVENT_READ)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._waiting.close()
        if self._connection is not None:
            self._connection.close()

    def wait(self, timeout: float) -> set[UUID]:
        """The executions that changed, as soon as there are any; none when the time has passed."""
        assert self._connection is not None
        self._waiting.select(timeout)
        self._connection.poll()
        heard = {UUID(each.payload) for each in self._connection.notifies}
        self._connection.notifies.clear()
        return heard

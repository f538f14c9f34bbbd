"""Which of all the service's processes keeps in step with Airflow, and what wakes it up."""

import logging
import selectors
import socket
import threading
from types import TracebackType
from typing import Self

import psycopg2
from psycopg2.extensions import connection
from sqlalchemy import make_url

log = logging.getLogger(__name__)

CHANNEL = "logidata_sync"
LOCK = int.from_bytes(b"LogiData", "big")
RETRY = 0.5  # seconds between two attempts to become the leader
KEEPALIVES = {
    "application_name": "logidata-sync",
    "connect_timeout": "5",
    "keepalives_idle": "5",
    "keepalives_interval": "2",
    "keepalives_count": "3",
    "tcp_user_timeout": "10000",
}


class Stop:
    """Set once, from any thread; something that waits on sockets sees it too."""

    def __init__(self) -> None:
        self._event = threading.Event()
        self._reader, self._writer = socket.socketpair()

    def set(self) -> None:
        """End everything that waits for this."""
        self._event.set()
        self._writer.close()

    def is_set(self) -> bool:
        """Whether it is time to end."""
        return self._event.is_set()

    def wait(self, timeout: float) -> bool:
        """Wait for it, at most so many seconds."""
        return self._event.wait(timeout)

    def fileno(self) -> int:
        """What becomes readable when it is set."""
        return self._reader.fileno()


class Leadership:
    """An advisory lock on a connection of its own: whoever holds it leads, and losing the connection ends it."""

    def __init__(self, database_url: str, stop: Stop) -> None:
        self._url = make_url(database_url).set(drivername="postgresql")
        self._stop = stop
        self._connection: connection | None = None
        self._waiting = selectors.DefaultSelector()

    def __enter__(self) -> Self:
        url = self._url.update_query_pairs(KEEPALIVES.items())
        self._connection = psycopg2.connect(url.render_as_string(hide_password=False))
        self._connection.autocommit = True
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._waiting.close()
        if self._connection is not None:
            self._connection.close()

    def acquire(self) -> bool:
        """Wait until this process leads; False when told to stop before that."""
        while not self._stop.is_set():
            if self._query("SELECT pg_try_advisory_lock(%s)", LOCK):
                self._query(f"LISTEN {CHANNEL}")
                assert self._connection is not None
                self._waiting.register(self._connection, selectors.EVENT_READ)
                self._waiting.register(self._stop, selectors.EVENT_READ)
                return True
            self._stop.wait(RETRY)
        return False

    def wait(self, timeout: float) -> bool:
        """Wait for a notification or for the time to pass; psycopg2.Error when the connection is lost."""
        assert self._connection is not None
        if not self._connection.notifies:
            self._waiting.select(max(timeout, 0))
        self._connection.poll()
        notified = bool(self._connection.notifies)
        self._connection.notifies.clear()
        return notified

    def confirm(self) -> None:
        """Ask the database whether the connection, and so the lock, is still there."""
        self._query("SELECT 1")

    def _query(self, statement: str, *values: object) -> object:
        assert self._connection is not None
        with self._connection.cursor() as cursor:
            cursor.execute(statement, values or None)
            row = cursor.fetchone() if cursor.description else None
        return row[0] if row else None

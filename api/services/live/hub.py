"""All executions that are followed in this process, and the one thread that follows them."""

import asyncio
import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

import psycopg2
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from api.errors import ExecutionNotFound, TooManyViewers
from api.services.live.feed import Feed
from api.services.live.listener import Listener
from api.services.logs.shelf import Shelf

TICK = 0.1
MAX_VIEWERS = 2_000
LOST = (psycopg2.Error, SQLAlchemyError)

log = logging.getLogger(__name__)


class Hub:
    """Feeds by execution; one exists while somebody looks on."""

    def __init__(self, database_url: str, sessions: sessionmaker[Session], shelf: Shelf) -> None:
        self._database_url = database_url
        self._sessions = sessions
        self._shelf = shelf
        self._feeds: dict[UUID, Feed] = {}
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def viewers(self) -> int:
        """Open streams of this process."""
        with self._lock:
            return sum(each.viewers for each in self._feeds.values())

    @contextmanager
    def feed(self, execution_id: UUID, loop: asyncio.AbstractEventLoop) -> Iterator[Feed]:
        """The feed of an execution, for one viewer; to be loaded before it is looked at.

        Raises:
            TooManyViewers: this process serves as many as it can.
        """
        with self._lock:
            if sum(each.viewers for each in self._feeds.values()) >= MAX_VIEWERS:
                raise TooManyViewers
            feed = self._feeds.get(execution_id)
            if feed is None:
                feed = self._feeds[execution_id] = Feed(execution_id, self._sessions, self._shelf, loop)
            feed.viewers += 1
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="live", daemon=True)
                self._thread.start()
        try:
            yield feed
        finally:
            with self._lock:
                feed.viewers -= 1
                if feed.viewers == 0:
                    self._feeds.pop(execution_id, None)

    def close(self) -> None:
        """End the thread."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(timeout=5)

    def _work(self) -> None:
        """Keep every feed up to date; the database and Airflow may go away and come back."""
        while not self._stop.is_set():
            try:
                with Listener(self._database_url) as changes:
                    self._notice_all()
                    while not self._stop.is_set():
                        self._notice(changes.wait(TICK))
                        self._tick()
            except LOST as error:
                log.warning("live streams wait for the database: %s", type(error).__name__)
            except Exception:  # the thread must outlive a bug, or every stream falls silent
                log.exception("live streams stumbled and go on")
            self._stop.wait(1.0)

    def _tick(self) -> None:
        begun = time.monotonic()
        for feed in self._present():
            if not feed.ready:
                continue
            try:
                feed.tick()
            except ExecutionNotFound:
                continue
        spare = TICK - (time.monotonic() - begun)
        if spare < 0:
            log.debug("a round over the live streams took %.2f s", TICK - spare)

    def _notice(self, changed: set[UUID]) -> None:
        for feed in self._present():
            if feed.execution_id in changed:
                feed.notice()

    def _notice_all(self) -> None:
        for feed in self._present():
            feed.notice()

    def _present(self) -> list[Feed]:
        with self._lock:
            return list(self._feeds.values())

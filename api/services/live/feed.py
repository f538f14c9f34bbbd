"""One execution under observation: its events, and its logs kept up to date, whoever looks on."""

import asyncio
import logging
import threading
import time
from bisect import bisect_right
from collections.abc import Callable
from concurrent.futures import Future
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from api.models import ExecutionEvent
from api.services import executions
from api.services.logs.page import RunLog
from api.services.logs.position import NO_LOG, settled
from api.services.logs.shelf import Shelf, Try
from dag_factory.compile import dag_id_for

RELOAD_ANYWAY = 5.0  # seconds, in case a notification was lost
AFTER_A_FAILURE = 2.0

log = logging.getLogger(__name__)


class Feed:
    """Read by one thread, looked at by many viewers."""

    def __init__(
        self, execution_id: UUID, sessions: sessionmaker[Session], shelf: Shelf, loop: asyncio.AbstractEventLoop
    ) -> None:
        self.execution_id = execution_id
        self.viewers = 0
        self.events: list[ExecutionEvent] = []
        self.version = 0
        self._sessions = sessions
        self._shelf = shelf
        self._loop = loop
        self._waiting: set[asyncio.Future[None]] = set()
        self._whole: executions.Whole | None = None
        self._dirty = True
        self._loaded = 0.0
        self._failed = 0.0
        self._complete: set[Try] = set()
        self._fetching: set[Try] = set()
        self._lock = threading.Lock()

    def notice(self) -> None:
        """Its rows have changed."""
        self._dirty = True

    @property
    def ready(self) -> bool:
        """Whether it was loaded."""
        return self._whole is not None

    def load(self) -> None:
        """Read what happened since the last time.

        Raises:
            ExecutionNotFound: there is no such execution.
        """
        with self._lock:
            self._dirty = False
            last = self.events[-1].id if self.events else 0
            new = (
                select(ExecutionEvent)
                .where(ExecutionEvent.execution_id == self.execution_id, ExecutionEvent.id > last)
                .order_by(ExecutionEvent.id)
            )
            with self._sessions() as session:
                self._whole = executions.get(session, self.execution_id)  # first: its events may be ahead, never behind
                self.events += session.scalars(new)
            self._loaded = time.monotonic()
        self.bump()

    def tick(self) -> None:
        """Read the rows if they changed, and have those logs fetched that may have grown."""
        if self._dirty or time.monotonic() - self._loaded > RELOAD_ANYWAY:
            self.load()
        if time.monotonic() - self._failed < AFTER_A_FAILURE:
            return
        run_log = self.run_log
        for row in run_log.rows:
            if row.status in NO_LOG:
                continue
            for number in range(1, row.try_number + 1):
                wanted = run_log.try_of(row, number)
                if wanted not in self._complete:
                    self._fetch(wanted, settled=settled(row, number, run_log.now))

    @property
    def run_log(self) -> RunLog:
        """The execution's log, as its rows are known now."""
        whole = self._whole
        assert whole is not None
        return RunLog(
            shelf=self._shelf,
            dag_id=dag_id_for(whole.execution.pipeline_id),
            dag_run_id=whole.execution.airflow_dag_run_id,
            rows=whole.rows,
            ended=self.status in executions.FINAL,
            now=datetime.now(UTC),
        )

    @property
    def status(self) -> str:
        """The execution's status."""
        assert self._whole is not None
        return self._whole.execution.status

    def events_after(self, event_id: int) -> list[ExecutionEvent]:
        """What happened after an event."""
        events = self.events
        return events[bisect_right(events, event_id, key=lambda event: event.id) :]

    def bump(self) -> None:
        """Wake those who look on; from any thread."""
        self.version += 1
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._wake)

    async def changed(self, seen: int, timeout: float) -> None:
        """Wait until there is something newer than the version that was seen, or for the time to pass."""
        if self.version != seen:
            return
        waiting: asyncio.Future[None] = self._loop.create_future()
        self._waiting.add(waiting)
        try:
            await asyncio.wait_for(waiting, timeout)
        except TimeoutError:
            return
        finally:
            self._waiting.discard(waiting)

    def _wake(self) -> None:
        for waiting in self._waiting:
            if not waiting.done():
                waiting.set_result(None)

    def _fetch(self, wanted: Try, *, settled: bool) -> None:
        state = self._shelf.spool(wanted).state
        if state.complete:
            self._complete.add(wanted)
            self.bump()
        elif wanted not in self._fetching and self._shelf.due(wanted, settled=settled):
            self._fetching.add(wanted)
            self._shelf.fetch(wanted, settled=settled).add_done_callback(self._fetched(wanted, state.bytes))

    def _fetched(self, wanted: Try, before: int) -> Callable[[Future[None]], None]:
        def done(future: Future[None]) -> None:
            self._fetching.discard(wanted)
            if future.cancelled() or future.exception() is not None:
                self._failed = time.monotonic()
                return
            if self._shelf.spool(wanted).state.bytes != before:
                self.bump()

        return done

"""The logs that are kept on this machine: fetched when somebody wants them, by one thread of one process at a time."""

import hashlib
import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeout
from pathlib import Path
from typing import NamedTuple

from api.clients.airflow import AirflowClient
from api.services.logs.spool import Spool

FRESH = 0.25  # seconds: what was fetched so lately is not fetched again
PAUSE_SHARE = 3  # a fetch that took long is followed by a pause this many times as long
FETCHERS = 8
TIDY_EVERY = 60.0
UNUSED = 3600.0
"""A log that was read within the last hour is kept, whatever the quota."""

log = logging.getLogger(__name__)


class Try(NamedTuple):
    """One try of one task of one run, as Airflow names them."""

    dag_id: str
    dag_run_id: str
    task_id: str
    number: int

    @property
    def name(self) -> str:
        """A file name that no other try has."""
        return hashlib.sha256("\n".join(map(str, self)).encode()).hexdigest()[:40]


class Shelf:
    """Spools in one folder, which processes of this machine may share."""

    def __init__(self, folder: Path, airflow: AirflowClient, quota: int) -> None:
        self._folder = folder
        self._airflow = airflow
        self._quota = quota
        self._pool = ThreadPoolExecutor(FETCHERS, thread_name_prefix="log-fetch")
        self._lock = threading.Lock()
        self._running: dict[Try, Future[None]] = {}
        self._tidied = 0.0

    def close(self) -> None:
        """Fetch nothing more."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def spool(self, wanted: Try) -> Spool:
        """The place of a try's log here; nothing is fetched."""
        return Spool(self._folder, wanted.name)

    def due(self, wanted: Try, *, settled: bool) -> bool:
        """Whether Airflow may have more of this log, and was not asked just now."""
        state = self.spool(wanted).state
        if state.complete:
            return False
        return settled or time.time() - state.fetched_at > max(FRESH, PAUSE_SHARE * state.took)

    def fetch(self, wanted: Try, *, settled: bool) -> Future[None]:
        """Bring the log up to date in the background; those who ask meanwhile wait for the same fetch."""
        with self._lock:
            running = self._running.get(wanted)
            if running is not None:
                return running
            started = self._running[wanted] = self._pool.submit(self._fetch, wanted, settled=settled)
        started.add_done_callback(lambda _: self._ended(wanted))
        return started

    def wait_for(self, wanted: Try, enough: Callable[[], bool], *, settled: bool, seconds: float) -> None:
        """Fetch if that is due, until there is enough, all is here, or the time is over.

        Raises:
            AirflowUnavailable: it was needed and could not be asked.
        """
        deadline = time.monotonic() + seconds
        while not enough() and time.monotonic() < deadline and self.due(wanted, settled=settled):
            fetched = self.fetch(wanted, settled=settled)
            while not fetched.done() and not enough() and time.monotonic() < deadline:
                _wait(fetched, 0.05)
            if fetched.done():
                fetched.result()
                if not settled:
                    return

    def _fetch(self, wanted: Try, *, settled: bool) -> None:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._tidy()
        spool = self.spool(wanted)
        with spool.fetching() as ours:
            if not ours:  # another process is at it
                time.sleep(FRESH)
                return
            if not self.due(wanted, settled=settled):
                return
            with self._airflow.log(*wanted) as lines:
                spool.append(lines, settled=settled)

    def _ended(self, wanted: Try) -> None:
        with self._lock:
            self._running.pop(wanted, None)

    def _tidy(self) -> None:
        """Remove the logs that nobody read for longest, until the rest is within the quota."""
        if time.monotonic() - self._tidied < TIDY_EVERY and self._tidied:
            return
        self._tidied = time.monotonic()
        found = []
        for path in self._folder.glob("*.log"):
            try:
                status = path.stat()
            except FileNotFoundError:
                continue
            found.append((max(status.st_atime, status.st_mtime), status.st_size, path.stem))
        total = sum(size for _, size, _ in found)
        for used, size, name in sorted(found):
            if total <= self._quota or time.time() - used < UNUSED:
                return
            spool = Spool(self._folder, name)
            with spool.fetching() as ours:
                if ours:
                    spool.remove()
                    total -= size


def _wait(future: Future[None], seconds: float) -> None:
    try:
        future.result(seconds)
    except FutureTimeout:
        return
    except Exception:  # noqa: BLE001 - whoever asks for the result is told
        return

"""The loop that keeps this service and Airflow in step, in one of all the service's processes."""

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import psycopg2
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from api.clients.airflow import AirflowClient
from api.errors import AirflowUnavailable, DomainError
from api.services.sync.alerting import Alerting
from api.services.sync.follow import Follow
from api.services.sync.import_errors import ImportErrors
from api.services.sync.leader import Leadership, Stop
from api.services.sync.removal import Removal
from api.services.sync.retention import Retention
from api.services.sync.revisions import Revisions
from api.services.sync.trigger import Progress, Trigger
from api.settings import Settings

log = logging.getLogger(__name__)

SAVED = 0.075  # seconds between two looks while a saved revision is awaited
ACTIVE = 0.3  # while a run is under way
IDLE = 2.0
LOOK_ANYWAY = 30.0  # in case a notification was lost
BUSY_SHARE, BUSY_AT_MOST = 4, 3.0  # a look that took long is followed by a pause this many times as long, up to so long
AWAY_AT_MOST = 2.0  # between two knocks at a closed door, which cost nothing
LOST = (psycopg2.Error, SQLAlchemyError)


@contextmanager
def run_sync(settings: Settings, sessions: sessionmaker[Session], airflow: AirflowClient) -> Iterator[None]:
    """Keep in step, or stand by for the process that does, in a thread of its own."""
    stop = Stop()
    thread = threading.Thread(target=_work, args=(settings, sessions, airflow, stop), name="sync", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(timeout=10)


def _work(settings: Settings, sessions: sessionmaker[Session], airflow: AirflowClient, stop: Stop) -> None:
    pause = 0.25
    while not stop.is_set():
        try:
            with Leadership(settings.database_url, stop) as leadership:
                if leadership.acquire():
                    log.info("this process keeps in step with Airflow")
                    pause = 0.25
                    Loop(settings, sessions, airflow, leadership, stop).run()
        except LOST as error:
            log.warning("lost the database, and with it the lead: %s", str(error).splitlines()[0] if str(error) else "")
        except Exception:  # the thread must outlive a bug, or nothing comes back any more
            log.exception("the sync stumbled and starts again")
        stop.wait(pause)
        pause = min(pause * 2, 2.0)


class Loop:
    """One leadership: everything it knows beyond the database is read again by the next."""

    def __init__(
        self,
        settings: Settings,
        sessions: sessionmaker[Session],
        airflow: AirflowClient,
        leadership: Leadership,
        stop: Stop,
    ) -> None:
        self._sessions = sessions
        self._airflow = airflow
        self._leadership = leadership
        self._stop = stop
        self._timeout = timedelta(seconds=settings.runnable_timeout)
        self._revisions = Revisions(airflow, settings.dags_folder)
        self._trigger = Trigger(sessions, airflow, self._revisions)
        self._import_errors = ImportErrors(sessions, airflow, self._revisions, settings.dags_folder)
        self._removal = Removal(sessions, airflow, self._revisions)
        self._follow = Follow(sessions, airflow)
        self._alerting = Alerting(sessions, airflow, settings.builder_url)
        self._retention = Retention(sessions, airflow, settings.run_days)
        self._loaded = False
        self._reachable_since: float | None = None
        self._follow_at = self._look_at = self._confirm_at = 0.0

    def run(self) -> None:
        """Until told to stop; what goes wrong with the database ends the leadership."""
        notified, pause, failures = True, 0.0, 0
        while not self._stop.is_set():
            try:
                pause = self._turn(notified)
                failures = 0
            except AirflowUnavailable as error:
                failures += 1
                pause = self._away(error, failures)
            except DomainError:
                failures += 1
                log.exception("Airflow refused what the sync needs")
                pause = min(2.0**failures, 30.0)
            notified = self._leadership.wait(pause) or (notified and failures > 0)
            if time.monotonic() > self._confirm_at:
                self._leadership.confirm()
                self._confirm_at = time.monotonic() + IDLE

    def _turn(self, notified: bool) -> float:
        """Do what is due; answers how long to wait for the next thing."""
        now = time.monotonic()
        if not self._loaded:
            self._removal.load(self._revisions.load())
            self._loaded = notified = True
        if notified or now > self._look_at:
            self._look_at = now + LOOK_ANYWAY
            with self._sessions() as session:
                self._revisions.expect_saved(session)
                self._removal.expect_deleted(session)
        awaiting = bool(self._revisions.awaited)
        if awaiting:
            self._revisions.ask()
            self._revisions.look()
            self._import_errors.step()
        follow_due = now > self._follow_at
        pending = self._trigger.step() if awaiting or notified or follow_due else Progress(0, 0)
        if notified and not (awaiting or pending.found or self._removal.doomed):
            self._revisions.look_for_files()  # no row tells why: a file was put right behind the database's back
        self._removal.step()
        if follow_due or notified:
            self._follow_at = time.monotonic() + self._followed()
            self._expire()
            self._alerting.step()
            self._retention.step()
        pauses = [self._follow_at - time.monotonic(), self._look_at - time.monotonic()]
        if awaiting:
            pauses.append(SAVED if pending.waiting or self._revisions.young() else 1.0)
        if self._removal.doomed:
            pauses.append(0.5)
        return max(min(pauses), 0.01)

    def _followed(self) -> float:
        begun = time.monotonic()
        active = self._follow.step()
        if self._reachable_since is None:
            log.info("Airflow answers")
            self._reachable_since = begun
        return max(ACTIVE, min(BUSY_SHARE * (time.monotonic() - begun), BUSY_AT_MOST)) if active else IDLE

    def _expire(self) -> None:
        reachable = time.monotonic() - (self._reachable_since or time.monotonic())
        if reachable > self._timeout.total_seconds():
            self._trigger.expire(self._timeout)

    def _away(self, error: AirflowUnavailable, failures: int) -> float:
        if failures == 1:
            log.warning("Airflow is away: %s", error.message)
        self._reachable_since = None
        return min(0.25 * 2**failures, AWAY_AT_MOST)

"""Whether everything that the service depends on is there."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from sqlalchemy import Engine, func, select
from sqlalchemy.exc import SQLAlchemyError

from api import migrations
from api.clients.airflow import AirflowClient
from api.errors import AirflowUnavailable, DomainError
from api.models import SyncState

SYNC_MAY_BE_OLD = 30.0
"""Seconds after which what executions show is called old."""


@dataclass(frozen=True)
class Part:
    """One thing that is depended on, and what is wrong with it."""

    status: Literal["ok", "degraded", "down"]
    detail: str | None = None


@dataclass(frozen=True)
class Readiness:
    """The service is ready while its database is there; without Airflow it still reads."""

    database: Part
    airflow: Part
    sync: Part
    sync_age_seconds: float | None

    @property
    def ready(self) -> bool:
        """Whether requests should come here."""
        return self.database.status == "ok"

    @property
    def status(self) -> Literal["ok", "degraded", "down"]:
        """The worst of what matters."""
        if not self.ready:
            return "down"
        return "ok" if self.airflow.status == self.sync.status == "ok" else "degraded"


class ReadinessProbe:
    """Remembers its answer for a moment: anybody may ask, and must not make work by asking."""

    kept_for = 1.0

    def __init__(self, engine: Engine, airflow: Callable[[], AirflowClient]) -> None:
        self._engine = engine
        self._airflow = airflow
        self._found: Readiness | None = None
        self._at = 0.0
        self._one_looks = threading.Lock()

    def look(self) -> Readiness:
        """What was found within the last second, or is found now."""
        with self._one_looks:
            if self._found is None or time.monotonic() - self._at > self.kept_for:
                self._found = look(self._engine, self._airflow())
                self._at = time.monotonic()
            return self._found


def look(engine: Engine, airflow: AirflowClient) -> Readiness:
    """Ask each of them now."""
    database = _database(engine)
    synced_at = _synced_at(engine) if database.status == "ok" else None
    age = (datetime.now(UTC) - synced_at).total_seconds() if synced_at else None
    return Readiness(database, _airflow(airflow), _sync(age), None if age is None else round(age, 1))


def _database(engine: Engine) -> Part:
    try:
        current = migrations.current(engine)
    except SQLAlchemyError:
        return Part("down", "the database is not reachable")
    if current != migrations.head():
        return Part("down", f"the database is at migration {current}, this service needs {migrations.head()}")
    return Part("ok")


def _synced_at(engine: Engine) -> datetime | None:
    with engine.connect() as connection:
        return connection.scalar(select(func.min(SyncState.synced_at)))


def _airflow(airflow: AirflowClient) -> Part:
    try:
        unhealthy = airflow.health().unhealthy
    except AirflowUnavailable as error:
        return Part("down", error.reason)
    except DomainError as error:
        return Part("down", error.message)
    return Part("degraded", f"not healthy: {', '.join(unhealthy)}") if unhealthy else Part("ok")


def _sync(age: float | None) -> Part:
    if age is None:
        return Part("down", "nothing was read from Airflow so far")
    return Part("degraded", f"last heard of Airflow {age:.0f} s ago") if age > SYNC_MAY_BE_OLD else Part("ok")

"""Lets go of runs that ended long ago, in Airflow's database and then in ours."""

import logging
import time
from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from requests import codes
from sqlalchemy import Row, Select, delete, func, or_, select
from sqlalchemy.orm import Session, aliased, sessionmaker

from api.clients.airflow import AirflowClient, AirflowRefused
from api.models import Pipeline, PipelineExecution
from api.services.sync.record import FINAL
from dag_factory.compile import dag_id_for

log = logging.getLogger(__name__)

EVERY, SOON = 600.0, 1.0
"""Seconds between two looks, and while there is more: runs that go on are followed in between."""
BATCH = 20
"""Runs at a time: Airflow deletes them one by one, and the sync has other things to do in between."""
BESIDE = ("housekeeping", "alerts")
"""DAGs that the service comes with; nobody looks their runs up here."""


class Retention:
    """Of every pipeline the newest run stays, and the newest that its schedule began.

    The one is shown wherever the pipeline is, and from the other Airflow knows which one is due next.
    Airflow's rows go first: whatever dies in between, ours still tells that there is something to delete.
    """

    def __init__(self, sessions: sessionmaker[Session], airflow: AirflowClient, days: int) -> None:
        self._sessions = sessions
        self._airflow = airflow
        self._keep = timedelta(days=days)
        self._at = 0.0
        self._kept: set[object] = set()

    def step(self) -> None:
        """Delete some of what is old enough, if it is time to."""
        if not self._keep or time.monotonic() < self._at:
            return
        self._at = time.monotonic() + EVERY
        with self._sessions() as session:
            before = session.scalars(select(func.clock_timestamp())).one() - self._keep
            found = session.execute(_old(before).limit(BATCH + len(self._kept))).all()
        old = [run for run in found if run.id not in self._kept]
        gone = [run.id for run in old if self._deleted(run)]
        with self._sessions.begin() as session:
            ended = PipelineExecution.status.in_(FINAL)
            session.execute(delete(PipelineExecution).where(PipelineExecution.id.in_(gone), ended))
        beside = self._delete_beside(before)
        if gone or beside:
            log.info("deleted %d runs that ended before %s", len(gone) + beside, before.date())
        if len(gone) == BATCH or beside >= BATCH:
            self._at = time.monotonic() + SOON
        else:
            self._kept.clear()

    def _deleted(self, run: Row[UUID, UUID, str]) -> bool:
        """Whether Airflow has no such run any more; one that somebody has cleared there runs again, and stays."""
        try:
            self._airflow.delete_dag_run(dag_id_for(run.pipeline_id), run.airflow_dag_run_id)
        except AirflowRefused as refused:
            if refused.status != codes.conflict:
                raise
            self._kept.add(run.id)
            return False
        return True

    def _delete_beside(self, before: datetime) -> int:
        runs: Iterable[tuple[str, str]] = (
            (dag_id, run_id)
            for dag_id in BESIDE
            for run_id in self._airflow.dag_runs_ended_before(dag_id, before, limit=BATCH)
        )
        return sum(self._airflow.delete_dag_run(dag_id, run_id) for dag_id, run_id in runs)


def _old(before: datetime) -> Select[UUID, UUID, str]:
    run = PipelineExecution
    newer = aliased(PipelineExecution, name="newer")
    is_newer = (newer.pipeline_id == run.pipeline_id, newer.created_at > run.created_at)
    is_superseded = select(newer.id).where(*is_newer).exists()
    is_superseded_by_schedule = select(newer.id).where(*is_newer, newer.trigger_type == "scheduled").exists()
    return (
        select(run.id, run.pipeline_id, run.airflow_dag_run_id)
        .join(Pipeline, Pipeline.id == run.pipeline_id)
        .where(run.status.in_(FINAL), run.created_at < before, run.completed_at < before)
        .where(or_(Pipeline.deleted_at.is_not(None), is_superseded))
        .where(or_(run.trigger_type != "scheduled", Pipeline.deleted_at.is_not(None), is_superseded_by_schedule))
        .order_by(run.created_at, run.id)
    )

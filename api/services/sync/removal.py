"""Takes the DAGs of deleted pipelines out of Airflow, once their files are gone and their runs have ended."""

import logging
import time
from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from api.clients.airflow import AirflowClient, AirflowRefused
from api.models import Pipeline, PipelineExecution
from api.services.sync.revisions import Revisions
from dag_factory.compile import dag_id_for

log = logging.getLogger(__name__)

RECENT = timedelta(hours=1)
EVERY = 1.0  # seconds: Airflow's DAG processor takes about that long to see that a file is gone


class Removal:
    """The deleted pipelines whose DAGs Airflow still has."""

    def __init__(self, sessions: sessionmaker[Session], airflow: AirflowClient, revisions: Revisions) -> None:
        self._sessions = sessions
        self._airflow = airflow
        self._revisions = revisions
        self._removed: set[UUID] = set()
        self._next = 0.0
        self.doomed: set[UUID] = set()

    def load(self, known: Iterable[UUID]) -> None:
        """Begin with those that Airflow has from before."""
        query = select(Pipeline.id).where(Pipeline.deleted_at.is_not(None))
        with self._sessions() as session:
            self.doomed = set(session.scalars(query)) & set(known)

    def expect_deleted(self, session: Session) -> None:
        """Take up the pipelines that were deleted of late."""
        query = select(Pipeline.id).where(Pipeline.deleted_at > func.now() - RECENT)
        recent = set(session.scalars(query))
        self._removed &= recent
        self.doomed |= recent - self._removed

    def step(self) -> None:
        """Remove what can be removed now."""
        if not self.doomed or time.monotonic() < self._next:
            return
        self._next = time.monotonic() + EVERY
        looked = False
        for pipeline_id in sorted(self.doomed):
            dag = self._airflow.dag(dag_id_for(pipeline_id))
            if dag is None:
                self._gone(pipeline_id)
            elif not dag.is_stale:
                if not looked:
                    self._revisions.look_for_files()
                looked = True
            elif not self._runs(pipeline_id):
                self._delete(pipeline_id)

    def _runs(self, pipeline_id: UUID) -> bool:
        query = select(PipelineExecution.id).where(
            PipelineExecution.pipeline_id == pipeline_id, PipelineExecution.status.in_(("pending", "running"))
        )
        with self._sessions() as session:
            return session.scalar(query.limit(1)) is not None

    def _delete(self, pipeline_id: UUID) -> None:
        try:
            self._airflow.delete_dag(dag_id_for(pipeline_id))
        except AirflowRefused as refused:
            log.info("the DAG of deleted pipeline %s stays for now: %s", pipeline_id, refused.detail)
            return
        log.info("removed the DAG of deleted pipeline %s", pipeline_id)
        self._gone(pipeline_id)

    def _gone(self, pipeline_id: UUID) -> None:
        self.doomed.discard(pipeline_id)
        self._removed.add(pipeline_id)

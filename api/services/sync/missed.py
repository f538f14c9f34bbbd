"""What the sync could not read or record at the first attempt, noted in the database until it could."""

import logging
from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, sessionmaker

from api.clients.airflow import AirflowClient, AirflowFailed, AirflowRefused
from api.clients.airflow_types import DagRun
from api.models import ExecutionNode, PipelineExecution, SyncState
from dag_factory.compile import dag_id_for

log = logging.getLogger(__name__)

PREFIX = "run:"
AT_ONCE = 50  # runs in one round
GIVEN_UP_AFTER = timedelta(days=1)

Record = Callable[[DagRun], bool]


class Missed:
    """Runs that could not be recorded, and tasks whose outcome Airflow broke on."""

    def __init__(self, sessions: sessionmaker[Session], airflow: AirflowClient) -> None:
        self._sessions = sessions
        self._airflow = airflow

    def note(self, run: DagRun) -> None:
        """Remember a run; one that is known keeps the time of its first attempt."""
        values = {"name": f"{PREFIX}{run.dag_id}/{run.dag_run_id}", "cursor": func.now()}
        with self._sessions.begin() as session:
            session.execute(insert(SyncState).values(values).on_conflict_do_nothing())

    def retry(self, record: Record) -> None:
        """Try again with all of them; what does not succeed within a day is given up."""
        with self._sessions.begin() as session:
            old = SyncState.name.startswith(PREFIX, autoescape=True), SyncState.cursor < func.now() - GIVEN_UP_AFTER
            for name in session.scalars(delete(SyncState).where(*old).returning(SyncState.name)):
                log.error("%s could not be recorded for a day and is given up", name)
            noted = select(SyncState.name).where(SyncState.name.startswith(PREFIX, autoescape=True))
            names = list(session.scalars(noted.order_by(SyncState.cursor).limit(AT_ONCE)))
        for name in names:
            dag_id, _, dag_run_id = name.removeprefix(PREFIX).partition("/")
            if self._again(dag_id, dag_run_id, record):
                with self._sessions.begin() as session:
                    session.execute(delete(SyncState).where(SyncState.name == name))
        for dag_id, dag_run_id in self._unread():
            self._again(dag_id, dag_run_id, record)

    def _again(self, dag_id: str, dag_run_id: str, record: Record) -> bool:
        """Whether that is settled: recorded, or gone from Airflow."""
        try:
            run = self._airflow.dag_run(dag_id, dag_run_id)
        except (AirflowFailed, AirflowRefused) as error:
            log.warning("run %s of %s cannot be read: %s", dag_run_id, dag_id, error.message)
            return False
        return run is None or record(run)

    def _unread(self) -> list[tuple[str, str]]:
        """Runs with tasks whose outcome is still to be read, unless that is hopeless by now."""
        unread = select(ExecutionNode.execution_id).where(
            ~ExecutionNode.outcome_read, ExecutionNode.updated_at > func.now() - GIVEN_UP_AFTER
        )
        query = select(PipelineExecution.pipeline_id, PipelineExecution.airflow_dag_run_id).where(
            PipelineExecution.id.in_(unread)
        )
        with self._sessions() as session:
            found = session.execute(query.limit(AT_ONCE)).all()
        return [(dag_id_for(pipeline_id), dag_run_id) for pipeline_id, dag_run_id in found]

"""Reads from Airflow which runs and tasks changed, and brings executions up to date, whoever started them."""

import logging
import time
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.orm import Session, sessionmaker

from api.clients.airflow import AirflowClient, AirflowFailed, AirflowRefused
from api.clients.airflow_types import DagRun, TaskInstance
from api.models import PipelineExecution, SyncState
from api.services.sync.missed import Missed
from api.services.sync.outcome import FAILED_STATES, Outcome, read_outcome
from api.services.sync.record import FINAL, find_or_adopt, must_stop, record_gone, record_run
from api.services.sync.record_tasks import TryKey, is_news, node_rows, record_tasks, summarise
from api.services.sync.revisions import PREFIX, pipeline_of
from dag_factory.compile import dag_id_for

log = logging.getLogger(__name__)

FEED = "airflow"
OVERLAP = timedelta(seconds=4)  # a row is committed some time after its updated_at, and clocks are told to the second
WIDE_OVERLAP = timedelta(seconds=60)
SWEEP_EVERY = 10.0
UNSEEN_AFTER = 30.0

RunKey = tuple[str, str]


class Follow:
    """The feed of changes, from a cursor that is kept in the database and moves only once its changes are."""

    def __init__(self, sessions: sessionmaker[Session], airflow: AirflowClient) -> None:
        self._sessions = sessions
        self._airflow = airflow
        self._swept = 0.0
        self._since: datetime | None = None
        self._seen: dict[UUID, float] = {}
        self._missed = Missed(sessions, airflow)
        with sessions() as session:
            state = session.get(SyncState, FEED)
        self._swept_until = state.cursor if state else None

    def step(self) -> bool:
        """Read what changed since the last time; True while a run is under way."""
        sweep = self._since is None or time.monotonic() - self._swept > SWEEP_EVERY
        now = self._airflow.now()
        asked_at = self._database_time()
        since = self._since
        if sweep:
            since = self._swept_until - WIDE_OVERLAP if self._swept_until else None
        runs = list(self._airflow.dag_runs_updated_since(since, prefix=PREFIX))
        for run in runs:
            self._try_record(run, asked_at)
        active = self._active()
        if active or sweep:
            self._record_changed_tasks(self._airflow.task_instances_updated_since(since, prefix=PREFIX))
        if sweep:
            self._look_for_unseen(active, asked_at)
            self._missed.retry(lambda run: self._try_record(run, asked_at, force=True))
            self._swept, self._swept_until = time.monotonic(), now
        self._save(now if sweep else None)
        self._since = now - OVERLAP
        return bool(active)

    def _try_record(self, run: DagRun, asked_at: datetime, *, force: bool = False) -> bool:
        """A run that cannot be recorded must not keep the others from it; it is noted, and tried again."""
        try:
            self._record(run, asked_at, force=force)
        except (AirflowRefused, AirflowFailed, DataError, IntegrityError):
            log.exception("run %s of %s could not be recorded", run.dag_run_id, run.dag_id)
            self._missed.note(run)
            return False
        return True

    def _record(self, run: DagRun, asked_at: datetime, *, force: bool) -> None:
        """One run, in one transaction; when it ended (or `force`), together with everything its tasks told."""
        if pipeline_of(run.dag_id) is None:
            return
        ended = run.state in {"success", "failed"}
        known = self._known(run)
        if known is not None:
            self._seen[known.id] = time.monotonic()
        recorded = known is not None and known.status in FINAL and known.completed_at == run.end_date
        if ended and recorded and not force:
            return
        tasks = self._airflow.task_instances(run.dag_id, run.dag_run_id) if ended or force else []
        outcomes = self._outcomes(known, tasks, failed_again=ended)
        stop = False
        with self._sessions.begin() as session:
            execution = find_or_adopt(session, run)
            if execution is None:
                return
            stop = must_stop(execution, run)
            if not stop:
                record_run(session, execution, run, asked_at)
                session.flush()
            record_tasks(session, execution, tasks, outcomes)
            session.flush()
            if ended:
                summarise(session, execution, tasks, outcomes)
        if stop:
            log.info("stopping run %s, which was cancelled while it was started", run.dag_run_id)
            self._airflow.set_dag_run_state(run.dag_id, run.dag_run_id, "failed")

    def _record_changed_tasks(self, changed: Iterable[TaskInstance]) -> None:
        by_run: defaultdict[RunKey, list[TaskInstance]] = defaultdict(list)
        for task in changed:
            if pipeline_of(task.dag_id) is not None:
                by_run[task.dag_id, task.dag_run_id].append(task)
        for (dag_id, dag_run_id), tasks in by_run.items():
            query = select(PipelineExecution).where(
                PipelineExecution.pipeline_id == pipeline_of(dag_id), PipelineExecution.airflow_dag_run_id == dag_run_id
            )
            with self._sessions() as session:
                execution = session.scalar(query)
            outcomes = self._outcomes(execution, tasks)
            if execution is None or not outcomes:
                continue
            with self._sessions.begin() as session:
                locked = session.scalar(query.with_for_update())
                if locked is not None:
                    record_tasks(session, locked, tasks, outcomes)

    def _outcomes(
        self, execution: PipelineExecution | None, tasks: Iterable[TaskInstance], *, failed_again: bool = False
    ) -> dict[TryKey, Outcome]:
        """What the tasks that say something new told; asked before the transaction, which must not wait for it."""
        rows = {}
        if execution is not None:
            with self._sessions() as session:
                rows = node_rows(session, execution)
        return {
            (task.task_id, task.try_number): read_outcome(self._airflow, task)
            for task in tasks
            if is_news(rows.get(task.task_id), task) or (failed_again and task.state in FAILED_STATES)
        }

    def _look_for_unseen(self, active: list[PipelineExecution], asked_at: datetime) -> None:
        """Ask one by one for runs that should be under way and have not been heard of: the feed's safety net."""
        for execution in active:
            if time.monotonic() - self._seen.setdefault(execution.id, time.monotonic()) < UNSEEN_AFTER:
                continue
            run = self._airflow.dag_run(dag_id_for(execution.pipeline_id), execution.airflow_dag_run_id)
            if run is not None:
                self._try_record(run, asked_at)
                continue
            with self._sessions.begin() as session:
                query = select(PipelineExecution).where(PipelineExecution.id == execution.id)
                gone = session.scalar(query.with_for_update())
                if gone is not None and gone.status not in FINAL:
                    record_gone(session, gone)
        self._seen = {execution.id: self._seen[execution.id] for execution in active if execution.id in self._seen}

    def _known(self, run: DagRun) -> PipelineExecution | None:
        query = select(PipelineExecution).where(
            PipelineExecution.pipeline_id == pipeline_of(run.dag_id),
            PipelineExecution.airflow_dag_run_id == run.dag_run_id,
        )
        with self._sessions() as session:
            return session.scalar(query)

    def _active(self) -> list[PipelineExecution]:
        query = select(PipelineExecution).where(
            PipelineExecution.status.in_(("pending", "running")), PipelineExecution.triggered_at.is_not(None)
        )
        with self._sessions() as session:
            return list(session.scalars(query))

    def _database_time(self) -> datetime:
        with self._sessions() as session:
            return session.scalars(select(func.clock_timestamp())).one()

    def _save(self, cursor: datetime | None) -> None:
        values = {"synced_at": func.clock_timestamp()} | ({"cursor": cursor} if cursor else {})
        statement = insert(SyncState).values(name=FEED, **values)
        with self._sessions.begin() as session:
            session.execute(statement.on_conflict_do_update(index_elements=[SyncState.name], set_=values))

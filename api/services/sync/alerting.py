"""Notices what people are to be told of runs, once each, and hands it to Airflow, which tells them."""

import logging
import time
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session, sessionmaker

from api.clients.airflow import AirflowClient, AirflowFailed, AirflowRefused
from api.models import Alert, Pipeline, PipelineExecution
from api.services import alerts
from api.services.sync.record import FINAL
from dag_factory.alerts import LIMITS

log = logging.getLogger(__name__)

DAG_ID = "alerts"
STILL_NEWS = timedelta(days=1)
"""An end that is noticed later, such as that of a run from before a restored backup, is told to nobody."""
OPEN_EVERY = 3.0
REFUSED_EVERY = 30.0
BATCH = 200


class Alerting:
    """From the end of a run to a run of the DAG that sends.

    What is to be told is a row, written in the transaction that notices it; the id of the DAG run that sends it is made
    of the row's event and execution, so Airflow refuses a second one. So whatever dies in between, it is told once.
    """

    def __init__(self, sessions: sessionmaker[Session], airflow: AirflowClient, builder_url: str) -> None:
        self._sessions = sessions
        self._airflow = airflow
        self._builder_url = builder_url
        self._open_at = self._send_at = 0.0

    def step(self) -> None:
        """Notice and send what there is."""
        with self._sessions() as session:
            now = session.scalars(select(func.clock_timestamp())).one()
            ended = list(session.scalars(_unnoticed(now)))
        for execution_id in ended:
            self._note(execution_id, now)
        if time.monotonic() > self._open_at:
            self._open_at = time.monotonic() + OPEN_EVERY
            self._look_at_open(now)
        if time.monotonic() > self._send_at:
            self._send()

    def _note(self, execution_id: UUID, now: datetime) -> None:
        with self._sessions.begin() as session:
            query = select(PipelineExecution).where(PipelineExecution.id == execution_id)
            execution = session.scalar(query.with_for_update())
            if execution is not None and execution.status in FINAL and execution.alerted_at is None:
                alerts.note(session, execution, now, self._builder_url)
                execution.alerted_at = now

    def _look_at_open(self, now: datetime) -> None:
        """Runs under way that may have become late or long."""
        open_runs = select(PipelineExecution).where(PipelineExecution.status.in_(("pending", "running")))
        with self._sessions.begin() as session:
            if not alerts.has_limit(alerts.defaults(session)):
                limited = (Pipeline.alerts[name].astext.is_not(None) for name in LIMITS)
                open_runs = open_runs.join(Pipeline, Pipeline.id == PipelineExecution.pipeline_id).where(or_(*limited))
            for execution in session.scalars(open_runs):
                alerts.note(session, execution, now, self._builder_url)

    def _send(self) -> None:
        query = select(Alert).where(Alert.sent_at.is_(None)).order_by(Alert.id).limit(BATCH)
        with self._sessions() as session:
            waiting = list(session.scalars(query))
        for alert in waiting:
            run_id = f"{alert.event}__{alert.execution_id}__{alert.source}"
            try:
                self._airflow.trigger(DAG_ID, run_id, {"alert": alert.facts, "receivers": alert.receivers})
            except (AirflowRefused, AirflowFailed) as error:
                log.warning("alert %s waits, since Airflow does not take it: %s", run_id, error)
                self._send_at = time.monotonic() + REFUSED_EVERY
                return
            with self._sessions.begin() as session:
                session.get_one(Alert, alert.id).sent_at = func.clock_timestamp()
            log.info("alert %s was handed to Airflow", run_id)


def _unnoticed(now: datetime) -> Select[UUID]:
    return (
        select(PipelineExecution.id)
        .where(
            PipelineExecution.alerted_at.is_(None),
            PipelineExecution.completed_at > now - STILL_NEWS,
            PipelineExecution.status.in_(FINAL),
        )
        .order_by(PipelineExecution.completed_at)
        .limit(BATCH)
    )

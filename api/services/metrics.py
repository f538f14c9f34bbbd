"""The state of the installation, as Prometheus takes it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy import Engine, func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import QueuePool

from api.clients.worker import WorkerProcess
from api.models import Pipeline, PipelineExecution, SyncState
from api.models.execution import EXECUTION_STATUSES
from api.services.live.hub import Hub
from api.services.readiness import ReadinessProbe

_GOOD = {"ok": 1.0, "degraded": 0.5, "down": 0.0}


@dataclass(frozen=True, eq=False)
class Installation(Collector):
    """What is asked for at each scrape; without the database, what this process knows by itself."""

    engine: Engine
    readiness: ReadinessProbe
    workers: dict[str, WorkerProcess]
    live: Hub

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Every gauge."""
        yield from self._of_this_process()
        found = self.readiness.look()
        parts = {"database": found.database, "airflow": found.airflow, "sync": found.sync}
        up = GaugeMetricFamily("logidata_up", "1 for well, 0.5 for degraded, 0 for down.", labels=["part"])
        for name, part in parts.items():
            up.add_metric([name], _GOOD[part.status])
        yield up
        if found.ready:
            try:
                yield from self._of_the_database()
            except SQLAlchemyError:  # gone since; `logidata_up` will tell
                return

    def _of_the_database(self) -> Iterator[GaugeMetricFamily]:
        by_status = select(PipelineExecution.status, func.count().label("number")).group_by(PipelineExecution.status)
        with self.engine.connect() as connection:
            counts = {row.status: row.number for row in connection.execute(by_status)}
            pipelines = connection.scalar(select(func.count()).where(Pipeline.deleted_at.is_(None)))
            synced_at = connection.scalar(select(func.min(SyncState.synced_at)))
        executions = GaugeMetricFamily("logidata_executions", "Executions by state.", labels=["status"])
        for status in EXECUTION_STATUSES:
            executions.add_metric([status], counts.get(status, 0))
        yield executions
        yield GaugeMetricFamily("logidata_pipelines", "Pipelines that are not deleted.", value=pipelines)
        if synced_at is not None:
            lag = (datetime.now(UTC) - synced_at).total_seconds()
            yield GaugeMetricFamily("logidata_sync_lag_seconds", "Since Airflow's state was last read.", value=lag)

    def _of_this_process(self) -> Iterator[GaugeMetricFamily]:
        pool = self.engine.pool
        assert isinstance(pool, QueuePool)
        connections = GaugeMetricFamily(
            "logidata_database_connections", "Of the process that answers.", labels=["state"]
        )
        connections.add_metric(["in_use"], pool.checkedout())
        connections.add_metric(["idle"], pool.checkedin())
        yield connections
        runs = GaugeMetricFamily("logidata_worker_up", "Whether a process beside this one runs.", labels=["worker"])
        waiting = GaugeMetricFamily("logidata_worker_waiting", "Requests that it works on.", labels=["worker"])
        for name, worker in self.workers.items():
            runs.add_metric([name], worker.is_running)
            waiting.add_metric([name], worker.waiting)
        yield runs
        yield waiting
        yield GaugeMetricFamily("logidata_live_viewers", "Open live streams of this process.", value=self.live.viewers)


def as_text(installation: Installation) -> bytes:
    """In Prometheus' own form."""
    registry = CollectorRegistry()
    registry.register(installation)
    return generate_latest(registry)

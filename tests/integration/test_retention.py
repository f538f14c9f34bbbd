"""Runs that ended long ago go, in Airflow's database and in ours; what is still needed of them stays."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session, sessionmaker

from api.clients.airflow import AirflowClient
from api.models import PipelineExecution
from api.services.sync.retention import Retention
from tests.conftest import RunningStack
from tests.integration.by_hand import PipelinesByHand
from tests.integration.conftest import Runs, wait_until
from tests.integration.test_runs import QUICK

DAYS = 365


def test_old_runs_go_in_airflow_too(
    stack: RunningStack, by_hand: PipelinesByHand, runs: Runs, sessions: sessionmaker[Session]
) -> None:
    # given: of five runs the first four ended long ago, and only the second was scheduled
    pipeline_id = by_hand.save(QUICK, nodes=["only"])
    first, scheduled, third, fourth, young = (runs.ended(runs.execute(pipeline_id)["id"])["id"] for _ in range(5))
    for age, execution_id in enumerate((fourth, third, scheduled, first), start=DAYS + 1):
        _make_old(sessions, execution_id, timedelta(days=age))
    with sessions.begin() as session:
        row = session.get_one(PipelineExecution, UUID(scheduled))
        row.trigger_type = "scheduled"

    # when
    with _airflow(stack) as airflow:
        Retention(sessions, airflow, days=0).step()
        assert len(runs.in_airflow(pipeline_id)) == 5
        Retention(sessions, airflow, days=DAYS).step()

        # then: Airflow knows from the scheduled one what is due next
        assert {run["id"] for run in runs.of(pipeline_id)} == {young, scheduled}
        assert {run["dag_run_id"] for run in runs.in_airflow(pipeline_id)} == {
            f"manual__{scheduled}",
            f"manual__{young}",
        }

        # and: the newest stays, however old it is
        _make_old(sessions, young, timedelta(days=DAYS + 1))
        Retention(sessions, airflow, days=DAYS).step()
        assert {run["id"] for run in runs.of(pipeline_id)} == {young, scheduled}

        # and: runs of the DAGs beside the pipelines are found by their age
        soon = airflow.now() + timedelta(days=1)
        wait_until(
            lambda: airflow.dag_runs_ended_before("housekeeping", soon, limit=5), what="housekeeping's first run"
        )
        assert airflow.dag_runs_ended_before("housekeeping", soon - timedelta(days=DAYS), limit=5) == []
        assert airflow.dag_runs_ended_before("no_such_dag", soon, limit=5) == []
        assert not airflow.delete_dag_run("housekeeping", "no such run")


def _make_old(sessions: sessionmaker[Session], execution_id: str, age: timedelta) -> None:
    then = select(func.now() - age).scalar_subquery()
    with sessions.begin() as session:
        ours = PipelineExecution.id == UUID(execution_id)
        session.execute(update(PipelineExecution).where(ours).values(created_at=then, completed_at=then))


def _airflow(stack: RunningStack) -> AirflowClient:
    credentials = stack.lifecycle.credentials
    return AirflowClient(stack.airflow_url, credentials.airflow_username, credentials.airflow_password)

"""Nothing is lost and nothing runs twice when the service, its database connection or Airflow goes away."""

import time
from uuid import UUID, uuid4

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session, sessionmaker

from api.models import PipelineExecution, PipelineVersion
from tests.conftest import RunningStack
from tests.integration.by_hand import PipelinesByHand
from tests.integration.conftest import Runs, kill_service, second_service, wait_for_service, wait_until

QUICK = "Step(task_id='only', work=lambda context: {'rows_out': 1})"
SLOW = "Step(task_id='only', work=lambda context: time.sleep(6))"
LEADERS = """
    select a.pid, a.client_port from pg_locks l join pg_stat_activity a using (pid)
    where l.locktype = 'advisory' and l.granted and a.application_name = 'logidata-sync'
"""


def test_killed_between_execute_and_trigger_it_runs_once(
    stack: RunningStack, by_hand: PipelinesByHand, runs: Runs
) -> None:
    pipeline_id = by_hand.save(QUICK, nodes=["only"])
    started = [runs.execute(pipeline_id)["id"] for _ in range(3)]
    kill_service(stack)
    wait_for_service(stack)

    ended = [runs.ended(execution_id) for execution_id in started]

    assert [run["status"] for run in ended] == ["success"] * 3
    assert {run["dag_run_id"] for run in runs.in_airflow(pipeline_id)} == {f"manual__{each}" for each in started}
    assert len(runs.in_airflow(pipeline_id)) == 3


def test_killed_between_trigger_and_commit_it_runs_once(
    stack: RunningStack, by_hand: PipelinesByHand, runs: Runs, sessions: sessionmaker[Session]
) -> None:
    """The moment cannot be hit from outside, so its traces are laid: a run in Airflow, an untriggered row here."""
    pipeline_id = by_hand.save(QUICK, nodes=["only"])
    runs.ended(runs.execute(pipeline_id)["id"])
    stack.lifecycle.supervisor.stop("api", wait=True)
    to_run, to_cancel = (_untriggered(sessions, pipeline_id) for _ in range(2))
    _trigger(stack, pipeline_id, to_run)
    stack.lifecycle.supervisor.launch("api")
    wait_for_service(stack)

    run = runs.ended(str(to_run))

    assert run["status"] == "success"
    assert run["triggered_at"] is not None
    assert runs.ended(str(to_cancel))["status"] == "success"
    assert len(runs.in_airflow(pipeline_id)) == 3


def test_a_cancel_that_overtakes_the_trigger_stops_the_run(
    stack: RunningStack, by_hand: PipelinesByHand, runs: Runs, sessions: sessionmaker[Session]
) -> None:
    pipeline_id = by_hand.save(SLOW, nodes=["only"])
    runs.ended(runs.execute(pipeline_id)["id"])
    stack.lifecycle.supervisor.stop("api", wait=True)
    execution_id = _untriggered(sessions, pipeline_id)
    with sessions.begin() as session:
        execution = session.get_one(PipelineExecution, execution_id)
        execution.status = "cancelled"
        execution.cancel_requested_at = execution.completed_at = func.now()
    _trigger(stack, pipeline_id, execution_id)
    stack.lifecycle.supervisor.launch("api")
    wait_for_service(stack)

    def state() -> str:
        return next(run["state"] for run in runs.in_airflow(pipeline_id) if str(execution_id) in run["dag_run_id"])

    wait_until(lambda: state() == "failed", what="the run's end")
    assert runs.get(str(execution_id))["status"] == "cancelled"


def test_runs_that_happened_while_the_service_was_down_appear(
    stack: RunningStack, by_hand: PipelinesByHand, runs: Runs
) -> None:
    pipeline_id = by_hand.save(QUICK, nodes=["only"])
    runs.ended(runs.execute(pipeline_id)["id"])
    stack.lifecycle.supervisor.stop("api", wait=True)
    missed = uuid4()
    _trigger(stack, pipeline_id, missed)
    wait_until(lambda: all(run["state"] == "success" for run in runs.in_airflow(pipeline_id)), what="the run's end")
    stack.lifecycle.supervisor.launch("api")
    wait_for_service(stack)

    wait_until(lambda: len(runs.of(pipeline_id, status="success")) == 2, what="the missed run")


def test_one_process_syncs_and_another_takes_over(
    stack: RunningStack, by_hand: PipelinesByHand, runs: Runs, sessions: sessionmaker[Session]
) -> None:
    pipeline_id = by_hand.save(QUICK, nodes=["only"])
    runs.ended(runs.execute(pipeline_id)["id"])
    with second_service(stack):
        [first] = _leaders(sessions)
        kill_service(stack)
        begun = time.monotonic()
        [second] = wait_until(lambda: _leaders(sessions) if first not in _leaders(sessions) else None)
        took = time.monotonic() - begun
        wait_for_service(stack)
        run = runs.ended(runs.execute(pipeline_id)["id"])

        assert run["status"] == "success"
        assert took < 2
        assert _leaders(sessions) == [second]
    wait_until(lambda: _leaders(sessions) not in ([], [second]), what="the next leader")
    assert runs.ended(runs.execute(pipeline_id)["id"])["status"] == "success"


def test_a_lost_database_connection_ends_the_lead_and_it_is_taken_again(
    stack: RunningStack, by_hand: PipelinesByHand, runs: Runs, sessions: sessionmaker[Session]
) -> None:
    pipeline_id = by_hand.save(QUICK, nodes=["only"])
    [leader] = wait_until(lambda: _leaders(sessions))
    with stack.postgres.connect("logidata") as connection, connection.cursor() as cursor:
        cursor.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity where datname = 'logidata' and pid <> %s",
            (connection.info.backend_pid,),
        )

    def other_leader() -> bool:
        try:
            return _leaders(sessions) not in ([], [leader])
        except Exception:  # noqa: BLE001 - our own connection was ended too
            return False

    wait_until(other_leader, what="the next lead")
    assert runs.ended(runs.execute(pipeline_id)["id"])["status"] == "success"


def test_while_airflow_is_away_reads_work_and_nothing_is_lost(
    stack: RunningStack, by_hand: PipelinesByHand, runs: Runs
) -> None:
    pipeline_id = by_hand.save(SLOW, nodes=["only"])
    running = runs.execute(pipeline_id)["id"]
    runs.until(running, lambda run: run["status"] == "running")
    stack.lifecycle.supervisor.stop("airflow-api", wait=True)
    try:
        waiting = runs.execute(pipeline_id)["id"]
        time.sleep(2)

        seen = runs.get(running)
        assert seen["status"] == "running"
        listed = stack.api.get(f"{runs.url}/executions", params={"pipeline_id": str(pipeline_id)}).json()
        assert listed["total"] == 2
        assert listed["synced_at"] == seen["synced_at"] == runs.get(waiting)["synced_at"]
        for answer in (runs.cancel(running), stack.api.get(f"{runs.url}/executions/{running}/logs")):
            assert answer.status_code == 503
            assert answer.json()["code"] == "airflow-unavailable"
        assert runs.get(running)["cancel_requested_at"] is None
        assert runs.get(waiting)["status"] == "pending"
    finally:
        stack.lifecycle.supervisor.launch("airflow-api")

    assert runs.ended(waiting)["status"] == "success"
    assert runs.ended(running)["status"] in {"success", "failed"}  # Airflow may give up a task whose API was away
    in_airflow = {run["dag_run_id"]: run["state"] for run in runs.in_airflow(pipeline_id)}
    assert in_airflow == {run["airflow_dag_run_id"]: run["status"] for run in runs.of(pipeline_id)}
    assert runs.get(waiting)["synced_at"] > seen["synced_at"]


def _untriggered(sessions: sessionmaker[Session], pipeline_id: UUID) -> UUID:
    execution_id = uuid4()
    with sessions.begin() as session:
        version = session.scalars(select(PipelineVersion).where(PipelineVersion.pipeline_id == pipeline_id)).one()
        session.add(
            PipelineExecution(
                id=execution_id,
                pipeline_id=pipeline_id,
                pipeline_version_id=version.id,
                bundle_revision=version.bundle_revision,
                airflow_dag_run_id=f"manual__{execution_id}",
                status="pending",
                trigger_type="manual",
                params={},
                metrics={},
            )
        )
    return execution_id


def _trigger(stack: RunningStack, pipeline_id: UUID, execution_id: UUID) -> None:
    body = {"logical_date": None, "dag_run_id": f"manual__{execution_id}"}
    address = f"{stack.airflow_url}/api/v2/dags/pipeline_{pipeline_id.hex}/dagRuns"
    answer = stack.airflow().post(address, json=body)
    assert answer.ok, answer.text


def _leaders(sessions: sessionmaker[Session]) -> list[tuple[int, int]]:
    with sessions() as session:
        return [(row.pid, row.client_port) for row in session.execute(text(LEADERS))]

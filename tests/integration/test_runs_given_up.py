"""Executions that will never end by themselves are ended here, and say why."""

from tests.conftest import RunningStack
from tests.integration.by_hand import PipelinesByHand
from tests.integration.conftest import Runs, second_service, wait_for_service, wait_until

QUICK = "Step(task_id='only', work=lambda context: {'rows_out': 1})"
SLEEPING = "Step(task_id='only', work=lambda context: time.sleep(300))"
TIMEOUT = 6


def test_what_airflow_does_not_serve_in_time_fails_and_names_the_part_that_is_ill(
    stack: RunningStack, by_hand: PipelinesByHand, runs: Runs
) -> None:
    supervisor = stack.lifecycle.supervisor
    supervisor.stop("dag-processor", wait=True)
    supervisor.stop("api", wait=True)
    try:
        with second_service(stack, LOGIDATA_RUNNABLE_TIMEOUT=str(TIMEOUT)):
            wait_until(lambda: _leads(stack), what="the lead")
            supervisor.launch("api")
            wait_for_service(stack)
            pipeline_id = by_hand.save(QUICK, nodes=["only"])
            run = runs.ended(runs.execute(pipeline_id)["id"])
    finally:
        supervisor.launch("dag-processor")
        supervisor.launch("api")

    assert run["status"] == "failed"
    assert run["error_message"] == (
        f"Airflow did not serve this revision within {TIMEOUT} s (not healthy: dag processor)."
    )
    assert (run["triggered_at"], run["nodes"][0]["status"]) == (None, "pending")
    wait_until(lambda: stack.lifecycle.health().get("dag-processor") == "healthy", what="the DAG processor")
    wait_for_service(stack)
    assert runs.ended(runs.execute(pipeline_id)["id"])["status"] == "success"
    assert len(runs.in_airflow(pipeline_id)) == 1


def test_a_waiting_run_that_is_deleted_in_airflow_is_over(
    stack: RunningStack, by_hand: PipelinesByHand, runs: Runs
) -> None:
    """Airflow deletes no run that is running, but one that waits for its turn."""
    pipeline_id = by_hand.save(SLEEPING, nodes=["only"], dag="schedule=None, max_active_runs=1")
    first = runs.execute(pipeline_id)["id"]
    try:
        runs.until(first, lambda run: run["nodes"][0]["status"] == "running")
        waiting = runs.until(runs.execute(pipeline_id)["id"], lambda run: run["triggered_at"])
        address = f"{stack.airflow_url}/api/v2/dags/{waiting['airflow_dag_id']}/dagRuns/{waiting['airflow_dag_run_id']}"
        answer = stack.airflow().delete(address)
        assert answer.ok, answer.text

        run = runs.ended(waiting["id"])

        assert run["status"] == "cancelled"
        assert run["error_message"].startswith("The DAG run was deleted in Airflow")
        assert runs.get(first)["status"] == "running"
        assert [each["dag_run_id"] for each in runs.in_airflow(pipeline_id)] == [f"manual__{first}"]
    finally:
        runs.cancel(first)
        runs.ended(first)


def _leads(stack: RunningStack) -> bool:
    with stack.postgres.connect("logidata") as connection, connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND granted")
        return cursor.fetchone() is not None

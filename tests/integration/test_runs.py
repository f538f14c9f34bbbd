"""Runs on a real Airflow come back as executions: states, counts, errors, logs, whoever started them."""

import time

from tests.conftest import RunningStack
from tests.integration.by_hand import PipelinesByHand
from tests.integration.conftest import Runs, wait_until

COUNTED = """
def read(context):
    log.warning("reading %s", context["params"].get("source"))
    return {"node_id": "orders", "rows_in": None, "rows_out": 7, "bytes": 100, "plan": None, "columns": []}

def load(context):
    for number in range(12):
        log.info("loaded %s", number)
    return {"node_id": "load", "rows_in": 5, "rows_out": None, "bytes": 60, "nodes": {"paid": {"rows_out": 5}}}

orders = Step(task_id="orders", work=read)
paid = Step(task_id="paid", work=lambda context: {"node_id": "paid", "rows_out": None})
load_ = Step(task_id="load", work=load)
orders >> paid >> load_
"""
FAILING = """
def load(context):
    context["ti"].xcom_push(key="failure", value={"node_id": "paid", "message": "row 7: 'x' is no number"})
    raise ValueError("the query failed")

orders = Step(task_id="orders", work=lambda context: {"rows_out": 3})
paid = Step(task_id="paid", work=lambda context: {"rows_out": None})
load_ = Step(task_id="load", work=load)
after = Step(task_id="after", work=lambda context: None)
orders >> paid >> load_ >> after
"""
UNSAID = """
def read(context):
    log.info("before")
    raise ValueError("no such column: \\x00")

Step(task_id="orders", work=read, retries=1, retry_delay=timedelta(seconds=0))
"""
SLEEPING = """
def sleep(context):
    log.info("asleep")
    time.sleep(300)

Step(task_id="sleep", work=sleep) >> Step(task_id="after", work=lambda context: None)
"""
QUICK = "Step(task_id='only', work=lambda context: {'rows_out': 1})"


def test_a_run_comes_back_with_its_counts_and_every_log_line_once(by_hand: PipelinesByHand, runs: Runs) -> None:
    pipeline_id = by_hand.save(COUNTED, nodes=["orders", "paid", "load"])

    started = runs.execute(pipeline_id, source="here")
    run = runs.ended(started["id"])

    assert (started["status"], started["pipeline_version"]) == ("pending", 1)
    assert [node["status"] for node in started["nodes"]] == ["pending"] * 3
    assert run["status"] == "success", run
    assert [(node["node_id"], node["rows_in"], node["rows_out"]) for node in run["nodes"]] == [
        ("orders", None, 7),
        ("paid", None, 5),
        ("load", 5, None),
    ]
    assert all(node["status"] == "success" and node["duration_seconds"] >= 0 for node in run["nodes"])
    lines = runs.log(started["id"])
    assert [line["message"] for line in lines if line["message"].startswith("loaded")] == [
        f"loaded {number}" for number in range(12)
    ]
    assert [(line["level"], line["node_id"]) for line in lines if "reading here" in line["message"]] == [
        ("warning", "orders")
    ]
    assert {line["node_id"] for line in runs.log(started["id"], node_id="orders")} == {"orders"}

    [in_airflow] = runs.in_airflow(pipeline_id)
    assert in_airflow["dag_run_id"] == run["airflow_dag_run_id"] == f"manual__{run['id']}"
    assert (in_airflow["start_date"], in_airflow["end_date"]) == (run["started_at"], run["completed_at"])


def test_a_failure_is_shown_on_the_node_that_caused_it(by_hand: PipelinesByHand, runs: Runs) -> None:
    pipeline_id = by_hand.save(FAILING, nodes=["orders", "paid", "load", "after"])

    run = runs.ended(runs.execute(pipeline_id)["id"])

    assert (run["status"], run["error_node_id"]) == ("failed", "paid")
    assert run["error_message"] == "Paid: row 7: 'x' is no number"
    assert "ValueError: the query failed" in run["error_trace"]
    nodes = {node["node_id"]: node for node in run["nodes"]}
    assert nodes["paid"]["error_message"].startswith("row 7")
    assert nodes["load"]["status"] == "failed"
    assert "Paid" in nodes["load"]["error_message"]
    assert nodes["after"]["status"] == "upstream_failed"


def test_a_task_that_says_nothing_fails_with_the_exception_of_its_log(by_hand: PipelinesByHand, runs: Runs) -> None:
    pipeline_id = by_hand.save(UNSAID, nodes=["orders"])

    run = runs.ended(runs.execute(pipeline_id)["id"])

    assert run["error_message"] == "Orders: ValueError: no such column: \N{REPLACEMENT CHARACTER}"
    assert run["nodes"][0]["try_number"] == 2
    lines = runs.log(run["id"])
    assert [line["try_number"] for line in lines if line["message"] == "before"] == [1, 2]
    assert {line["level"] for line in lines if "ValueError" in line["message"]} == {"error"}


def test_scheduled_runs_appear_by_themselves(by_hand: PipelinesByHand, runs: Runs) -> None:
    dag = "schedule=timedelta(seconds=5), start_date=__import__('datetime').datetime(2026, 1, 1)"
    pipeline_id = by_hand.save(QUICK, nodes=["only"], dag=dag)
    try:
        run = wait_until(lambda: runs.of(pipeline_id, trigger="scheduled", status="success"))[-1]
        assert run["pipeline_version"] == 1
        assert run["airflow_dag_run_id"].startswith("scheduled__")
        assert runs.get(run["id"])["nodes"][0]["rows_out"] == 1
    finally:
        by_hand.save(QUICK, nodes=["only"], pipeline_id=pipeline_id)


def test_a_run_started_in_airflow_appears(stack: RunningStack, by_hand: PipelinesByHand, runs: Runs) -> None:
    pipeline_id = by_hand.save(QUICK, nodes=["only"])
    runs.ended(runs.execute(pipeline_id)["id"])

    address = f"{stack.airflow_url}/api/v2/dags/pipeline_{pipeline_id.hex}/dagRuns"
    answer = stack.airflow().post(address, json={"logical_date": None, "dag_run_id": "by-ops", "conf": {"a": 1}})
    assert answer.ok, answer.text

    def appeared() -> dict[str, object] | None:
        return next((run for run in runs.of(pipeline_id) if run["airflow_dag_run_id"] == "by-ops"), None)

    found = wait_until(appeared)
    run = runs.ended(str(found["id"]))
    assert (run["status"], run["trigger_type"], run["params"]) == ("success", "manual", {"a": 1})


def test_a_running_task_is_cancelled_and_may_be_cleared_in_airflow(
    stack: RunningStack, by_hand: PipelinesByHand, runs: Runs
) -> None:
    pipeline_id = by_hand.save(SLEEPING, nodes=["sleep", "after"])
    started = runs.execute(pipeline_id)
    runs.until(started["id"], lambda run: run["nodes"][0]["status"] == "running")

    answer = runs.cancel(started["id"])

    assert (answer.status_code, answer.json()["status"]) == (202, "cancelled")
    assert runs.cancel(started["id"]).status_code == 202
    run = runs.ended(started["id"])
    assert run["status"] == "cancelled"
    assert [node["status"] for node in run["nodes"]] == ["failed", "skipped"]
    assert runs.in_airflow(pipeline_id)[0]["state"] == "failed"

    address = f"{stack.airflow_url}/api/v2/dags/pipeline_{pipeline_id.hex}/dagRuns/{run['airflow_dag_run_id']}/clear"
    assert stack.airflow().post(address, json={"dry_run": False}).ok
    again = runs.until(run["id"], lambda run: run["status"] == "running")
    assert again["completed_at"] is again["error_message"] is again["cancel_requested_at"] is None
    runs.until(run["id"], lambda run: run["nodes"][0]["status"] == "running")
    assert runs.cancel(run["id"]).status_code == 202
    assert runs.ended(run["id"])["status"] == "cancelled"


def test_a_pending_execution_is_cancelled_here(by_hand: PipelinesByHand, runs: Runs) -> None:
    pipeline_id = by_hand.save(QUICK, nodes=["only"])  # Airflow needs a moment to serve it

    started = runs.execute(pipeline_id)
    answer = runs.cancel(started["id"])

    assert answer.json()["status"] == "cancelled"
    time.sleep(3)
    assert runs.get(started["id"])["status"] == "cancelled"
    assert [run["state"] for run in runs.in_airflow(pipeline_id)] in ([], ["failed"])

"""What was saved is what runs: at once, after a quick second save, and in the middle of a run."""

import time

from dag_factory.publish import Publisher
from tests.conftest import RunningStack
from tests.integration.by_hand import PipelinesByHand
from tests.integration.conftest import Runs, wait_until

TWO_STEPS = """
def first(context):
    time.sleep({seconds})
    return {{"rows_out": {rows}}}

Step(task_id="first", work=first) >> Step(task_id="{second}", work=lambda context: {{"rows_out": {rows}}})
"""
BROKEN = """
Step(
    task_id="orders",
    work=len,
)
Step(
    task_id="paid",
    node_id="paid",
    work=1 / 0,
)
"""


def test_an_edit_right_after_another_runs_the_last_one(by_hand: PipelinesByHand, runs: Runs) -> None:
    nodes = ["first", "second"]
    pipeline_id = by_hand.save(TWO_STEPS.format(seconds=0, rows=0, second="second"), nodes=nodes)
    for rows in range(1, 6):
        by_hand.save(
            TWO_STEPS.format(seconds=0, rows=rows, second=f"second{rows}"), nodes=nodes, pipeline_id=pipeline_id
        )
        time.sleep(0.13 * rows)  # into different moments of the parse before

    run = runs.ended(runs.execute(pipeline_id)["id"])

    assert (run["status"], run["pipeline_version"]) == ("success", 6)
    assert {node["task_id"]: node["rows_out"] for node in run["nodes"] if node["status"] == "success"} == {
        "first": 5,
        "second5": 5,
    }


def test_a_run_keeps_its_revision_when_the_file_is_replaced(by_hand: PipelinesByHand, runs: Runs) -> None:
    nodes = ["first", "second"]
    pipeline_id = by_hand.save(TWO_STEPS.format(seconds=4, rows=1, second="second"), nodes=nodes)
    old = runs.execute(pipeline_id)["id"]
    runs.until(old, lambda run: run["nodes"][0]["status"] == "running")

    by_hand.save(TWO_STEPS.format(seconds=0, rows=2, second="second"), nodes=nodes, pipeline_id=pipeline_id)
    new = runs.execute(pipeline_id)["id"]

    finished = {name: runs.ended(execution_id) for name, execution_id in (("old", old), ("new", new))}
    assert [node["rows_out"] for node in finished["old"]["nodes"]] == [1, 1]
    assert [node["rows_out"] for node in finished["new"]["nodes"]] == [2, 2]
    assert (finished["old"]["pipeline_version"], finished["new"]["pipeline_version"]) == (1, 2)


def test_what_airflow_cannot_load_fails_with_its_reason_on_the_node(by_hand: PipelinesByHand, runs: Runs) -> None:
    pipeline_id = by_hand.save(BROKEN, nodes=["orders", "paid"])

    run = runs.ended(runs.execute(pipeline_id)["id"])

    assert (run["status"], run["error_node_id"]) == ("failed", "paid")
    assert run["error_message"] == (
        "Airflow cannot load this pipeline at the node “Paid”: ZeroDivisionError: division by zero"
    )
    assert "Traceback" in run["error_trace"]
    assert [node["error_message"] for node in run["nodes"]] == [None, "ZeroDivisionError: division by zero"]

    by_hand.save(TWO_STEPS.format(seconds=0, rows=1, second="paid"), nodes=["first", "paid"], pipeline_id=pipeline_id)
    assert runs.ended(runs.execute(pipeline_id)["id"])["status"] == "success"


def test_a_dag_that_was_deleted_in_airflow_comes_back(
    stack: RunningStack, by_hand: PipelinesByHand, runs: Runs
) -> None:
    pipeline_id = by_hand.save(TWO_STEPS.format(seconds=0, rows=1, second="second"), nodes=["first", "second"])
    before = runs.ended(runs.execute(pipeline_id)["id"])

    assert stack.airflow().delete(f"{stack.airflow_url}/api/v2/dags/pipeline_{pipeline_id.hex}").ok
    run = runs.ended(runs.execute(pipeline_id)["id"])

    assert run["status"] == "success"
    assert runs.get(before["id"])["status"] == "success"  # its row stays as last seen


def test_a_deleted_pipeline_leaves_airflow_and_keeps_its_executions(
    stack: RunningStack, by_hand: PipelinesByHand, runs: Runs
) -> None:
    pipeline_id = by_hand.save(TWO_STEPS.format(seconds=0, rows=1, second="second"), nodes=["first", "second"])
    run = runs.ended(runs.execute(pipeline_id)["id"])
    airflow = stack.airflow()
    address = f"{stack.airflow_url}/api/v2/dags/pipeline_{pipeline_id.hex}"

    answer = stack.api.delete(f"{runs.url}/pipelines/{pipeline_id}")

    assert answer.status_code == 204
    wait_until(lambda: airflow.get(address).status_code == 404, what="the DAG's end")
    assert runs.get(run["id"])["status"] == "success"
    assert f"pipeline_{pipeline_id.hex}" not in Publisher(stack.dags_folder).published()

"""Runs that are cancelled, run again in part, and looked into, with real modules."""

import shutil
import time
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from tests.conftest import RunningStack
from tests.integration.by_hand import PipelinesByHand
from tests.integration.conftest import Runs, wait_until
from tests.integration.following import messages, opened
from tests.integration.test_runs_modules import graph, node, save

Json = dict[str, Any]


def states(run: Json) -> dict[str, tuple[str, int]]:
    return {each["node_id"]: (each["status"], each["try_number"]) for each in run["nodes"]}


def retry(runs: Runs, execution_id: str, **body: Any) -> Any:
    return runs.stack.api.post(f"{runs.url}/executions/{execution_id}/retry", json=body)


def chain(runs: Runs, name: str, source: Path, target: str, *, middle: str = "cast") -> UUID:
    document = graph(
        name,
        node("read", "csv-extractor", "Orders", file_path=source.name, column_types={"amount": "string"}),
        node(middle, "cast-types-transformer", "Amounts", type_mapping={"amount": "integer"}, on_error="fail"),
        node("big", "filter-transformer", "Big", condition="amount > 1"),
        node("write", "csv-loader", "Out", file_path=target),
    )
    return save(runs, document)


@pytest.fixture
def source(stack: RunningStack) -> Path:
    stack.files.mkdir(parents=True, exist_ok=True)
    return stack.files / "again.csv"


def test_a_retry_reads_a_corrected_file_and_ends_well(stack: RunningStack, runs: Runs, source: Path) -> None:
    source.write_text("id,amount\n1,1\n2,much\n3,3\n")
    run = runs.ended(runs.execute(chain(runs, "Corrected", source, "corrected.csv"))["id"])
    assert (run["status"], run["error_node_id"]) == ("failed", "cast")

    source.write_text("id,amount\n1,1\n2,22\n3,3\n")
    answer = retry(runs, run["id"])
    assert (answer.status_code, answer.json()["status"]) == (202, "pending"), answer.text
    again = runs.ended(run["id"])

    assert again["status"] == "success", again
    assert (stack.files / "corrected.csv").read_text().splitlines() == ["id,amount", "2,22", "3,3"]
    assert {name: state for name, (state, _) in states(again).items()} == dict.fromkeys(states(again), "success")
    assert states(again)["write"] == ("success", 2)
    assert (again["bundle_revision"], again["error_message"]) == (run["bundle_revision"], None)
    tries = stack.api.get(f"{runs.url}/executions/{run['id']}/nodes/write/tries").json()
    assert [(each["try_number"], each["status"]) for each in tries] == [(1, "failed"), (2, "success")]
    assert retry(runs, run["id"]).json()["code"] == "nothing-to-retry"
    assert [each["type"] for each in messages(opened(stack, run["id"]))].count("end") == 1


def test_from_here_reuses_what_was_stored_and_says_when_it_is_gone(
    stack: RunningStack, runs: Runs, source: Path
) -> None:
    source.write_text("id,amount\n1,1\n2,2\n")
    run = runs.ended(runs.execute(chain(runs, "From here", source, "from_here.csv"))["id"])
    assert run["status"] == "success"

    assert retry(runs, run["id"], from_node="big").status_code == 202
    again = runs.ended(run["id"])

    assert again["status"] == "success", again
    assert states(again) == {
        "read": ("success", 1),
        "cast": ("success", 1),
        "big": ("success", 2),
        "write": ("success", 2),
    }
    assert retry(runs, run["id"], from_node="nowhere").status_code == 404
    staging = Path(stack.lifecycle.settings.shared_environment["LOGIDATA_STAGING_URL"])
    [folder] = (staging / run["airflow_dag_id"]).glob("manual__*/cast")
    folder.rename(folder.with_name("moved"))
    gone = retry(runs, run["id"], from_node="big")
    assert (gone.status_code, gone.json()["code"], gone.json()["node_ids"]) == (409, "stored-output-gone", ["cast"])
    assert runs.get(run["id"])["status"] == "success"


def test_to_here_runs_a_part_and_stores_its_rows(stack: RunningStack, runs: Runs, source: Path) -> None:
    source.write_text("id,amount\n1,1\n2,2\n3,3\n")
    pipeline_id = chain(runs, "To here", source, "to_here.csv")

    body = {"until_node": "big"}
    started = stack.api.post(f"{runs.url}/pipelines/{pipeline_id}/execute", json=body, headers={"X-Request-ID": "me-1"})
    run = runs.ended(started.json()["id"])

    assert (run["status"], run["until_node"], run["request_id"]) == ("success", "big", "me-1")
    assert {name: state for name, (state, _) in states(run).items()} == {
        "read": "success", "cast": "success", "big": "success", "write": "skipped"
    }  # fmt: skip
    assert not (stack.files / "to_here.csv").exists()
    assert next(each for each in run["nodes"] if each["node_id"] == "big")["bytes"] > 0
    assert runs.in_airflow(pipeline_id)[0]["conf"]["request_id"] == "me-1"
    url = f"{runs.url}/executions/{run['id']}/nodes"
    data = stack.api.get(f"{url}/big/data").json()
    assert ([each["name"] for each in data["columns"]], data["rows"]) == (["id", "amount"], [[2, 2], [3, 3]])
    assert len(stack.api.get(f"{url}/read/data", params={"limit": 1}).json()["rows"]) == 1
    assert stack.api.get(f"{url}/write/data").json()["code"] == "no-stored-output"
    assert stack.api.get(f"{url}/nowhere/data").status_code == 404
    unknown = stack.api.post(f"{runs.url}/pipelines/{pipeline_id}/execute", json={"until_node": "nowhere"})
    assert unknown.json()["code"] == "node-not-found"
    source.write_text("id,amount\n9,9\n9,9\n")
    assert stack.api.get(f"{url}/big/data").json()["rows"] == [[2, 2], [3, 3]]
    assert stack.api.get(f"{url}/cast/data").json()["code"] == "no-stored-output"


def test_a_long_query_tells_its_progress_and_is_stopped_within_seconds(stack: RunningStack, runs: Runs) -> None:
    (stack.files).mkdir(parents=True, exist_ok=True)
    (stack.files / "many.csv").write_text("id,k\n" + "".join(f"{n},{n % 7}\n" for n in range(60_000)))
    document = graph(
        "Too many pairs",
        node("read", "csv-extractor", "Rows", file_path="many.csv"),
        node("pairs", "join-transformer", "Pairs", join_type="inner", left_on=["k"], right_on=["k"]),
        node("write", "csv-loader", "Out", file_path="pairs.csv"),
    )
    document["config"]["nodes"].append(node("other", "csv-extractor", "Others", file_path="many.csv"))
    for edge in document["config"]["edges"]:
        if edge["target"] == "pairs":
            edge["targetHandle"] = "left"
    other = {"id": "other", "source": "other", "target": "pairs", "sourceHandle": None, "targetHandle": "right"}
    document["config"]["edges"].append(other)
    pipeline_id = save(runs, document)

    left = _cancelled_in_the_middle(stack, runs, pipeline_id)

    if left:  # on a machine that is too busy for Airflow's five seconds, Airflow kills the task instead
        for path in left:
            shutil.rmtree(path)
        assert not _cancelled_in_the_middle(stack, runs, pipeline_id)


def _cancelled_in_the_middle(stack: RunningStack, runs: Runs, pipeline_id: UUID) -> list[Path]:
    """Cancels a run once its loader has told how far it is; what it leaves behind."""
    execution_id = runs.execute(pipeline_id)["id"]
    told: dict[str, float] = {}
    with opened(stack, execution_id) as connection:
        for message in messages(connection):
            told |= message.get("progress", {})
            if told:
                break
    assert set(told) == {"write"}

    cancelled_at = time.monotonic()
    assert runs.cancel(execution_id).status_code == 202
    run = runs.ended(execution_id)
    assert (run["status"], states(run)["write"][0]) == ("cancelled", "failed")
    return _leftovers_in_the_end(stack, cancelled_at)


def test_a_sleeping_task_is_stopped_within_seconds(stack: RunningStack, by_hand: PipelinesByHand, runs: Runs) -> None:
    mark = stack.files / "awake"
    body = f"""
        from module_operators.operator import ModuleOperator

        class Sleeper(ModuleOperator):
            def work(self, config, run):
                with run.landing() as folder:
                    (folder / "half").write_text("half")
                    try:
                        time.sleep(300)
                    finally:
                        open({str(mark)!r}, "w").write("stopped")

            @classmethod
            def options(cls, config):
                return config

            @classmethod
            def check_installed(cls, config):
                return None

        Sleeper(task_id="sleep", node_id="sleep", config={{}}, doc_md="Sleeps.")
        """
    run = runs.execute(by_hand.save(body, nodes=["sleep"]))
    runs.until(run["id"], lambda run: run["nodes"][0]["status"] == "running")
    time.sleep(2)

    cancelled_at = time.monotonic()
    assert runs.cancel(run["id"]).status_code == 202
    wait_until(mark.exists, what="the end of what was under way")
    assert not _leftovers_in_the_end(stack, cancelled_at)


def _leftovers_in_the_end(stack: RunningStack, since: float) -> list[Path]:
    """What a stopped task has left behind when the time is over that a cancel may take; mostly nothing, at once."""
    staging = Path(stack.lifecycle.settings.shared_environment["LOGIDATA_STAGING_URL"])

    def leftovers() -> list[Path]:
        found = [*staging.glob(".scratch-*"), *staging.glob("**/.writing-*"), *stack.files.glob(".loading-*")]
        return [path for path in found if path.exists()]

    while (found := leftovers()) and time.monotonic() - since < 10:
        time.sleep(0.05)
    return found

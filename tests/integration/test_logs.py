"""Logs of real tasks: a hundred megabytes in bounded memory, the end of them first, and what is searched for."""

import logging
import time
from collections.abc import Callable

import pytest

from tests.conftest import RunningStack
from tests.integration.by_hand import PipelinesByHand
from tests.integration.conftest import Runs, log_requests

LINES, WIDTH = 10_000, 10_000
LONG = f"""
def write(context):
    for number in range({LINES}):
        log.info("%07d %s", number, "x" * {WIDTH})
    log.warning("that was all")

Step(task_id="write", work=write)
"""
TALE = """
def tell(context):
    for number in range(30):
        log.log([10, 20, 30, 40][number % 4], "%s says %s", context["ti"].task_id, number)

one, two = (Step(task_id=name, work=tell) for name in ("one", "two"))
one >> two
"""
MEGABYTE = 1024 * 1024
log = logging.getLogger(__name__)


@pytest.mark.timeout(600)
def test_a_log_of_100_megabytes_is_read_once_and_paged_in_bounded_memory(
    stack: RunningStack, by_hand: PipelinesByHand, runs: Runs, memory: Callable[[], int]
) -> None:
    run = runs.ended(runs.execute(by_hand.save(LONG, nodes=["write"]))["id"], seconds=300)
    assert run["status"] == "success"
    time.sleep(3)  # until its log is settled
    url = f"{runs.url}/executions/{run['id']}/logs"

    asked_before = log_requests(stack, run["airflow_dag_run_id"])
    before = memory()
    numbers: list[int] = []
    cursor, pages, begun = None, 0, time.monotonic()
    while True:
        page = stack.api.get(url, params={"limit": 1000} | ({"cursor": cursor} if cursor else {})).json()
        pages += 1
        numbers += [int(line["message"][:7]) for line in page["items"] if line["message"].endswith("xxx")]
        cursor = page["cursor"]
        if page["complete"]:
            break
    log.info("%s pages in %.1f s, %.0f MB more memory", pages, time.monotonic() - begun, (memory() - before) / MEGABYTE)
    with stack.api.get(f"{url}/download", stream=True) as download:
        size = sum(len(chunk) for chunk in download.iter_content(MEGABYTE))

    assert numbers == list(range(LINES))
    assert size > LINES * WIDTH
    assert memory() - before < 200 * MEGABYTE
    assert 1 <= log_requests(stack, run["airflow_dag_run_id"]) - asked_before <= 2
    assert sum(file.stat().st_size for file in (stack.home / "cache" / "logs").glob("*.log")) > LINES * WIDTH

    last = stack.api.get(url, params={"tail": True, "limit": 3}).json()
    assert last["items"][-1]["message"] == "that was all" or "that was all" in [x["message"] for x in last["items"]]
    earlier = stack.api.get(url, params={"before": last["before"], "limit": 2}).json()
    assert [line["message"][:7] for line in earlier["items"]][-1] < f"{LINES:07d}"
    found = _all(stack, url, search="0003199 X")
    assert [line["message"][:7] for line in found] == ["0003199"]
    assert [line["message"] for line in _all(stack, url, level="warning")] == ["that was all"]


def test_pages_backwards_are_the_pages_forwards(stack: RunningStack, by_hand: PipelinesByHand, runs: Runs) -> None:
    run = runs.ended(runs.execute(by_hand.save(TALE, nodes=["one", "two"]))["id"])
    forwards = runs.log(run["id"])
    url = f"{runs.url}/executions/{run['id']}/logs"

    backwards: list[dict[str, object]] = []
    query: dict[str, object] = {"tail": True}
    while True:
        page = stack.api.get(url, params=query | {"limit": 7}).json()
        backwards = page["items"] + backwards
        if page["before"] is None:
            break
        query = {"before": page["before"]}

    assert sorted(backwards, key=str) == sorted(forwards, key=str)
    assert [line["timestamp"] for line in backwards] == sorted(str(line["timestamp"]) for line in backwards)
    errors = _all(stack, url, level="error", search="SAYS")
    assert [line["message"] for line in errors if line["node_id"] == "two"] == [
        f"two says {number}" for number in range(3, 30, 4)
    ]


def _all(stack: RunningStack, url: str, **query: object) -> list[dict[str, str]]:
    lines: list[dict[str, str]] = []
    cursor: dict[str, str] = {}
    while True:
        page = stack.api.get(url, params=query | cursor).json()
        lines += page["items"]
        if page["complete"]:
            return lines
        cursor = {"cursor": page["cursor"]}

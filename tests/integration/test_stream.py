"""The live stream of real runs: nothing lost, nothing doubled, and Airflow is asked as if one person looked on."""

import asyncio
import json
import random
import time
from collections.abc import Callable
from typing import Any

import pytest
import requests
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker
from websockets.asyncio.client import connect

from api.models import ExecutionEvent
from api.services.logs.shelf import FRESH
from tests.conftest import RunningStack
from tests.integration.by_hand import PipelinesByHand
from tests.integration.conftest import Runs, log_requests, second_service
from tests.integration.following import Message, cut, log_lines, messages, opened

CUTS = 200
TALKING = """
def talk(context):
    for number in range(context["params"].get("lines", 100)):
        log.info("%s %s", context["ti"].task_id, number)
        time.sleep(0.02)
    if context["ti"].try_number == 1 and context["ti"].task_id == "two":
        raise ValueError("the first try fails")

one, two, three = (Step(task_id=name, work=talk, retries=1, retry_delay=timedelta(seconds=0))
                   for name in ("one", "two", "three"))
[one, two] >> three
"""
NODES = ["one", "two", "three"]


@pytest.fixture(scope="module")
def talking(by_hand: PipelinesByHand) -> Any:
    return by_hand.save(TALKING, nodes=NODES, dag="schedule=None, params={'lines': 100}")


def test_a_stream_that_is_cut_200_times_loses_and_doubles_nothing(
    stack: RunningStack, talking: Any, runs: Runs, sessions: sessionmaker[Session]
) -> None:
    execution_id = runs.execute(talking, lines=400)["id"]
    chance = random.Random(4)
    found: list[Message] = []
    cursor, cuts = None, 0
    while cuts < CUTS:
        connection = opened(stack, execution_id, cursor)
        patience = chance.random() * 0.15  # on a busy machine to connect takes longer than to listen
        begun = time.monotonic()
        try:
            while time.monotonic() - begun < patience:
                try:
                    message = json.loads(connection.recv(timeout=max(0.001, patience - (time.monotonic() - begun))))
                except TimeoutError:
                    break
                found.append(message)
                cursor = message["cursor"]
                if message["type"] == "end":
                    break
        finally:
            cut(connection)
        cuts += 1
        if found and found[-1]["type"] == "end":
            break
    if found[-1]["type"] != "end":
        found += messages(opened(stack, execution_id, cursor))

    run = runs.ended(execution_id)
    assert run["status"] == "success"
    assert cuts == CUTS, "the run was over before"
    assert [message["type"] for message in found].count("end") == 1
    assert found[-1]["type"] == "end"
    with sessions() as session:
        query = select(ExecutionEvent).where(ExecutionEvent.execution_id == execution_id).order_by(ExecutionEvent.id)
        told = [(event.type, event.data) for event in session.scalars(query)]
    got = [message for message in found if message["type"] in {"status", "node", "metrics"}]
    assert [message["type"] for message in got] == [kind for kind, _ in told]
    for message, (_, data) in zip(got, told, strict=True):
        assert {name: message[name] for name in ("status", "node_id", "try_number") if name in data} == {
            name: data[name] for name in ("status", "node_id", "try_number") if name in data
        }
    paged: dict[str, list[str]] = {}
    for line in runs.log(execution_id, limit=1000):
        paged.setdefault(line["node_id"], []).append(line["message"])
    live = log_lines(found)
    for node, tries in (("one", 1), ("two", 2), ("three", 1)):
        assert sorted(live[node]) == sorted(paged[node])
        said = [text for text in live[node] if text.startswith(f"{node} ")]
        assert said == [f"{node} {number}" for number in range(400)] * tries


def test_the_messages_tell_what_the_api_tells(stack: RunningStack, talking: Any, runs: Runs) -> None:
    execution_id = runs.execute(talking, lines=20)["id"]

    found = list(messages(opened(stack, execution_id)))

    run = runs.get(execution_id)
    statuses = [message["status"] for message in found if message["type"] == "status"]
    assert (statuses[0], statuses[-1], found[-1]) == ("pending", "success", found[-1] | {"type": "end"})
    last = {message["node_id"]: message for message in found if message["type"] == "node"}
    for node in run["nodes"]:
        same = ("status", "try_number", "started_at", "completed_at", "rows_out", "bytes", "error_message")
        assert [last[node["node_id"]][name] for name in same] == [node[name] for name in same]
    states = [message["status"] for message in found if message["type"] == "node" and message["node_id"] == "two"]
    assert states[-1] == "success"
    assert next(message for message in found if message["type"] == "metrics")["metrics"] == run["metrics"]
    again = list(messages(opened(stack, execution_id, found[-2]["cursor"])))
    assert [message["type"] for message in again] == ["end"]


@pytest.mark.timeout(400)
def test_200_viewers_of_one_run_cost_airflow_one_reader(stack: RunningStack, talking: Any, runs: Runs) -> None:
    with second_service(stack) as other:
        addresses = [stack.api_url, f"http://127.0.0.1:{other.args[other.args.index('--port') + 1]}"]  # pyright: ignore
        started = runs.execute(talking, lines=300)
        asked = log_requests(stack, started["airflow_dag_run_id"])
        begun = time.monotonic()
        everybody = asyncio.run(_look_on(stack, addresses, started["id"], viewers=200))
        seconds = time.monotonic() - begun
        asked = log_requests(stack, started["airflow_dag_run_id"]) - asked

    assert len(everybody) == 200
    # The lines of a node have one order; which of two nodes that run at once comes first is each process's own.
    assert len({json.dumps(log_lines(found), sort_keys=True) for found in everybody}) == 1
    assert len(log_lines(everybody[0])["two"]) >= 600
    # Two tasks write at once, and each log is fetched at most every FRESH seconds, by one of both processes.
    assert asked <= 2 * seconds / FRESH


def test_one_who_does_not_read_costs_no_memory_and_holds_up_nobody(
    stack: RunningStack, by_hand: PipelinesByHand, runs: Runs, memory: Callable[[], int]
) -> None:
    body = """
        def write(context):
            for number in range(20_000):
                log.info("%07d %s", number, "x" * 2000)

        Step(task_id="write", work=write)
        """
    run = runs.ended(runs.execute(by_hand.save(body, nodes=["write"]))["id"], seconds=200)
    idle = opened(stack, run["id"], max_queue=1)
    before = memory()
    found = list(messages(opened(stack, run["id"])))
    grown = memory() - before
    cut(idle)

    assert len(log_lines(found)["write"]) >= 20_000
    assert grown < 150 * 1024 * 1024
    assert requests.get(f"{stack.api_url}/api/v1/health", timeout=5).ok


async def _look_on(
    stack: RunningStack, addresses: list[str], execution_id: str, *, viewers: int
) -> list[list[Message]]:
    async def one(address: str) -> list[Message]:
        url = f"{address.replace('http', 'ws')}/api/v1/executions/{execution_id}/stream"
        async with connect(url, max_size=2**22, open_timeout=60) as connection:
            await connection.send(json.dumps({"type": "start", "token": stack.token}))
            return [message async for text in connection if (message := json.loads(text))["type"] != "ping"]

    return await asyncio.gather(*(one(addresses[number % len(addresses)]) for number in range(viewers)))

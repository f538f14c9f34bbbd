"""A node is looked at before anything is saved: by production's code, within limits, and never into a target."""

import asyncio
import os
import signal
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from api.clients.previewer import NobodyWaits, PreviewerProcess
from api.main import create_app
from api.settings import Settings
from tests.api.catalogue import catalog
from tests.api.graphs import chain

PREVIEW = "/api/v1/pipelines/preview"


@pytest.fixture
def app(settings: Settings, checker: Any, previewer: PreviewerProcess) -> FastAPI:
    return create_app(settings, catalog=catalog(), checker=checker, previewer=previewer, background=False)


def test_a_node_of_an_unsaved_graph_is_shown(client: TestClient) -> None:
    graph = chain(filters=1)
    graph["config"]["nodes"][1]["data"]["config"] = {"condition": "amount > 10"}

    shown = client.post(PREVIEW, json={"graph": graph, "node_id": "f1"}).json()

    assert shown["rows"] == [[2, 20, "new"]]
    assert [column["name"] for column in shown["columns"]] == ["order_id", "amount", "status"]
    assert (shown["node_id"], shown["engine"]) == ("f1", "duckdb")
    assert client.post(PREVIEW, json={"graph": graph | {"engine": "spark"}, "node_id": "f1"}).json() == shown


def test_a_loader_shows_what_it_would_load_and_its_target_is_left_alone(
    client: TestClient, checker_files: Path
) -> None:
    graph = chain(filters=1)
    loader = graph["config"]["nodes"][-1]
    loader["data"]["config"] = {}  # not even configured yet
    before = sorted(checker_files.rglob("*"))

    shown = client.post(PREVIEW, json={"graph": graph, "node_id": loader["id"], "limit": 1}).json()

    assert (shown["node_id"], len(shown["rows"])) == ("f1", 1)
    assert sorted(checker_files.rglob("*")) == before


@pytest.mark.parametrize(
    ("config", "node_id", "path", "text"),
    [
        ({"condition": "amout > 10"}, "f1", "/condition", "amout"),
        ({"condition": "amount >"}, "f1", "/condition", ""),
        ({}, "f1", "/condition", ""),
    ],
)
def test_what_is_wrong_is_told_on_its_node(
    client: TestClient, config: dict[str, Any], node_id: str, path: str, text: str
) -> None:
    graph = chain(filters=2)
    graph["config"]["nodes"][1]["data"]["config"] = config

    answer = client.post(PREVIEW, json={"graph": graph, "node_id": "f2"})

    assert (answer.status_code, answer.json()["code"]) == (422, "preview-failed")
    problem = answer.json()["problems"][0]
    assert (problem["node_id"], problem["path"]) == (node_id, path)
    assert text in problem["message"]


def test_a_node_that_is_joined_to_nothing_and_one_that_is_not_there(client: TestClient) -> None:
    graph = chain(filters=1)
    graph["config"]["edges"] = []

    unjoined = client.post(PREVIEW, json={"graph": graph, "node_id": "f1"})
    unknown = client.post(PREVIEW, json={"graph": graph, "node_id": "nobody"})

    assert (unjoined.status_code, unjoined.json()["problems"][0]["node_id"]) == (422, "f1")
    assert (unknown.status_code, unknown.json()["code"]) == (422, "node-unknown")


def slow_nodes(checker_files: Path) -> list[dict[str, Any]]:
    """A cross join that would take hours."""
    numbers = checker_files / "numbers.csv"
    numbers.write_text("n\n" + "\n".join(str(n) for n in range(10_000)) + "\n")
    source: dict[str, Any] = {"module_id": "csv-extractor", "config": {"file_path": "numbers.csv"}, "inputs": {}}
    nodes = [{**source, "id": name, "label": name} for name in ("a", "b", "c", "d")]
    left = "a"
    for right in ("b", "c", "d"):
        joined = {"left": [left], "right": [right]}
        left = f"{left}{right}"
        config = {"join_type": "cross", "suffix": f"_{right}"}
        nodes.append({"id": left, "label": left, "module_id": "join-transformer", "config": config, "inputs": joined})
    config = {"sort_by": [{"column": "n"}]}
    sort = {"id": "s", "label": "s", "module_id": "sort-transformer", "config": config, "inputs": {"input": [left]}}
    return [*nodes, sort]


def children(process: PreviewerProcess) -> list[int]:
    text = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text()
    return [int(pid) for pid in text.split()]


def test_work_that_takes_too_long_is_ended(previewer: PreviewerProcess, checker_files: Path) -> None:
    request = {"nodes": slow_nodes(checker_files), "limit": 10, "timeout": 1.5}

    answer = previewer.submit(request)[1].result(30)

    assert "time-out" in answer.get("error", "") or "memory" in answer["problems"][0]["message"].lower()
    assert children(previewer) == []


def test_work_ends_when_nobody_waits_any_more(previewer: PreviewerProcess, checker_files: Path) -> None:
    gone = threading.Event()

    async def is_gone() -> bool:
        return gone.is_set()

    async def ask() -> None:
        asyncio.get_running_loop().call_later(0.5, gone.set)
        await previewer.rows({"nodes": slow_nodes(checker_files), "limit": 10}, timeout=60, is_gone=is_gone)

    with pytest.raises(NobodyWaits):
        asyncio.run(ask())

    deadline = time.monotonic() + 10
    while children(previewer) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert children(previewer) == []


def test_a_preview_that_is_killed_takes_nothing_along(previewer: PreviewerProcess, checker_files: Path) -> None:
    _, future = previewer.submit({"nodes": slow_nodes(checker_files), "limit": 10, "timeout": 60})
    deadline = time.monotonic() + 10
    while not children(previewer) and time.monotonic() < deadline:
        time.sleep(0.02)
    for pid in children(previewer):
        os.kill(pid, signal.SIGKILL)

    assert "ended" in future.result(30)["error"]
    quick = previewer.submit({"nodes": slow_nodes(checker_files)[:1], "limit": 2, "timeout": 30})[1].result(30)
    assert quick["rows"] == [[0], [1]]


def test_many_at_once_are_all_answered(previewer: PreviewerProcess, checker_files: Path) -> None:
    nodes = slow_nodes(checker_files)[:1]

    requests = [previewer.submit({"nodes": nodes, "limit": n, "timeout": 60})[1] for n in range(1, 13)]

    assert [len(request.result(60)["rows"]) for request in requests] == list(range(1, 13))


def test_the_services_own_secrets_do_not_reach_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every setting that is secret is the service's alone."""
    secret = [name for name, field in Settings.model_fields.items() if "Secret" in str(field.annotation)]
    for name in secret:
        monkeypatch.setenv(f"LOGIDATA_{name.upper()}", "canary-that-must-stay-here")
    process = PreviewerProcess()
    try:
        process.start()
        assert "canary" not in Path(f"/proc/{process.pid}/environ").read_text()
        assert secret
    finally:
        process.stop()

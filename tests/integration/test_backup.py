"""What was backed up lives on elsewhere: on a machine that has nothing, with the same keys, people, files and runs."""

import json
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import requests

from stack.backup import BackupError, back_up, restore
from stack.lifecycle import Stack
from tests.api.graphs import chain
from tests.conftest import RunningStack, stack_settings
from tests.integration.conftest import Runs, wait_until
from tests.receivers import Calls, http_server


@pytest.fixture
def collector() -> Iterator[Calls]:
    """Of OpenLineage's events."""
    with http_server() as calls:
        yield calls


def test_an_installation_is_restored_on_an_empty_machine(
    stack: RunningStack, runs: Runs, tmp_path: Path, collector: Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    tag = secrets.token_hex(4)
    stack.files.mkdir(exist_ok=True)
    (stack.files / "orders.csv").write_text("order_id,amount,status\n1,10,paid\n2,20,new\n")
    password = f"a password {tag}"
    person = {"email": f"{tag}@example.com", "name": "Kept", "role": "editor", "password": password}
    connection = {"connection_id": f"kept_{tag}", "type": "postgres", "fields": {"host": "db", "password": password}}
    for path, body in (("users", person), ("connections", connection)):
        assert stack.api.post(f"{runs.url}/{path}", json=body).status_code == 201
    saved = stack.api.post(f"{runs.url}/pipelines", json=chain(name=f"Kept {tag}")).json()
    before = runs.ended(runs.execute(saved["id"])["id"])
    archive = tmp_path / "backup.tar.gz"

    left_out = back_up(stack.lifecycle.settings, stack.postgres, archive)
    settings = stack_settings(tmp_path)
    restore(settings, archive)

    assert archive.stat().st_mode & 0o777 == 0o600
    assert [line.split()[0] for line in left_out] == ["staging"]
    with pytest.raises(BackupError, match="installation already"):
        restore(settings, archive)
    # A stack of its own is dear: this one shows OpenLineage, too.
    monkeypatch.setenv("AIRFLOW__OPENLINEAGE__TRANSPORT", json.dumps({"type": "http", "url": collector.url}))
    restored = Stack(settings)
    try:
        restored.up()
        there = Runs(RunningStack(restored, stack.api))
        assert there.get(before["id"])["nodes"] == before["nodes"]
        assert there.of(saved["id"])[0]["status"] == "success"
        form = {"username": person["email"], "password": password}
        assert requests.post(f"{there.url}/auth/login", data=form, timeout=30).status_code == 200
        kept = stack.api.get(f"{there.url}/connections/kept_{tag}").json()
        assert kept["secrets"] == ["password"]  # Airflow could decrypt it
        (there.stack.files / "paid.csv").unlink()
        again = there.ended(there.execute(saved["id"])["id"], 120)
        assert again["status"] == "success", again
        assert [run["dag_run_id"] for run in there.in_airflow(UUID(saved["id"]))].count(
            before["airflow_dag_run_id"]
        ) == 1
        assert (there.stack.files / "paid.csv").exists()
        loaded = wait_until(lambda: _loaded(collector, before["airflow_dag_id"]), what="the loader's event")
        lineage = stack.api.get(f"{there.url}/pipelines/{saved['id']}/lineage").json()
        _agree(loaded, lineage["nodes"][-1]["columns"], there.stack.files)
    finally:
        restored.down()


def _loaded(collector: Calls, dag_id: str) -> dict[str, Any] | None:
    ended = [event for event in collector.at("/api/v1/lineage") if event["eventType"] == "COMPLETE"]
    return next((event for event in ended if event["job"]["name"] == f"{dag_id}.target"), None)


def _agree(event: dict[str, Any], columns: list[dict[str, Any]], files: Path) -> None:
    """The event's datasets are the files, and its columns come from where the service says that they do."""
    (source,), (target,) = event["inputs"], event["outputs"]
    assert (source["namespace"], source["name"]) == ("file", str(files / "orders.csv"))
    assert (target["namespace"], target["name"]) == ("file", str(files / "paid.csv"))
    fields = target["facets"]["columnLineage"]["fields"]
    told = {name: [(each["name"], each["field"]) for each in field["inputFields"]] for name, field in fields.items()}
    assert told == {each["column"]: [(source["name"], one["column"]) for one in each["sources"]] for each in columns}


@pytest.mark.parametrize("content", [b"", b"no archive", b"\x1f\x8b\x08\x00"])
def test_what_is_no_backup_is_refused_and_leaves_nothing(tmp_path: Path, content: bytes) -> None:
    source = tmp_path / "source"
    source.write_bytes(content)
    settings = stack_settings(tmp_path)

    with pytest.raises(BackupError):
        restore(settings, source)

    assert list(settings.root.iterdir()) == []

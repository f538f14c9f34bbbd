"""What was backed up lives on elsewhere: on a machine that has nothing, with the same keys, people, files and runs."""

import secrets
from pathlib import Path
from uuid import UUID

import pytest
import requests

from stack.backup import BackupError, back_up, restore
from stack.lifecycle import Stack
from tests.api.graphs import chain
from tests.conftest import RunningStack, stack_settings
from tests.integration.conftest import Runs


def test_an_installation_is_restored_on_an_empty_machine(stack: RunningStack, runs: Runs, tmp_path: Path) -> None:
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
    finally:
        restored.down()


@pytest.mark.parametrize("content", [b"", b"no archive", b"\x1f\x8b\x08\x00"])
def test_what_is_no_backup_is_refused_and_leaves_nothing(tmp_path: Path, content: bytes) -> None:
    source = tmp_path / "source"
    source.write_bytes(content)
    settings = stack_settings(tmp_path)

    with pytest.raises(BackupError):
        restore(settings, source)

    assert list(settings.root.iterdir()) == []

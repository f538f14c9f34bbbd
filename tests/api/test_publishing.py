"""A save and its file succeed or fail together, and what a crash separates is put right."""

import shutil
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from select import select as select_readable
from typing import NoReturn
from uuid import UUID, uuid4

import psycopg2
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import event, make_url, select
from sqlalchemy.orm import Session

from api.main import create_app
from api.models import Pipeline, PipelineVersion
from api.services.reconcile import reconcile
from api.settings import Settings
from tests.api.catalogue import ENTRIES, catalog
from tests.api.conftest import CreatePipeline
from tests.api.graphs import broken, chain

PIPELINES = "/api/v1/pipelines"


def stem(pipeline_id: str) -> str:
    return f"pipeline_{UUID(pipeline_id).hex}"


def appears(file: Path) -> bool:
    deadline = time.monotonic() + 10
    while not file.exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    return file.exists()


@pytest.fixture
def put_in_order(app: FastAPI, client: TestClient) -> Callable[[], int]:
    """Reconcile now; returns how many files changed."""
    return lambda: reconcile(app.state.sessions, app.state.publishing)


@pytest.fixture
def full_disk(app: FastAPI, monkeypatch: pytest.MonkeyPatch) -> None:
    """The folder of DAG files takes no more bytes: a file is in the way of every write."""
    folder = app.state.settings.dags_folder / "pending"
    folder.rmdir() if folder.is_dir() else folder.parent.mkdir(parents=True, exist_ok=True)
    folder.write_text("")


@pytest.mark.usefixtures("full_disk")
def test_a_creation_whose_file_cannot_be_written_saves_nothing(client: TestClient, session: Session) -> None:
    answer = client.post(PIPELINES, json=chain())

    assert (answer.status_code, answer.json()["code"]) == (503, "publish-failed")
    assert "Nothing was saved" in answer.json()["detail"]
    assert session.scalars(select(Pipeline)).all() == []
    assert client.post(PIPELINES, json=broken()).status_code == 201, "a draft needs no file"


def test_an_update_or_deletion_whose_file_cannot_be_written_changes_nothing(
    client: TestClient, create_pipeline: CreatePipeline, request: pytest.FixtureRequest, live: Path
) -> None:
    saved = create_pipeline()
    source = (live / f"{stem(saved['id'])}.py").read_text()
    request.getfixturevalue("full_disk")

    updated = client.put(f"{PIPELINES}/{saved['id']}", json=chain("New", revision=1))
    deleted = client.delete(f"{PIPELINES}/{saved['id']}")

    assert (updated.status_code, deleted.status_code) == (503, 503)
    assert client.get(f"{PIPELINES}/{saved['id']}").json() == saved
    assert (live / f"{stem(saved['id'])}.py").read_text() == source


def test_a_commit_that_fails_is_put_right(
    app: FastAPI, client: TestClient, create_pipeline: CreatePipeline, live: Path, put_in_order: Callable[[], int]
) -> None:
    saved = create_pipeline()
    before = (live / f"{stem(saved['id'])}.py").read_text()

    def lose_connection(_: object) -> NoReturn:
        raise psycopg2.OperationalError("server closed the connection unexpectedly")

    event.listen(app.state.sessions, "before_commit", lose_connection)
    answers = [client.put(f"{PIPELINES}/{saved['id']}", json=chain("New", revision=1))]
    answers.append(client.post(PIPELINES, json=chain("Other")))
    event.remove(app.state.sessions, "before_commit", lose_connection)

    assert {answer.status_code for answer in answers} <= {500, 503}
    assert app.state.files_differ.is_set(), "the background thread is told to look"
    assert len(list(live.glob("*.py"))) == 2
    assert put_in_order() == 2
    assert [path.stem for path in live.glob("*.py")] == [stem(saved["id"])]
    assert (live / f"{stem(saved['id'])}.py").read_text() == before
    assert put_in_order() == 0


def test_reconcile_publishes_what_is_missing_and_withdraws_what_is_gone(
    app: FastAPI, client: TestClient, create_pipeline: CreatePipeline, live: Path, put_in_order: Callable[[], int]
) -> None:
    kept, lost, deleted = (create_pipeline(name=name) for name in ("kept", "lost", "deleted"))
    client.put(f"{PIPELINES}/{lost['id']}", json=broken(revision=1))
    source = (live / f"{stem(lost['id'])}.py").read_text()
    publisher = app.state.publishing.publisher
    publisher.withdraw(stem(lost["id"]))
    client.delete(f"{PIPELINES}/{deleted['id']}")
    publisher.publish(stem(deleted["id"]), "from airflow.sdk import DAG")
    publisher.publish(f"pipeline_{uuid4().hex}", "from airflow.sdk import DAG")
    publisher.publish("by_hand", "from airflow.sdk import DAG")

    assert put_in_order() == 3

    stems = {path.stem for path in live.glob("*.py")}
    assert stems == {stem(kept["id"]), stem(lost["id"]), "by_hand"}
    assert (live / f"{stem(lost['id'])}.py").read_text() == source, "the last version without errors"


def test_reconcile_compiles_again_after_an_upgrade(
    app: FastAPI, client: TestClient, create_pipeline: CreatePipeline, live: Path, session: Session
) -> None:
    saved = create_pipeline()
    before = session.scalars(select(PipelineVersion)).one()
    upgraded = replace(app.state.publishing, builder_url="https://elsewhere.example")

    assert reconcile(app.state.sessions, upgraded) == 1
    assert reconcile(app.state.sessions, upgraded) == 0

    assert "elsewhere.example" in (live / f"{stem(saved['id'])}.py").read_text()
    bundle_revision = before.bundle_revision
    session.expire_all()
    assert session.scalars(select(PipelineVersion)).one().bundle_revision == bundle_revision


def test_a_lost_folder_is_filled_again_and_goes_on_counting(
    app: FastAPI, client: TestClient, create_pipeline: CreatePipeline, session: Session, put_in_order: Callable[[], int]
) -> None:
    saved = create_pipeline()
    client.put(f"{PIPELINES}/{saved['id']}", json=chain("New", revision=1))
    shutil.rmtree(app.state.settings.dags_folder)

    assert put_in_order() == 1

    newest = session.scalars(select(PipelineVersion).where(PipelineVersion.version == 2)).one()
    assert (newest.bundle_revision, app.state.publishing.publisher.revision()) == (2, 3)
    assert put_in_order() == 0


def test_a_pipeline_that_no_longer_compiles_keeps_its_file(
    app: FastAPI, create_pipeline: CreatePipeline, live: Path
) -> None:
    saved, other = create_pipeline(), create_pipeline(name="Other", filters=0)
    before = (live / f"{stem(saved['id'])}.py").read_text()
    smaller = replace(app.state.publishing, catalog=catalog(ENTRIES[0], ENTRIES[4]), builder_url="https://new.example")

    assert reconcile(app.state.sessions, smaller) == 1

    assert (live / f"{stem(saved['id'])}.py").read_text() == before
    assert "new.example" in (live / f"{stem(other['id'])}.py").read_text()


def test_reconcile_waits_for_a_save_that_is_under_way(
    app: FastAPI, client: TestClient, live: Path, put_in_order: Callable[[], int]
) -> None:
    published, may_commit = threading.Event(), threading.Event()

    def hold(_: object) -> None:
        if threading.current_thread().name != "reconcile-now":
            published.set()
            may_commit.wait(10)

    event.listen(app.state.sessions, "before_commit", hold)
    saving = threading.Thread(target=client.post, args=(PIPELINES,), kwargs={"json": chain()})
    saving.start()
    published.wait(10)
    assert len(list(live.glob("*.py"))) == 1, "published, not committed"
    results: list[int] = []
    looking = threading.Thread(target=lambda: results.append(put_in_order()), name="reconcile-now")
    looking.start()
    time.sleep(0.3)
    assert looking.is_alive()
    may_commit.set()
    saving.join()
    looking.join()
    event.remove(app.state.sessions, "before_commit", hold)

    assert results == [0]
    assert len(list(live.glob("*.py"))) == 1


def test_the_service_reconciles_when_it_starts_and_when_told(
    settings: Settings, client: TestClient, create_pipeline: CreatePipeline, live: Path
) -> None:
    file = live / f"{stem(create_pipeline()['id'])}.py"
    file.unlink()
    app = create_app(settings, catalog=catalog())

    with TestClient(app):
        assert appears(file)
        file.unlink()
        app.state.files_differ.set()
        assert appears(file)


def test_saves_and_deletions_wake_the_sync(
    settings: Settings, client: TestClient, create_pipeline: CreatePipeline
) -> None:
    url = make_url(settings.database_url).set(drivername="postgresql").render_as_string(hide_password=False)
    listener = psycopg2.connect(url)
    listener.autocommit = True
    listener.cursor().execute("listen logidata_sync")

    saved = create_pipeline()
    client.post(PIPELINES, json=broken())
    client.delete(f"{PIPELINES}/{saved['id']}")

    deadline = time.monotonic() + 5
    while len(listener.notifies) < 2 and time.monotonic() < deadline:
        select_readable([listener], [], [], 0.1)
        listener.poll()
    assert len(listener.notifies) == 2, "a draft concerns nobody"
    listener.close()


def test_a_draft_that_switches_the_schedule_off_switches_it_off(
    client: TestClient, app: FastAPI, create_pipeline: CreatePipeline, put_in_order: Callable[[], int]
) -> None:
    saved = create_pipeline(schedule="0 6 * * *", is_scheduled=True)
    live = app.state.publishing.publisher.live / f"{stem(saved['id'])}.py"
    assert "CronTriggerTimetable" in live.read_text()

    draft = client.put(f"{PIPELINES}/{saved['id']}", json=broken(name=saved["name"]) | {"revision": 1}).json()

    assert (draft["status"], draft["published_revision"]) == ("draft", 1)
    assert "CronTriggerTimetable" not in live.read_text()
    assert '"paid.csv"' in live.read_text()
    assert client.get(f"{PIPELINES}/{saved['id']}/dag").text == live.read_text()
    assert put_in_order() == 0

"""The service is told to stop while it is busy: what has begun comes to its end, and nothing is left half done."""

import json
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import httpx
import pytest
from sqlalchemy import create_engine, text
from websockets.exceptions import ConnectionClosedError
from websockets.sync.client import connect

from api.clients.files.local import ASIDE
from api.settings import Settings
from tests.api.conftest import TOKEN
from tests.api.graphs import chain
from tests.api.live_service import LiveService

RESTARTS = 1012
"""A stream closed with it is opened again by the builder, behind the last message that it got."""
LARGE = 40_000_000
WAITS_FOR_A_LOCK = (
    "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
)


def test_what_has_begun_comes_to_its_end(settings: Settings) -> None:
    files = Path(settings.files_url)
    files.mkdir()
    (files / "large.bin").write_bytes(bytes(LARGE))
    engine = create_engine(settings.database_url)
    told = Event()

    def halves() -> Iterator[bytes]:
        yield b"first half, "
        told.wait()
        yield b"second half"

    with LiveService(settings, grace=300) as service, ThreadPoolExecutor() as pool:
        client = httpx.Client(base_url=f"{service.url}/api/v1", headers=service.headers, timeout=300)
        saved = client.post("/pipelines", json=chain("kept")).json()
        run = client.post(f"/pipelines/{saved['id']}/execute").json()
        address = f"{service.url.replace('http', 'ws')}/api/v1/executions/{run['id']}/stream"

        # given: a save that waits for the pipeline's row, an upload, a download and a stream of a run
        with (
            engine.connect() as holder,
            connect(address) as stream,
            client.stream("GET", "/files/content/large.bin") as download,
        ):
            holder.execute(text("select 1 from pipeline where id = :id for update"), {"id": saved["id"]})
            save = pool.submit(client.put, f"/pipelines/{saved['id']}", json=chain("changed") | {"revision": 1})
            upload = pool.submit(client.put, "/files/content/whole.txt", content=halves())
            stream.send(json.dumps({"type": "start", "token": TOKEN}))
            assert json.loads(stream.recv())["type"] == "status"
            service.until(lambda: list((files / ASIDE).glob("*")))
            with engine.connect() as watcher:
                service.until(lambda: watcher.execute(text(WAITS_FOR_A_LOCK)).scalar())

            # when
            service.terminate()
            with pytest.raises(ConnectionClosedError) as closed:
                list(stream)
            told.set()
            holder.rollback()

            # then
            assert closed.value.rcvd is not None
            assert closed.value.rcvd.code == RESTARTS
            assert save.result().json()["revision"] == 2
            assert upload.result().status_code == 201
            assert sum(len(part) for part in download.iter_bytes()) == LARGE
        service.ended()
    assert (files / "whole.txt").read_text() == "first half, second half"
    assert not list((files / ASIDE).iterdir())
    with engine.connect() as after:
        query = text("select name, revision, published_revision from pipeline")
        assert [tuple(row) for row in after.execute(query)] == [("changed", 2, 2)]
    engine.dispose()


def test_what_never_comes_to_its_end_is_cut_off_and_leaves_nothing(settings: Settings) -> None:
    files = Path(settings.files_url)
    with LiveService(settings, grace=1) as service, socket.create_connection(("127.0.0.1", service.port)) as client:
        # given: an upload of which the rest does not come
        head = "PUT /api/v1/files/content/half.txt HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n"
        client.sendall(f"{head}Authorization: Bearer {TOKEN}\r\n\r\nfirst half".encode())
        service.until(lambda: list((files / ASIDE).glob("*")))

        # when
        service.terminate()

        # then
        service.ended()
        assert not client.recv(65_536).startswith(b"HTTP/1.1 2")
    assert not (files / "half.txt").exists()
    assert not list((files / ASIDE).iterdir())

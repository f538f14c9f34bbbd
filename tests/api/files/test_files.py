"""Files over HTTP: whole or absent, inside the store, within the quota, and never taken from under a pipeline."""

import os
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx import Response
from sqlalchemy import update
from sqlalchemy.orm import Session

from api.main import create_app
from api.models import Pipeline
from api.settings import Settings
from tests.api.catalogue import catalog
from tests.api.conftest import TOKEN, CreatePipeline
from tests.api.graphs import chain
from tests.api.live_service import LiveService
from tests.api.people import sign_in

FILES = "/api/v1/files"
Put = Callable[..., Response]


@pytest.fixture
def root(settings: Settings) -> Path:
    """The store's folder."""
    folder = Path(settings.files_url)
    folder.mkdir(parents=True)
    return folder


@pytest.fixture
def put(client: TestClient) -> Put:
    """Upload over HTTP."""

    def upload(path: str, content: Any = b"id\n1\n", **options: Any) -> Response:
        return client.put(f"{FILES}/content/{path}", content=content, **options)

    return upload


def test_a_file_is_uploaded_listed_downloaded_and_deleted(client: TestClient, put: Put, root: Path) -> None:
    made = put("2026/sales ünï.csv", b"id\n1\n")

    assert made.status_code == 201, made.text
    assert (root / "2026" / "sales ünï.csv").read_bytes() == b"id\n1\n"
    assert made.json() | {"path": "2026/sales ünï.csv", "kind": "file", "size": 5, "used_by": []} == made.json()
    top = client.get(FILES).json()
    assert [(item["path"], item["kind"]) for item in top["items"]] == [("2026", "folder")]
    assert (top["used_bytes"], top["quota_bytes"]) == (5, None)
    [item] = client.get(FILES, params={"folder": "2026"}).json()["items"]
    assert item == made.json()
    content = client.get(f"{FILES}/content/2026/sales ünï.csv")
    assert (content.content, content.headers["ETag"]) == (b"id\n1\n", f'"{item["etag"]}"')
    assert (content.headers["Content-Disposition"], content.headers["X-Content-Type-Options"]) == (
        "attachment",
        "nosniff",
    )
    assert client.delete(f"{FILES}/content/2026/sales ünï.csv").status_code == 204
    assert client.get(f"{FILES}/content/2026/sales ünï.csv").json()["code"] == "file-not-found"


def test_what_is_there_is_replaced_only_on_purpose(client: TestClient, put: Put, root: Path) -> None:
    first = put("a.csv", b"1").json()

    taken = put("a.csv", b"2")
    assert (taken.status_code, taken.json()["code"], taken.json()["etag"]) == (409, "file-exists", first["etag"])
    second = put("a.csv", b"22", headers={"If-Match": f'"{first["etag"]}"'})
    assert second.status_code == 201
    outdated = put("a.csv", b"3", headers={"If-Match": f'"{first["etag"]}"'})
    assert (outdated.status_code, outdated.json()["etag"]) == (409, second.json()["etag"])
    assert put("none.csv", b"3", headers={"If-Match": '"x"'}).status_code == 409
    assert put("a.csv", b"4", params={"overwrite": True}).status_code == 201
    assert (root / "a.csv").read_bytes() == b"4"
    assert not (root / "none.csv").exists()
    assert list((root / ".uploads").iterdir()) == []


@pytest.mark.parametrize(
    ("asked", "status", "expected"),
    [
        ("bytes=0-3", 206, b"0123"),
        ("bytes=4-", 206, b"456789"),
        ("bytes=-3", 206, b"789"),
        ("bytes=8-99", 206, b"89"),
        ("bytes=0-0,2-3", 200, b"0123456789"),
        ("lines=1-2", 200, b"0123456789"),
        ("bytes=5-2", 200, b"0123456789"),
    ],
)
def test_a_part_of_a_file_is_downloaded(
    client: TestClient, put: Put, root: Path, asked: str, status: int, expected: bytes
) -> None:
    put("a.bin", b"0123456789")

    answer = client.get(f"{FILES}/content/a.bin", headers={"Range": asked})

    assert (answer.status_code, answer.content) == (status, expected)
    if status == 206:
        assert answer.headers["Content-Range"].endswith("/10")
    assert client.get(f"{FILES}/content/a.bin", headers={"Range": asked, "If-Range": '"old"'}).status_code == 200


def test_a_range_outside_the_file_is_refused_and_an_unchanged_file_not_sent(
    client: TestClient, put: Put, root: Path
) -> None:
    etag = put("a.bin", b"0123").json()["etag"]

    outside = client.get(f"{FILES}/content/a.bin", headers={"Range": "bytes=4-"})

    assert (outside.status_code, outside.headers["Content-Range"]) == (416, "bytes */4")
    assert client.get(f"{FILES}/content/a.bin", headers={"If-None-Match": f'"{etag}"'}).status_code == 304


@pytest.mark.parametrize(
    "path",
    [
        "%2e%2e/outside.csv",
        "a/%2e%2e/%2e%2e/outside.csv",
        "..%5coutside.csv",
        "%2fetc/outside.csv",
        "C:/outside.csv",
        ".hidden",
        ".uploads/x",
        "a/.b/c",
        "a%00b",
        "%20",
        "link/x.csv",
        "x" * 256,
        "ü" * 200,
        "d/" * 600 + "x",
    ],
)
def test_no_name_leads_out_of_the_store(client: TestClient, put: Put, root: Path, tmp_path: Path, path: str) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (root / "link").symlink_to(outside)
    before = sorted(str(each) for each in tmp_path.rglob("*") if "files" not in each.parts)

    for answer in (
        put(path),
        put(path, params={"overwrite": True}),
        client.get(f"{FILES}/content/{path}"),
        client.delete(f"{FILES}/content/{path}"),
    ):
        assert answer.status_code == 422, answer.text
        assert answer.json()["code"] == "file-path-unsafe"
    assert sorted(str(each) for each in tmp_path.rglob("*") if "files" not in each.parts) == before


def test_a_link_out_of_the_store_is_neither_listed_nor_read(client: TestClient, root: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("secret")
    (root / "out.txt").symlink_to(secret)
    (root / "inside.txt").write_text("fine")
    (root / "in.txt").symlink_to(root / "inside.txt")
    os.mkfifo(root / "pipe")

    assert [item["path"] for item in client.get(FILES).json()["items"]] == ["in.txt", "inside.txt"]
    assert client.get(f"{FILES}/content/out.txt").status_code == 422
    assert client.get(f"{FILES}/content/in.txt").text == "fine"
    assert client.get(f"{FILES}/content/pipe").status_code == 404


def test_a_file_cannot_be_a_folder_nor_a_folder_a_file(client: TestClient, put: Put, root: Path) -> None:
    put("a.csv")
    client.post(f"{FILES}/folders", json={"path": "folder/inner"})

    assert put("a.csv/b.csv").status_code == 422
    assert put("folder", params={"overwrite": True}).json()["code"] == "file-exists"
    assert client.post(f"{FILES}/folders", json={"path": "a.csv"}).json()["code"] == "file-exists"
    assert client.get(FILES, params={"folder": "a.csv"}).json()["code"] == "file-not-found"
    assert client.get(f"{FILES}/content/folder").status_code == 422
    assert client.delete(f"{FILES}/content/folder").json()["code"] == "folder-not-empty"
    assert client.delete(f"{FILES}/content/folder/inner").status_code == 204


def test_files_are_moved_and_never_over_others_by_accident(client: TestClient, put: Put, root: Path) -> None:
    put("a.csv", b"a")
    put("b.csv", b"b")

    def move(**body: Any) -> Response:
        return client.post(f"{FILES}/move", json=body)

    assert move(source="a.csv", target="2026/a.csv").json()["path"] == "2026/a.csv"
    assert move(source="2026/a.csv", target="b.csv").json()["code"] == "file-exists"
    assert move(source="2026/a.csv", target="b.csv", overwrite=True).status_code == 200
    assert (root / "b.csv").read_bytes() == b"a"
    assert move(source="gone.csv", target="c.csv").json()["code"] == "file-not-found"
    assert move(source="b.csv", target="../b.csv").json()["code"] == "file-path-unsafe"
    assert move(source="2026", target="2026/inner").json()["code"] == "file-path-unsafe"


def test_lists_are_searched_paged_and_sorted(client: TestClient, put: Put, root: Path) -> None:
    for path in ("b.csv", "A.csv", "z/sales 2025.csv", "z/y/Sales 2026.csv"):
        put(path)

    assert [item["path"] for item in client.get(FILES).json()["items"]] == ["z", "A.csv", "b.csv"]
    page = client.get(FILES, params={"limit": 1, "offset": 1}).json()
    assert ([item["path"] for item in page["items"]], page["total"]) == (["A.csv"], 3)
    found = client.get(FILES, params={"search": "sales 2026"}).json()
    assert [item["path"] for item in found["items"]] == ["z/y/Sales 2026.csv"]
    assert client.get(FILES, params={"folder": "nowhere"}).json()["code"] == "file-not-found"


@pytest.fixture
def small(settings: Settings, checker: Any) -> TestClient:
    """A service whose store takes 100 bytes, 60 in a file."""
    limits = {"files_quota_bytes": 100, "max_file_bytes": 60}
    app = create_app(settings.model_copy(update=limits), catalog=catalog(), checker=checker, background=False)
    return TestClient(app, headers={"Authorization": f"Bearer {TOKEN}"})


def test_quotas_are_kept_whether_or_not_the_size_is_told_first(small: TestClient, root: Path) -> None:
    def chunks(size: int) -> Any:
        yield from (b"x" for _ in range(size))

    def put(path: str, size: int, *, told: bool, **params: Any) -> Response:
        content = b"x" * size if told else chunks(size)
        return small.put(f"{FILES}/content/{path}", content=content, params=params)

    for told in (True, False):
        large = put("large", 61, told=told)
        assert (large.status_code, large.json()["code"], large.json()["limit_bytes"]) == (413, "file-too-large", 60)
    assert put("a", 60, told=False).status_code == 201
    for told in (True, False):
        full = put("b", 41, told=told)
        assert (full.status_code, full.json()["code"]) == (507, "store-full")
        assert (full.json()["quota_bytes"], full.json()["free_bytes"]) == (100, 40)
    assert put("a", 50, told=True, overwrite=True).status_code == 201, "what it replaces counts as free"
    assert put("b", 50, told=False).status_code == 201
    assert sorted(each.name for each in root.iterdir() if each.is_file()) == ["a", "b"]
    assert list((root / ".uploads").iterdir()) == []
    assert (
        small.get(FILES).json() | {"used_bytes": 100, "quota_bytes": 100, "max_file_bytes": 60}
        == small.get(FILES).json()
    )


def test_a_file_that_pipelines_use_says_so_and_stays(
    client: TestClient, app: FastAPI, put: Put, root: Path, create_pipeline: CreatePipeline
) -> None:
    for path in ("orders.csv", "other.csv"):
        put(path)
    pipeline = create_pipeline()

    listed = {item["path"]: item["used_by"] for item in client.get(FILES).json()["items"]}
    assert listed == {
        "orders.csv": [{"pipeline_id": pipeline["id"], "name": "Paid orders", "nodes": []}],
        "other.csv": [],
    }
    details = client.get(f"{FILES}/details", params={"path": "orders.csv"}).json()
    assert details["used_by"][0]["nodes"] == [{"node_id": "source", "label": "SOURCE"}]
    refused = client.delete(f"{FILES}/content/orders.csv")
    assert (refused.status_code, refused.json()["code"]) == (409, "file-in-use")
    assert "“Paid orders”" in refused.json()["detail"]
    moved = client.post(f"{FILES}/move", json={"source": "orders.csv", "target": "x.csv"})
    assert moved.json()["code"] == "file-in-use"
    assert client.delete(f"{FILES}/content/orders.csv", params={"force": True}).status_code == 204


def test_a_private_pipelines_use_is_counted_and_not_named(
    client: TestClient, app: FastAPI, session: Session, put: Put, root: Path
) -> None:
    put("orders.csv")
    ann, bob = sign_in(app, "editor", "ann"), sign_in(app, "editor", "bob")
    mine = client.post("/api/v1/pipelines", json=chain("Secret plan"), headers=ann).json()
    session.execute(update(Pipeline).where(Pipeline.id == mine["id"]).values(visibility="private"))
    session.commit()

    refused = client.delete(f"{FILES}/content/orders.csv", headers=bob)

    assert refused.status_code == 409
    assert (refused.json()["used_by"], refused.json()["used_by_hidden"]) == ([], 1)
    assert "Secret plan" not in refused.text


def test_viewers_read_and_do_not_write(client: TestClient, app: FastAPI, put: Put, root: Path) -> None:
    put("a.csv", b"1")
    viewer = sign_in(app, "viewer")

    assert client.get(FILES, headers=viewer).status_code == 200
    assert client.get(f"{FILES}/content/a.csv", headers=viewer).status_code == 200
    assert put("b.csv", headers=viewer).status_code == 403
    assert client.delete(f"{FILES}/content/a.csv", headers=viewer).status_code == 403
    assert client.post(f"{FILES}/folders", json={"path": "x"}, headers=viewer).status_code == 403
    assert client.post(f"{FILES}/move", json={"source": "a.csv", "target": "x"}, headers=viewer).status_code == 403
    assert client.post(f"{FILES}/preview", json={"path": "a.csv"}, headers=viewer).status_code == 403
    assert sorted(each.name for each in root.iterdir() if each.is_file()) == ["a.csv"]


def test_a_full_store_keeps_no_part_of_an_upload_that_breaks_off(settings: Settings, root: Path) -> None:
    with LiveService(settings) as service:
        connection = socket.create_connection(("127.0.0.1", service.port))
        head = f"PUT {FILES}/content/half.bin HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {TOKEN}\r\n"
        connection.sendall(f"{head}Content-Length: 50000000\r\n\r\n".encode() + b"x" * 3_000_000)
        service.until(lambda: any(each.stat().st_size for each in (root / ".uploads").glob("*")))
        connection.close()
        service.until(lambda: not any((root / ".uploads").glob("*")))

        assert httpx.get(f"{service.url}{FILES}", headers=service.headers).json()["items"] == []


def test_a_gigabyte_goes_up_and_down_in_bounded_memory(settings: Settings, root: Path) -> None:
    block, blocks = os.urandom(1 << 20), 1024
    with LiveService(settings) as service:
        url = f"{service.url}{FILES}/content/large.bin"
        httpx.put(f"{service.url}{FILES}/content/small.bin", content=b"x", headers=service.headers).raise_for_status()
        before = service.peak_memory()

        with httpx.Client(timeout=120, headers=service.headers) as http:
            made = http.put(url, content=(block for _ in range(blocks)))
            assert made.json()["size"] == blocks << 20, made.text
            received = 0
            with http.stream("GET", url) as answer:
                for part in answer.iter_bytes(1 << 20):
                    received += len(part)

        assert received == blocks << 20
        assert service.peak_memory() - before < 64 << 20

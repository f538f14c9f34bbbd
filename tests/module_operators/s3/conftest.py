"""A real S3 server, SeaweedFS, on free ports, and buckets in it."""

from __future__ import annotations

import json
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import obstore
import pytest
from airflow.sdk import Connection
from obstore.store import S3Store

from stack.ports import free_port

_PORTS = ("master.port", "master.port.grpc", "volume.port", "volume.port.grpc", "filer.port", "filer.port.grpc")


@dataclass(frozen=True)
class Server:
    """Where the server listens, and the one login that it knows."""

    endpoint: str
    key: str
    secret: str

    def store(self, bucket: str) -> S3Store:
        return S3Store(
            bucket,
            endpoint=self.endpoint,
            access_key_id=self.key,
            secret_access_key=self.secret,
            region="us-east-1",
            client_options={"allow_http": True},
            virtual_hosted_style_request=False,
        )

    def connection(self, **changes: Any) -> Connection:
        told: dict[str, Any] = {"login": self.key, "password": self.secret, "extra": {"endpoint_url": self.endpoint}}
        told |= changes
        return Connection(conn_id="s3", conn_type="aws", **told | {"extra": json.dumps(told["extra"])})


@pytest.fixture(scope="session")
def s3_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("s3")
    port = free_port()
    server = Server(f"http://127.0.0.1:{port}", "tester", f"canary-{secrets.token_hex(8)}")
    login = {"accessKey": server.key, "secretKey": server.secret}
    identity = {"name": "tester", "credentials": [login], "actions": ["Admin", "Read", "Write", "List", "Tagging"]}
    (folder / "identities.json").write_text(json.dumps({"identities": [identity]}))
    command = [
        str(Path(sys.executable).with_name("weed")),
        "server",
        f"-dir={folder}",
        "-ip=127.0.0.1",
        "-filer",
        "-s3",
    ]
    command += ["-ip.bind=127.0.0.1", "-master.telemetry=false", "-volume.max=0", "-master.volumeSizeLimitMB=64"]
    command += [f"-s3.config={folder / 'identities.json'}", f"-s3.port={port}", f"-s3.port.grpc={free_port()}"]
    command += [f"-{name}={free_port()}" for name in _PORTS]
    command += ["-s3.port.iceberg=0", "-s3.port.lance=0"]  # off: a second server would want the same
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, cwd=folder)
    try:
        deadline = time.monotonic() + 120
        while True:
            try:
                obstore.put(server.store("ready"), "x", b"x")
                break
            except Exception:  # noqa: BLE001 - whatever it says while it starts
                if process.poll() is not None or time.monotonic() > deadline:
                    pytest.fail(f"SeaweedFS did not start:\n{(folder / 'log').read_text()[-3000:]}")
                time.sleep(0.2)
        yield server
    finally:
        process.terminate()
        process.wait(30)


@dataclass(frozen=True)
class TestBucket:
    """A bucket of one test."""

    __test__ = False

    server: Server
    name: str
    store: S3Store

    def put(self, key: str, content: bytes) -> None:
        obstore.put(self.store, key, content)

    def get(self, key: str) -> bytes:
        return bytes(obstore.get(self.store, key).bytes())

    def keys(self) -> list[str]:
        return sorted(each["path"] for batch in obstore.list(self.store) for each in batch)


@pytest.fixture
def bucket(s3_server: Server) -> TestBucket:
    name = f"test-{secrets.token_hex(6)}"
    store = s3_server.store(name)
    obstore.put(store, "first", b"")  # makes the bucket
    obstore.delete(store, "first")
    return TestBucket(s3_server, name, store)


@pytest.fixture
def s3_run(make_run: Any, s3_server: Server) -> Any:
    return make_run(connections={"s3": s3_server.connection()})

"""Real servers for the tests: a PostgreSQL of the session's own, and the whole stack."""

import secrets
import signal
import subprocess
import time
from collections.abc import Iterator

import psycopg2
import pytest

from stack.ports import free_port
from stack.postgres import Cluster


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A running PostgreSQL 18: `.create_database(name)` gives an address, `.url(name)` repeats it."""
    folder = tmp_path_factory.mktemp("postgres")
    cluster = Cluster(folder / "data", free_port(), secrets.token_hex(16))
    cluster.create(durable=False)
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(cluster.command(durable=False), stdout=log, stderr=log, cwd="/")
    try:
        deadline = time.monotonic() + 30
        while True:
            try:
                cluster.connect().close()
                break
            except psycopg2.OperationalError:
                if process.poll() is not None or time.monotonic() > deadline:
                    pytest.fail(f"PostgreSQL did not start:\n{(folder / 'log').read_text()}")
                time.sleep(0.05)
        yield cluster
    finally:
        process.send_signal(signal.SIGINT)  # fast shutdown: open sessions are closed
        process.wait(30)

"""Real servers for the tests: a PostgreSQL of the session's own, and the whole stack."""

import os
import re
import secrets
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest
import requests
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from module_operators.engines.spark_session import SparkServer
from stack.lifecycle import Stack
from stack.ports import free_port, is_free
from stack.postgres import Cluster
from stack.settings import StackSettings
from stack.spark import SparkProgram
from stack.warmup import airflow_session

SERVERS = {
    "stack": r"tests/integration/test_[a-k]",
    "second stack": r"tests/integration/",
    "stack in the browser": r"tests/browser/",
    "spark": r".*(\[spark|test_spark)",
    "mysql": r"tests/module_operators/mysql/",
    "mongodb": r"tests/module_operators/mongodb/",
    "s3": r"tests/module_operators/s3/",
}
"""Of a server, which tests have it started; the first that fits counts."""


class ByServer(LoadScopeScheduling):
    """Gives all tests that share a server which is slow to start to one process, and else file after file."""

    def _split_scope(self, nodeid: str) -> str:
        return _server(nodeid) or nodeid.split("::", maxsplit=1)[0]


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> ByServer:
    return ByServer(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the servers that have the longest tests."""
    items.sort(key=lambda item: list(SERVERS).index(server) if (server := _server(item.nodeid)) else len(SERVERS))


def _server(nodeid: str) -> str | None:
    return next((name for name, tests in SERVERS.items() if re.match(tests, nodeid)), None)


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A running PostgreSQL 18: `.create_database(name)` gives an address, `.url(name)` repeats it."""
    folder = tmp_path_factory.mktemp("postgres")
    cluster = Cluster(folder / "data", free_port(), secrets.token_hex(16))
    cluster.create(durable=False)
    with cluster.served(folder / "log", durable=False):
        yield cluster


# Each query is a new one: what Java's second compiler gains is never earned back, and it takes a core.
SHORT_LIVED = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")


class SparkProcess:
    """The session's one Spark Connect server, as the stack would start it, when somebody wants it; may be killed."""

    def __init__(self, folder: Path) -> None:
        self._token = secrets.token_hex(16)
        self._program = SparkProgram(free_port(), folder, memory="1g", cores=2, java_options=SHORT_LIVED)
        self.log = folder / "log"
        self.running: psutil.Process | None = None

    @property
    def server(self) -> SparkServer:
        return SparkServer(f"sc://127.0.0.1:{self._program.port}", self._token)

    def start(self) -> None:
        """Until it listens; a running one stays."""
        if self.running is not None and self.running.is_running():
            return
        with self.log.open("a") as log:
            environment = os.environ | self._program.environment(self._token)
            command, folder = self._program.command(), self._program.folder
            self.running = psutil.Popen(command, env=environment, stdout=log, stderr=log, cwd=folder)
        deadline = time.monotonic() + 120
        while is_free(self._program.port):
            if self.running.poll() is not None or time.monotonic() > deadline:
                pytest.fail(f"Spark did not start:\n{self.log.read_text()}")
            time.sleep(0.1)

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """Until it is gone."""
        if self.running is not None:
            self.running.send_signal(how)
            self.running.wait(30)
            self.running = None


@pytest.fixture(scope="session")
def spark_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SparkProcess]:
    """Its address and token are known to the stack; it is not started yet."""
    spark = SparkProcess(tmp_path_factory.mktemp("spark"))
    yield spark
    spark.stop()


@pytest.fixture(scope="session")
def spark_server(spark_process: SparkProcess) -> SparkServer:
    """A running Spark Connect server, one for all tests."""
    spark_process.start()
    return spark_process.server


@dataclass(frozen=True)
class RunningStack:
    """The whole product, running: what a test needs to reach each part of it."""

    lifecycle: Stack
    api: requests.Session
    """Sends the service token; takes absolute addresses: `api.get(f"{stack.api_url}/api/v1/pipelines")`."""

    @property
    def api_url(self) -> str:
        return self.lifecycle.settings.api_url

    @property
    def airflow_url(self) -> str:
        return self.lifecycle.settings.airflow_url

    @property
    def home(self) -> Path:
        return self.lifecycle.settings.root

    @property
    def dags_folder(self) -> Path:
        return self.lifecycle.settings.dags_folder

    @property
    def files(self) -> Path:
        """Where file modules read and write."""
        return Path(self.lifecycle.settings.shared_environment["LOGIDATA_FILES_URL"])

    @property
    def token(self) -> str:
        return self.lifecycle.credentials.service_token

    @property
    def airflow_username(self) -> str:
        return self.lifecycle.credentials.airflow_username

    @property
    def airflow_password(self) -> str:
        return self.lifecycle.credentials.airflow_password

    @property
    def postgres(self) -> Cluster:
        """The stack's PostgreSQL, as superuser: databases `airflow` and `logidata`, and any that a test makes."""
        return self.lifecycle.cluster

    def airflow(self) -> requests.Session:
        """A session signed in to Airflow's REST API."""
        return airflow_session(self.lifecycle.settings, self.lifecycle.credentials)


def stack_settings(folder: Path, **changes: object) -> StackSettings:
    """Settings of a stack of its own: free ports, all its files in `folder`."""
    own = {
        "home": folder / "var",
        "dags_folder": folder / "pipelines",
        "api_port": free_port(),
        "airflow_port": free_port(),
        "postgres_port": free_port(),
        "spark_port": free_port(),
    }
    return StackSettings(**(own | changes))  # pyright: ignore[reportArgumentType]


@contextmanager
def running_stack(folder: Path, spark: SparkServer) -> Iterator[RunningStack]:
    """A real stack, started by the code of `make up` and taken down at the end: it takes a quarter of a core."""
    known = {"spark_remote": spark.remote, "spark_token": spark.token}
    lifecycle = Stack(stack_settings(folder, **known))
    try:
        lifecycle.up()
        api = requests.Session()
        api.headers["Authorization"] = f"Bearer {lifecycle.credentials.service_token}"
        yield RunningStack(lifecycle, api)
    finally:
        lifecycle.down()

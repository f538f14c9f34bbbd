"""BigQuery for the tests: bqemulator, in an environment of its own."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlglot
from google.auth.credentials import AnonymousCredentials
from google.cloud import bigquery

from stack.ports import free_port, is_free

ROOT = Path(__file__).parents[3]
ENVIRONMENT = Path(".venv/bqemulator")
PROJECT = "emulated"
WHERE = (
    "import duckdb, duckdb_extension_spatial as found;"
    "(kind,) = duckdb.execute('PRAGMA platform').fetchone();"
    "print(f'v{duckdb.__version__}/{kind}', found.__path__[0], sep='\\n')"
)


def _python() -> Path:
    """The environment's interpreter; it is made when it is missing or of another lock."""
    lock, ready = ROOT / "requirements-bqemulator.lock", ROOT / ENVIRONMENT / ".ready"
    if not ready.exists() or ready.read_bytes() != lock.read_bytes():
        ready.unlink(missing_ok=True)
        subprocess.run(["make", ENVIRONMENT / ".ready"], cwd=ROOT, check=True)
    return ROOT / ENVIRONMENT / "bin" / "python"


@contextmanager
def bigquery_server(folder: Path) -> Iterator[int]:
    """The port of a server that speaks BigQuery's REST protocol."""
    python, port, rpc_port = _python(), free_port(), free_port()
    _give_extension(python, folder)
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder)}
    command = [python, "-m", "bqemulator", "start", "--project", PROJECT, "--log-level", "warning"]
    ports = ["--rest-port", str(port), "--grpc-port", str(rpc_port)]
    with (folder / "bqemulator.log").open("wb") as log:
        server = subprocess.Popen([*command, *ports], cwd=folder, env=environment, stdout=log, stderr=log)
    try:
        deadline = time.monotonic() + 120
        while is_free(port):
            assert server.poll() is None, (folder / "bqemulator.log").read_text()
            assert time.monotonic() < deadline, "bqemulator did not start"
            time.sleep(0.05)
        yield port
    finally:
        server.terminate()
        server.wait(30)


def _give_extension(python: Path, home: Path) -> None:
    """DuckDB's spatial extension, which the server would download, where it looks for one."""
    told = subprocess.run([python, "-c", WHERE], check=True, capture_output=True, text=True).stdout
    where, package = told.split("\n")[:2]
    (extension,) = Path(package).rglob("spatial.duckdb_extension")
    place = home / ".duckdb" / "extensions" / where
    place.mkdir(parents=True)
    (place / extension.name).symlink_to(extension)


def bigquery_connection(port: int, dataset: str) -> dict[str, Any]:
    """How Airflow knows the server."""
    where = {"project": PROJECT, "dataset": dataset, "api_endpoint": f"http://127.0.0.1:{port}"}
    return {"conn_type": "google_cloud_platform", "extra": json.dumps(where)}


class BigQuerySession:
    """A dataset of a test's own, asked in the SQL of the other warehouses."""

    def __init__(self, port: int, dataset: str) -> None:
        options = {"api_endpoint": f"http://127.0.0.1:{port}"}
        self._client = bigquery.Client(PROJECT, AnonymousCredentials(), client_options=options)
        self._client.create_dataset(dataset)
        self._defaults = bigquery.QueryJobConfig(default_dataset=f"{PROJECT}.{dataset}")

    def ask(self, statement: str) -> list[tuple[Any, ...]]:
        (written,) = sqlglot.transpile(statement, read="postgres", write="bigquery")
        asked = self._client.query(written, job_config=self._defaults, retry=None, job_retry=None)
        return [tuple(row.values()) for row in asked.result(retry=None, job_retry=None)]

    def tables(self) -> list[str]:
        """Their names: the emulator's own catalogue in SQL has errors."""
        return [each.table_id for each in self._client.list_tables(self._defaults.default_dataset)]

    def close(self) -> None:
        self._client.close()

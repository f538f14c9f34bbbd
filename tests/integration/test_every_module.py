"""Each of the catalogue's modules in a real DAG run, between real servers."""

import json
from collections.abc import Iterator
from contextlib import ExitStack, closing
from itertools import pairwise
from pathlib import Path
from typing import Any
from uuid import uuid4

import duckdb
import obstore
import pymysql
import pytest
import requests
import snowflake.connector
import xlsxwriter
from pymongo import MongoClient

from tests.conftest import RunningStack
from tests.integration.conftest import Runs
from tests.integration.test_runs_modules import node, save
from tests.module_operators.mongodb.conftest import mongo_server
from tests.module_operators.mysql.server import MariaDB
from tests.module_operators.rest.conftest import Api, api, start_api
from tests.module_operators.s3.conftest import Server, s3_server
from tests.module_operators.warehouse.conftest import snowflake_connection, snowflake_server

__all__ = ["api", "s3_server", "start_api"]  # fixtures

Json = dict[str, Any]
ROWS = [(1, "a"), (2, "b")]
LINES = ["id,v", "1,a", "2,b"]
KINDS = ("postgres", "mysql", "mongodb", "s3", "api", "json", "excel", "csv")


class Systems:
    """Everything outside of the stack that the pipelines reach, known to Airflow as connections."""

    def __init__(self, stack: RunningStack, s3: Server, rest: Api, folder: Path, cleanup: ExitStack) -> None:
        self.stack, self.s3, self.api = stack, s3, rest
        self.name = f"every_{uuid4().hex[:8]}"
        self.maria = MariaDB()
        cleanup.callback(self.maria.stop)
        self.maria.start()
        self.mongo_port = cleanup.enter_context(mongo_server(folder))
        self.snowflake = snowflake_connection(cleanup.enter_context(snowflake_server(folder)), self.name.upper())
        self._fill()
        server = {"host": "127.0.0.1", "schema": self.name}
        self._connect("every-mysql", "mysql", port=self.maria.port, login="tester", password=self.maria.password)
        self._connect("every-mongo", "mongo", port=self.mongo_port)
        told = s3.connection()
        store = {"host": None, "schema": None, "login": s3.key, "password": s3.secret, "extra": told.extra}
        self._connect("every-s3", "aws", **store)
        self._connect("every-api", "http", host=rest.url)
        self._connect("every-snowflake", **{"conn_type": "snowflake"} | self.snowflake)
        cluster = stack.postgres
        login = {"login": cluster.user, "password": cluster.password, "port": cluster.port}
        self._connect("every-postgres", "postgres", **server | {"host": cluster.host} | login)

    def _connect(self, connection_id: str, conn_type: str, **told: Any) -> None:
        known = {"host": "127.0.0.1", "schema": self.name} | told
        asked = {"connection_id": connection_id, "conn_type": conn_type, **{k: v for k, v in known.items() if v}}
        answer = self.stack.airflow().post(f"{self.stack.airflow_url}/api/v2/connections", json=asked)
        assert answer.status_code == requests.codes.created, answer.text

    def _fill(self) -> None:
        """The same two rows in every source."""
        files = self.stack.files
        files.mkdir(parents=True, exist_ok=True)
        (files / "every.csv").write_text("\n".join([*LINES, ""]))
        rows = [{"id": number, "v": text} for number, text in ROWS]
        (files / "every.json").write_text(json.dumps(rows))
        with xlsxwriter.Workbook(files / "every.xlsx") as book:
            sheet = book.add_worksheet()
            for place, row in enumerate([("id", "v"), *ROWS]):
                sheet.write_row(place, 0, row)
        self.stack.postgres.create_database(self.name)
        with closing(self.stack.postgres.connect(self.name)) as session, session, session.cursor() as cursor:
            cursor.execute("CREATE TABLE source (id int, v text); INSERT INTO source VALUES (1, 'a'), (2, 'b')")
        for statement in (
            f"CREATE DATABASE {self.name}",
            f"CREATE TABLE {self.name}.source (id int, v text)",
            f"INSERT INTO {self.name}.source VALUES (1, 'a'), (2, 'b')",
        ):
            self.maria_rows(statement)
        with MongoClient("127.0.0.1", self.mongo_port) as client:
            client[self.name].source.insert_many([{"_id": row["id"], **row} for row in rows])
        self.snowflake_rows(f"CREATE SCHEMA IF NOT EXISTS {self.name}.PUBLIC")
        self.bucket = self.name.replace("_", "-")  # the server makes it by itself
        obstore.put(self.s3.store(self.bucket), "source.csv", ("\n".join(LINES) + "\n").encode())
        self.api.gives("/rows", rows)
        self.api.gives("/load", 200)

    def maria_rows(self, statement: str) -> list[tuple[Any, ...]]:
        login = {"port": self.maria.port, "user": "tester", "password": self.maria.password}
        with (
            closing(pymysql.connect(host="127.0.0.1", autocommit=True, **login)) as session,
            session.cursor() as cursor,
        ):
            cursor.execute(statement)
            return list(cursor.fetchall())

    def snowflake_rows(self, statement: str) -> list[tuple[Any, ...]]:
        where = json.loads(self.snowflake["extra"])
        with snowflake.connector.connect(user="u", password="p", schema="PUBLIC", **where) as session:
            return list(session.cursor().execute(statement).fetchall())

    def arrived(self) -> dict[str, list[tuple[Any, ...]]]:
        """What each loader's target holds, by its module."""
        files = self.stack.files
        with closing(self.stack.postgres.connect(self.name)) as session, session.cursor() as cursor:
            cursor.execute("SELECT id, v FROM loaded")
            postgres = cursor.fetchall()
        with MongoClient("127.0.0.1", self.mongo_port) as client:
            mongo = [(each["id"], each["v"]) for each in client[self.name].loaded.find()]
        stored = files / "from-s3.parquet"
        stored.write_bytes(bytes(obstore.get(self.s3.store(self.bucket), "loaded.parquet").bytes()))
        sent = [each for asked in self.api.asked if asked.path == "/load" for each in json.loads(asked.body)]
        read = {
            "s3-loader": f"'{stored}'",
            "csv-loader": f"'{files}/loaded.csv'",
            "json-loader": f"'{files}/loaded.json'",
            "parquet-loader": f"'{files}/loaded.parquet'",
        }
        return {
            "postgres-loader": postgres,
            "mysql-loader": self.maria_rows(f"SELECT id, v FROM {self.name}.loaded"),
            "mongodb-loader": mongo,
            "api-loader": [(each["id"], each["v"]) for each in sent],
            "datawarehouse-loader": self.snowflake_rows(f"SELECT id, v FROM {self.name}.PUBLIC.LOADED"),
            "excel-loader": self._sheet(files / "loaded.xlsx"),
            **{module: duckdb.sql(f"SELECT id, v FROM {source}").fetchall() for module, source in read.items()},
        }

    @staticmethod
    def _sheet(path: Path) -> list[tuple[Any, ...]]:
        import fastexcel  # noqa: PLC0415

        sheet = fastexcel.read_excel(path).load_sheet(0).to_arrow()
        return [(int(row["id"]), row["v"]) for row in sheet.to_pylist()]


@pytest.fixture
def systems(stack: RunningStack, s3_server: Server, api: Api, tmp_path: Path) -> Iterator[Systems]:
    with ExitStack() as cleanup:
        yield Systems(stack, s3_server, api, tmp_path, cleanup)


def between_systems(systems: Systems) -> Json:
    """Each extractor into a loader, and one more into what is left."""
    query = {"query": "SELECT id, v FROM source"}
    bucket, kept = {"bucket": systems.bucket, "connection_id": "every-s3"}, {"projection": {"_id": 0}}
    sources = {
        "postgres": {"connection_id": "every-postgres", **query},
        "mysql": {"connection_id": "every-mysql", **query},
        "mongodb": {"connection_id": "every-mongo", "collection": "source", **kept},
        "s3": {**bucket, "path": "source.csv"},
        "api": {"connection_id": "every-api", "url": "/rows"},
        **{kind: {"file_path": f"every.{'xlsx' if kind == 'excel' else kind}"} for kind in ("json", "excel", "csv")},
    }
    targets = {
        "postgres": {"connection_id": "every-postgres", "table_name": "loaded"},
        "mysql": {"connection_id": "every-mysql", "table_name": "loaded"},
        "mongodb": {"connection_id": "every-mongo", "collection": "loaded"},
        "s3": {**bucket, "path": "loaded.parquet"},
        "api": {"connection_id": "every-api", "url": "/load"},
        **{kind: {"file_path": f"loaded.{'xlsx' if kind == 'excel' else kind}"} for kind in ("json", "excel", "csv")},
        "parquet": {"file_path": "loaded.parquet"},
        "datawarehouse": {"connection_id": "every-snowflake", "warehouse_type": "snowflake", "table_name": "loaded"},
    }
    nodes = [node(f"from_{kind}", f"{kind}-extractor", f"From {kind}", **config) for kind, config in sources.items()]
    nodes += [node(f"to_{kind}", f"{kind}-loader", f"To {kind}", **config) for kind, config in targets.items()]
    pairs = [(f"from_{kind if kind in sources else 'csv'}", f"to_{kind}") for kind in targets]
    return drawn("Between systems", nodes, pairs)


def through_transformers() -> Json:
    """One chain of those that keep rows, and from its end a branch each of those that make others."""
    steps = {
        "remove-nulls": {"columns": ["id"]},
        "fill-nulls": {"strategy": "constant", "columns": ["amount"], "fill_value": "0"},
        "deduplicate": {"columns": ["id"]},
        "data-validation": {"rules": [{"column": "amount", "rule": "min", "value": 0}], "action": "remove"},
        "normalize": {"columns": ["name"], "operations": ["trim", "lowercase"]},
        "cast-types": {"type_mapping": {"amount": "decimal(10,2)"}},
        "filter": {"condition": "amount < 1000"},
        "add-column": {"column_name": "double", "expression": "amount * 2"},
        "map": {"column": "land", "mapping": {"nl": "Netherlands"}},
        "split-column": {"column": "range", "separator": "-", "new_columns": ["low", "high"]},
        "parse-date": {"columns": ["day"], "format": "%d.%m.%Y"},
        "extract-date-parts": {"date_column": "day", "parts": ["year"]},
        "rename-columns": {"rename_mapping": {"name": "customer"}},
        "select-columns": {"columns": ["id", "customer", "double", "land", "low", "high", "day_year"]},
        "sort": {"sort_by": [{"column": "id", "direction": "desc"}]},
    }
    branches = {
        "aggregate": {"group_by": ["land"], "aggregations": [{"column": "id", "function": "sum", "alias": "ids"}]},
        "pivot": {"index": ["land"], "columns": "day_year", "values": "id", "column_values": ["2024"]},
        "unpivot": {"id_vars": ["id"], "value_vars": ["low", "high"]},
        "join": {"join_type": "inner", "left_on": ["land"]},
        "union": {},
    }
    columns = dict.fromkeys(("name", "land", "range", "day"), "string")
    nodes = [node("read", "csv-extractor", "Read", file_path="raw.csv", column_types=columns)]
    nodes += [node(_id(name), f"{name}-transformer", name, **config) for name, config in (steps | branches).items()]
    chain = ["read", *map(_id, steps)]
    pairs: list[tuple[str, ...]] = list(pairwise(chain))
    for name in ("sort", *branches):
        nodes.append(node(f"write_{_id(name)}", "csv-loader", f"Write {name}", file_path=f"out-{name}.csv"))
        pairs.append((_id(name), f"write_{_id(name)}"))
    pairs += [("sort", _id(name)) for name in ("aggregate", "pivot", "unpivot", "union")]
    pairs += [("select_columns", "union"), ("sort", "join", "left"), ("aggregate", "join", "right")]
    return drawn("Through transformers", nodes, pairs)


OUTPUTS = {
    "sort": [(2, "bo", 10.5, "Netherlands", 3, 4, 2024), (1, "ann", 0.0, "de", 1, 2, 2024)],
    "aggregate": [("Netherlands", 2), ("de", 1)],
    "pivot": [("Netherlands", 2), ("de", 1)],
    "unpivot": [(1, "high", 2), (1, "low", 1), (2, "high", 4), (2, "low", 3)],
    "join": [
        (1, "ann", 0.0, "de", 1, 2, 2024, 1),
        (2, "bo", 10.5, "Netherlands", 3, 4, 2024, 2),
    ],
    "union": [
        (1, "ann", 0.0, "de", 1, 2, 2024),
        (1, "ann", 0.0, "de", 1, 2, 2024),
        (2, "bo", 10.5, "Netherlands", 3, 4, 2024),
        (2, "bo", 10.5, "Netherlands", 3, 4, 2024),
    ],
}
RAW = """id,name,amount,land,range,day
2, Bo ,5.25,nl,3-4,29.02.2024
1,ANN,,de,1-2,01.01.2024
1,ANN,,de,1-2,01.01.2024
,Nobody,1,de,1-2,01.01.2024
3,Minus,-1,de,1-2,01.01.2024
4,Rich,5000,de,1-2,01.01.2024
"""


def test_every_module_runs_in_a_dag_run(stack: RunningStack, runs: Runs, systems: Systems) -> None:
    (stack.files / "raw.csv").write_text(RAW)
    graphs = [between_systems(systems), through_transformers()]
    offered = stack.api.get(f"{runs.url}/modules", params={"limit": 100}).json()["items"]
    assert len(offered) == 38
    assert {each["name"] for each in offered} == {
        each["data"]["moduleId"] for graph in graphs for each in graph["config"]["nodes"]
    }, "each module of the catalogue has a place in one of these pipelines"

    ended = [runs.ended(runs.execute(save(runs, graph))["id"], seconds=240) for graph in graphs]

    for run in ended:
        assert run["status"] == "success", (run["error_node_id"], run["error_message"])
        assert {each["status"] for each in run["nodes"]} == {"success"}
    assert {module: sorted(rows) for module, rows in systems.arrived().items()} == {
        f"{kind}-loader": ROWS for kind in (*KINDS, "parquet", "datawarehouse")
    }
    for name, rows in OUTPUTS.items():
        found = duckdb.sql(f"SELECT * FROM read_csv('{stack.files}/out-{name}.csv', header = true)").fetchall()
        assert (found if name == "sort" else sorted(found)) == rows, name


def drawn(name: str, nodes: list[Json], pairs: list[Any]) -> Json:
    edges = [
        {"id": f"e{place}", "source": source, "target": target, "targetHandle": handle[0] if handle else None}
        for place, (source, target, *handle) in enumerate(pairs)
    ]
    return {"name": name, "config": {"nodes": nodes, "edges": edges}}


def _id(name: str) -> str:
    return name.replace("-", "_")

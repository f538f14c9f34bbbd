import gzip
import json
import math
import signal
from datetime import UTC, date, datetime, time
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from module_operators.base import Loaded
from module_operators.loaders.json import JsonLoader, JsonLoaderConfig
from module_operators.problems import DataError
from module_operators.relation import Column, Plan, Query
from module_operators.transformers.sort import SortTransformer
from tests.memory import forget_the_peak, peak
from tests.properties import examples

from .conftest import rows_plan, transformed
from .loads_once import begin, finished, run_script

COLUMNS = [("a", "bigint"), ("b", "string")]
ROWS = [(2, "x"), (1, None)]


def load(run, plan, **config):
    loaded = JsonLoader.load(JsonLoaderConfig.model_validate({"file_path": "out/data.json", **config}), plan, run)
    path = run.files.local_root / config.get("file_path", "out/data.json")
    assert [file.name for file in path.parent.iterdir()] == [path.name]
    assert loaded.bytes == path.stat().st_size
    return loaded, path.read_bytes()


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        ({}, '[\n  {\n    "a": 2,\n    "b": "x"\n  },\n  {\n    "a": 1,\n    "b": null\n  }\n]\n'),
        ({"indent": False}, '[\n{"a":2,"b":"x"},\n{"a":1,"b":null}\n]\n'),
        ({"orient": "lines"}, '{"a":2,"b":"x"}\n{"a":1,"b":null}\n'),
        ({"orient": "values"}, '[\n  [2,"x"],\n  [1,null]\n]\n'),
        ({"orient": "values", "indent": False}, '[\n[2,"x"],\n[1,null]\n]\n'),
        (
            {"orient": "index"},
            '{\n  "0": {\n    "a": 2,\n    "b": "x"\n  },\n  "1": {\n    "a": 1,\n    "b": null\n  }\n}\n',
        ),
        ({"orient": "index", "indent": False}, '{\n"0": {"a":2,"b":"x"},\n"1": {"a":1,"b":null}\n}\n'),
    ],
)
def test_forms(make_run, config, expected):
    run = make_run()

    loaded, content = load(run, rows_plan(run, COLUMNS, ROWS), **config)

    assert content.decode() == expected
    assert loaded.rows == 2
    if config.get("orient") != "lines":
        json.loads(content)


@pytest.mark.parametrize(
    ("orient", "expected"), [("records", "[]\n"), ("lines", ""), ("index", "{}\n"), ("values", "[]\n")]
)
def test_no_rows(make_run, orient, expected):
    run = make_run()

    assert load(run, rows_plan(run, COLUMNS, []), orient=orient) == (Loaded(0, len(expected)), expected.encode())


def test_values_are_exact_or_null(make_run):
    run = make_run()
    at = datetime(2024, 1, 2, 3, 4, 5, 60, tzinfo=UTC)
    typed = [
        ("big", "bigint", 9007199254740993, 9007199254740993),
        ("huge", "decimal(38,0)", 12345678901234567890123456789012345678, 12345678901234567890123456789012345678),
        ("price", "decimal(38,20)", Decimal("1.10000000000000000001"), Decimal("1.10000000000000000001")),
        ("small", "decimal(2,2)", Decimal("-0.50"), Decimal("-0.50")),
        ("float", "float", 0.1, Decimal("0.1")),
        ("nan", "float", math.nan, None),
        ("inf", "float", -math.inf, None),
        ("flag", "boolean", True, True),
        ("day", "date", date(2024, 1, 2), "2024-01-02"),
        ("at", "timestamp", at.replace(tzinfo=None), "2024-01-02T03:04:05.00006"),
        ("zoned", "timestamptz", at, "2024-01-02T03:04:05.00006Z"),
        ("text", "string", 'say "hi",\n\0\x1e\\ 日🎈', 'say "hi",\n\0\x1e\\ 日🎈'),
        ('odd "name"\n', "string", "", ""),
    ]
    plan = rows_plan(run, [each[:2] for each in typed], [[each[2] for each in typed]])

    _, content = load(run, plan)

    [row] = json.loads(content, parse_float=Decimal)
    assert row == {name: value for name, _, _, value in typed}


def test_lists_binary_and_times(make_run):
    run = make_run()
    sql = (
        "SELECT [1.50::DECIMAL(4,2), NULL] AS prices, ['nan'::DOUBLE, 2.5] AS floats, [['a'], []] AS nested, "
        "'\\xFF'::BLOB AS raw, TIME '03:04:05' AS t, 'infinity'::DATE AS never, NULL::VARCHAR[] AS none"
    )
    columns = (
        Column("prices", "list(decimal(4,2))"),
        Column("floats", "list(float)"),
        Column("nested", "list(list(string))"),
        Column("raw", "binary"),
        Column("t", "time"),
        Column("never", "date"),
        Column("none", "list(string)"),
    )

    _, content = load(run, Plan((run.step(Query(sql, columns)),)), orient="lines")

    assert content == (
        b'{"prices":[1.50,null],"floats":[null,2.5],"nested":[["a"],[]],"raw":"/w==","t":"03:04:05",'
        b'"never":null,"none":null}\n'
    )
    assert time.fromisoformat(json.loads(content)["t"])


@pytest.mark.parametrize("orient", ["lines", "records"])
def test_a_name_that_ends_in_gz_is_compressed(make_run, orient):
    run = make_run()
    name = f"{orient}.json.gz"

    _, content = load(run, rows_plan(run, COLUMNS, ROWS), file_path=name, orient=orient, indent=False)

    assert gzip.decompress(content).splitlines()[-2 if orient == "records" else -1] == b'{"a":1,"b":null}'


def test_the_order_of_the_relation_is_that_of_the_file(make_run):
    run = make_run()
    plan = rows_plan(run, COLUMNS, [(i * 7 % 101, "x") for i in range(101)])

    _, content = load(run, transformed(run, SortTransformer, {"sort_by": [{"column": "a"}]}, plan), orient="index")

    assert [row["a"] for row in json.loads(content).values()] == list(range(101))


def test_a_failing_load_leaves_what_was_there(make_run):
    run = make_run()
    load(run, rows_plan(run, COLUMNS, ROWS), orient="lines")
    query = run.engine.scan("SELECT CAST(error('no') AS BIGINT) AS a", row_id=None)

    with pytest.raises(DataError, match="no"):
        load(run, Plan((run.step(query),)))

    assert (run.files.local_root / "out/data.json").read_bytes() == b'{"a":2,"b":"x"}\n{"a":1,"b":null}\n'


@settings(max_examples=examples(50), deadline=None, suppress_health_check=list(HealthCheck))
@given(
    names=st.lists(st.text(st.characters(codec="utf-8"), min_size=1, max_size=5), min_size=1, max_size=4),
    texts=st.lists(st.text(st.characters(codec="utf-8"), max_size=20), min_size=4, max_size=4),
    orient=st.sampled_from(["records", "lines", "index"]),
    indent=st.booleans(),
)
def test_hostile_text_comes_back_as_it_was(make_run, names, texts, orient, indent):
    run = make_run()
    names = [f"{number}{name}".replace("\0", "") for number, name in enumerate(names)]
    row = texts[: len(names)]

    _, content = load(run, rows_plan(run, [(n, "string") for n in names], [row]), orient=orient, indent=indent)

    found = json.loads(content)
    assert {"records": lambda: found[0], "lines": lambda: found, "index": lambda: found["0"]}[orient]() == dict(
        zip(names, row, strict=True)
    )


_LOAD = """
import logging, os, signal, sys
from pathlib import Path
from module_operators.engines.duckdb import DuckDBEngine, Limits
from module_operators.files import FileStore
from module_operators.loaders.json import JsonLoader
from module_operators.relation import Column, Plan, Query, Step
from module_operators.run import Run
from module_operators.staging import Staging
root, rows, moment = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
(root / "scratch").mkdir(exist_ok=True)
engine = DuckDBEngine(Limits("256MB", 2, str(root / "spill")), [root])
staging = Staging(str(root / "staging"), "dag", "run", "task", 1)
files = FileStore(str(root / "files"), root / "scratch")
run = Run("dag", "run", "task", "n", "N", {}, staging, files, engine, logging.getLogger(), lambda _: None)
columns = (Column("id", "bigint"), Column("v", "string"))
query = Query(f"SELECT i AS id, 'v' || i AS v FROM range({rows}) r(i)", columns)
if moment == "during":
    from module_operators.loaders import json as module
    module._frame = lambda source, out, *_: (out.write(b"[half"), out.flush(), os.kill(os.getpid(), signal.SIGKILL))
if moment == "before":
    engine.copy = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
config = JsonLoader.Config(file_path="out.json", orient="records", indent=False)
loaded = JsonLoader.load(config, Plan((Step("s", "s", "S", query),)), run)
if moment == "after":
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.parametrize("moment", ["before", "during", "after"])
def test_killed_and_tried_again_the_rows_are_there_once(tmp_path, moment):
    (tmp_path / "files").mkdir()
    (tmp_path / "files/out.json").write_text("before")

    def start(moment):
        return begin(run_script, _LOAD, [str(tmp_path), "1000", moment])

    assert start(moment).wait() == -signal.SIGKILL
    if moment != "after":
        assert (tmp_path / "files/out.json").read_text() == "before"

    assert finished(start("never")) == 1000
    assert [row["id"] for row in json.loads((tmp_path / "files/out.json").read_text())] == list(range(1000))
    assert [path.name for path in (tmp_path / "files").iterdir()] == ["out.json"]


def test_a_million_rows_in_bounded_memory(make_run):
    run = make_run(memory="256MB")
    columns = (Column("id", "bigint"), Column("v", "string"))
    query = Query("SELECT i AS id, repeat('x', 100) AS v FROM range(1000000) r(i)", columns)
    plan = Plan((run.step(query),))
    before = forget_the_peak()

    config = JsonLoaderConfig(file_path="big.json", indent=False)
    assert JsonLoader.load(config, plan, run).rows == 1_000_000

    assert peak() - before < 500

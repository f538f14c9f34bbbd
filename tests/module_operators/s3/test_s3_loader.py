import gzip
import json
import signal

import pytest

from module_operators.connections.s3 import Bucket
from module_operators.extractors.s3 import S3Extractor, S3ExtractorConfig
from module_operators.loaders.s3 import S3Loader, S3LoaderConfig
from module_operators.problems import DataError, InvalidNode, TargetError
from module_operators.relation import Column, Plan, Query
from module_operators.s3_folder import MANIFEST

from ..conftest import fetch, rows_plan
from ..loads_once import begin, finished
from .loading import load_or_die

COLUMNS = [("id", "bigint"), ("region", "string")]
ROWS = [(1, "north"), (2, "south"), (3, None)]


def config(bucket, path, **more):
    return S3LoaderConfig.model_validate({"bucket": bucket.name, "path": path, "connection_id": "s3", **more})


def load(run, bucket, path, rows=ROWS, **more):
    return S3Loader.load(config(bucket, path, **more), rows_plan(run, COLUMNS, rows), run)


def back(run, bucket, path, **more):
    parsed = S3ExtractorConfig.model_validate({"bucket": bucket.name, "path": path, "connection_id": "s3", **more})
    return fetch(run, Plan((run.step(S3Extractor.extract(parsed, run).query),)))[1]


@pytest.fixture
def runs(make_run, s3_server):
    """`runs("2")`: the same node in another run."""
    return lambda run_id="1": make_run(run_id=run_id, connections={"s3": s3_server.connection()})


def test_objects(runs, bucket):
    assert load(runs("1"), bucket, "out/x.parquet").rows == 3
    assert back(runs("1"), bucket, "out/x.parquet") == ROWS
    load(runs("2"), bucket, "out/x.csv.gz", format="csv")
    assert gzip.decompress(bucket.get("out/x.csv.gz")) == b"id,region\n1,north\n2,south\n3,\n"
    load(runs("3"), bucket, "out/x.json", format="json")
    assert [json.loads(line) for line in bucket.get("out/x.json").splitlines()][2] == {"id": 3, "region": None}
    assert bucket.keys() == ["out/x.csv.gz", "out/x.json", "out/x.parquet"]


def test_another_run_replaces_and_the_same_one_does_not(runs, bucket):
    first, second = runs("1"), runs("2")
    load(first, bucket, "x.csv", format="csv")
    assert load(first, bucket, "x.csv", [(9, "again")], format="csv").rows == 3
    assert bucket.get("x.csv").startswith(b"id,region\n1,")
    load(second, bucket, "x.csv", [(9, "new")], format="csv")
    assert bucket.get("x.csv") == b"id,region\n9,new\n"


def test_a_large_object_goes_in_parts(runs, bucket):
    run = runs()
    columns = (Column("a", "bigint"), Column("h", "string"))
    query = Query("SELECT i AS a, md5(i::VARCHAR) AS h FROM range(1000000) r(i)", columns)
    plan = Plan((run.step(query),))

    loaded = S3Loader.load(config(bucket, "big.csv", format="csv"), plan, run)

    assert loaded.bytes > 30_000_000
    assert len(bucket.get("big.csv")) == loaded.bytes


def test_a_partitioned_folder_is_replaced_whole(runs, bucket):
    load(runs("1"), bucket, "out/data", partition_by=["region"])
    assert back(runs("1"), bucket, "out/data") == [(3, None), (1, "north"), (2, "south")]

    load(runs("2"), bucket, "out/data", [(4, "east")], partition_by=["region"])

    assert back(runs("2"), bucket, "out/**/*.parquet") == [(4, "east")]
    assert len(bucket.keys()) == 2
    assert json.loads(bucket.get(f"out/data/{MANIFEST}"))["rows"] == 1
    load(runs("3"), bucket, "out/data", [], partition_by=["region"])
    assert bucket.keys() == [f"out/data/{MANIFEST}"]


def test_what_no_load_wrote_is_not_touched(runs, bucket):
    bucket.put("out/data/precious.txt", b"x")
    with pytest.raises(TargetError, match=r"The folder 'out/data' holds other objects \(out/data/precious\.txt\)"):
        load(runs(), bucket, "out/data", partition_by=["region"])
    assert bucket.keys() == ["out/data/precious.txt"]

    load(runs(), bucket, "folder", partition_by=["region"])
    with pytest.raises(TargetError, match="'folder' is a folder that a load wrote"):
        load(runs("2"), bucket, "folder")


def test_a_reader_sees_the_old_load_until_the_commit(runs, bucket, monkeypatch):
    load(runs("1"), bucket, "out/data", partition_by=["region"])
    seen = []
    original = Bucket.put

    def put(self, key, *arguments):
        original(self, key, *arguments)
        if not key.endswith(MANIFEST):
            seen.append(back(runs("1"), bucket, "out/data"))

    monkeypatch.setattr("module_operators.connections.s3.Bucket.put", put)
    load(runs("2"), bucket, "out/data", [(4, "east"), (5, "west")], partition_by=["region"])

    assert seen == [[(3, None), (1, "north"), (2, "south")]] * 2


def test_a_failing_load_leaves_what_was_there(runs, bucket):
    load(runs("1"), bucket, "x.csv", format="csv")
    load(runs("1"), bucket, "data", partition_by=["region"])
    before = bucket.keys()
    run = runs("2")
    plan = Plan((run.step(run.engine.scan("SELECT CAST(error('no') AS BIGINT) AS a, 'x' AS region", row_id=None)),))
    for path, more in (("x.csv", {"format": "csv"}), ("data", {"partition_by": ["region"]})):
        with pytest.raises(DataError, match="no"):
            S3Loader.load(config(bucket, path, **more), plan, run)
    assert bucket.keys() == before
    assert back(runs("1"), bucket, "data") == [(3, None), (1, "north"), (2, "south")]


def test_a_folder_whose_new_objects_are_not_all_taken_stays_as_it_was(runs, bucket, monkeypatch):
    load(runs("1"), bucket, "data", partition_by=["region"])
    original, puts = Bucket.put, []

    def put(self, key, *arguments):
        puts.append(key)
        if len(puts) == 2:
            raise self.problem("The bucket is full.")
        original(self, key, *arguments)

    new = [(4, "north"), (5, "west")]
    with monkeypatch.context() as patched:
        patched.setattr("module_operators.connections.s3.Bucket.put", put)
        with pytest.raises(TargetError, match="The bucket is full"):
            load(runs("2"), bucket, "data", new, partition_by=["region"])
    assert back(runs("1"), bucket, "data") == [(3, None), (1, "north"), (2, "south")]

    load(runs("2"), bucket, "data", new, partition_by=["region"])
    assert back(runs("1"), bucket, "data") == new
    assert len(bucket.keys()) == 3  # two objects and the manifest: nothing of the failed try


def test_options_that_do_not_fit(runs, bucket):
    source = rows_plan(runs(), COLUMNS, ROWS).result
    for more, message in (
        ({"partition_by": ["regoin"]}, "Did you mean 'region'"),
        ({"partition_by": ["region"], "format": "csv"}, "Only Parquet can be partitioned"),
        ({"partition_by": ["region", "id"]}, "No column would be left"),
    ):
        with pytest.raises(InvalidNode, match=message):
            S3Loader.check(config(bucket, "x", **more), source, runs())


def test_a_target_that_is_away(make_run, s3_server, bucket):
    run = make_run(connections={"s3": s3_server.connection(password="canary-wrong")})
    with pytest.raises(TargetError, match="Check the keys of the connection") as caught:
        load(run, bucket, "x.csv", format="csv")
    assert "canary" not in str(caught.value)


@pytest.mark.parametrize(
    ("moment", "more"),
    [
        ("before", {"path": "x.parquet"}),
        ("after", {"path": "x.parquet"}),
        ("before", {"path": "data", "partition_by": ["region"]}),
        ("during", {"path": "data", "partition_by": ["region"]}),
        ("commit", {"path": "data", "partition_by": ["region"]}),
        ("after", {"path": "data", "partition_by": ["region"]}),
    ],
)
def test_killed_and_tried_again_the_rows_are_there_once(runs, s3_server, bucket, tmp_path, moment, more):
    path = more["path"]
    load(runs("before"), bucket, path, **{name: value for name, value in more.items() if name != "path"})
    told = {"bucket": bucket.name, "connection_id": "s3", **more}

    def start(moment):
        return begin(load_or_die, tmp_path, moment, told, s3_server.endpoint, s3_server.secret)

    assert start(moment).wait() == -signal.SIGKILL
    if moment in {"before", "during"}:
        assert {row[0] for row in back(runs("x"), bucket, path)} == {1, 2, 3}

    assert finished(start("never")) == 1000
    assert sorted(row[0] for row in back(runs("x"), bucket, path)) == list(range(1000))
    if "partition_by" in more:
        assert len(bucket.keys()) == 5  # four objects and the manifest: nothing of the killed try, nothing of before

import gzip
import re

import duckdb
import pytest
from pydantic import ValidationError

from module_operators.connections import s3_files
from module_operators.extractors.s3 import S3Extractor, S3ExtractorConfig
from module_operators.problems import SourceError
from module_operators.relation import Plan

from ..conftest import fetch


def parquet(sql: str, tmp_path) -> bytes:
    path = tmp_path / "made.parquet"
    duckdb.sql(sql).write_parquet(str(path))
    return path.read_bytes()


def read(run, bucket, path, **config):
    """What schema() said, and the columns and rows that extract() yields; both must agree."""
    parsed = S3ExtractorConfig.model_validate({"bucket": bucket.name, "path": path, "connection_id": "s3", **config})
    schema = S3Extractor.schema(parsed, run)
    extracted = S3Extractor.extract(parsed, run)
    assert extracted.staged
    columns, rows = fetch(run, Plan((run.step(extracted.query),)))
    assert columns == [(column.name, column.type) for column in schema]
    return columns, rows


def test_formats_by_their_endings(s3_run, bucket, tmp_path):
    bucket.put("in/a.csv", b"id,name\n1,x\n")
    bucket.put("in/b.CSV.gz", gzip.compress(b"id;name\n2;y\n"))
    bucket.put("in/c.jsonl", b'{"id": 3, "name": "z"}\n')
    bucket.put("in/d.json", b'{"data": [{"id": 4, "name": "w"}]}')
    bucket.put("in/e.parquet", parquet("SELECT 5::BIGINT AS id, 'v' AS name", tmp_path))

    expected = [("id", "bigint"), ("name", "string")]
    assert read(s3_run, bucket, "in/a.csv") == (expected, [(1, "x")])
    assert read(s3_run, bucket, "in/b.CSV.gz") == (expected, [(2, "y")])
    assert read(s3_run, bucket, "in/c.jsonl") == (expected, [(3, "z")])
    assert read(s3_run, bucket, "in/d.json", json_path="data") == (expected, [(4, "w")])
    assert read(s3_run, bucket, "in/e.parquet") == (expected, [(5, "v")])


def test_options_of_csv(s3_run, bucket):
    bucket.put("x", "1|é\n".encode("latin-1"))
    options = {"format": "csv", "has_header": False, "encoding": "latin-1", "delimiter": "|"}

    columns, rows = read(s3_run, bucket, "x", **options, column_types={"column_1": "string"})

    assert (columns, rows) == ([("column_1", "string"), ("column_2", "string")], [("1", "é")])


def test_globs_folders_and_odd_keys(s3_run, bucket):
    for key in ("in/1 ü [x].csv", "in/2+%20.csv", "in/deep/3.csv", "in/.hidden.csv", "in/_SUCCESS", "inside.csv"):
        bucket.put(key, f"key\n{key}\n".encode())

    def keys(path):
        return [row[0] for row in read(s3_run, bucket, path, format="csv")[1]]

    assert keys("in/*.csv") == ["in/1 ü [x].csv", "in/2+%20.csv"]
    assert keys("in/**/*.csv") == ["in/1 ü [x].csv", "in/2+%20.csv", "in/deep/3.csv"]
    assert keys("in") == ["in/1 ü [x].csv", "in/2+%20.csv", "in/deep/3.csv"]
    assert keys("in/1 ü [x].csv") == ["in/1 ü [x].csv"]
    assert keys("insid?.csv") == ["inside.csv"]
    assert keys("in/[12]*.csv") == ["in/1 ü [x].csv", "in/2+%20.csv"]


def test_parquet_files_in_the_order_of_their_keys_with_rows_numbered_apart(s3_run, bucket, tmp_path):
    for number in (2, 1):
        bucket.put(f"in/{number}.parquet", parquet(f"SELECT {number} AS file, i AS row FROM range(3) r(i)", tmp_path))

    assert read(s3_run, bucket, "in/*.parquet")[1] == [(f, r) for f in (1, 2) for r in range(3)]
    config = S3ExtractorConfig(bucket=bucket.name, path="in", connection_id="s3")
    ids = [
        row[-1] for row in s3_run.engine.connection.execute(S3Extractor.extract(config, s3_run).query.sql).fetchall()
    ]
    assert ids == sorted(set(ids))


def test_columns_that_the_folders_name(s3_run, bucket, tmp_path):
    for region, day in (
        ("north", "2024-01-01"),
        ("s%C3%BCd", "2024-01-02"),
        ("__HIVE_DEFAULT_PARTITION__", "2024-01-03"),
    ):
        bucket.put(f"in/region={region}/day={day}/x.parquet", parquet(f"SELECT '{day}' AS a", tmp_path))

    columns, rows = read(s3_run, bucket, "in/**/*.parquet")

    assert columns == [("a", "string"), ("region", "string"), ("day", "date")]
    assert [(a, region, day.isoformat()) for a, region, day in rows] == [
        ("2024-01-03", None, "2024-01-03"),
        ("2024-01-01", "north", "2024-01-01"),
        ("2024-01-02", "süd", "2024-01-02"),
    ]


def test_odd_column_names_and_types_of_parquet(s3_run, bucket, tmp_path):
    sql = 'SELECT 1::UTINYINT AS "__logidata_row", {a: 1} AS "s ""x""", [1.5::FLOAT] AS l, 2 AS file_row_number'
    bucket.put("x.parquet", parquet(sql, tmp_path))

    columns, _ = read(s3_run, bucket, "x.parquet")

    assert columns == [("row", "integer"), ('s "x"', "string"), ("l", "list(float)"), ("file_row_number", "integer")]


def test_a_footer_larger_than_its_first_read(s3_run, bucket, tmp_path):
    bucket.put("x.parquet", parquet(f"SELECT {', '.join(f'{i} AS column_{i}' for i in range(1500))}", tmp_path))

    assert len(read(s3_run, bucket, "x.parquet")[0]) == 1500


@pytest.mark.parametrize("content", [b"", b"PAR1", b"PAR1" + bytes(100), b"PAR1" + b"\xff" * 100 + b"PAR1"])
def test_what_is_no_parquet(s3_run, bucket, content):
    bucket.put("x.parquet", content)
    config = S3ExtractorConfig(bucket=bucket.name, path="x.parquet", connection_id="s3")
    for ask in (S3Extractor.schema, S3Extractor.extract):
        with pytest.raises(SourceError, match=r"'x\.parquet' is not valid Parquet"):
            ask(config, s3_run)


def test_different_columns_are_refused(s3_run, bucket, tmp_path):
    bucket.put("in/1.parquet", parquet("SELECT 1 AS a", tmp_path))
    bucket.put("in/2.parquet", parquet("SELECT 'x' AS a", tmp_path))
    bucket.put("in/x.csv", b"a\n1\n")

    with pytest.raises(
        SourceError, match=r"'in/2\.parquet' has other columns than 'in/1\.parquet' \(a varchar instead"
    ):
        read(s3_run, bucket, "in/*.parquet")
    with pytest.raises(SourceError, match=r"'in/1\.parquet' and 'in/x\.csv' are of different formats"):
        read(s3_run, bucket, "in/*")


@pytest.mark.parametrize(("content", "changed"), [(b"a\n1\n", b"a\n2\n"), (b"a\n1\n", None)])
def test_an_object_that_changes_between_the_look_and_the_copy(s3_run, bucket, monkeypatch, content, changed):
    bucket.put("x.csv", content)
    original = s3_files.found_objects

    def then_changed(*arguments):
        found = original(*arguments)
        bucket.put("x.csv", changed) if changed else s3_files.Bucket.delete(arguments[0], ["x.csv"])
        return found

    monkeypatch.setattr("module_operators.connections.s3_files.found_objects", then_changed)
    config = S3ExtractorConfig(bucket=bucket.name, path="x.csv", connection_id="s3")
    with pytest.raises(SourceError, match=r"'x\.csv' (changed|is gone)"):
        S3Extractor.extract(config, s3_run)


def test_what_cannot_be_read_is_told_without_secrets(make_run, s3_server, bucket):
    bucket.put("x.csv", b"a\n1\n")
    cases = {
        "wrong secret": (
            s3_server.connection(password="canary-wrong"),
            bucket.name,
            "x.csv",
            "Check the keys of the connection",
        ),
        "unknown key": (s3_server.connection(login="nobody"), bucket.name, "x.csv", "Check the keys of the connection"),
        "no bucket": (s3_server.connection(), "never-made", "in/*.csv", "NoSuchBucket|There is no|No object"),
        "no object": (s3_server.connection(), bucket.name, "y.csv", "There is no object 'y.csv' in bucket"),
        "no match": (s3_server.connection(), bucket.name, "y*.csv", r"No object matches 'y\*\.csv'"),
        "no server": (
            s3_server.connection(extra={"endpoint_url": "http://127.0.0.1:1"}),
            bucket.name,
            "x.csv",
            "the server cannot be reached. Check endpoint_url",
        ),
    }
    for name, (connection, bucket_name, path, message) in cases.items():
        run = make_run(connections={"s3": connection})
        object.__setattr__(run, "time_limit", 3.0)
        config = S3ExtractorConfig(bucket=bucket_name, path=path, connection_id="s3", format="csv")
        with pytest.raises(SourceError) as caught:
            S3Extractor.schema(config, run)
        assert re.search(message, str(caught.value)), (name, str(caught.value))
        assert "canary" not in str(caught.value)


@pytest.mark.parametrize("path", ["../x", "/x", "a/../b", "a\0b", ""])
def test_unsafe_keys(path):
    with pytest.raises(ValidationError):
        S3ExtractorConfig(bucket="abc", path=path)


@pytest.mark.parametrize("name", ["../x", "Ab", "a..b", "abc/def", "x" * 64])
def test_unsafe_bucket_names(make_run, name):
    with pytest.raises((SourceError, ValidationError)):
        S3Extractor.schema(S3ExtractorConfig(bucket=name, path="x.csv"), make_run())


def test_parameters_in_bucket_and_path(make_run, s3_server, bucket):
    bucket.put("in/monday$.csv", b"a\n1\n")
    run = make_run(params={"day": "monday", "b": bucket.name}, connections={"s3": s3_server.connection()})
    config = S3ExtractorConfig(bucket="${b}", path="in/${day}$$.csv", connection_id="s3")

    assert S3Extractor.extract(config, run).rows == 1

import gzip
import io
import json
import subprocess
import sys
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from module_operators.extractors.json import JsonExtractor, JsonExtractorConfig
from module_operators.json_path import copy_value
from module_operators.problems import DataError, SourceError
from module_operators.relation import Plan
from tests.properties import examples

from .conftest import fetch


def read(run, **config):
    """What schema() said, and the columns and rows that extract() yields; both must agree."""
    parsed = JsonExtractorConfig.model_validate({"file_path": "data.json", **config})
    schema = JsonExtractor.schema(parsed, run)
    extracted = JsonExtractor.extract(parsed, run)
    columns, rows = fetch(run, Plan((run.step(extracted.query),), extracted.files))
    assert columns == [(column.name, column.type) for column in schema]
    assert extracted.staged == (not extracted.files)
    return columns, rows


def put(run, content: bytes | str, name: str = "data.json"):
    path = run.files.local_root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


TWO = [(1, "x"), (2, None)]


@pytest.mark.parametrize(
    "content",
    [
        '[{"a": 1, "b": "x"}, {"a": 2, "b": null}]',
        '\n [\n{"a": 1,\n "b": "x"},\n{"a": 2}\n]\n',
        '{"a": 1, "b": "x"}\n{"a": 2}\n',
        '{"a": 1, "b": "x"}\r\n\r\n{"a": 2}',
        '{"a": 1,\n "b": "x"}\n{"a": 2}',
        '{"a": 1, "b": "x"}{"a": 2}',
        '\ufeff{"a": 1, "b": "x"}\n{"a": 2}\n',
        '\ufeff[{"a": 1, "b": "x"}, {"a": 2}]',
        gzip.compress(b'{"a": 1, "b": "x"}\n{"a": 2}\n', mtime=0),
        gzip.compress(b'[{"a": 1, "b": "x"}, {"a": 2}]', mtime=0),
    ],
)
def test_forms_of_a_file(make_run, content):
    run = make_run()
    put(run, content)

    assert read(run) == ([("a", "bigint"), ("b", "string")], TWO)


def test_types(make_run):
    run = make_run()
    record = {
        "i": 1,
        "big": 2**60 + 1,
        "huge": 12345678901234567890,
        "f": 1.5,
        "mixed": 1,
        "o": True,
        "t": "2024-01-01",
        "n": None,
        "obj": {"x": [1, "é"]},
        "list": [1.5, {"y": None}],
        "any": 1,
    }
    put(run, json.dumps([record, {"mixed": 0.5, "any": "text"}, {"any": {"z": 1}}]))

    columns, rows = read(run)

    assert dict(columns) == {
        "i": "bigint",
        "big": "bigint",
        "huge": "decimal(38,0)",
        "f": "float",
        "mixed": "float",
        "o": "boolean",
        "t": "string",
        "n": "string",
        "obj": "string",
        "list": "string",
        "any": "string",
    }
    assert rows[0] == (
        1,
        2**60 + 1,
        Decimal(12345678901234567890),
        1.5,
        1.0,
        True,
        "2024-01-01",
        None,
        '{"x":[1,"é"]}',
        '[1.5,{"y":null}]',
        "1",
    )
    assert [row[-1] for row in rows] == ["1", "text", '{"z":1}']


def test_odd_keys(make_run):
    run = make_run()
    put(run, '[{"": 1, "a.b": 2, "$x": "y", "q\\"\'": 4, "a": 5, "A": 6, "a/~": 7, "__logidata_row": 8, "日": true}]')

    columns, rows = read(run)

    assert [name for name, _ in columns] == ["column_1", "a.b", "$x", "q\"'", "a", "A_2", "a/~", "row", "日"]
    assert rows == [(1, 2, "y", 4, 5, 6, 7, 8, True)]


@pytest.mark.parametrize("path", ["data.items", "$.data.items", '["data"]["items"]'])
def test_records_inside_a_document(make_run, path):
    run = make_run()
    document = {"meta": {"items": [{"a": 9}], "s": '}]"\\'}, "data": {"n": 1, "items": [{"a": 1, "b": "x"}, {"a": 2}]}}
    put(run, json.dumps({**document, "after": [1, {"b": []}]}, indent=2))

    assert read(run, json_path=path) == ([("a", "bigint"), ("b", "string")], TWO)


def test_a_path_with_an_index(make_run):
    run = make_run()
    put(run, '[{"rows": []}, 17, {"rows": [{"a": 1, "b": "x"}, {"a": 2}]}]')

    assert read(run, json_path="[2].rows")[1] == TWO


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("items", "has no records at that path: at the top there is no 'items', but 'data', 'n'."),
        ("data.rows", "has no records at that path: at data there is no 'rows', but 'items'."),
        ("n.x", "has no records at that path: at n there is the value 1, which has no member 'x'."),
        ("data.items[5]", "has no records at that path: at data.items there is no '5', but 1 members."),
        ("data.items[0].a", "record 1 is a number or boolean, not an object."),
    ],
)
def test_a_path_that_leads_nowhere(make_run, path, message):
    run = make_run()
    put(run, '{"data": {"items": [{"a": 1}]}, "n": 1}')

    with pytest.raises(SourceError) as caught:
        read(run, json_path=path)

    assert str(caught.value).endswith(message), str(caught.value)


@settings(max_examples=examples(150), deadline=None, suppress_health_check=list(HealthCheck))
@given(
    value=st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
        max_leaves=12,
    ),
    before=st.text(max_size=8),
    indent=st.none() | st.just(1),
)
def test_any_value_is_copied_out_of_any_document(value, before, indent):
    document = json.dumps({"": [before, {before: value}], "x": [[before], {"y": value}], "z": value}, indent=indent)
    target = io.BytesIO()

    assert copy_value(io.BytesIO(document.encode()), ("x", 1, "y"), target)

    assert json.loads(target.getvalue()) == value


@pytest.mark.parametrize("encoding", ["utf-16", "latin-1"])
def test_other_encodings(make_run, encoding):
    run = make_run()
    put(run, '{"a": "é"}\n{"a": "ü"}\n'.encode(encoding))

    assert read(run, encoding=encoding)[1] == [("é",), ("ü",)]
    put(run, '{"d": [{"a": "é"}]}'.encode(encoding))
    assert read(run, encoding=encoding, json_path="d")[1] == [("é",)]


def test_several_files(make_run):
    run = make_run()
    put(run, '{"a": 1}\n', "in/1.json")
    put(run, '{"b": "x", "a": 2.5}\n', "in/2.json")

    assert read(run, file_path="in/*.json") == ([("a", "float"), ("b", "string")], [(1.0, None), (2.5, "x")])


@pytest.mark.parametrize(
    ("content", "config", "message"),
    [
        ("", {}, "'data.json' holds no records, so that there are no columns to read."),
        ("[]", {}, "'data.json' holds no records, so that there are no columns to read."),
        ("[1, 2]", {}, "'data.json', record 1 is a number or boolean, not an object."),
        ('[{"a": 1}, [2]]', {}, "'data.json', record 2 is a list, not an object."),
        ('[{"a": 1}', {}, "'data.json', line 1, character 10: the list is not closed."),
        ('{"a": 1}\n{"a": \n', {}, "'data.json', line 3, character 1: Expecting value."),
        ("{'a': 1}", {}, "'data.json', line 1, character 2: Expecting property name enclosed in double quotes."),
        (
            '{"d": [{"a": 1}',
            {"json_path": "d"},
            "'data.json' is not valid JSON: the document ends in the middle of a value.",
        ),
        ("[" * 100_000, {}, "'data.json', record 1 is nested too deeply."),
        (b'{"a": "\xe9"}', {}, "'data.json' is not utf-8 text at byte 7."),
    ],
)
def test_files_without_records(make_run, content, config, message):
    run = make_run()
    put(run, content)

    with pytest.raises(SourceError) as caught:
        read(run, **config)

    assert str(caught.value).startswith(message), str(caught.value)


@pytest.mark.parametrize(("late", "shown"), [("2.5", "2.5"), ('"x"', "x"), ('{"k": 1}', '{"k":1}')])
def test_a_late_value_of_another_type_is_named(make_run, late, shown):
    run = make_run()
    put(run, '{"a": 1, "b": "x"}\n' * 100_000 + f'{{"a": {late}}}\n')

    with pytest.raises(DataError) as caught:
        read(run)

    assert str(caught.value).startswith(
        f"'data.json', record 100,001: column 'a' holds '{shown}', which is no whole number of 64 bits."
    )
    assert read(run, column_types={"a": "string"})[1][-1] == (shown, None)


def test_a_late_line_that_is_not_json(make_run):
    run = make_run()
    put(run, '{"a": 1}\n' * 200_000 + '{"a": "x\n{"a": 2}\n')

    with pytest.raises(DataError, match=r"'data.json' is not valid JSON at line 200,001: "):
        read(run)


def test_given_types_also_for_keys_that_come_late(make_run):
    run = make_run()
    put(run, '[{"at": "2024-01-02T03:04:05Z", "p": "1.25"}]')

    columns, rows = read(run, column_types={"at": "timestamptz", "p": "decimal(10,2)", "late": "date"})

    assert columns == [("at", "timestamptz"), ("p", "decimal(10,2)"), ("late", "date")]
    assert [str(value) for value in rows[0]] == ["2024-01-02 03:04:05+00:00", "1.25", "None"]


def test_a_record_of_ten_megabytes(make_run):
    run = make_run()
    put(run, json.dumps([{"a": "x" * 10_000_000}, {"a": "y"}]))

    assert [len(row[0]) for row in read(run)[1]] == [10_000_000, 1]


BOUNDED = """
import sys
from pathlib import Path
from module_operators.json_path import copy_value
with Path(sys.argv[1]).open("rb") as source, Path(sys.argv[2]).open("wb") as target:
    copy_value(source, ("data", "items"), target)
print(next(line for line in Path("/proc/self/status").read_text().splitlines() if "VmHWM" in line).split()[1])
"""


def test_records_inside_a_large_document_in_bounded_memory(tmp_path):
    source, target = tmp_path / "large.json", tmp_path / "records.json"
    record = json.dumps({"a": 1, "b": 'some "text"', "c": {"d": [1, 2, 3]}}) + ","
    with source.open("w") as file:
        file.write('{"data": {"items": [')
        for _ in range(60):
            file.write(record * 10_000)
        file.write('{"a": 2}]}}')

    peak = subprocess.run([sys.executable, "-c", BOUNDED, source, target], check=True, capture_output=True).stdout

    assert target.stat().st_size == source.stat().st_size - len('{"data": {"items": }}')
    assert int(peak) < 40_000  # KB

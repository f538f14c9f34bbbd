import gzip
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from module_operators.extractors.csv import CsvExtractor, CsvExtractorConfig
from module_operators.files import FileStore
from module_operators.problems import DataError, InvalidNode, SourceError
from module_operators.relation import Plan

from .conftest import fetch
from .csv_files import put, read


def test_types_are_found_and_nothing_is_lost(make_run):
    run = make_run()
    put(
        run,
        "id,big,huge,price,flag,day,at,zoned,zip,phone,empty\n"
        "1,9007199254740993,12345678901234567890,1.50,true,2024-01-02,2024-01-02 03:04:05,"
        "2024-01-02T03:04:05+02:00,00123,+49,\n"
        "-7,1,1,.5,FALSE,1999-12-31,1999-12-31 00:00:00,2024-01-02T03:04:05Z,99999,+1,\n",
    )

    columns, rows = read(run, file_path="data.csv")

    assert columns == [
        ("id", "bigint"),
        ("big", "bigint"),
        ("huge", "decimal(38,0)"),
        ("price", "float"),
        ("flag", "boolean"),
        ("day", "date"),
        ("at", "timestamp"),
        ("zoned", "timestamptz"),
        ("zip", "string"),
        ("phone", "string"),
        ("empty", "string"),
    ]
    assert rows[0] == (
        1,
        9007199254740993,
        Decimal(12345678901234567890),
        1.5,
        True,
        date(2024, 1, 2),
        datetime.fromisoformat("2024-01-02T03:04:05"),
        datetime(2024, 1, 2, 1, 4, 5, tzinfo=UTC),
        "00123",
        "+49",
        None,
    )


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("a,b\n1,x\n", [(1, "x")]),
        ("\ufeffa,b\r\n1,x\r\n", [(1, "x")]),
        ("a,b\r1,x\r", [(1, "x")]),
        ("a,b\n1,x", [(1, "x")]),
        ("\n\na,b\n1,x\n\n2,y\n", [(1, "x"), (2, "y")]),
        ('a,b\n1,"say ""hi"", ok\nnext"\n', [(1, 'say "hi", ok\nnext')]),
        ('"a","b"\n"1","x\r\ny"\n', [(1, "x\r\ny")]),
        ('a,b\n1,NA\n2,""\n,"N/A"\n3,null\n', [(1, None), (2, None), (None, None), (3, None)]),
        ("a,b\n1,日本 ñ 🎈\n", [(1, "日本 ñ 🎈")]),
        ("a,b\n1,x\0y\n", [(1, "x\0y")]),
        ("a,b\n", []),
        ("a;b\n1;x,y\n", [(1, "x,y")]),
        ("a\tb\n1\tx\n", [(1, "x")]),
        ("a|b\n1|x\n", [(1, "x")]),
    ],
)
def test_forms_of_a_file(make_run, content, expected):
    run = make_run()
    put(run, content)

    columns, rows = read(run, file_path="data.csv")

    assert rows == expected
    assert [name for name, _ in columns] == ["a", "b"]


def test_a_header_with_a_line_end_in_quotes_does_not_hide_the_rows(make_run):
    run = make_run()
    put(run, b'"a\r\nq",b\n"x\r\ny",2\n"x\ry",3\n')

    assert read(run, file_path="data.csv") == ([("a  q", "string"), ("b", "bigint")], [("x\r\ny", 2), ("x\ry", 3)])


def test_odd_repeated_and_case_differing_names(make_run):
    run = make_run()
    put(run, 'a,A, a ,,"sel""ect",É,é,__logidata_row,a_2\n1,2,3,4,5,6,7,8,9\n')

    columns, rows = read(run, file_path="data.csv")

    assert [name for name, _ in columns] == ["a", "A_3", "a_4", "column_4", 'sel"ect', "É", "é_2", "row", "a_2"]
    assert rows == [(1, 2, 3, 4, 5, 6, 7, 8, 9)]


def test_options(make_run):
    run = make_run(params={"day": "monday"})
    put(run, "made by hand\n\n1;'x;y';-\n2;z;n/k\n", "in/monday.csv")

    columns, rows = read(
        run,
        file_path="in/${day}.csv",
        has_header=False,
        quote_char="'",
        skip_rows=1,
        null_values=["-"],
        column_types={"column_1": "integer"},
    )

    assert columns == [("column_1", "integer"), ("column_2", "string"), ("column_3", "string")]
    assert rows == [(1, "x;y", None), (2, "z", "n/k")]


def test_without_null_values_every_text_is_kept(make_run):
    run = make_run()
    put(run, 'a,b\nNA,\n"",null\n')

    assert read(run, file_path="data.csv", null_values=[])[1] == [("NA", ""), ("", "null")]


def test_given_types(make_run):
    run = make_run()
    put(run, "a,b,c,d,e,f\n1.25,1,2024-01-02T03:04,2024-01-02,007,2024-01-02 00:00\n")
    types = {"a": "decimal(10, 2)", "b": "float", "c": "timestamp", "d": "date", "e": "bigint", "f": "timestamptz"}

    columns, rows = read(run, file_path="data.csv", column_types=types)

    assert dict(columns) == {**types, "a": "decimal(10,2)"}
    day = datetime.fromisoformat("2024-01-02")
    assert rows == [(Decimal("1.25"), 1.0, day.replace(hour=3, minute=4), day.date(), 7, day.replace(tzinfo=UTC))]


def test_a_type_for_a_column_that_is_missing(make_run):
    run = make_run()
    put(run, "amount\n1\n")

    with pytest.raises(InvalidNode) as caught:
        read(run, file_path="data.csv", column_types={"amout": "string"})

    assert [(p.path, p.hint) for p in caught.value.problems] == [("/column_types/amout", "Did you mean 'amount'?")]


@pytest.mark.parametrize("encoding", ["latin-1", "windows-1252", "utf-16", "utf-16-le", "shift_jis"])
def test_other_encodings_land_in_staging(make_run, encoding):
    run = make_run()
    text = "a,b\r\n1,日本\r\n" if encoding == "shift_jis" else "a,b\r\n1,é ü\r\n"
    put(run, text, encoding=encoding)
    config = CsvExtractorConfig(file_path="data.csv", encoding=encoding)

    extracted = CsvExtractor.extract(config, run)

    assert extracted.staged
    assert extracted.rows == 1
    assert fetch(run, Plan((run.step(extracted.query),)))[1] == [(1, text.rsplit(",", maxsplit=1)[-1].strip())]
    assert CsvExtractor.schema(config, run) == extracted.query.columns


def test_a_wrong_encoding_is_told(make_run):
    run = make_run()
    put(run, "a\né\n", encoding="latin-1")

    with pytest.raises(SourceError, match=r"'data.csv' is not utf-8 text at byte 2. Set the encoding"):
        read(run, file_path="data.csv")

    put(run, "a\n" + "x\n" * 1_000_000 + "é\n", encoding="latin-1")
    with pytest.raises(DataError, match=r"'data.csv', line 1,000,002: the text is not UTF-8. Set the encoding"):
        read(run, file_path="data.csv")


@pytest.mark.parametrize("name", ["data.csv.gz", "data.csv"])
def test_compressed_files_whatever_they_are_called(make_run, name):
    run = make_run()
    put(run, gzip.compress(b"a,b\n1,x\n"), name)

    assert read(run, file_path=name)[1] == [(1, "x")]


def test_several_files_are_read_in_the_order_of_their_names(make_run):
    run = make_run()
    put(run, "a,b\n3,2024-01-01\n", "in/2.csv")
    put(run, "a,b\n1,x\n2,y\n", "in/1.csv")
    put(run, "a,b\n9,z\n", "in/.loading-x/1.csv")

    assert read(run, file_path="in/*.csv") == (
        [("a", "bigint"), ("b", "string")],
        [(1, "x"), (2, "y"), (3, "2024-01-01")],
    )
    assert read(run, file_path="**/*.csv")[1] == [(1, "x"), (2, "y"), (3, "2024-01-01")]


def test_files_of_different_columns_are_refused(make_run):
    run = make_run()
    put(run, "a,b\n1,x\n", "in/1.csv")
    put(run, "a,c\n1,x\n", "in/2.csv")

    with pytest.raises(SourceError, match=r"Column 2 of 'in/2.csv' is 'c' where 'in/1.csv' has 'b'"):
        read(run, file_path="in/*.csv")


def test_a_name_that_looks_like_a_glob(make_run):
    run = make_run()
    put(run, "a\n1\n", "we*ird [1]?.csv")
    put(run, "a\n2\n", "weXird 1Y.csv")

    assert read(run, file_path="we*ird [1]?.csv")[1] == [(1,)]


def test_rows_keep_the_order_of_the_file(make_run):
    run = make_run()
    put(run, "a\n" + "".join(f"{i * 7919 % 1_000_003}\n" for i in range(300_000)))
    extracted = CsvExtractor.extract(CsvExtractorConfig(file_path="data.csv"), run)
    plan = Plan((run.step(extracted.query),))

    sql = f"SELECT a, __logidata_row FROM ({run.engine.compose(plan, hidden=True)})"
    rows = run.engine.connection.execute(sql).fetchall()

    assert rows == [(i * 7919 % 1_000_003, i + 1) for i in range(300_000)]


def test_a_value_that_is_cast_later_is_the_typed_one(make_run):
    run = make_run()
    put(run, "a,b\n1.50,2024-01-01\n")
    extracted = CsvExtractor.extract(CsvExtractorConfig(file_path="data.csv"), run)
    plan = Plan((run.step(extracted.query),))

    sql = f"SELECT CAST(a AS VARCHAR) FROM ({run.engine.compose(plan)})"

    assert run.engine.connection.execute(sql).fetchall() == [("1.5",)]


def test_a_remote_file_lands_in_staging(make_run, tmp_path):
    run = make_run()
    remote = replace(run, files=FileStore(f"memory://{tmp_path.name}", run.files.scratch))
    for name, content in (("in/1.csv", b"a,b\n2,x\n"), ("in/2.csv", gzip.compress(b"a,b\n1,y\n"))):
        with remote.files.replacing(name) as path:
            path.write_bytes(content)

    with pytest.raises(SourceError, match=r"'in/2.csv' is compressed and 'in/1.csv' is not"):
        read(remote, file_path="in/*.csv")
    assert read(remote, file_path="in/2.csv")[1] == [(1, "y")]
    extracted = CsvExtractor.extract(CsvExtractorConfig(file_path="in/1.csv"), remote)

    assert (extracted.staged, extracted.rows, extracted.files) == (True, 1, ())

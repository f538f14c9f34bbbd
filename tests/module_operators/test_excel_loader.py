import signal
import zipfile
from datetime import UTC, date, datetime, time
from decimal import Decimal

import fastexcel
import pytest
from pydantic import ValidationError

from module_operators import excel_rows
from module_operators.extractors.excel import ExcelExtractor, ExcelExtractorConfig
from module_operators.loaders.excel import ExcelLoader, ExcelLoaderConfig
from module_operators.problems import DataError, InvalidNode, TargetError
from module_operators.relation import Column, Plan, Query, Relation
from module_operators.transformers.sort import SortTransformer

from .conftest import fetch, rows_plan, transformed
from .loads_once import begin, finished, run_script

COLUMNS = [("a", "bigint"), ("b", "string")]


def load(run, plan, **config):
    loaded = ExcelLoader.load(ExcelLoaderConfig.model_validate({"file_path": "out/data.xlsx", **config}), plan, run)
    path = run.files.local_root / "out/data.xlsx"
    assert [file.name for file in path.parent.iterdir()] == [path.name]
    assert loaded.bytes == path.stat().st_size
    return loaded


def back(run, **config):
    """What our own extractor reads of the file."""
    parsed = ExcelExtractorConfig.model_validate({"file_path": "out/data.xlsx", **config})
    return fetch(run, Plan((run.step(ExcelExtractor.extract(parsed, run).query),)))


def test_values_come_back_as_they_were(make_run):
    run = make_run()
    columns = [("i", "integer"), ("d", "decimal(10,2)"), ("f", "float"), ("t", "string"), ("o", "boolean")]
    columns += [("day", "date"), ("at", "timestamp"), ("z", "timestamptz"), ("noon", "time"), ("n", "bigint")]
    at = datetime.fromisoformat("2024-01-02T03:04:05.120")
    row = (
        1,
        Decimal("1.25"),
        0.1,
        'say "hi"\n日🎈',
        True,
        date(2024, 1, 2),
        at,
        at.replace(tzinfo=UTC),
        None,
        -(10**15) + 1,
    )
    plan = rows_plan(run, columns, [row, (*[None] * 9, 0)])

    assert load(run, plan).rows == 2

    found, rows = back(run)
    assert [kind for _, kind in found] == [
        *("bigint", "float", "float", "string", "boolean", "date", "timestamp", "timestamp", "string", "bigint")
    ]
    assert rows == [
        (1, 1.25, 0.1, 'say "hi"\n日🎈', True, date(2024, 1, 2), at, at, None, -(10**15) + 1),
        (*[None] * 9, 0),
    ]


def test_text_is_never_a_formula_a_link_or_a_number(make_run):
    run = make_run()
    texts = ["=1+1", "=HYPERLINK(1)", "+1", "-1", "@x", "http://example.com", "007", "", "{=1}", "\0\x01", "_x0041_"]

    load(run, rows_plan(run, COLUMNS, [(number, text) for number, text in enumerate(texts)]))

    with zipfile.ZipFile(run.files.local_root / "out/data.xlsx") as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml")
    assert b"<f>" not in sheet
    assert b"hyperlink" not in sheet
    assert [row[1] or "" for row in back(run)[1]] == texts


def test_numbers_of_more_than_15_digits_are_text_and_exact(make_run):
    run = make_run()
    columns = [("short", "bigint"), ("long", "bigint"), ("price", "decimal(38,9)"), ("exact", "decimal(38,20)")]
    rows = [
        (10**15 - 1, 10**15, Decimal("1.5"), Decimal("0.00000000000000000001")),
        (1, -5, Decimal("999999.999999999"), 1),
    ]

    load(run, rows_plan(run, columns, rows))

    found, read = back(run)
    assert found == [("short", "bigint"), ("long", "string"), ("price", "float"), ("exact", "string")]
    assert read == [
        (10**15 - 1, str(10**15), 1.5, "0.00000000000000000001"),
        (1, "-5", 999999.999999999, "1.00000000000000000000"),
    ]


def test_what_excel_has_no_value_for(make_run):
    run = make_run()
    columns = (Column("f", "float"), Column("d", "date"), Column("at", "timestamp"), Column("l", "list(float)"))
    columns += (Column("raw", "binary"), Column("t", "time"))
    sql = (
        "SELECT 'nan'::DOUBLE AS f, DATE '1800-01-02' AS d, TIMESTAMP '1800-01-02 03:04:05' AS at, "
        "[1.5::DOUBLE, 'inf'] AS l, "
        "'\\xFF'::BLOB AS raw, TIME '03:04:05' AS t UNION ALL "
        "SELECT 'inf'::DOUBLE, '1900-01-01'::DATE, NULL, NULL, NULL, NULL"
    )

    load(run, Plan((run.step(Query(sql, columns)),)))

    assert back(run)[1] == [
        (None, "1800-01-02", "1800-01-02 03:04:05", "[1.5,null]", "/w==", time(3, 4, 5)),
        (None, "1900-01-01 00:00:00", None, None, None, None),
    ]


def test_options_and_no_rows(make_run):
    run = make_run()

    load(run, rows_plan(run, COLUMNS, []), sheet_name="Orders 日")
    assert fastexcel.read_excel(run.files.local_root / "out/data.xlsx").sheet_names == ["Orders 日"]
    assert back(run) == ([("a", "string"), ("b", "string")], [])

    load(run, rows_plan(run, COLUMNS, [(1, "x")]), include_header=False)
    assert back(run, has_header=False)[1] == [(1, "x")]


@pytest.mark.parametrize("name", ["", "a" * 32, "a/b", "[x]", "'x", "History", "a\nb"])
def test_names_that_excel_refuses(name):
    with pytest.raises(ValidationError):
        ExcelLoaderConfig(file_path="x.xlsx", sheet_name=name)


@pytest.mark.parametrize("path", ["x.xls", "x", "x.csv", "../x.xlsx"])
def test_files_are_xlsx(path):
    with pytest.raises(ValidationError):
        ExcelLoaderConfig(file_path=path)


def test_more_rows_than_a_sheet_takes_leave_what_was_there(make_run):
    run = make_run()
    load(run, rows_plan(run, COLUMNS, [(1, "before")]))
    columns = (Column("a", "bigint"),)
    query = Query("SELECT i AS a FROM range(1048576) r(i)", columns)

    told = "1,048,576 rows, and an Excel sheet takes 1,048,575 below its header"
    with pytest.raises(TargetError, match=told):
        load(run, Plan((run.step(query),)))

    assert back(run)[1] == [(1, "before")]
    assert excel_rows.too_long(1_048_576, header=False) is None


def test_more_columns_than_a_sheet_takes(make_run):
    source = Relation("x", tuple(Column(f"c{i}", "bigint") for i in range(16_385)))

    with pytest.raises(InvalidNode, match="There are 16,385 columns, and an Excel sheet takes 16,384"):
        ExcelLoader.check(ExcelLoaderConfig(file_path="x.xlsx"), source, make_run())


def test_a_text_that_no_cell_takes(make_run):
    run = make_run()
    load(run, rows_plan(run, COLUMNS, [(1, "x" * 32_767)]))

    with pytest.raises(TargetError, match="Column 'b' has a text of 32,768 characters in row 3 of the sheet"):
        load(run, rows_plan(run, COLUMNS, [(1, "x"), (2, "x" * 32_768)]))

    assert back(run)[1] == [(1, "x" * 32_767)]


def test_order_and_failure(make_run):
    run = make_run()
    plan = rows_plan(run, COLUMNS, [(i * 7 % 101, "x") for i in range(101)])
    load(run, transformed(run, SortTransformer, {"sort_by": [{"column": "a"}]}, plan))
    assert [row[0] for row in back(run)[1]] == list(range(101))

    with pytest.raises(DataError, match="no"):
        load(run, Plan((run.step(run.engine.scan("SELECT CAST(error('no') AS BIGINT) AS a", row_id=None)),)))
    assert len(back(run)[1]) == 101


_LOAD = """
import logging, os, signal, sys
from pathlib import Path
from module_operators.engines.duckdb import DuckDBEngine, Limits
from module_operators.files import FileStore
from module_operators.loaders import excel
from module_operators.relation import Column, Plan, Query, Step
from module_operators.run import Run
from module_operators.staging import Staging
root, moment = Path(sys.argv[1]), sys.argv[2]
(root / "scratch").mkdir(exist_ok=True)
engine = DuckDBEngine(Limits("256MB", 2, str(root / "spill")), [root])
staging = Staging(str(root / "staging"), "dag", "run", "task", 1)
files = FileStore(str(root / "files"), root / "scratch")
run = Run("dag", "run", "task", "n", "N", {}, staging, files, engine, logging.getLogger(), lambda _: None)
query = Query("SELECT i AS id, 'v' || i AS v FROM range(1000) r(i)", (Column("id", "bigint"), Column("v", "string")))
die = lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL)
if moment == "before":
    engine.copy = die
if moment == "during":
    import xlsxwriter
    xlsxwriter.Workbook.close = die
config = excel.ExcelLoader.Config(file_path="out.xlsx")
loaded = excel.ExcelLoader.load(config, Plan((Step("s", "s", "S", query),)), run)
if moment == "after":
    die()
"""


@pytest.mark.parametrize("moment", ["before", "during", "after"])
def test_killed_and_tried_again_the_rows_are_there_once(tmp_path, moment):
    (tmp_path / "files").mkdir()
    (tmp_path / "files/out.xlsx").write_text("before")

    def start(moment):
        return begin(run_script, _LOAD, [str(tmp_path), moment])

    assert start(moment).wait() == -signal.SIGKILL
    if moment != "after":
        assert (tmp_path / "files/out.xlsx").read_text() == "before"

    assert finished(start("never")) == 1000
    assert fastexcel.read_excel(tmp_path / "files/out.xlsx").load_sheet(0).height == 1000
    assert [path.name for path in (tmp_path / "files").iterdir()] == ["out.xlsx"]

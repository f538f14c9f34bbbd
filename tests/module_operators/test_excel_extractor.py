import math
import zipfile
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, time
from pathlib import Path

import pytest
import xlsxwriter

from module_operators import excel_sheet
from module_operators.extractors.excel import ExcelExtractor, ExcelExtractorConfig
from module_operators.files import FileStore
from module_operators.problems import SourceError
from module_operators.relation import Plan

from .conftest import fetch

FORMATS = {date: "yyyy-mm-dd", datetime: "yyyy-mm-dd hh:mm:ss", time: "hh:mm"}
NA = float("nan")
moment = datetime.fromisoformat
PROTECTED = Path(__file__).parent / "data" / "protected.xlsx"


@contextmanager
def workbook(run, name="data.xlsx"):
    path = run.files.local_root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    with xlsxwriter.Workbook(str(path), {"nan_inf_to_errors": True}) as book:
        yield book


def put(run, rows, name="data.xlsx", sheet="Sheet1", start=(0, 0)):
    """A workbook of one sheet; dates and times get their formats."""
    with workbook(run, name) as book:
        page = book.add_worksheet(sheet)
        formats = {kind: book.add_format({"num_format": form}) for kind, form in FORMATS.items()}
        for index, row in enumerate(rows, start[0]):
            for place, value in enumerate(row, start[1]):
                if isinstance(value, float) and math.isnan(value):
                    page.write_formula(index, place, "=NA()", None, "#N/A")
                else:
                    page.write(index, place, value, *([formats[type(value)]] if type(value) in formats else []))


def read(run, **config):
    """What schema() said, and the columns and rows that extract() yields; both must agree."""
    parsed = ExcelExtractorConfig.model_validate({"file_path": "data.xlsx", **config})
    schema = ExcelExtractor.schema(parsed, run)
    extracted = ExcelExtractor.extract(parsed, run)
    columns, rows = fetch(run, Plan((run.step(extracted.query),)))
    assert columns == [(column.name, column.type) for column in schema]
    assert extracted.staged
    assert extracted.rows == len(rows)
    return columns, rows


def test_types_are_those_that_all_cells_have(make_run):
    run = make_run()
    at = moment("2024-01-02T03:04:05")
    put(
        run,
        [
            ["whole", "price", "text", "flag", "day", "at", "noon", "digits"],
            [1, 1.5, "x", True, date(2024, 1, 2), at, time(12), "007"],
            [-2, 2, "日 🎈", False, date(1999, 12, 31), at.replace(hour=0), time(23, 59, 59), "008"],
        ],
    )

    columns, rows = read(run)

    assert [kind for _, kind in columns] == [
        *("bigint", "float", "string", "boolean", "date", "timestamp", "time", "string")
    ]
    assert rows == [
        (1, 1.5, "x", True, date(2024, 1, 2), at, time(12), "007"),
        (-2, 2.0, "日 🎈", False, date(1999, 12, 31), at.replace(hour=0), time(23, 59, 59), "008"),
    ]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([1, "x", 2.5], ["1", "x", "2.5"]),
        ([1, True], ["1", "true"]),
        ([True, "no"], ["true", "no"]),
        ([date(2024, 1, 2), 5], ["2024-01-02 00:00:00", "5"]),
        ([date(2024, 1, 2), "soon"], ["2024-01-02 00:00:00", "soon"]),
        ([date(2024, 1, 2), moment("2024-01-02T03:00")], [moment("2024-01-02"), moment("2024-01-02T03:00")]),
        ([1, NA, 3], [1, None, 3]),
        ([NA, NA], [None, None]),
        ([2**53 + 2, 1], [float(2**53 + 2), 1.0]),
    ],
)
def test_mixed_cells_are_text_and_errors_are_null(make_run, values, expected):
    run = make_run()
    put(run, [["key", "a"], *(["k", value] for value in values)])

    assert [row[1] for row in read(run)[1]] == expected


def test_a_late_text_in_a_column_of_numbers(make_run):
    run = make_run()
    put(run, [["a"], *([i] for i in range(5000)), ["x"]])

    columns, rows = read(run)

    assert columns == [("a", "string")]
    assert (rows[0], rows[-2], rows[-1]) == (("0",), ("4999",), ("x",))


def test_merged_cells_and_rows_without_values(make_run):
    run = make_run()
    with workbook(run) as book:
        page = book.add_worksheet()
        page.write_row(0, 0, ["a", "b"])
        page.merge_range(1, 0, 2, 0, "north")
        page.write(1, 1, 1)
        page.write(2, 1, 2)
        page.write_row(5, 0, ["south", 3])
        page.write_blank(5000, 1, None, book.add_format({"bold": True}))

    assert read(run)[1] == [("north", 1), (None, 2), ("south", 3)]


def test_where_the_table_starts(make_run):
    run = make_run()
    put(run, [["Report"], [], ["id", "name"], [1, "x"]], start=(0, 1))

    assert read(run, skip_rows=2) == ([("id", "bigint"), ("name", "string")], [(1, "x")])
    assert read(run, skip_rows=3, has_header=False) == (
        [("column_1", "bigint"), ("column_2", "string")],
        [(1, "x")],
    )


def test_odd_names(make_run):
    run = make_run()
    put(run, [["a", "A", "a", None, 2024, "__logidata_row", 'q"'], [1, 2, 3, 4, 5, 6, 7]])

    columns, rows = read(run)

    assert [name for name, _ in columns] == ["a", "A_2", "a_1", "column_4", "2024", "row", 'q"']
    assert rows == [(1, 2, 3, 4, 5, 6, 7)]


def test_sheets_by_name(make_run):
    run = make_run()
    with workbook(run) as book:
        for name in ("Summary", "Orders"):
            book.add_worksheet(name).write_column(0, 0, ["from", name])
        book.add_worksheet("Empty")

    assert read(run)[1] == [("Summary",)]
    assert read(run, sheet_name="orders")[1] == [("Orders",)]
    for wanted, message in (
        ("Ordres", "'data.xlsx' has no sheet 'Ordres'. Did you mean 'Orders'?"),
        ("Xyz", "'data.xlsx' has no sheet 'Xyz'. It has 'Summary', 'Orders', 'Empty'."),
        ("Empty", "Sheet 'Empty' of 'data.xlsx' is empty; there are no columns to read."),
    ):
        with pytest.raises(SourceError) as caught:
            read(run, sheet_name=wanted)
        assert str(caught.value) == message


def test_a_header_without_rows(make_run):
    run = make_run()
    put(run, [["a", "b"]])

    assert read(run) == ([("a", "string"), ("b", "string")], [])


def test_several_workbooks_share_their_types_and_row_numbers_differ(make_run):
    run = make_run()
    put(run, [["a", "b", "c", "d"], [1, 1, date(2024, 1, 1), None]], "in/1.xlsx")
    put(run, [["a", "b", "c", "d"], [1.5, "x", moment("2024-01-01T05:00"), 7]], "in/2.xlsx")

    columns, rows = read(run, file_path="in/*.xlsx")

    assert columns == [("a", "float"), ("b", "string"), ("c", "timestamp"), ("d", "bigint")]
    assert rows == [
        (1.0, "1", moment("2024-01-01"), None),
        (1.5, "x", moment("2024-01-01T05:00"), 7),
    ]
    query = ExcelExtractor.extract(ExcelExtractorConfig(file_path="in/*.xlsx"), run).query
    ids = [row[-1] for row in run.engine.connection.execute(query.sql).fetchall()]
    assert ids == sorted(set(ids))


def test_workbooks_of_different_columns_are_refused(make_run):
    run = make_run()
    put(run, [["a", "b"], [1, 1]], "in/1.xlsx")
    put(run, [["a", "c"], [1, 1]], "in/2.xlsx")
    with pytest.raises(SourceError, match=r"Column 2 of 'in/2.xlsx' is 'c' where 'in/1.xlsx' has 'b'"):
        read(run, file_path="in/*.xlsx")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "'data.xlsx' is empty; it is no Excel workbook."),
        (b"a,b\n1,2\n", "'data.xlsx' is no Excel workbook, or it is damaged"),
        (PROTECTED.read_bytes(), "'data.xlsx' is protected by a password. Save it without one."),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(3000), "'data.xlsx' is no Excel workbook, or it is damaged"),
        (None, "There is no file 'data.xlsx' in the file store."),
    ],
)
def test_what_is_no_workbook(make_run, content, message):
    run = make_run()
    if content is not None:
        (run.files.local_root / "data.xlsx").write_bytes(content)
    with pytest.raises(SourceError) as caught:
        read(run)
    assert str(caught.value).startswith(message)


def test_damaged_workbooks_are_told_and_never_crash(make_run):
    run = make_run()
    put(run, [["a", "b"], *([i, f"text {i}"] for i in range(50))])
    path = run.files.local_root / "data.xlsx"
    whole = path.read_bytes()

    for place in range(0, len(whole), max(1, len(whole) // 60)):
        for damaged in (whole[:place], whole[:place] + b"\xff\x00\xff" + whole[place + 3 :]):
            path.write_bytes(damaged)
            try:
                read(run)
            except SourceError as error:
                assert "'data.xlsx'" in str(error)  # noqa: PT017 - some damage does not matter to the reader


def test_a_workbook_that_would_fill_the_memory_is_not_unfolded(make_run, monkeypatch):
    run = make_run()
    monkeypatch.setattr(excel_sheet, "LARGEST", 10 << 20)
    with zipfile.ZipFile(run.files.local_root / "data.xlsx", "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("xl/worksheets/sheet1.xml", bytes(20 << 20))

    with pytest.raises(SourceError, match=r"'data.xlsx' unfolds to 20 MB; workbooks are read up to 10 MB"):
        read(run)


def test_a_remote_workbook(make_run, tmp_path):
    run = make_run()
    put(run, [["a"], [1]])
    remote = replace(run, files=FileStore(f"memory://{tmp_path.name}", run.files.scratch))
    with remote.files.replacing("in/x.xlsx") as path:
        path.write_bytes((run.files.local_root / "data.xlsx").read_bytes())

    assert read(remote, file_path="in/x.xlsx")[1] == [(1,)]

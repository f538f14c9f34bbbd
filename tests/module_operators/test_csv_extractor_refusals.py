"""Files that cannot be read as CSV, wholly or from some line on: refused with file, row, column and remedy."""

import pytest

from module_operators.extractors.csv import CsvExtractor, CsvExtractorConfig
from module_operators.problems import DataError, SourceError
from module_operators.relation import Plan

from .csv_files import put, read


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "'data.csv' is empty; there are no columns to read."),
        (b"\n\n", "'data.csv' is empty; there are no columns to read."),
        (None, "There is no file 'data.csv' in the file store."),
    ],
)
def test_nothing_to_read(make_run, content, message):
    run = make_run()
    if content is not None:
        put(run, content)

    with pytest.raises(SourceError) as caught:
        read(run, file_path="data.csv")

    assert str(caught.value) == message


LATE = "a,b\n" + "".join(f"{i},2024-01-01\n" for i in range(100_000))


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        ("3.7,2024-01-01", "column 'a' holds '3.7', which is no whole number of 64 bits"),
        ("x,2024-01-01", "column 'a' holds 'x', which is no whole number of 64 bits"),
        ("1,2024-01-01 10:00", "column 'b' holds '2024-01-01 10:00', which is no date (YYYY-MM-DD)"),
        ("1,31.12.2024", "column 'b' holds '31.12.2024', which is no date (YYYY-MM-DD)"),
    ],
)
def test_a_late_value_of_another_type_names_file_row_column_and_remedy(make_run, bad, message):
    run = make_run()
    put(run, LATE + bad + "\n")

    with pytest.raises(DataError) as caught:
        read(run, file_path="data.csv")

    assert str(caught.value) == (
        f"'data.csv', data row 100,001: {message}. Correct the value, or set the type of "
        f"'{message.split(chr(39))[1]}' to string in 'Column types' and convert it in a later node."
    )
    assert caught.value.node_id == "n1"


@pytest.mark.parametrize(
    ("first", "late"),
    [
        ("2024-01-01 10:00:00", "2024-01-01 10:00:00+02:00"),
        ("2024-01-01T10:00", "2024-01-01T10:00Z"),
        ("2024-01-01 10:00:00.5\n2024-01-01T10:00:00", "2024-01-01 10:00:00-05"),
        ("9007199254740993", "1.5"),
    ],
)
def test_late_values_that_the_engine_would_cut_silently(make_run, first, late):
    run = make_run()
    put(run, "a\n" + f"{first}\n" * 200_000 + late + "\n")

    with pytest.raises(
        DataError, match=r"'data.csv', data row [0-9]+,001: column 'a' holds '" + late.replace("+", "[+]")
    ):
        read(run, file_path="data.csv")


def test_the_row_is_counted_in_its_own_file(make_run):
    run = make_run()
    put(run, LATE, "in/1.csv")
    put(run, LATE + "x,2024-01-01\n", "in/2.csv")

    with pytest.raises(DataError, match=r"'2.csv', data row 100,001: column 'a' holds 'x'"):
        read(run, file_path="in/*.csv")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("a,b\n1,2\n3\n", "'data.csv', line 3: 1 values, where the first line has 2."),
        ("a,b\n1,2\n3,4,5\n", "'data.csv', line 3: 3 values, where the first line has 2."),
        ('a,b\n1,"x\n2,y\n', "'data.csv', line 2: a quoted value does not end."),
        ("a,b\n1,x\n2,y\r\n3,z\n", "'data.csv': a line ends unlike the lines before it (LF and CR LF mixed?)"),
    ],
)
def test_files_that_are_not_csv(make_run, content, message):
    run = make_run()
    put(run, content)

    with pytest.raises((DataError, SourceError)) as caught:
        read(run, file_path="data.csv")

    assert str(caught.value).startswith(message), str(caught.value)


@pytest.mark.parametrize(("width", "before"), [(1, 2_000), (1, 3_000), (1_000, 1_500), (1_000, 3_000)])
def test_a_late_line_that_does_not_fit_is_named(make_run, width, before):
    run = make_run()
    put(run, "a,b\n" + f"1,{'x' * width}\n" * before + "2,y,z\n" + "3,x\n" * 10)

    with pytest.raises(DataError, match=rf"'data.csv', line {before + 2:,}: 3 values, where the first line has 2"):
        read(run, file_path="data.csv")


def test_the_last_value_counts_without_a_line_end(make_run):
    run = make_run()
    put(run, "a,b\n1,2\n3,x")

    assert read(run, file_path="data.csv") == ([("a", "bigint"), ("b", "string")], [(1, "2"), (3, "x")])


def test_lines_of_ten_megabytes(make_run):
    run = make_run()
    put(run, "a,b\n1," + "x" * 10_000_000 + "\n2,y\n")

    _, rows = read(run, file_path="data.csv")

    assert [(a, len(b)) for a, b in rows] == [(1, 10_000_000), (2, 1)]


def test_a_file_that_is_one_endless_line(make_run):
    run = make_run()
    put(run, b"x" * 140_000_000)

    with pytest.raises(SourceError, match="has a line longer than 32 MB: is it a CSV file"):
        read(run, file_path="data.csv")


def test_a_file_that_changes_between_extract_and_load(make_run):
    run = make_run()
    path = put(run, "a\n1\n")
    extracted = CsvExtractor.extract(CsvExtractorConfig(file_path="data.csv"), run)
    path.write_text("a\nx\n")

    plan = Plan((run.step(extracted.query),), extracted.files)

    with pytest.raises(SourceError, match=r"'data.csv' changed after this run had started"):
        run.engine.run(plan, run.engine.compose(plan))

    path.unlink()
    with pytest.raises(SourceError, match=r"'data.csv' is gone"):
        run.engine.run(plan, run.engine.compose(plan))


def test_a_link_out_of_the_store_is_refused(make_run, tmp_path):
    run = make_run()
    secret = tmp_path / "secret.csv"
    secret.write_text("a\n1\n")
    (run.files.local_root / "data.csv").symlink_to(secret)

    for pattern in ("data.csv", "*.csv"):
        with pytest.raises(SourceError, match="is a link to a place outside the file store"):
            read(run, file_path=pattern)

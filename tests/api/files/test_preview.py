"""A file's head, columns and a ready config, by the extractors' own code in a process of its own."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
import xlsxwriter
from fastapi import FastAPI
from fastapi.testclient import TestClient

from api.clients.previewer import PreviewerProcess
from api.main import create_app
from api.settings import Settings
from tests.api.catalogue import catalog


@pytest.fixture(scope="module")
def previewer(checker_environment: pytest.MonkeyPatch) -> Iterator[PreviewerProcess]:
    """One warm previewer for all tests; it takes seconds to start."""
    process = PreviewerProcess()
    process.submit({"nodes": [], "limit": 1, "timeout": 60})[1].result(60)
    yield process
    process.stop()


@pytest.fixture
def app(settings: Settings, checker: Any, checker_files: Path, previewer: PreviewerProcess) -> FastAPI:
    shared = settings.model_copy(update={"files_url": str(checker_files)})
    return create_app(shared, catalog=catalog(), checker=checker, previewer=previewer, background=False)


def look(client: TestClient, path: str, **body: Any) -> dict[str, Any]:
    answer = client.post("/api/v1/files/preview", json={"path": path} | body)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_the_form_of_a_csv_file_is_found_and_ready_for_a_node(client: TestClient, checker_files: Path) -> None:
    (checker_files / "latin.csv").write_bytes("id;näme;price\n1;ä;3.5\n2;b;4\n".encode("cp1252"))

    seen = look(client, "latin.csv", limit=1)

    assert seen["module_id"] == "csv-extractor"
    assert seen["config"] == {"file_path": "latin.csv", "delimiter": ";", "encoding": "cp1252", "has_header": True}
    assert seen["columns"] == [
        {"name": "id", "type": "bigint"},
        {"name": "näme", "type": "string"},
        {"name": "price", "type": "float"},
    ]
    assert (seen["rows"], seen["truncated"], seen["problems"]) == ([[1, "ä", 3.5]], True, [])


def test_what_the_asker_chose_wins(client: TestClient, checker_files: Path) -> None:
    (checker_files / "plain.csv").write_text("1,2\n3,4\n")

    guessed = look(client, "plain.csv")
    chosen = look(client, "plain.csv", config={"has_header": True})
    wrong = look(client, "plain.csv", config={"delimiter": "x"})

    assert guessed["config"]["has_header"] is False
    assert [column["name"] for column in guessed["columns"]] == ["column_1", "column_2"]
    assert chosen["rows"] == [[3, 4]]
    assert (wrong["columns"], [problem["path"] for problem in wrong["problems"]]) == ([], ["/delimiter"])


def test_records_inside_a_json_document_are_found(client: TestClient, checker_files: Path) -> None:
    (checker_files / "nested.json").write_text('{"meta": {}, "items": [{"a": 1}, {"a": 2}]}')

    seen = look(client, "nested.json")

    assert (seen["module_id"], seen["config"]["json_path"], seen["rows"]) == ("json-extractor", "items", [[1], [2]])


def test_the_sheets_of_a_workbook_are_told(client: TestClient, checker_files: Path) -> None:
    with xlsxwriter.Workbook(checker_files / "book.xlsx") as book:
        for name in ("First", "Second"):
            sheet = book.add_worksheet(name)
            sheet.write_row(0, 0, ["a", "b"])
            sheet.write_row(1, 0, [name, 2])

    first = look(client, "book.xlsx")
    second = look(client, "book.xlsx", config={"sheet_name": "Second"})

    assert first["choices"] == {"sheet_name": ["First", "Second"]}
    assert (first["config"]["sheet_name"], first["rows"]) == ("First", [["First", 2]])
    assert second["rows"] == [["Second", 2]]


def test_a_parquet_file_is_shown_too(client: TestClient, checker_files: Path) -> None:
    target = checker_files / "data.parquet"
    duckdb.sql(f"COPY (SELECT 1 AS a, DATE '2026-01-31' AS d, 1.50::DECIMAL(9,2) AS price) TO '{target}'")

    seen = look(client, "data.parquet")

    assert [column["type"] for column in seen["columns"]] == ["integer", "date", "decimal(9,2)"]
    assert seen["rows"] == [[1, "2026-01-31", "1.50"]]


def test_names_that_look_like_patterns_and_parameters_mean_themselves(client: TestClient, checker_files: Path) -> None:
    (checker_files / "cost$[1].csv").write_text("a\n1\n")
    (checker_files / "cost$1.csv").write_text("b\n1\n")

    seen = look(client, "cost$[1].csv")

    assert [column["name"] for column in seen["columns"]] == ["a"]
    assert seen["config"]["file_path"] == "cost$$[1].csv"


@pytest.mark.parametrize(
    ("name", "content"),
    [("empty.csv", b""), ("picture.png", b"\x89PNG"), ("broken.json", b"{"), ("broken.xlsx", b"PK")],
)
def test_a_file_that_cannot_be_read_says_why(
    client: TestClient, checker_files: Path, name: str, content: bytes
) -> None:
    (checker_files / name).write_bytes(content)

    seen = look(client, name)

    assert (seen["columns"], seen["rows"]) == ([], [])
    assert seen["problems"][0]["message"]


def test_only_files_of_the_store_are_read(client: TestClient) -> None:
    for path, status in (("../secret.csv", 422), ("nowhere.csv", 404), ("/etc/passwd", 422)):
        assert client.post("/api/v1/files/preview", json={"path": path}).status_code == status

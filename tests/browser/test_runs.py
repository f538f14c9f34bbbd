"""A run from the builder: given parameters, cancelled, taken up again, its log filtered; and a version brought back."""

import re
from pathlib import Path

from playwright.sync_api import expect
from psycopg2.extensions import connection

from tests.browser.conftest import Person, Service, Visits
from tests.browser.drawing import Drawing
from tests.browser.examples import node, paid_orders

RUN = 180_000
"""Milliseconds for a run on a busy machine."""
ROWS = (
    "SELECT 'carrier ' || i AS name, i::bigint AS flights, 1.5::float8 AS mean_delay, 2.5::float8 AS fastest"
    " FROM generate_series(1, :rows::int) i"
)


def test_a_run_with_parameters_is_cancelled_and_taken_up_again(
    visits: Visits,
    service: Service,
    editor: Person,
    database: str,
    held_table: tuple[str, connection],
    tmp_path: Path,
) -> None:
    # given: a load that waits for a table
    table, holder = held_table
    nodes = [
        node("read", "postgres-extractor", "Carriers", 0, connection_id=database, query=ROWS),
        node("write", "postgres-loader", "Table", 300, connection_id=database, table_name=table),
    ]
    edges = [{"id": "e1", "source": "read", "target": "write"}]
    body = {"name": f"Given {table}", "default_params": {"rows": 5}, "config": {"nodes": nodes, "edges": edges}}
    saved = service.post("pipelines", body)
    page = visits.of(editor)
    page.goto(f"/pipelines/{saved['id']}")
    drawing = Drawing(page)

    # when: it is run with a parameter of its own, and cancelled while it loads
    page.get_by_role("button", name="Run", exact=True).click()
    asked = page.get_by_role("dialog", name="Parameters of this run")
    expect(asked.get_by_label("rows")).to_have_value("5")
    asked.get_by_label("rows").fill("3")
    asked.get_by_role("button", name="Run", exact=True).click()
    expect(drawing.step("Table")).to_contain_text("Running", timeout=RUN)
    drawing.dock.get_by_role("button", name="Cancel the run").click()
    page.get_by_role("dialog", name="Cancel this run?").get_by_role("button", name="Cancel the run").click()

    # then: it ends, and is taken up again with the same parameter
    retry = drawing.dock.get_by_role("button", name="Retry what failed")
    expect(retry).to_be_visible(timeout=RUN)
    holder.commit()
    retry.click()
    expect(drawing.step("Table")).to_contain_text("Success3 rows", timeout=RUN)
    with holder.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        assert cursor.fetchone() == (3,)

    # and: its log is filtered by level and by words, on the page and in the file
    log = drawing.dock.get_by_role("log")
    expect(log).to_contain_text("Table: 3 rows in")
    drawing.dock.get_by_label("Search the log").fill("3 rows in")
    expect(log).not_to_contain_text("Carriers")
    with page.expect_download() as download:
        drawing.dock.get_by_role("button", name="Download").click()
    kept = tmp_path / "run.log"
    download.value.save_as(kept)
    assert kept.read_text().strip()
    assert all("3 rows in" in line for line in kept.read_text().splitlines())
    drawing.dock.get_by_role("combobox", name="Level").click()
    page.get_by_role("option", name="Errors", exact=True).click()
    expect(log).to_contain_text("No line matches.")


def test_a_version_is_brought_back(visits: Visits, service: Service, editor: Person) -> None:
    # given: a step that was renamed
    saved = paid_orders(service)
    graph = {key: saved[key] for key in ("name", "config")}
    graph["config"]["nodes"][1]["data"]["label"] = "Anything"
    service.put(f"pipelines/{saved['id']}", graph | {"revision": saved["revision"]})
    page = visits.of(editor)
    page.goto(f"/pipelines/{saved['id']}/versions")

    # when
    page.get_by_role("button", name=re.compile("^Version 1")).click()
    page.get_by_role("button", name="Restore").click()
    page.get_by_role("dialog", name="Restore version 1?").get_by_role("button", name="Restore").click()

    # then
    expect(page.get_by_text("Version 1 is current again.")).to_be_visible()
    page.goto(f"/pipelines/{saved['id']}")
    expect(Drawing(page).step("Paid only")).to_be_visible()
    assert service.get(f"pipelines/{saved['id']}")["revision"] == 3

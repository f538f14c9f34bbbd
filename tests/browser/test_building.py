"""A pipeline drawn by hand, from the sign-in to the rows that its run wrote."""

from pathlib import Path

from playwright.sync_api import Page, expect
from psycopg2.extensions import connection

from tests.browser.conftest import Person, Service, Visits
from tests.browser.drawing import Drawing
from tests.browser.examples import node

RUN = 180_000
"""Milliseconds for a run on a busy machine."""
FLIGHTS = """flight,carrier,origin,dep_delay,distance,air_time
1,AA,JFK,30,500,75
2,AA,JFK,50,1000,150
3,UA,EWR,5,900,120
4,UA,EWR,60,1000,120
5,B6,LGA,20,150,40
"""
AIRLINES = "carrier,name\nAA,American\nUA,United\nB6,JetBlue\n"


def test_a_pipeline_is_drawn_checked_saved_and_run(
    visits: Visits, editor: Person, database: str, held_table: tuple[str, connection], tmp_path: Path
) -> None:
    # given
    table, holder = held_table
    page = visits.stranger()
    _sign_in(visits, page, editor)
    page.get_by_role("link", name="New pipeline").first.click()
    page.get_by_label("Name of the pipeline").fill(f"Delays {table}")
    drawing = Drawing(page)

    # when: sources come by a click and by drag and drop, their files from this computer
    drawing.add("Extract", "CSV file", "Flights")
    _bring(drawing, page, tmp_path / f"flights-{table}.csv", FLIGHTS)
    drawing.module("Extract", "CSV file").drag_to(drawing.canvas, target_position={"x": 180, "y": 520})
    drawing.name("Airlines")
    _bring(drawing, page, tmp_path / f"airlines-{table}.csv", AIRLINES)
    _draw_transformers(drawing, page)
    _see_a_mistake_and_mend_it(drawing, page)
    _draw_loaders(drawing, page, database, table)

    # then: rows can be looked at before anything is saved
    drawing.choose("By airline")
    drawing.dock.get_by_role("tab", name="Preview").click()
    expect(drawing.dock.get_by_role("row", name="American 2 40 400")).to_be_visible()
    expect(drawing.dock.get_by_role("row", name="United 1 60 500")).to_be_visible()

    # and: it is saved and run by keys, and comes alive as far as the table lets it
    expect(page.get_by_role("button", name="No problems")).to_be_attached()
    page.keyboard.press("Control+s")
    expect(page.get_by_text("Saved as revision 1.", exact=True)).to_be_visible()
    page.keyboard.press("Control+Enter")
    expect(drawing.step("Flights")).to_contain_text("Success", timeout=RUN)
    expect(drawing.step("Table")).to_contain_text("Running", timeout=RUN)
    holder.commit()
    for label in ("Table", "File"):
        expect(drawing.step(label)).to_contain_text("Success2 rows", timeout=RUN)
    expect(page.get_by_role("button", name="Run again")).to_be_visible()

    # and: the log is that of the chosen step, the rows are those of the run
    drawing.choose("Table")
    expect(drawing.dock.get_by_role("log")).to_contain_text("Table: 2 rows in")
    drawing.choose("By airline")
    drawing.dock.get_by_role("tab", name="Preview").click()
    drawing.dock.get_by_text("Stored by the run").click()
    expect(drawing.dock.get_by_role("row", name="American 2 40 400")).to_be_visible()
    with holder.cursor() as cursor:
        cursor.execute(f"SELECT name, flights FROM {table} ORDER BY name")
        assert cursor.fetchall() == [("American", 2), ("United", 1)]


def test_a_reload_in_the_middle_of_a_run_loses_nothing(
    visits: Visits, service: Service, editor: Person, database: str, held_table: tuple[str, connection]
) -> None:
    # given
    table, holder = held_table
    path = f"flights-{table}.csv"
    service.upload(path, b"name,flights,mean_delay,fastest\nAmerican,2,40,400\n")
    nodes = [
        node("read", "csv-extractor", "Delays", 0, file_path=path),
        node("write", "postgres-loader", "Table", 300, connection_id=database, table_name=table),
    ]
    edges = [{"id": "e1", "source": "read", "target": "write"}]
    saved = service.post("pipelines", {"name": f"Held {table}", "config": {"nodes": nodes, "edges": edges}})
    page, watcher = visits.of(editor), visits.of(editor)
    drawing = Drawing(page)
    page.goto(f"/pipelines/{saved['id']}")
    page.get_by_role("button", name="Fold the modules away").click()

    # when
    page.get_by_role("button", name="Run", exact=True).click()
    expect(drawing.step("Table")).to_contain_text("Running", timeout=RUN)
    page.reload()
    watcher.goto(f"/executions/{service.get('executions', pipeline_id=saved['id'])['items'][0]['id']}")
    watcher.reload()

    # then: the same run goes on, with what it said before, and ends before both
    expect(drawing.step("Delays")).to_contain_text("Success")
    expect(drawing.step("Table")).to_contain_text("Running")
    expect(page.get_by_role("button", name="Show the modules (A)")).to_be_visible()
    expect(drawing.dock.get_by_role("status").filter(has_text="Live")).to_be_visible()
    steps = watcher.get_by_role("table").filter(has_text="Rows out")
    expect(steps.get_by_role("row", name="Table")).to_contain_text("Running")
    holder.commit()
    expect(drawing.step("Table")).to_contain_text("Success1 row", timeout=RUN)
    expect(steps.get_by_role("row", name="Table")).to_contain_text("Success", timeout=RUN)
    for log in (drawing.dock.get_by_role("log"), watcher.get_by_role("log")):
        expect(log).to_contain_text("Delays: 50 bytes")
        expect(log).to_contain_text("Table: 1 rows in")
    expect(page.get_by_role("button", name="Run again")).to_be_visible()
    expect(watcher.get_by_role("button", name="Run again")).to_be_visible()


def _sign_in(visits: Visits, page: Page, person: Person) -> None:
    visits.watch.expect(401, "/auth/refresh$")
    page.goto("/")
    page.get_by_label("E-mail").fill(person.email)
    page.get_by_role("textbox", name="Password").fill(person.password)
    page.keyboard.press("Enter")


def _bring(drawing: Drawing, page: Page, file: Path, content: str) -> None:
    """Upload a file from the form of the step that reads it."""
    file.write_text(content)
    with page.expect_file_chooser() as chooser:
        drawing.options.get_by_role("button", name="Upload a file").click()
    chooser.value.set_files(file)
    expect(drawing.options.get_by_role("combobox", name="File", exact=True)).to_have_value(file.name)


def _draw_transformers(drawing: Drawing, page: Page) -> None:
    # A key leads to the search of the palette, where Enter adds what was found.
    drawing.canvas.click(position={"x": 400, "y": 120})
    page.keyboard.press("a")
    page.keyboard.type("join")
    page.keyboard.press("Enter")
    drawing.name("Named")
    drawing.palette.get_by_label("Search modules").fill("")
    drawing.connect("Flights", "Named", "left")
    drawing.connect("Airlines", "Named", "right")
    drawing.choose("Named")
    drawing.options.get_by_role("combobox", name="Join type").click()
    page.get_by_role("option", name="inner", exact=True).click()
    drawing.options.get_by_role("button", name="Add a key").click()
    keys = drawing.options.get_by_role("group", name="Keys 1", exact=True)
    keys.get_by_role("combobox", name="Left").click()
    page.get_by_role("option", name="carrier").click()

    drawing.add("Transform", "Filter Rows", "Late")
    drawing.connect("Named", "Late")
    drawing.choose("Late")
    drawing.write("Condition", "dep_delay > 15 AND distance >= 200")

    drawing.add("Transform", "Add Column", "Speed")
    drawing.connect("Late", "Speed")
    drawing.choose("Speed")
    drawing.options.get_by_role("textbox", name="Column name").fill("mph")
    drawing.write("Expression", "distance / (air_time / 60.0)")

    # What is added too much goes again by keys.
    drawing.add("Transform", "Sort", "Too much")
    page.keyboard.press("Escape")
    drawing.step("Too much").click()
    page.keyboard.press("Delete")
    expect(drawing.step("Too much")).to_have_count(0)
    page.keyboard.press("Control+z")
    expect(drawing.step("Too much")).to_be_visible()
    page.keyboard.press("Control+y")
    expect(drawing.step("Too much")).to_have_count(0)

    drawing.add("Transform", "Aggregate", "By airline")
    drawing.connect("Speed", "By airline")


def _see_a_mistake_and_mend_it(drawing: Drawing, page: Page) -> None:
    """A column that is misspelt is marked at its field, with the one that was meant, and is led to from the list."""
    drawing.choose("By airline")
    drawing.options.get_by_role("textbox", name="Group by").fill("name")
    page.keyboard.press("Enter")
    wanted = [("count", None, "flights"), ("mean", "dep_dela", "mean_delay"), ("max", "mph", "fastest")]
    for position, (function, column, alias) in enumerate(wanted, start=1):
        drawing.options.get_by_role("button", name="Add", exact=True).click()
        row = drawing.options.get_by_role("group", name=f"Aggregations {position}", exact=True)
        row.get_by_role("combobox", name="Function").click()
        page.get_by_role("option", name=function, exact=True).click()
        if column:
            row.get_by_role("combobox", name="Column").fill(column)
        row.get_by_role("textbox", name="Name", exact=True).fill(alias)
    wrong = drawing.options.get_by_role("group", name="Aggregations 2", exact=True)
    take = wrong.get_by_role("button", name="Use “dep_delay”")
    expect(take).to_be_visible()
    page.keyboard.press("Control+f")
    page.get_by_label("Search steps and notes").fill("airlines")
    expect(drawing.options.get_by_label("Name of the step")).to_have_value("Airlines")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="problems").click()
    page.get_by_role("button", name="By airline").filter(has_text="dep_dela").click()
    expect(wrong.get_by_role("combobox", name="Column")).to_be_focused()
    take.click()
    expect(take).to_have_count(0)


def _draw_loaders(drawing: Drawing, page: Page, connection: str, table: str) -> None:
    drawing.add("Load", "PostgreSQL", "Table")
    drawing.connect("By airline", "Table")
    drawing.choose("Table")
    drawing.options.get_by_role("combobox", name="Connection").click()
    page.get_by_role("option", name=connection).click()
    drawing.options.get_by_role("combobox", name="Table", exact=True).fill(table)
    page.get_by_role("option", name=table).click()
    drawing.add("Load", "CSV file", "File")
    drawing.options.get_by_role("combobox", name="File", exact=True).fill(f"{table}.csv")
    drawing.connect("By airline", "File")
    page.get_by_role("button", name="Lay out (L)").click()

"""What could come next is offered at a step's output and on an empty canvas, by mouse and by keyboard."""

import re
import secrets

from playwright.sync_api import expect

from tests.browser.conftest import Person, Service, Visits
from tests.browser.examples import ORDERS, node
from tests.browser.watching import serious_issues


def test_a_suggestion_is_placed_joined_and_undone_as_one_step(visits: Visits, service: Service, editor: Person) -> None:
    # given: two sources with a key in common
    people = f"people-{secrets.token_hex(3)}.csv"
    service.upload("orders.csv", ORDERS)
    service.upload(people, b"customer,id,country\nAda,1,NL\nBo,2,DE\n")
    sources = [
        node("orders", "csv-extractor", "Orders", 0, file_path="orders.csv"),
        node("people", "csv-extractor", "People", 0, file_path=people),
    ]
    sources[1]["position"]["y"] = 300
    graph = {"name": f"Suggested {secrets.token_hex(3)}", "config": {"nodes": sources, "edges": []}}
    saved = service.post("pipelines", graph)
    page = visits.of(editor)
    page.goto(f"/pipelines/{saved['id']}")
    canvas = page.get_by_label("Canvas", exact=True)

    # when: by mouse
    canvas.get_by_text("Orders", exact=True).hover()
    canvas.get_by_role("button", name="What could come after Orders").click()
    join = page.get_by_role("menuitem", name=re.compile("Join.*Shares a key with “People”: id"))
    expect(join).to_be_visible()
    assert not serious_issues(page)
    join.click()

    # then
    expect(canvas.locator(".react-flow__node")).to_have_count(3)
    expect(canvas.locator(".react-flow__edge")).to_have_count(2)
    expect(page.get_by_label("Name of the step")).to_have_value("Join")
    page.keyboard.press("Escape")
    page.keyboard.press("Control+z")
    expect(canvas.locator(".react-flow__node")).to_have_count(2)
    expect(canvas.locator(".react-flow__edge")).to_have_count(0)

    # and: by keyboard, also where nothing is drawn
    canvas.get_by_role("button", name="What could come after Orders").press("Enter")
    expect(join).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(canvas.locator(".react-flow__node")).to_have_count(3)
    page.keyboard.press("Control+z")
    page.goto("/pipelines/new")
    page.get_by_role("button", name="Suggest a source").click()
    page.get_by_role("menuitem", name=re.compile(re.escape(people))).click()
    expect(canvas.locator(".react-flow__node")).to_have_count(1)

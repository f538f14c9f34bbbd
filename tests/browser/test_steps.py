"""Steps of a drawing: connected and fed by keyboard, filled from templates, their columns followed."""

import re
import secrets

from playwright.sync_api import expect

from tests.browser.conftest import Person, Service, Visits
from tests.browser.drawing import Drawing
from tests.browser.examples import ORDERS, node
from tests.browser.watching import serious_issues

ALL_IN_VIEW = """least => {
    const room = document.querySelector('.react-flow').getBoundingClientRect()
    const steps = [...document.querySelectorAll('.react-flow__node')].map(step => step.getBoundingClientRect())
    return steps.every(step => step.width > least && step.left > room.left && step.right < room.right)
}"""
"""Whether each step is so many pixels wide at least, and between the canvas's sides."""


def test_steps_are_connected_and_fed_by_keyboard(visits: Visits, service: Service, editor: Person) -> None:
    # given: a source, a step with two inputs, a step that nothing leads to, and a file that nothing reads yet
    service.upload("orders.csv", ORDERS)
    service.upload(f"more-{secrets.token_hex(3)}.csv", ORDERS)
    nodes = [
        node("orders", "csv-extractor", "Orders", 320, file_path="orders.csv"),
        node("both", "join-transformer", "Both", 660, join_type="inner", left_on=["id"], right_on=["id"]),
        node("paid", "filter-transformer", "Paid", 1000, condition="status = 'paid'"),
    ]
    saved = service.post("pipelines", {"name": f"Keys {secrets.token_hex(3)}", "config": {"nodes": nodes, "edges": []}})
    page = visits.of(editor)
    page.goto(f"/pipelines/{saved['id']}")
    drawing = Drawing(page)

    # when: an edge is drawn from the step in focus
    drawing.step("Orders").focus()
    page.keyboard.press("c")
    dialog = page.get_by_role("dialog", name="Connect “Orders” to…")
    expect(dialog.get_by_role("option")).to_have_count(3)
    assert serious_issues(page) == []
    page.keyboard.type("both")
    expect(dialog.get_by_role("option")).to_have_count(2)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")

    # then: it is there, to the second input, and one step to undo
    expect(drawing.edges).to_have_count(1)
    expect(drawing.step("Orders")).to_be_focused()
    page.keyboard.press("Control+z")
    expect(drawing.edges).to_have_count(0)
    page.keyboard.press("Control+y")
    expect(drawing.edges).to_have_count(1)

    # and: one that cannot be drawn says why, and nothing is drawn
    page.keyboard.press("c")
    refused = dialog.get_by_role("option", name=re.compile("Both.*input “right”"))
    expect(refused).to_contain_text("These two are connected already.")
    refused.click()
    expect(dialog.get_by_role("status")).to_have_text("These two are connected already.")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(drawing.edges).to_have_count(1)

    # when: the free input is to be fed, by the key of suggestions and by its own button
    drawing.step("Both").focus()
    page.keyboard.press("Enter")
    expect(drawing.options.get_by_label("Name of the step")).to_have_value("Both")
    expect(page.get_by_role("button", name="What could feed “right” of Both")).to_have_count(0)
    page.keyboard.press("s")
    offered = page.get_by_role("menu", name="What could come before")
    expect(offered.get_by_role("menuitem").first).to_be_focused()
    assert serious_issues(page) == []
    page.keyboard.press("Escape")
    expect(offered).to_be_hidden()
    expect(drawing.options.get_by_label("Name of the step")).to_have_value("Both")
    page.get_by_role("button", name="What could feed “left” of Both").press("Enter")
    expect(offered.get_by_role("menuitem").first).to_be_focused()
    page.keyboard.press("Enter")

    # then: the source stands there and feeds it
    expect(drawing.edges).to_have_count(2)
    expect(page.get_by_role("button", name="What could feed “left” of Both")).to_have_count(0)
    page.keyboard.press("Control+z")
    expect(drawing.edges).to_have_count(1)


def test_a_step_is_kept_as_a_template_and_filled_from_it(visits: Visits, service: Service, editor: Person) -> None:
    # given: a condition that is edited as text
    name = f"Kept {secrets.token_hex(3)}"
    nodes = [
        node("one", "filter-transformer", "One", 0, condition="amount * 2 > 14.5"),
        node("another", "filter-transformer", "Another", 300, condition="amount IS NOT NULL"),
    ]
    saved = service.post("pipelines", {"name": name, "config": {"nodes": nodes, "edges": []}})
    page = visits.of(editor)
    page.goto(f"/pipelines/{saved['id']}")
    drawing = Drawing(page)
    ready = drawing.options.get_by_role("button", name="Ready-made")

    # when: it is kept for everyone
    drawing.choose("One")
    ready.click()
    page.get_by_role("menuitem", name="Save as a template…").click()
    keep = page.get_by_role("dialog", name="Save the node as a template")
    expect(keep.get_by_label("Name")).to_have_value("One")
    keep.get_by_label("Name").fill(name)
    keep.get_by_label("Everyone may use it").check()
    keep.get_by_role("button", name="Save").click()
    expect(keep).to_be_hidden()

    # and: another step of the module takes it
    drawing.choose("Another")
    expect(drawing.options).not_to_contain_text("14.5")
    ready.click()
    expect(page.get_by_role("menuitem", name=re.compile(f"{name}.*Shared by {editor.name}"))).to_be_visible()
    assert serious_issues(page) == []
    page.get_by_role("menuitem", name=re.compile(name)).click()

    # then: it has its options, and one step takes them back
    expect(drawing.options).to_contain_text("amount * 2 > 14.5")
    expect(drawing.options.get_by_label("Name of the step")).to_have_value("Another")
    page.get_by_role("button", name="Undo (Ctrl+Z)").click()
    expect(drawing.options).not_to_contain_text("14.5")


def test_a_column_is_followed_through_the_steps(visits: Visits, service: Service, editor: Person) -> None:
    # given: a column that goes on from one of two sources, and what is beside it
    service.upload("orders.csv", ORDERS)
    total = {"group_by": ["status"], "aggregations": [{"function": "sum", "column": "amount", "alias": "total"}]}
    nodes = [
        node("orders", "csv-extractor", "Orders", 0, file_path="orders.csv"),
        node("total", "aggregate-transformer", "Total", 300, **total),
        node("out", "csv-loader", "Totals", 600, file_path=f"totals-{secrets.token_hex(4)}.csv"),
        node("copy", "csv-loader", "Copy", 900, file_path=f"copy-{secrets.token_hex(4)}.csv"),
    ]
    ends = [("orders", "total"), ("total", "out"), ("orders", "copy")]
    edges = [{"id": f"e{at}", "source": source, "target": target} for at, (source, target) in enumerate(ends)]
    name = f"Followed {secrets.token_hex(3)}"
    saved = service.post("pipelines", {"name": name, "config": {"nodes": nodes, "edges": edges}})
    page = visits.of(editor, viewport={"width": 1920, "height": 1080})
    page.goto(f"/pipelines/{saved['id']}")
    drawing = Drawing(page)

    # when: a step is chosen, and the panel opened by its key
    drawing.step("Total").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("t")
    drawing.dock.get_by_role("combobox", name="Column").click()
    page.get_by_role("option", name="total", exact=True).click()

    # then: the list and the canvas say where it comes from and goes to
    source = drawing.dock.get_by_role("region", name="Comes from")
    target = drawing.dock.get_by_role("region", name="Goes to")
    expect(source).to_contain_text("Ordersamount")
    expect(target).to_contain_text("Totalstotal")
    expect(drawing.step("Orders")).to_contain_text("amount")
    expect(drawing.canvas.locator("[data-beside]")).to_have_text(re.compile("Copy"))
    assert serious_issues(page) == []

    # and: one goes on from where it leads to
    source.get_by_role("button", name="amount").click()
    expect(drawing.options.get_by_label("Name of the step")).to_have_value("Orders")
    expect(source).to_contain_text("It is read or made here, from no other column.")
    expect(target.get_by_role("button")).to_have_count(3)
    expect(drawing.canvas.locator("[data-beside]")).to_have_count(0)


def test_a_long_chain_is_readable_and_its_panels_are_accessible(
    visits: Visits, service: Service, editor: Person
) -> None:
    # given: six steps in a row, too many to be read beside the modules
    made = service.post("examples/sales-by-country")
    page = visits.of(editor)
    page.goto(f"/pipelines/{made['id']}")
    drawing = Drawing(page)

    # then: the canvas has the room, and all is in view
    expect(page.get_by_role("button", name="Show the modules (A)")).to_be_visible()
    expect(drawing.step("Orders").locator(".react-flow__handle")).to_be_visible()
    page.wait_for_function(ALL_IN_VIEW, arg=0.55 * 220)

    # when, then
    for key, title in (("Control+,", "Settings of the pipeline"), ("?", "Keyboard shortcuts")):
        page.keyboard.press(key)
        expect(page.get_by_role("dialog", name=title)).to_be_visible()
        assert serious_issues(page) == [], title
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_have_count(0)
    drawing.step("Orders").click(button="right")
    expect(page.get_by_role("menuitem", name="Connect to…")).to_be_visible()
    assert serious_issues(page) == []

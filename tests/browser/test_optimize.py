"""What could be better in a drawing: reviewed by keyboard and mouse, taken as one step, taken back as one."""

import secrets
import time
from typing import Any

from playwright.sync_api import expect

from tests.browser.conftest import Person, Service, Visits
from tests.browser.examples import ORDERS, node
from tests.browser.watching import serious_issues


def test_improvements_are_reviewed_applied_and_undone(visits: Visits, service: Service, editor: Person) -> None:
    # given: a needless sort in front of a filter that could stand before it, and columns that nobody uses
    service.upload("orders.csv", ORDERS)
    counted = {"group_by": ["status"], "aggregations": [{"function": "count", "alias": "orders"}]}
    steps = [
        node("orders", "csv-extractor", "Orders", 0, file_path="orders.csv"),
        node("sorted", "sort-transformer", "By amount", 260, sort_by=[{"column": "amount"}]),
        node("paid", "filter-transformer", "Paid only", 520, condition="status = 'paid'"),
        node("counted", "aggregate-transformer", "Counted", 780, **counted),
        node("out", "csv-loader", "Result", 1040, file_path=f"counted-{secrets.token_hex(4)}.csv"),
    ]
    ids = [step["id"] for step in steps]
    edges = [{"id": f"e{n}", "source": one, "target": ids[n + 1]} for n, one in enumerate(ids[:-1])]
    name = f"Counted {secrets.token_hex(4)}"
    saved = service.post("pipelines", {"name": name, "config": {"nodes": steps, "edges": edges}})
    _wait_for_the_checks(service, {"name": name, "config": {"nodes": steps, "edges": edges}})
    page = visits.of(editor)
    page.goto(f"/pipelines/{saved['id']}")
    canvas, sort = page.get_by_label("Canvas"), page.get_by_label("Canvas").get_by_text("By amount")
    expect(sort).to_be_visible()

    # when: it is opened by its key
    page.keyboard.press("o")
    drawer = page.get_by_role("dialog", name="Optimize")

    # then: each says why, what a sample said, and what it would change
    expect(drawer.get_by_role("checkbox")).to_have_count(3)
    expect(drawer.get_by_text("Checked on a sample: the same row is loaded")).to_have_count(3)
    left_out = drawer.get_by_role("listitem").filter(has_text="Leave out a sort: By amount")
    left_out.get_by_role("button", name="Show what changes").click()
    expect(left_out.get_by_text("Orders → Paid only")).to_be_visible()
    assert serious_issues(page) == []

    # when: all are ticked, of which one makes another needless
    drawer.get_by_role("button", name="Tick all").press("Enter")
    expect(drawer.get_by_text("Needless after the others: Filter earlier.")).to_be_visible()
    drawer.get_by_role("button", name="Apply 2 improvements").click()

    # then
    expect(sort).to_be_hidden()
    expect(canvas.get_by_text("Orders: columns used")).to_be_visible()
    page.keyboard.press("Control+z")
    expect(sort).to_be_visible()
    expect(canvas.get_by_text("Orders: columns used")).to_be_hidden()

    # and: a drawing without anything to improve says so
    page.keyboard.press("Control+y")
    page.get_by_role("button", name="Optimize").click()
    expect(drawer.get_by_text("Nothing to improve")).to_be_visible()


def _wait_for_the_checks(service: Service, graph: dict[str, Any]) -> None:
    """A process that checks may still be starting when this is the first test."""
    deadline = time.monotonic() + 120
    while {each["check"]["status"] for each in _proposals(service, graph)} != {"equal"}:
        assert time.monotonic() < deadline, _proposals(service, graph)
        time.sleep(0.5)


def _proposals(service: Service, graph: dict[str, Any]) -> list[dict[str, Any]]:
    return service.post("assist/optimize", {"graph": graph})["proposals"]

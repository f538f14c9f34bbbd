"""A viewer's walk: what the service would refuse them is off, says why, and is never asked for."""

import re
import secrets
from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Person, Service, Visits
from tests.browser.drawing import Drawing
from tests.browser.examples import ORDERS, ended_run, paid_orders

REASON = re.compile("^As a viewer")
ADMINS = re.compile("^Only admins")


def test_a_viewer_is_told_why_they_change_and_run_nothing(
    visits: Visits, service: Service, people: Callable[[str], Person]
) -> None:
    # given: `visits` fails the test when a page asks for what is refused
    connection = f"viewed_{secrets.token_hex(3)}"
    fields = {"host": "db.example.com", "database": "sales", "login": "etl", "password": secrets.token_urlsafe()}
    service.post("connections", {"connection_id": connection, "type": "postgres", "fields": fields})
    service.upload(f"{connection}.csv", ORDERS)
    saved = paid_orders(service, schedule="0 6 * * *", is_scheduled=True)
    at, name = f"/pipelines/{saved['id']}", saved["name"]
    earlier, run = (ended_run(service, saved["id"]) for _ in range(2))
    page = visits.of(people("viewer"))

    # then: on the list
    page.goto(f"/pipelines?search={name.split()[-1]}")
    _off(page.get_by_role("switch", name=f"Pause the schedule of {name}"))
    _off(page.get_by_role("button", name="Import"), page.get_by_role("button", name="New pipeline"))
    _off(*_items(page, name, "Run now", "Duplicate", "Delete"))
    expect(page.get_by_role("menuitem", name="Export")).to_be_enabled()
    page.keyboard.press("Escape")
    strip = page.get_by_role("group", name=f"Last runs of {name}").get_by_role("link", name=re.compile("^Success"))
    expect(strip).to_have_count(2)
    strip.last.focus()
    page.keyboard.press("ArrowLeft")
    expect(strip.first).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(f"/executions/{earlier['id']}$"))

    # and: in the builder
    with page.expect_response(re.compile(f"{at}/validate$")):
        page.goto(at)
    toolbar = page.locator("header").filter(has=page.get_by_label("Name of the pipeline"))
    _off(*(toolbar.get_by_role("button", name=each, exact=True) for each in ("Save", "Run")))
    page.keyboard.press("Control+s")
    expect(page.get_by_role("alert")).to_contain_text(REASON)
    Drawing(page).step("Paid only").click()
    page.keyboard.press("p")
    expect(Drawing(page).dock).to_contain_text("As a viewer")

    # and: on the pages about a pipeline and its run
    page.goto(f"{at}/versions?version=1")
    expect(page.get_by_role("heading", name="Version 1")).to_be_visible()
    page.goto(f"{at}/schedule")
    _off(page.get_by_role("button", name="Pause"), page.get_by_role("button", name="Save as a new version"))
    page.goto(f"{at}/webhooks")
    expect(page.get_by_text(REASON)).to_be_visible()
    page.goto(f"{at}/alerts")
    expect(page.get_by_text(REASON)).to_be_visible()
    expect(page.get_by_label("When a run fails")).to_be_disabled()
    page.goto(f"/executions/{run['id']}")
    _off(page.get_by_role("button", name="Run again"))

    _see_the_other_pages(page, connection)
    assert service.get(f"pipelines/{saved['id']}")["revision"] == 1
    service.delete(f"connections/{connection}")


def _see_the_other_pages(page: Page, connection: str) -> None:
    file = f"{connection}.csv"
    page.goto(f"/files?search={file}")
    _off(page.get_by_role("button", name="Upload"), page.get_by_role("button", name="New folder"))
    _off(page.get_by_role("button", name=file, exact=True))
    _off(*_items(page, file, "Preview", "Delete"))
    page.goto("/templates")
    expect(page.get_by_role("heading", level=1)).to_have_text("Templates")
    page.goto(f"/connections?search={connection}")
    _off(page.get_by_role("row", name=connection).get_by_role("button", name="Test"))
    _off(page.get_by_role("button", name="New connection"), why=ADMINS)
    _off(*_items(page, connection, "Edit", "Delete"), why=ADMINS)
    page.goto("/alerts")
    expect(page.get_by_text(ADMINS)).to_be_visible()


def _items(page: Page, name: str, *items: str) -> list[Locator]:
    page.get_by_role("button", name=f"Actions for {name}", exact=True).click()
    return [page.get_by_role("menuitem", name=item, exact=True) for item in items]


def _off(*controls: Locator, why: re.Pattern[str] = REASON) -> None:
    for control in controls:
        expect(control).to_be_disabled()
        expect(control).to_have_attribute("title", why)

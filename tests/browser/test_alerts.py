"""Alerts: who is told is set for all pipelines and for one, each way is tried at once, and what is wrong says where."""

import re
import secrets
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Person, Service, Visits
from tests.browser.examples import paid_orders
from tests.receivers import PASSWORD, Calls, Mailbox, http_server, mail_server

MAIL, SLACK = (f"{name}_{secrets.token_hex(3)}" for name in ("mail", "slack"))


@pytest.fixture
def mailbox(service: Service) -> Iterator[Mailbox]:
    """A mail server, and the connection to it."""
    with mail_server() as mailbox:
        fields = {"host": "127.0.0.1", "port": mailbox.port, "login": "logidata", "password": PASSWORD}
        fields |= {"from_email": "logidata@example.com", "disable_tls": True}
        service.post("connections", {"connection_id": MAIL, "type": "smtp", "fields": fields})
        yield mailbox
        service.put("alerts/defaults", {})
        service.delete(f"connections/{MAIL}")


@pytest.fixture
def calls(service: Service) -> Iterator[Calls]:
    """A web server that takes what Slack would, and the connection to it."""
    with http_server() as calls:
        fields = {"password": f"{calls.url}/services/canary"}
        service.post("connections", {"connection_id": SLACK, "type": "slackwebhook", "fields": fields})
        yield calls


def test_alerts_are_set_tried_and_wrong_ones_say_where(
    visits: Visits, service: Service, admin: Person, mailbox: Mailbox, calls: Calls
) -> None:
    # given
    page = visits.of(admin)
    page.goto("/pipelines")
    page.get_by_role("link", name="Alerts").click()

    # when: the rules for all name an address that is none
    page.get_by_role("button", name="Add E-mail").click()
    _choose(page, MAIL)
    addresses = page.locator("input").and_(page.get_by_label("Addresses"))
    addresses.press_sequentially("ada@example.com,nobody,")
    visits.watch.expect(422, "/alerts/(test|defaults)$")
    page.get_by_role("button", name="Send a test").click()
    expect(page.get_by_text("“nobody” is no e-mail address")).to_be_visible()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("“nobody” is no e-mail address")).to_be_visible()

    # then: without it the test arrives, and the rules are kept
    addresses.press("Backspace")
    expect(page.get_by_text("“nobody” is no e-mail address")).to_have_count(0)
    page.get_by_role("button", name="Send a test").click()
    expect(page.get_by_role("status").filter(has_text="It was taken.")).to_be_visible()
    assert [mail["To"] for mail in mailbox.mails] == ["ada@example.com"]
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("The alerts were saved.")).to_be_visible()
    assert service.get("alerts/defaults")["receivers"][0]["to"] == ["ada@example.com"]

    # and: a pipeline has its own
    saved = paid_orders(service)
    page.goto(f"/pipelines?search={saved['name'].split()[-1]}")
    page.get_by_role("button", name=f"Actions for {saved['name']}", exact=True).click()
    page.get_by_role("menuitem", name="Alerts").click()
    page.get_by_role("button", name="Add Slack").click()
    _choose(page, SLACK)
    calls.status = 404
    page.get_by_role("button", name="Send a test").click()
    expect(page.get_by_role("status").filter(has_text="answered 404")).to_be_visible()
    expect(page.get_by_text("canary")).to_have_count(0)
    calls.status = 200
    page.get_by_role("button", name="Send a test").click()
    expect(page.get_by_role("status").filter(has_text="It was taken.")).to_be_visible()
    page.get_by_label("Late after (minutes)").fill("5")
    page.get_by_role("button", name="Save as a new version").click()
    expect(page.get_by_text(re.compile("Only scheduled runs can be late"))).to_be_visible()
    kept = service.get(f"pipelines/{saved['id']}")["alerts"]
    assert (kept["receivers"][0]["connection_id"], kept["late_after_seconds"]) == (SLACK, 300)
    service.delete(f"pipelines/{saved['id']}")
    service.delete(f"connections/{SLACK}")


def _choose(page: Page, connection_id: str) -> None:
    page.get_by_role("combobox", name="Connection").click()
    page.get_by_role("option", name=connection_id).click()

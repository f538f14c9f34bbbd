"""Coming in, staying in, and being asked again."""

import re
from collections.abc import Callable

import requests
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import Person, Service, Visits
from tests.browser.examples import paid_orders


def test_a_person_signs_in_and_comes_to_where_they_wanted_to_go(visits: Visits, editor: Person) -> None:
    # given
    visits.watch.expect(401, "/auth/(refresh|login)$")
    page = visits.stranger()
    page.goto("/files")

    # when
    page.get_by_label("E-mail").fill(editor.email)
    page.get_by_role("textbox", name="Password").fill("not the one")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_contain_text("E-mail or password is wrong")
    page.get_by_role("textbox", name="Password").fill(editor.password)
    page.keyboard.press("Enter")

    # then
    expect(page.get_by_role("heading", level=1)).to_have_text("Files")
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("Files")

    page.get_by_role("button", name="Account").click()
    page.get_by_role("menuitem", name="Sign out").click()
    expect(page.get_by_role("heading", name="Welcome to LogiData")).to_be_visible()
    page.goto("/files")
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()


def test_an_edit_outlives_the_session(visits: Visits, service: Service, people: Callable[[str], Person]) -> None:
    # given
    person = people("editor")
    saved = paid_orders(service)
    page = visits.of(person)
    page.goto(f"/pipelines/{saved['id']}")
    page.get_by_label("Canvas", exact=True).get_by_text("Paid only").click()

    # when: the access token has ended, which nobody needs to notice
    at = f"/pipelines/{saved['id']}$"
    visits.watch.expect(401, at)
    page.route(re.compile(at), _with_an_ended_token, times=1)
    _rename(page, "Paid at last")
    expect(page.get_by_text("Saved as revision 2.", exact=True)).to_be_visible()

    # and: the whole sign-in has ended, since the password was changed elsewhere
    visits.watch.expect(401, "/api/v1/")
    changed = _change_password(service, person)
    _rename(page, "Paid in full")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Your session has ended")
    expect(page.get_by_label("Name of the step")).to_have_value("Paid in full")
    dialog.get_by_label("E-mail").fill(person.email)
    dialog.get_by_role("textbox", name="Password").fill(changed)
    page.keyboard.press("Enter")

    # then: what waited goes on
    expect(dialog).to_have_count(0)
    expect(page.get_by_text("Saved as revision 3.", exact=True)).to_be_visible()
    assert service.get(f"pipelines/{saved['id']}")["config"]["nodes"][1]["data"]["label"] == "Paid in full"


def _rename(page: Page, label: str) -> None:
    page.get_by_label("Name of the step").fill(label)
    page.keyboard.press("Control+s")


def _with_an_ended_token(route: Route) -> None:
    route.continue_(headers=route.request.headers | {"authorization": "Bearer ended"})


def _change_password(service: Service, person: Person) -> str:
    """As the person does it on another device; every other sign-in ends."""
    form = {"grant_type": "password", "username": person.email, "password": person.password}
    token = requests.post(f"{service.url}/auth/login", data=form, timeout=60).json()["access_token"]
    body = {"current_password": person.password, "new_password": person.password[::-1]}
    headers = {"Authorization": f"Bearer {token}"}
    answer = requests.put(f"{service.url}/auth/password", json=body, headers=headers, timeout=60)
    assert answer.ok, answer.text
    return person.password[::-1]

"""Coming in, staying in, and being asked again."""

from playwright.sync_api import expect

from tests.browser.conftest import Person, Visits


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

"""What admins keep: connections, people, the trail of what was done; and everybody's own account."""

import re
import secrets

from playwright.sync_api import Page, expect

from tests.browser.conftest import Person, Service, Visits
from tests.browser.examples import node
from tests.conftest import RunningStack


def test_an_admin_keeps_connections(visits: Visits, service: Service, admin: Person, stack: RunningStack) -> None:
    # given
    page = visits.of(admin)
    server, name = stack.postgres, f"sales_{secrets.token_hex(3)}"
    page.goto("/connections")

    # when: a wrong port is told at the test, a right one works
    page.get_by_role("button", name="New connection").first.click()
    form = page.get_by_role("dialog")
    form.get_by_role("textbox", name=re.compile("^Id")).fill(name)
    form.get_by_label("Host").fill(server.host)
    form.get_by_label("Port").fill("1")
    form.get_by_label("Database").fill("postgres")
    form.get_by_label("User").fill(server.user)
    form.get_by_role("textbox", name="Password").fill(server.password)
    form.get_by_role("button", name="Test").click()
    expect(form.get_by_role("status")).to_contain_text(re.compile("refused|connect", re.IGNORECASE))
    form.get_by_label("Port").fill(str(server.port))
    form.get_by_role("button", name="Test").click()
    expect(form.get_by_role("status")).not_to_contain_text(re.compile("refused|tested", re.IGNORECASE))
    form.get_by_role("button", name="Save").click()
    expect(form).to_have_count(0)

    # then: it works as saved, also after a change that leaves the password out
    row = page.get_by_role("row", name=name)
    row.get_by_role("button", name=f"Actions for {name}").click()
    page.get_by_role("menuitem", name="Edit").click()
    form.get_by_label("Description").fill("All sales")
    expect(form.get_by_role("textbox", name="Password")).to_be_empty()
    form.get_by_role("button", name="Save").click()
    expect(row).to_contain_text("All sales")
    row.get_by_role("button", name="Test").click()
    expect(row.locator("[role=status] svg.lucide-circle-check")).to_be_visible()

    # and: what is in use is not deleted
    reader = node("n1", "postgres-extractor", "Sales", 0, connection_id=name, table="sales")
    used = service.post("pipelines", {"name": f"Reads {name}", "config": {"nodes": [reader], "edges": []}})
    page.goto(f"/pipelines/{used['id']}")
    page.get_by_label("Canvas").get_by_text("Sales").click()
    with page.expect_popup() as connections:
        page.get_by_role("link", name="New connection").click()
    expect(connections.value.get_by_role("row", name=name)).to_be_visible()
    page.goto("/connections")
    row.get_by_role("button", name=f"Actions for {name}").click()
    page.get_by_role("menuitem", name="Delete").click()
    expect(page.get_by_role("dialog")).to_contain_text("Pipelines use it")
    page.get_by_role("dialog").get_by_role("button", name="Close").last.click()
    service.delete(f"pipelines/{used['id']}")
    page.reload()
    row.get_by_role("button", name=f"Actions for {name}").click()
    page.get_by_role("menuitem", name="Delete").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(row).to_have_count(0)


def test_a_person_is_invited_and_keeps_their_account(visits: Visits, admin: Person, editor: Person) -> None:
    # given
    page = visits.of(admin)
    name = f"Grace {secrets.token_hex(3)}"
    email, password = f"{name.replace(' ', '.').lower()}@example.com", secrets.token_urlsafe(12)

    # when: an admin adds them, and they choose a password by the link
    page.goto("/users")
    page.get_by_role("button", name="Add a person").click()
    form = page.get_by_role("dialog")
    form.get_by_label("Name").fill(name)
    form.get_by_label("E-mail").fill(admin.email)
    form.get_by_label("Viewer").check()
    visits.watch.expect(409, "/users$")
    form.get_by_role("button", name="Create").click()
    expect(form.get_by_role("alert")).to_be_visible()
    form.get_by_label("E-mail").fill(email)
    form.get_by_role("button", name="Create").click()
    invitation = page.get_by_role("dialog", name=f"Hand this link to {name}")
    link = invitation.locator("pre").inner_text()
    invitation.get_by_role("button", name="Close").last.click()

    visits.watch.expect(401, "/auth/(refresh|login)$")
    theirs = visits.stranger()
    theirs.goto(link)
    theirs.get_by_role("textbox", name="New password").fill(password)
    theirs.get_by_role("textbox", name="The same again").fill(password)
    theirs.get_by_role("button", name="Keep this password").click()
    theirs.get_by_role("link", name="Sign in").click()
    theirs.get_by_label("E-mail").fill(email)
    theirs.get_by_role("textbox", name="Password").fill(password)
    theirs.keyboard.press("Enter")

    # then: a viewer sees no admins' pages, and changes their own name and password
    expect(theirs.get_by_role("heading", level=1)).to_have_text("Pipelines")
    expect(theirs.get_by_role("link", name="Audit")).to_have_count(0)
    theirs.get_by_role("button", name="Account").click()
    theirs.get_by_role("menuitem", name="Profile").click()
    theirs.get_by_role("textbox", name=re.compile("^Name")).fill(f"{name} Hopper")
    theirs.get_by_role("button", name="Save").click()
    expect(theirs.get_by_role("button", name="Account")).to_contain_text("Hopper")
    theirs.get_by_role("textbox", name="Current password").fill("wrong")
    theirs.get_by_role("textbox", name="New password").fill(password[::-1])
    theirs.get_by_role("textbox", name="The same again").fill(password[::-1])
    visits.watch.expect(422, "/auth/password$")
    theirs.get_by_role("button", name="Change the password").click()
    expect(theirs.get_by_role("alert")).to_be_visible()
    theirs.get_by_role("textbox", name="Current password").fill(password)
    theirs.get_by_role("button", name="Change the password").click()
    expect(theirs.get_by_text("The password was changed")).to_be_visible()
    _see_what_happened_and_delete(page, name, email)


def _see_what_happened_and_delete(page: Page, name: str, email: str) -> None:
    page.goto("/audit?kind=user")
    expect(page.get_by_role("row", name=re.compile(rf"user\.password.*{email}")).first).to_be_visible()
    page.goto(f"/users?search={name.split()[1]}")
    page.get_by_role("button", name="Actions for").click()
    page.get_by_role("menuitem", name="Deactivate").click()
    expect(page.get_by_role("row", name=name)).to_contain_text("Deactivated")
    page.get_by_role("button", name="Actions for").click()
    page.get_by_role("menuitem", name="Delete").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(page.get_by_text("Nothing matches")).to_be_visible()


def test_an_admin_switches_a_module_off_and_on(visits: Visits, admin: Person) -> None:
    # given
    page = visits.of(admin)
    page.goto("/modules")

    # when
    page.get_by_label("Search name, description and tags").fill("unpivot")
    page.get_by_role("button", name="Unpivot").click()
    details = page.get_by_role("dialog", name="Unpivot")
    expect(details.get_by_role("row", name=re.compile("value_vars"))).to_be_visible()
    offered = details.get_by_label("Offered in the builder")
    offered.click()
    expect(offered).not_to_be_checked()

    # then
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Unpivot")).to_contain_text("Switched off")
    page.get_by_role("button", name="Unpivot").click()
    offered.click()
    expect(offered).to_be_checked()

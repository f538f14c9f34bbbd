"""Every page, in both themes: it shows, says no error, and axe finds nothing serious."""

from playwright.sync_api import Page, expect

from tests.browser.conftest import Person, Service, Visits
from tests.browser.examples import ended_run, paid_orders
from tests.browser.watching import serious_issues

WIDEST = "Math.max(...['html', 'table'].flatMap(e => [...document.querySelectorAll(e)]).map(e => e.scrollWidth))"


def test_pages_show_in_both_themes_and_are_accessible(visits: Visits, service: Service, admin: Person) -> None:
    # given
    pipeline = paid_orders(service, schedule="0 6 * * *", is_scheduled=True, tags=["sales"])["id"]
    run = ended_run(service, pipeline)["id"]
    addresses = [
        "/pipelines",
        "/pipelines/new",
        f"/pipelines/{pipeline}",
        f"/pipelines/{pipeline}?run={run}",
        f"/pipelines/{pipeline}/versions",
        f"/pipelines/{pipeline}/schedule",
        f"/pipelines/{pipeline}/webhooks",
        f"/pipelines/{pipeline}/alerts",
        "/executions",
        f"/executions/{run}",
        "/files",
        "/templates",
        "/alerts",
        "/connections",
        "/modules?module=join-transformer",
        "/users",
        "/audit",
        "/profile",
        "/no-such-page",
    ]
    stranger = visits.stranger()
    visits.watch.expect(401, "/auth/refresh$")
    issues = _in_both_themes(stranger, "/sign-in") + _in_both_themes(stranger, "/invitation#token")
    page = visits.of(admin)

    # when
    for address in addresses:
        issues += _in_both_themes(page, address)

    # then
    assert not issues, "\n\n".join(issues)

    # and: on a phone nothing is beside the screen, lists neither
    page.set_viewport_size({"width": 390, "height": 780})
    for address in ("/pipelines", "/executions", f"/executions/{run}", "/files", "/users", "/audit"):
        page.goto(address)
        expect(page.get_by_role("table").first).to_be_visible()
        assert page.evaluate(WIDEST) <= 390, address


def _in_both_themes(page: Page, address: str) -> list[str]:
    page.emulate_media(color_scheme="light")
    page.goto(address)
    expect(page.locator("h1")).to_be_attached()
    expect(page.locator(".mantine-Skeleton-root, .mantine-Loader-root")).to_have_count(0)
    issues = [f"{address}, light: {each}" for each in serious_issues(page)]
    page.emulate_media(color_scheme="dark")
    expect(page.locator("html")).to_have_attribute("data-mantine-color-scheme", "dark")
    # A theme is its colours; all else is the same.
    return issues + [f"{address}, dark: {each}" for each in serious_issues(page, "color-contrast")]

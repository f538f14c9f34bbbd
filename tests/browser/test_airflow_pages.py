"""Airflow's own pages of a pipeline: they call its steps as they are called here, explain them, and lead back here."""

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import Person, Service, Visits
from tests.browser.examples import ended_run, paid_orders
from tests.conftest import RunningStack

IN_BUILDER = "Open in builder"
SLOW = 60_000
"""Milliseconds: a page of Airflow is 7 MB of script."""


def test_dag_run_and_task_open_in_the_builder(
    visits: Visits, service: Service, stack: RunningStack, admin: Person
) -> None:
    # given
    saved = paid_orders(service)
    run = ended_run(service, saved["id"])
    page = visits.of(admin)
    page.set_default_navigation_timeout(SLOW)
    _sign_in_to_airflow(page, stack)
    dag = f"{stack.airflow_url}/dags/{run['airflow_dag_id']}"

    # when
    page.goto(f"{dag}/tasks/paid")

    # then: names of nodes, and the module's own words
    for name in ("Orders", "Paid only", "Result"):
        expect(page.get_by_role("link", name=name, exact=True).first).to_be_visible(timeout=SLOW)
    page.get_by_role("button", name="Documentation").click()
    expect(page.get_by_text("Keep the rows that meet a condition.")).to_be_visible()
    options = page.get_by_role("link", name="Its options")
    expect(options).to_have_attribute("href", f"{stack.api_url}/modules?module=filter-transformer")
    page.keyboard.press("Escape")

    # and: of the same thing, Airflow's page leads to the builder's
    builder = f"{stack.api_url}/pipelines/{saved['id']}"
    page.get_by_role("link", name=IN_BUILDER).click()
    expect(page.get_by_role("link", name=IN_BUILDER).last).to_have_attribute(
        "href", f"{builder}?node=paid", timeout=SLOW
    )
    page.goto(f"{dag}/runs/{run['airflow_dag_run_id']}/tasks/paid/plugin/builder-task-instance")
    run_here = f"{builder}/runs/{run['airflow_dag_run_id']}?node=paid"
    expect(page.get_by_role("link", name=IN_BUILDER).last).to_have_attribute("href", run_here, timeout=SLOW)

    # and: a run is found by Airflow's id, with its node chosen
    with page.expect_popup() as opened:
        page.get_by_role("link", name=IN_BUILDER).last.click()
    here = opened.value
    expect(here).to_have_url(re.compile(rf"/executions/{run['id']}\?node=paid$"))
    expect(here.get_by_role("button", name="Paid only", pressed=True)).to_be_visible()


def _sign_in_to_airflow(page: Page, stack: RunningStack) -> None:
    token = str(stack.airflow().headers["Authorization"]).removeprefix("Bearer ")
    page.context.add_cookies([{"name": "_token", "value": token, "url": stack.airflow_url}])

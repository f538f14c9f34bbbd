"""Pipelines from the list: made by an example or a file, copied, taken out, changed elsewhere, taken away."""

import re
import secrets
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.conftest import Person, Service, Visits
from tests.browser.examples import paid_orders

DONE = 90_000
"""Milliseconds for a run."""


def test_an_example_runs_at_a_click(visits: Visits, service: Service, editor: Person) -> None:
    # given
    for each in service.get("examples")["items"]:
        if each["pipeline_id"]:
            service.delete(f"pipelines/{each['pipeline_id']}")
    page = visits.of(editor)
    if service.get("pipelines")["total"] >= 4:  # other tests' pipelines: nobody is new here
        _hide_other_pipelines(page)
    page.goto("/pipelines")

    # when
    page.get_by_role("button", name="Run Example: sales by country").click()

    # then
    expect(page.get_by_role("heading", level=1)).to_contain_text("Example: sales by country")
    expect(page.get_by_role("button", name="Run again")).to_be_visible(timeout=DONE)
    page.goto("/files?folder=examples/results")
    page.get_by_role("button", name="sales-by-country.csv", exact=True).click()
    preview = page.get_by_role("dialog")
    expect(preview.get_by_role("columnheader", name=re.compile("revenue"))).to_be_visible()
    expect(preview.get_by_role("row")).to_have_count(1 + len(["DE", "ES", "FR", "NL", "PT", ""]))
    for each in service.get("examples")["items"]:
        made = service.post(f"examples/{each['name']}")
        assert (made["status"], made["problems"]) == ("active", [])


def test_a_pipeline_is_copied_exported_imported_and_deleted(
    visits: Visits, service: Service, editor: Person, tmp_path: Path
) -> None:
    # given
    saved = paid_orders(service)
    name = saved["name"]
    page = visits.of(editor)
    page.goto(f"/pipelines?search={name.split()[-1]}")

    # when: a copy
    _menu(page, name, "Duplicate")
    expect(page.get_by_role("link", name=f"{name} (copy)")).to_be_visible()

    # and: a file of it, which is changed and brought back
    with page.expect_download() as download:
        _menu(page, name, "Export")
    exported = tmp_path / download.value.suggested_filename
    download.value.save_as(exported)
    assert exported.suffix == ".yaml"
    exported.write_text(exported.read_text().replace("Paid only", "Paid alone"))
    visits.watch.expect(409, "/pipelines/import")
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Import").click()
    chooser.value.set_files(exported)
    page.get_by_role("dialog").get_by_role("button", name="Make it the next version").click()

    # then
    expect(page.get_by_label("Canvas").get_by_text("Paid alone")).to_be_visible()
    assert service.get(f"pipelines/{saved['id']}")["revision"] == 2

    # and: a file that is none says where
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text("name: x\nretries: many\n")
    page.goto(f"/pipelines?search={name.split()[-1]}")
    visits.watch.expect(422, "/pipelines/import")
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Import").click()
    chooser.value.set_files(wrong)
    expect(page.get_by_role("alert")).to_contain_text("Line 2")

    # and: both go
    for each in (f"{name} (copy)", name):
        _menu(page, each, "Delete")
        page.get_by_role("dialog").get_by_role("button", name="Delete").click()
        expect(page.get_by_role("link", name=each, exact=True)).to_have_count(0)
    expect(page.get_by_text("Nothing matches")).to_be_visible()


def test_two_people_change_a_pipeline_and_both_changes_stay(visits: Visits, service: Service, editor: Person) -> None:
    # given: two browsers with the same revision
    saved = paid_orders(service)
    at = f"/pipelines/{saved['id']}"
    first, second = visits.of(editor), visits.of(editor)
    for page in (first, second):
        page.goto(at)
        expect(page.get_by_label("Canvas").get_by_text("Paid only")).to_be_visible()

    # when: one renames a step and saves, then the other renames the pipeline and saves
    first.get_by_label("Canvas").get_by_text("Paid only").click()
    first.get_by_label("Name of the step").fill("Paid in full")
    first.get_by_role("button", name="Save", exact=True).click()
    expect(first.get_by_text("Saved as revision 2")).to_be_visible()
    visits.watch.expect(409, at)
    renamed = f"Renamed {secrets.token_hex(3)}"
    second.get_by_label("Name of the pipeline").fill(renamed)
    second.keyboard.press("Control+s")
    dialog = second.get_by_role("dialog")
    expect(dialog).to_contain_text("Somebody saved revision 2")
    expect(dialog).to_contain_text("Paid in full")
    dialog.get_by_role("button", name="Merge and save").click()

    # then
    expect(second.get_by_text("Saved as revision 3")).to_be_visible()
    merged = service.get(f"pipelines/{saved['id']}")
    assert merged["name"] == renamed
    assert [node["data"]["label"] for node in merged["config"]["nodes"]] == ["Orders", "Paid in full", "Result"]


def _menu(page: Page, name: str, item: str) -> None:
    page.get_by_role("button", name=f"Actions for {name}", exact=True).click()
    page.get_by_role("menuitem", name=item, exact=True).click()


def _hide_other_pipelines(page: Page) -> None:
    """Show the list as it is in a new installation."""
    nothing = {"items": [], "total": 0, "limit": 25, "offset": 0}
    page.route(re.compile(r"/api/v1/pipelines\?"), lambda route: route.fulfill(json=nothing))

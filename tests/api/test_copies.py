"""A pipeline made from another."""

from uuid import UUID

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import update
from sqlalchemy.orm import Session

from api.models import Pipeline
from api.services.copies import copy_name
from tests.api.conftest import CreatePipeline
from tests.api.graphs import broken, chain
from tests.api.people import sign_in
from tests.api.test_concurrency import at_once

PIPELINES = "/api/v1/pipelines"


@pytest.mark.parametrize(
    ("name", "taken", "expected"),
    [
        ("Sales", set(), "Sales (copy)"),
        ("Sales", {"Sales", "Sales (copy)"}, "Sales (copy 2)"),
        ("Sales (copy)", {"Sales (copy)", "Sales (copy 2)"}, "Sales (copy 3)"),
        ("Sales (copy 7)", {"Sales (copy 7)"}, "Sales (copy)"),
    ],
)
def test_a_copy_takes_the_first_free_name(name: str, taken: set[str], expected: str) -> None:
    assert copy_name(name, taken) == expected


def test_a_long_name_leaves_room_for_its_number() -> None:
    first = copy_name("x" * 200, set())

    assert len(first) <= 200
    assert copy_name("x" * 200, {first}).endswith(" (copy 2)")


def test_a_copy_has_all_but_the_schedule_running(client: TestClient, create_pipeline: CreatePipeline) -> None:
    original = create_pipeline(chain(schedule="@daily", is_scheduled=True, tags=["sales"], retries=3))

    answer = client.post(f"{PIPELINES}/{original['id']}/duplicate")

    copied = answer.json()
    assert answer.status_code == 201, answer.text
    assert answer.headers["Location"] == f"{PIPELINES}/{copied['id']}"
    assert (copied["name"], copied["revision"], copied["status"]) == ("Paid orders (copy)", 1, "active")
    assert (copied["schedule"], copied["is_scheduled"]) == ("@daily", False)
    same = ("config", "tags", "retries", "default_params", "visibility")
    assert {name: copied[name] for name in same} == {name: original[name] for name in same}
    assert client.get(f"{PIPELINES}/{original['id']}").json()["is_scheduled"]
    events = client.get("/api/v1/audit", params={"action": "pipeline.duplicate"}).json()["items"]
    assert [(event["subject_id"], event["details"]) for event in events] == [(copied["id"], {"copied": original["id"]})]


def test_a_draft_is_copied_as_a_draft(client: TestClient) -> None:
    draft = client.post(PIPELINES, json=broken()).json()

    copied = client.post(f"{PIPELINES}/{draft['id']}/duplicate").json()

    assert (copied["status"], copied["problems"]) == ("draft", draft["problems"])


def test_a_copy_belongs_to_who_asks_and_what_is_private_stays_so(
    app: FastAPI, client: TestClient, session: Session
) -> None:
    ann, ben = sign_in(app, "editor", "ann"), sign_in(app, "editor", "ben")
    url = f"{PIPELINES}/{(saved := client.post(PIPELINES, json=chain(), headers=ann).json())['id']}"
    shared = client.post(f"{url}/duplicate", headers=ben).json()
    session.execute(update(Pipeline).where(Pipeline.id == UUID(saved["id"])).values(visibility="private"))
    session.commit()

    private = client.post(f"{url}/duplicate", headers=ann).json()

    assert (shared["owner_name"], shared["visibility"]) == ("Ben", "shared")
    assert (private["owner_name"], private["visibility"]) == ("Ann", "private")
    assert client.post(f"{url}/duplicate", headers=ben).status_code == 404
    assert client.post(f"{url}/duplicate", headers=sign_in(app, "viewer", "eve")).status_code == 403


def test_a_copy_of_a_copy_of_a_copy_meets_no_name_that_is_taken(
    client: TestClient, create_pipeline: CreatePipeline
) -> None:
    for name in ("Sales (copy)", "Sales (copy 2)"):
        create_pipeline(chain(name=name))
    original = create_pipeline(chain(name="Sales (copy) (copy)"))

    copied = client.post(f"{PIPELINES}/{original['id']}/duplicate").json()

    assert copied.get("name") == "Sales (copy) (copy 2)", copied


def test_copies_made_at_once_get_names_of_their_own(client: TestClient, create_pipeline: CreatePipeline) -> None:
    url = f"{PIPELINES}/{create_pipeline()['id']}/duplicate"

    answers = at_once(4, lambda _: client.post(url))

    names = sorted(answer.json().get("name", answer.text) for answer in answers)
    assert names == [
        "Paid orders (copy 2)",
        "Paid orders (copy 3)",
        "Paid orders (copy 4)",
        "Paid orders (copy)",
    ]

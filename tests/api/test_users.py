"""People, kept by admins."""

from collections import Counter
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from api.models import AuditEvent, User
from tests.api.conftest import CreatePipeline
from tests.api.graphs import chain
from tests.api.people import sign_in
from tests.api.test_concurrency import at_once

USERS = "/api/v1/users"
AUTH = "/api/v1/auth"
PASSWORD = "correct horse battery"
Json = dict[str, Any]


def person(**changes: Any) -> Json:
    return {"email": "ada@example.com", "name": "Ada", "role": "editor", "password": PASSWORD} | changes


def log_in(client: TestClient, email: str = "ada@example.com", password: str = PASSWORD) -> Any:
    return client.post(f"{AUTH}/login", data={"username": email, "password": password})


def test_a_person_is_added_found_changed_and_removed(client: TestClient) -> None:
    made = client.post(USERS, json=person())
    assert made.status_code == 201, made.text
    url = made.headers["Location"]
    assert made.json()["invitation_token"] is None
    assert (made.json()["has_password"], made.json()["is_active"]) == (True, True)
    assert "password_hash" not in made.text

    assert client.get(USERS, params={"search": "EXAMPLE ada", "role": "editor"}).json()["total"] == 1
    assert client.get(USERS, params={"is_active": False}).json()["items"] == []
    changed = client.patch(url, json={"role": "viewer", "name": "Ada L."}).json()
    assert (changed["role"], changed["name"], changed["email"]) == ("viewer", "Ada L.", "ada@example.com")
    assert client.get(url).json() == changed
    assert client.delete(url).status_code == 204
    assert client.get(url).json()["code"] == "user-not-found"


def test_addresses_are_taken_however_they_are_written(client: TestClient) -> None:
    client.post(USERS, json=person())
    other = client.post(USERS, json=person(email="bob@example.com")).json()

    assert client.post(USERS, json=person(email="ADA@Example.COM")).json()["code"] == "email-taken"
    assert client.patch(f"{USERS}/{other['id']}", json={"email": "Ada@example.com"}).status_code == 409


@pytest.mark.parametrize(
    "body",
    [
        person(email="nobody"),
        person(email="a b@example.com"),
        person(email="a\0@example.com"),
        person(name=" "),
        person(role="owner"),
        person(password="pass-9"),
        person(is_active=False),
    ],
)
def test_what_is_no_person_is_refused_without_repeating_it(client: TestClient, body: Json) -> None:
    answer = client.post(USERS, json=body)

    assert answer.status_code == 422
    assert body["password"] not in answer.text


def test_an_invited_person_chooses_a_password_once(client: TestClient) -> None:
    token = client.post(USERS, json=person(password=None)).json()["invitation_token"]
    assert log_in(client).status_code == 401

    accepted = client.post(f"{AUTH}/invitation", json={"token": token, "password": PASSWORD})
    again = client.post(f"{AUTH}/invitation", json={"token": token, "password": "something else"})

    assert (accepted.status_code, again.status_code) == (204, 404)
    assert log_in(client).status_code == 200


def test_a_reset_takes_the_password_and_every_login_away(client: TestClient) -> None:
    user = client.post(USERS, json=person()).json()
    token = log_in(client).json()["access_token"]

    invited = client.post(f"{USERS}/{user['id']}/invitation").json()

    assert log_in(client).status_code == 401
    assert client.get(f"{AUTH}/me", headers={"Authorization": f"Bearer {token}"}).status_code == 401
    client.post(f"{AUTH}/invitation", json={"token": invited["invitation_token"], "password": "another password"})
    assert log_in(client, password="another password").status_code == 200


def test_whoever_is_deactivated_is_out_at_once(client: TestClient) -> None:
    user = client.post(USERS, json=person()).json()
    headers = {"Authorization": f"Bearer {log_in(client).json()['access_token']}"}

    client.patch(f"{USERS}/{user['id']}", json={"is_active": False})

    assert client.get(f"{AUTH}/me", headers=headers).json()["code"] == "login-ended"
    assert client.post(f"{AUTH}/refresh").status_code == 401
    assert log_in(client).json()["code"] == "sign-in-failed"
    client.patch(f"{USERS}/{user['id']}", json={"is_active": True})
    assert client.get(f"{AUTH}/me", headers=headers).status_code == 401, "old tokens do not come back to life"
    assert log_in(client).status_code == 200


def test_a_new_role_counts_at_once(client: TestClient) -> None:
    user = client.post(USERS, json=person()).json()
    headers = {"Authorization": f"Bearer {log_in(client).json()['access_token']}"}

    client.patch(f"{USERS}/{user['id']}", json={"role": "viewer"})

    refused = client.post("/api/v1/pipelines", json=chain(), headers=headers)
    assert (refused.status_code, refused.json()["code"], refused.json()["role_needed"]) == (
        403,
        "role-too-low",
        "editor",
    )


@pytest.mark.parametrize("change", [{"role": "editor"}, {"is_active": False}, "delete", "reset"])
def test_the_last_admin_who_can_sign_in_stays(client: TestClient, change: Json | str) -> None:
    admin = client.post(USERS, json=person(role="admin")).json()
    client.post(USERS, json=person(email="invited@example.com", role="admin", password=None))
    client.post(USERS, json=person(email="editor@example.com"))
    url = f"{USERS}/{admin['id']}"

    def remove() -> Any:
        match change:
            case "delete":
                return client.delete(url)
            case "reset":
                return client.post(f"{url}/invitation")
            case _:
                return client.patch(url, json=change)

    refused = remove()
    assert (refused.status_code, refused.json()["code"]) == (409, "last-admin")
    assert log_in(client).status_code == 200
    client.post(USERS, json=person(email="second@example.com", role="admin"))
    assert remove().is_success


def test_two_admins_cannot_demote_each_other_at_once(client: TestClient) -> None:
    ids = [client.post(USERS, json=person(email=f"{n}@example.com", role="admin")).json()["id"] for n in range(2)]

    answers = at_once(2, lambda number: client.patch(f"{USERS}/{ids[number]}", json={"role": "viewer"}))

    assert Counter(answer.status_code for answer in answers) == {200: 1, 409: 1}


def test_what_somebody_made_stays_when_they_go(app: FastAPI, client: TestClient, session: Session) -> None:
    headers = sign_in(app, "editor")
    made = client.post("/api/v1/pipelines", json=chain(), headers=headers).json()
    assert (made["owner_name"], made["visibility"]) == ("Editor", "shared")

    client.delete(f"{USERS}/{made['owner_id']}")

    kept = client.get(f"/api/v1/pipelines/{made['id']}").json()
    assert (kept["owner_id"], kept["owner_name"]) == (None, None)
    noted = session.scalars(select(AuditEvent).where(AuditEvent.action == "pipeline.create")).one()
    assert noted.account_name == "editor@example.com"


def test_events_say_who_what_when_and_from_where(
    app: FastAPI, client: TestClient, create_pipeline: CreatePipeline
) -> None:
    headers = sign_in(app, "editor") | {"X-Request-ID": "mine-1"}
    mine = client.post("/api/v1/pipelines", json=chain("Mine"), headers=headers).json()
    create_pipeline(name="Other")

    page = client.get("/api/v1/audit", params={"request_id": "mine-1"}).json()

    assert page["total"] == 1
    event = page["items"][0]
    assert (event["account_name"], event["action"]) == ("editor@example.com", "pipeline.create")
    assert (event["subject_type"], event["subject_id"], event["subject_name"]) == ("pipeline", mine["id"], "Mine")
    assert (event["address"], event["request_id"]) == ("testclient", "mine-1")

    def total(**params: Any) -> int:
        return client.get("/api/v1/audit", params=params).json()["total"]

    assert (total(), total(action="pipeline.create"), total(account_id=mine["owner_id"])) == (2, 2, 1)
    assert (total(subject_id=mine["id"]), total(subject_type="user"), total(to=event["at"])) == (1, 0, 0)
    assert total(**{"from": event["at"]}) == 2
    assert [item["subject_name"] for item in client.get("/api/v1/audit").json()["items"]] == ["Other", "Mine"]


def test_nobody_changes_what_was_noted(client: TestClient, create_pipeline: CreatePipeline, session: Session) -> None:
    create_pipeline()

    for change in (update(AuditEvent).values(account_name="x"), delete(AuditEvent)):
        with pytest.raises(DatabaseError, match="never changed or deleted"):
            session.execute(change)
        session.rollback()


def test_what_fails_leaves_no_event_of_a_change(client: TestClient, session: Session) -> None:
    client.post(USERS, json=person())
    client.post(USERS, json=person())

    assert session.scalars(select(AuditEvent.action)).all() == ["user.create"]
    assert len(session.scalars(select(User)).all()) == 1

"""Every route by every role, from the API's own description."""

import inspect
import re
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from api.models import AuditEvent
from api.models.user import ROLES
from tests.api.conftest import TOKEN
from tests.api.graphs import chain
from tests.api.people import sign_in
from tests.api.route_rules import RULES

V1 = "/api/v1"
Json = dict[str, Any]
NOWHERE = {"module_type": "loader", "version": "1", "other": "2", "backfill_id": "1", "path": "nothing.csv"}


class Operation:
    """One method of one path."""

    def __init__(self, path: str, method: str, described: Json) -> None:
        self.path, self.method, self.name = path, method.upper(), described["operationId"]

    def send(self, client: TestClient, headers: dict[str, str], body: Json | None = None, **ids: str) -> Any:
        """Ask for what does not exist, or for these."""
        url = re.sub(r"{(\w+)}", lambda part: ids.get(part[1]) or NOWHERE.get(part[1]) or str(uuid4()), self.path)
        return client.request(self.method, url, headers=headers, json=body)


def operations(app: FastAPI) -> list[Operation]:
    found = app.openapi()["paths"].items()
    return [Operation(path, method, described) for path, each in found for method, described in each.items()]


@pytest.fixture
def headers(app: FastAPI, client: TestClient) -> dict[str, dict[str, str]]:
    """Everybody who may knock, and nobody."""
    client.headers.pop("Authorization")
    names = {"viewer": "viewer", "editor": "editor", "other": "editor", "admin": "admin"}
    return {
        "anonymous": {},
        **{name: sign_in(app, role, name) for name, role in names.items()},
        "service": {"Authorization": f"Bearer {TOKEN}"},
    }


def test_every_route_has_its_rule(app: FastAPI) -> None:
    assert {operation.name for operation in operations(app)} == RULES.keys()


def test_every_route_by_every_role(app: FastAPI, client: TestClient, headers: dict[str, dict[str, str]]) -> None:
    has = {"viewer": "viewer", "editor": "editor", "other": "editor", "admin": "admin", "service": "admin"}
    for operation in operations(app):
        needed = RULES[operation.name].role
        for who, theirs in headers.items():
            answer = operation.send(client, theirs)
            told = (operation.method, operation.path, who, answer.status_code, answer.text[:300])
            if needed == "open":
                assert answer.json()["code"] != "unauthenticated" if answer.status_code == 401 else True, told
                assert answer.status_code != 403, told
            elif who == "anonymous":
                assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated"), told
            elif ROLES.index(has[who]) < ROLES.index(needed):
                assert (answer.status_code, answer.json()["code"]) == (403, "role-too-low"), told
            else:
                assert answer.status_code not in {401, 500}, told
                assert answer.status_code != 403 or answer.json()["code"] == "person-needed", told


BODIES: dict[str, Json] = {
    "update_pipeline": chain("Plan B", revision=1),
    "share_pipeline": {"visibility": "private"},
    "start_backfill": {"from_date": "2026-01-01T00:00:00Z", "to_date": "2026-01-02T00:00:00Z"},
    "create_webhook": {"name": "Shop"},
    "change_webhook": {"name": "Shop"},
    "restore_version": {},
    "duplicate_pipeline": {},
}


def of_a_pipeline(app: FastAPI) -> Iterator[Operation]:
    """What is asked of one pipeline or execution; the deletion last."""
    found = [each for each in operations(app) if "{pipeline_id}" in each.path or "{execution_id}" in each.path]
    return iter(sorted(found, key=lambda each: each.method == "DELETE" and each.path.endswith("{pipeline_id}")))


def test_a_private_pipeline_is_nowhere_for_others(
    app: FastAPI, client: TestClient, headers: dict[str, dict[str, str]]
) -> None:
    body = chain("Secret plan", description="hush", tags=["hush"], visibility="private")
    saved = client.post(f"{V1}/pipelines", json=body, headers=headers["editor"]).json()
    run = client.post(f"{V1}/pipelines/{saved['id']}/execute", headers=headers["editor"]).json()
    client.post(f"{V1}/executions/{run['id']}/cancel", headers=headers["editor"])
    ids = {"pipeline_id": saved["id"], "execution_id": run["id"]}
    lists = (
        "pipelines",
        "pipelines?search=hush",
        "pipelines?tag=hush",
        "executions",
        f"executions?pipeline_id={saved['id']}",
    )

    for who in ("viewer", "other"):
        for operation in of_a_pipeline(app):
            if who == "viewer" and RULES[operation.name].role != "viewer":
                continue
            answer = operation.send(client, headers[who], BODIES.get(operation.name), **ids)
            told = (operation.method, operation.path, who, answer.status_code, answer.text[:300])
            assert answer.status_code == 404, told
            assert answer.json()["code"] in {"pipeline-not-found", "execution-not-found"}, told
            assert "Secret plan" not in answer.text
        for path in lists:
            page = client.get(f"{V1}/{path}", headers=headers[who]).json()
            assert (page["items"], page["total"]) == ([], 0), (path, who)
        asked = client.post(
            f"{V1}/pipelines/validate", params={"pipeline_id": saved["id"]}, json=chain(), headers=headers["other"]
        )
        assert asked.status_code == 404
        used = [item["usage_count"] for item in client.get(f"{V1}/modules", headers=headers[who]).json()["items"]]
        assert set(used) == {0}
        assert streamed(client, run["id"], headers[who]) == "execution-not-found"

    for who in ("editor", "admin", "service"):
        for path in lists:
            assert client.get(f"{V1}/{path}", headers=headers[who]).json()["total"] == 1, (path, who)
        for operation in of_a_pipeline(app):
            if operation.method == "GET":
                answer = operation.send(client, headers[who], **ids)
                codes = {"pipeline-not-found", "execution-not-found"}
                assert answer.status_code != 404 or answer.json()["code"] not in codes, operation.path
        assert streamed(client, run["id"], headers[who]) is None
    assert client.delete(f"{V1}/pipelines/{saved['id']}", headers=headers["admin"]).status_code == 204


def streamed(client: TestClient, execution_id: str, headers: dict[str, str]) -> str | None:
    """The error with which a stream ends, if it does."""
    with client.websocket_connect(f"{V1}/executions/{execution_id}/stream") as socket:
        token = headers["Authorization"].removeprefix("Bearer ")
        socket.send_json({"type": "start", "token": token, "cursor": None})
        while (message := socket.receive_json())["type"] not in {"end", "error"}:
            pass
        return message.get("code")


def test_editors_change_and_run_what_is_shared_and_only_its_owner_hides_it(
    client: TestClient, headers: dict[str, dict[str, str]]
) -> None:
    saved = client.post(f"{V1}/pipelines", json=chain(), headers=headers["editor"]).json()
    url = f"{V1}/pipelines/{saved['id']}"
    private = {"visibility": "private"}

    updated = client.put(url, json=chain("By another", revision=1), headers=headers["other"])
    assert (updated.json()["revision"], updated.json()["owner_name"]) == (2, "Editor")
    assert client.get(f"{url}/versions", headers=headers["viewer"]).json()["items"][0]["author_name"] == "Other"
    run = client.post(f"{url}/execute", headers=headers["other"]).json()
    assert run["triggered_by_name"] == "Other"
    refused = client.patch(f"{url}/sharing", json=private, headers=headers["other"])
    assert (refused.status_code, refused.json()["code"]) == (403, "not-owner")
    hidden = client.patch(f"{url}/sharing", json=private, headers=headers["editor"]).json()
    assert hidden["visibility"] == "private"
    assert client.get(url, headers=headers["other"]).status_code == 404

    new_owner = client.get(f"{V1}/auth/me", headers=headers["other"]).json()["id"]
    given = client.patch(f"{url}/sharing", json={"owner_id": new_owner}, headers=headers["editor"]).json()
    assert given["owner_name"] == "Other"
    assert client.get(url, headers=headers["editor"]).status_code == 404
    assert client.get(url, headers=headers["other"]).status_code == 200
    nobody = client.patch(f"{url}/sharing", json={"owner_id": str(uuid4())}, headers=headers["other"])
    assert nobody.json()["code"] == "user-not-found"


def test_sharing_a_private_pipeline_must_not_take_a_name(
    client: TestClient, headers: dict[str, dict[str, str]]
) -> None:
    hidden = client.post(f"{V1}/pipelines", json=chain(visibility="private"), headers=headers["editor"]).json()
    client.post(f"{V1}/pipelines", json=chain(), headers=headers["other"])

    url = f"{V1}/pipelines/{hidden['id']}/sharing"
    answer = client.patch(url, json={"visibility": "shared"}, headers=headers["editor"])

    assert (answer.status_code, answer.json()["code"]) == (409, "name-taken")


def test_every_route_that_changes_something_leaves_an_event(app: FastAPI) -> None:
    endpoints = {route.name: route.endpoint for route in app.routes if isinstance(route, APIRoute)}
    for operation in operations(app):
        rule = RULES[operation.name]
        if operation.method == "GET":
            assert (rule.event, rule.no_event) == (None, None), operation.name
            continue
        assert (rule.event is None) != (rule.no_event is None), operation.name
        if rule.event and rule.event != "login.create":  # the door's own, for every way through it
            source = inspect.getsource(inspect.getmodule(endpoints[operation.name]))  # type: ignore[arg-type]
            assert re.search(rf'audit\.record.{{0,120}}"{re.escape(rule.event)}"', source, re.DOTALL), operation.name


def test_events_are_left(  # noqa: PLR0915 - a line a route
    client: TestClient, headers: dict[str, dict[str, str]], session: Session
) -> None:
    """What can be done without an Airflow, done."""
    admin, seen = headers["admin"], {"": 0}

    def left(name: str, answer: Any) -> Json:
        assert answer.is_success, (name, answer.text)
        rule = RULES[name]
        session.rollback()
        last = session.scalar(select(func.max(AuditEvent.id))) or 0
        new = session.scalars(select(AuditEvent.action).where(AuditEvent.id > seen[""])).all()
        assert new == ([rule.event] if rule.event else []), name
        seen[""] = last
        return answer.json() if answer.content else {}

    def send(name: str, method: str, path: str, body: Any = None, **more: Any) -> Json:
        return left(name, client.request(method, f"{V1}/{path}", headers=admin, json=body, **more))

    saved = send("create_pipeline", "POST", "pipelines", chain(schedule="0 6 * * *", is_scheduled=True))
    url = f"pipelines/{saved['id']}"
    send("update_pipeline", "PUT", url, chain("Second", schedule="0 6 * * *", is_scheduled=True, revision=1))
    send("restore_version", "POST", f"{url}/versions/1/restore", {"revision": 2})
    send("duplicate_pipeline", "POST", f"{url}/duplicate")
    send("import_pipeline", "POST", "pipelines/import", chain("Brought along"))
    send("share_pipeline", "PATCH", f"{url}/sharing", {"visibility": "private"})
    send("validate_pipeline", "POST", f"{url}/validate")
    send("validate_graph", "POST", "pipelines/validate", chain())
    send("preview_schedule", "POST", "schedules/preview", {"schedule": "@daily"})
    send("pause_schedule", "POST", f"{url}/schedule/pause")
    run = send("execute_pipeline", "POST", f"{url}/execute")
    send("cancel_execution", "POST", f"executions/{run['id']}/cancel")
    hook = send("create_webhook", "POST", f"{url}/webhooks", {"name": "Shop"})
    send("change_webhook", "PATCH", f"{url}/webhooks/{hook['id']}", {"name": "Store"})
    left("call_webhook", client.post(f"{V1}/hooks/{hook['token']}"))
    send("revoke_webhook", "DELETE", f"{url}/webhooks/{hook['id']}")
    send("delete_pipeline", "DELETE", url)
    send("change_module", "PATCH", "modules/loader/csv-loader", {"is_active": True})
    left("upload_file", client.put(f"{V1}/files/content/a.csv", content=b"a\n1\n", headers=admin))
    send("move_file", "POST", "files/move", {"source": "a.csv", "target": "b.csv"})
    send("make_folder", "POST", "files/folders", {"path": "folder"})
    send("delete_file", "DELETE", "files/content/b.csv")
    ada = {"email": "ada@example.com", "name": "Ada", "role": "editor"}
    user = send("create_user", "POST", "users", ada)
    send("change_user", "PATCH", f"users/{user['id']}", {"role": "viewer"})
    chosen = {"token": user["invitation_token"], "password": "correct horse battery"}
    left("accept_invitation", client.post(f"{V1}/auth/invitation", json=chosen))
    form = {"username": "ada@example.com", "password": chosen["password"], "scope": "offline_access"}
    login = left("login", client.post(f"{V1}/auth/login", data=form))
    admin = {"Authorization": f"Bearer {login['access_token']}"}
    send("change_me", "PATCH", "auth/me", {"name": "Ada L."})
    passwords = {"current_password": chosen["password"], "new_password": "another good password"}
    send("change_password", "PUT", "auth/password", passwords)
    token = {"refresh_token": login["refresh_token"]}
    token["refresh_token"] = left("refresh", client.post(f"{V1}/auth/refresh", json=token))["refresh_token"]
    left("logout", client.post(f"{V1}/auth/logout", json=token))
    admin = headers["admin"]
    send("reset_password", "POST", f"users/{user['id']}/invitation")
    send("delete_user", "DELETE", f"users/{user['id']}")

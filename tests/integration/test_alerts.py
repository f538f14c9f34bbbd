"""People are told of real runs, once each, by a real mail server and a real web server, whatever dies in between."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.orm import Session, sessionmaker

from api.models import Pipeline
from tests.conftest import RunningStack
from tests.integration.by_hand import PipelinesByHand
from tests.integration.conftest import Runs, kill_service, wait_for_service, wait_until
from tests.integration.test_runs_modules import graph, node
from tests.receivers import PASSWORD, Calls, Mailbox, http_server, mail_server

SECRET_PATH = "/services/T0/B0/canary-slack-9"
SLEEPING = "Step(task_id='only', work=lambda context: time.sleep(300))"


@pytest.fixture(scope="module")
def mailbox() -> Iterator[Mailbox]:
    with mail_server() as mailbox:
        yield mailbox


@pytest.fixture(scope="module")
def calls() -> Iterator[Calls]:
    with http_server() as calls:
        yield calls


@pytest.fixture(scope="module")
def receivers(stack: RunningStack, mailbox: Mailbox, calls: Calls) -> list[dict[str, Any]]:
    """One of each kind, and the connections that they go through."""
    mail = {"host": "127.0.0.1", "port": mailbox.port, "login": "logidata", "password": PASSWORD}
    mail |= {"from_email": "logidata@example.com", "disable_tls": True}
    made = {
        "alert-mail": ("smtp", mail),
        "alert-slack": ("slackwebhook", {"password": calls.url + SECRET_PATH}),
        "alert-hook": ("http", {"host": f"{calls.url}/hook", "token": "canary-token-4"}),
        "alert-all": ("http", {"host": f"{calls.url}/hook"}),
    }
    for connection_id, (kind, fields) in made.items():
        stack.api.delete(f"{stack.api_url}/api/v1/connections/{connection_id}")
        body = {"connection_id": connection_id, "type": kind, "fields": fields}
        answer = stack.api.post(f"{stack.api_url}/api/v1/connections", json=body)
        assert answer.status_code == 201, answer.text
    return [
        {"type": "email", "connection_id": "alert-mail", "to": ["ada@example.com", "ops@example.com"]},
        {"type": "slack", "connection_id": "alert-slack"},
        {"type": "webhook", "connection_id": "alert-hook"},
    ]


def test_a_test_is_delivered_at_once_or_says_why_not(
    stack: RunningStack, mailbox: Mailbox, calls: Calls, receivers: list[dict[str, Any]]
) -> None:
    url = f"{stack.api_url}/api/v1/alerts/test"
    for receiver in receivers:
        answer = stack.api.post(url, json={"receiver": receiver})
        assert answer.json() == {"ok": True, "message": "It was taken."}, answer.text
    assert mailbox.mails[-1]["To"] == "ada@example.com, ops@example.com"
    assert "Test" in calls.at(SECRET_PATH)[-1]["text"]

    calls.status = 404
    try:
        refused = stack.api.post(url, json={"receiver": receivers[1]})
    finally:
        calls.status = 200
    assert not refused.json()["ok"]
    assert "the server answered 404" in refused.json()["message"]
    assert "canary" not in refused.text

    wrong = stack.api.post(url, json={"receiver": receivers[1] | {"connection_id": "alert-mail"}})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "alerts-invalid")


def test_failure_and_recovery_are_told_once_whatever_dies(
    stack: RunningStack, runs: Runs, mailbox: Mailbox, calls: Calls, receivers: list[dict[str, Any]]
) -> None:
    stack.files.mkdir(parents=True, exist_ok=True)
    (stack.files / "alerts.csv").write_text("a,b\n1,x\n")
    drawn = graph(
        "Alerts {{ conn['alert-mail'].password }} <b>",
        node("in", "csv-extractor", "In", file_path="alerts.csv"),
        node("out", "csv-loader", "Out", file_path="alerts-out.csv"),
    )
    created = stack.api.post(f"{runs.url}/pipelines", json=drawn | {"alerts": {"receivers": receivers}})
    assert created.status_code == 201, created.text
    pipeline_id = created.json()["id"]
    (stack.files / "alerts.csv").unlink()
    calls.received.clear()
    mailbox.mails.clear()

    run = runs.execute(UUID(pipeline_id))
    kill_service(stack)
    wait_for_service(stack)
    failed = runs.ended(run["id"], seconds=300)
    assert failed["status"] == "failed"
    _told(mailbox, calls, 1)
    (stack.files / "alerts.csv").write_text("a,b\n1,x\n")
    again = stack.api.post(f"{runs.url}/executions/{run['id']}/retry", json={})
    assert again.ok, again.text
    kill_service(stack)
    wait_for_service(stack)
    assert runs.ended(run["id"], seconds=300)["status"] == "success"
    _told(mailbox, calls, 2)
    assert runs.ended(runs.execute(UUID(pipeline_id))["id"], seconds=300)["status"] == "success"

    failure, recovery = calls.at("/hook")
    assert (failure["event"], recovery["event"]) == ("failure", "recovery")
    assert failure["execution"]["error_message"] == failed["error_message"]
    assert failure["execution"]["url"].endswith(f"/executions/{run['id']}")
    headers = [headers for path, headers, _ in calls.received if path == "/hook"]
    assert headers[0]["Authorization"] == "Bearer canary-token-4"
    assert len({each["Idempotency-Key"] for each in headers}) == 2
    assert [body["attachments"][0]["color"] for body in calls.at(SECRET_PATH)] == ["#c92a2a", "#2b8a3e"]
    first = mailbox.mails[0]
    assert first["Subject"] == "[LogiData] Alerts {{ conn['alert-mail'].password }} <b> failed"
    assert "&lt;b&gt;" in mailbox.bodies[0]
    listed = stack.api.get(f"{runs.url}/pipelines/{pipeline_id}/alerts").json()["items"]
    assert [each["event"] for each in listed] == ["recovery", "failure"]
    _told(mailbox, calls, 2)
    told = "".join(mailbox.bodies) + repr([body for _, _, body in calls.received])
    assert "canary" not in told


def test_late_and_long_runs_are_told_while_they_run_by_the_rules_for_all(
    stack: RunningStack,
    by_hand: PipelinesByHand,
    runs: Runs,
    sessions: sessionmaker[Session],
    calls: Calls,
    receivers: list[dict[str, Any]],
) -> None:
    defaults = f"{runs.url}/alerts/defaults"
    rules = {"receivers": [receivers[2] | {"connection_id": "alert-all"}], "on_failure": False, "on_recovery": False}
    assert stack.api.put(defaults, json=rules | {"late_after_seconds": 1, "long_after_seconds": 1}).ok
    try:
        dag = "schedule='@once', start_date=__import__('datetime').datetime(2026, 1, 1)"
        pipeline_id = by_hand.save(SLEEPING, nodes=["only"], dag=dag)
        [run] = wait_until(lambda: runs.of(pipeline_id), seconds=240, what="the scheduled run")
        told = wait_until(
            lambda: found if len(found := _of(calls, pipeline_id)) == 2 else None, seconds=240, what="both alerts"
        )
        assert {body["event"] for body in told} == {"late", "long"}
        assert runs.get(run["id"])["status"] == "running"
        refused = stack.api.delete(f"{runs.url}/connections/alert-all")
        assert (refused.status_code, refused.json()["code"]) == (409, "connection-of-alerts")
    finally:
        assert stack.api.put(defaults, json={}).ok
    runs.cancel(run["id"])
    runs.ended(run["id"])
    assert len(_of(calls, pipeline_id)) == 2
    with sessions() as session:
        assert session.get_one(Pipeline, pipeline_id).alerts is None


def _told(mailbox: Mailbox, calls: Calls, times: int) -> None:
    counts = lambda: (len(mailbox.mails), len(calls.at(SECRET_PATH)), len(calls.at("/hook")))  # noqa: E731
    wait_until(lambda: min(counts()) >= times, seconds=240, what=f"alert {times}")
    assert counts() == (times, times, times)


def _of(calls: Calls, pipeline_id: UUID) -> list[Any]:
    return [body for body in calls.at("/hook") if body["pipeline"]["id"] == str(pipeline_id)]

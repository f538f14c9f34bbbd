"""A draft from a sentence, by a model behind a real endpoint: shown only when the validator passed it."""

import asyncio
import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from api.clients.assistant import TRIES, AssistantSlow, NobodyWaits
from api.clients.checker import CheckerProcess
from api.main import create_app
from api.services.assist.generate.draft import Draft
from api.settings import Settings
from dag_factory.catalog import load_catalog
from tests.api.chat_endpoint import ChatEndpoint, chat_endpoint
from tests.api.people import sign_in

GENERATE = "/api/v1/assist/generate"
KEY = "canary-key-of-the-endpoint"
SENTENCE = {"sentence": "Keep the paid orders of orders.csv."}
Json = dict[str, Any]


def draft(condition: str) -> str:
    nodes = [
        {"id": "orders", "module": "csv-extractor", "label": "Orders", "config": {"file_path": "orders.csv"}},
        {"id": "paid", "module": "filter-transformer", "config": {"condition": condition}},
        {"id": "out", "module": "csv-loader", "config": {"file_path": "paid.csv"}},
    ]
    edges = [{"source": "orders", "target": "paid"}, {"source": "paid", "target": "out"}]
    return json.dumps({"name": "Paid orders", "nodes": nodes, "edges": edges})


GOOD, WRONG = draft("status = 'paid'"), draft("stattus = 'paid'")


@pytest.fixture
def endpoint() -> Iterator[ChatEndpoint]:
    with chat_endpoint() as endpoint:
        yield endpoint


@pytest.fixture
def app(settings: Settings, checker: CheckerProcess, endpoint: ChatEndpoint) -> FastAPI:
    own = {"assist_url": endpoint.url, "assist_model": "scripted", "assist_api_key": KEY, "assist_seconds": 30}
    configured = Settings.model_validate(settings.model_dump() | own)
    return create_app(configured, catalog=load_catalog(), checker=checker, background=False)


def test_a_draft_that_passes_is_drawn_and_not_saved(client: TestClient, endpoint: ChatEndpoint) -> None:
    client.put("/api/v1/files/content/orders.csv", content=b"order_id,amount,status\n1,10,canary-in-a-row\n")
    endpoint.says(GOOD)

    answer = client.post(GENERATE, json=SENTENCE)

    made = answer.json()
    assert (answer.status_code, made["name"], made["tries"], made["model"]) == (200, "Paid orders", 1, "scripted")
    assert [node["position"]["x"] for node in made["config"]["nodes"]] == [0, 280, 560]
    assert made["schemas"]["paid"][2] == {"name": "status", "type": "string"}
    assert client.get("/api/v1/pipelines").json()["total"] == 0
    saved = client.post("/api/v1/pipelines", json={name: made[name] for name in ("name", "description", "config")})
    assert saved.json()["status"] == "active"
    ((path, authorization, body),) = endpoint.asked
    told = json.dumps(body["messages"])
    assert (path, authorization, body["model"]) == ("/v1/chat/completions", f"Bearer {KEY}", "scripted")
    assert "file orders.csv with columns order_id bigint, amount bigint, status string" in told
    assert "filter-transformer" in told
    assert "canary" not in told


def test_what_is_wrong_goes_back_to_the_model(client: TestClient, endpoint: ChatEndpoint) -> None:
    endpoint.says("Certainly! Here it is.", WRONG, GOOD)

    made = client.post(GENERATE, json=SENTENCE).json()

    assert made["tries"] == 2  # what is no pipeline at all was never judged
    assert len(endpoint.asked) == 3
    told = endpoint.asked[2][2]["messages"][-1]["content"]
    assert "stattus" in told
    assert "Columns after orders: order_id, amount, status" in told


def test_after_a_few_tries_nothing_is_shown_but_why(client: TestClient, endpoint: ChatEndpoint) -> None:
    endpoint.says(WRONG)

    answer = client.post(GENERATE, json=SENTENCE)

    assert (answer.status_code, answer.json()["code"]) == (502, "no-draft")
    assert "stattus" in answer.json()["problems"][0]["message"]
    assert len(endpoint.asked) == TRIES


@pytest.mark.parametrize(
    ("status", "says"), [(401, "LOGIDATA_ASSIST_API_KEY"), (404, "LOGIDATA_ASSIST_URL"), (429, "429"), (500, "500")]
)
def test_what_the_endpoint_refuses_says_what_to_do_and_never_the_key(
    client: TestClient, endpoint: ChatEndpoint, caplog: pytest.LogCaptureFixture, status: int, says: str
) -> None:
    caplog.set_level("INFO")
    endpoint.fails(status, json.dumps({"error": {"message": f"Incorrect API key provided: {KEY}"}}).encode())

    answer = client.post(GENERATE, json=SENTENCE)

    assert (answer.status_code, answer.json()["code"]) == (502, "assistant-failed")
    assert says in answer.json()["detail"]
    assert len(endpoint.asked) == 1
    assert KEY not in answer.text + caplog.text


def test_an_endpoint_that_never_ends_or_answers_no_json_is_given_up(client: TestClient, endpoint: ChatEndpoint) -> None:
    endpoint.endless()
    endless = client.post(GENERATE, json=SENTENCE)
    endpoint.fails(200, b"<html>")
    html = client.post(GENERATE, json=SENTENCE)

    assert (endless.status_code, endless.json()["code"]) == (502, "assistant-failed")
    assert "longer than" in endless.json()["detail"]
    assert endpoint.gone.wait(30)
    assert (html.status_code, "no chat completion" in html.json()["detail"]) == (502, True)


def test_work_ends_when_it_takes_too_long_or_nobody_waits(app: FastAPI, endpoint: ChatEndpoint) -> None:
    assistant = app.state.assistant
    endpoint.slow()

    async def accept(_: Draft) -> None: ...

    async def stays() -> bool:
        return False

    async def left() -> bool:
        return bool(endpoint.asked)

    with pytest.raises(NobodyWaits):
        asyncio.run(replace(assistant, seconds=60).ask("", "", Draft, accept, is_gone=left))
    assert endpoint.gone.wait(30)
    with pytest.raises(AssistantSlow, match="LOGIDATA_ASSIST_SECONDS"):
        asyncio.run(replace(assistant, seconds=0.3).ask("", "", Draft, accept, is_gone=stays))


def test_one_asks_a_few_times_a_minute_only_and_editors_only(
    app: FastAPI, client: TestClient, endpoint: ChatEndpoint
) -> None:
    endpoint.fails(500)
    viewer, editor = sign_in(app, "viewer"), sign_in(app, "editor")

    codes = [client.post(GENERATE, json=SENTENCE, headers=editor).status_code for _ in range(11)]

    assert codes == [502] * 10 + [429]
    assert client.post(GENERATE, json=SENTENCE, headers=viewer).status_code == 403
    assert client.get("/api/v1/installation").json()["has_assistant"] is True


def test_without_a_model_it_is_refused_and_the_builder_is_told(settings: Settings, checker: CheckerProcess) -> None:
    plain = create_app(settings, catalog=load_catalog(), checker=checker, background=False)
    headers = {"Authorization": f"Bearer {settings.service_token.get_secret_value()}"}

    with TestClient(plain, headers=headers) as client:
        answer = client.post(GENERATE, json=SENTENCE)

        assert (answer.status_code, answer.json()["code"]) == (409, "assistant-missing")
        assert "LOGIDATA_ASSIST_URL" in answer.json()["detail"]
        assert client.get("/api/v1/installation").json()["has_assistant"] is False

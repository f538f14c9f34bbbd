"""Numbers for Prometheus, for those who may have them."""

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from prometheus_client.parser import text_string_to_metric_families

from api.settings import Settings
from tests.api.conftest import CreatePipeline
from tests.api.people import sign_in

METRICS = "/api/v1/metrics"


def samples(text: str) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    """Values by name and labels, read as Prometheus reads them."""
    families = text_string_to_metric_families(text)
    return {(each.name, frozenset(each.labels.items())): each.value for family in families for each in family.samples}


def value(client: TestClient, name: str, **labels: str) -> float:
    answer = client.get(METRICS)
    assert answer.status_code == 200, answer.text
    return samples(answer.text).get((name, frozenset(labels.items())), 0)


def test_requests_are_counted_by_route_and_not_by_address(client: TestClient, create_pipeline: CreatePipeline) -> None:
    route = {"method": "GET", "route": "/api/v1/pipelines/{pipeline_id}"}
    before = value(client, "logidata_http_requests_total", **route, status="200")
    pipeline = create_pipeline()

    client.get(f"/api/v1/pipelines/{pipeline['id']}")
    client.get("/made/up/by/somebody")

    assert value(client, "logidata_http_requests_total", **route, status="200") == before + 1
    assert value(client, "logidata_http_request_seconds_count", **route) >= 1
    text = client.get(METRICS).text
    assert pipeline["id"] not in text
    assert "somebody" not in text


def test_the_state_of_the_installation_is_told(client: TestClient, create_pipeline: CreatePipeline) -> None:
    pipeline = create_pipeline()
    client.post(f"/api/v1/pipelines/{pipeline['id']}/execute", json={})

    assert value(client, "logidata_executions", status="pending") == 1
    assert value(client, "logidata_pipelines") == 1
    assert value(client, "logidata_up", part="database") == 1
    assert value(client, "logidata_up", part="airflow") == 0
    assert value(client, "logidata_worker_up", worker="checker") == 1
    assert value(client, "logidata_database_connections", state="idle") >= 1


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"metrics_token": type(settings.service_token)("a-token-for-metrics-only")})


def test_a_token_of_its_own_opens_the_metrics_and_nothing_else(client: TestClient, app: FastAPI) -> None:
    own = {"Authorization": "Bearer a-token-for-metrics-only"}

    assert client.get(METRICS, headers=own).status_code == 200
    assert client.get("/api/v1/pipelines", headers=own).status_code == 401
    assert client.get(METRICS, headers={"Authorization": "Bearer something-else"}).status_code == 401
    assert client.get(METRICS, headers=sign_in(app, "editor")).status_code == 403
    assert client.get(METRICS, headers={"Authorization": ""}).status_code == 401

"""What browsers are told on every answer, and which other origins may ask."""

import base64
import hashlib
import re

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from api.main import create_app
from api.settings import Settings
from tests.api.catalogue import catalog

BUILDER = "https://builder.example"


@pytest.mark.parametrize("path", ["/api/v1/health", "/api/v1/pipelines", "/api/v1/nothing", "/docs", "/redoc"])
def test_every_answer_has_them(app: FastAPI, path: str) -> None:
    headers = TestClient(app).get(path).headers

    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert "Strict-Transport-Security" not in headers
    if path.startswith("/api/"):
        assert headers["Content-Security-Policy"].startswith("default-src 'none'")


@pytest.mark.parametrize("path", ["/docs", "/redoc", "/docs/oauth2-redirect"])
def test_only_the_script_that_was_sent_may_run(app: FastAPI, path: str) -> None:
    page = TestClient(app).get(path)

    policy = page.headers["Content-Security-Policy"]
    script = re.search(r"script-src ([^;]*)", policy)
    assert script
    assert "unsafe" not in script[1]
    for inline in re.findall(r"<script>(.*?)</script>", page.text, re.DOTALL):
        assert base64.b64encode(hashlib.sha256(inline.encode()).digest()).decode() in script[1]
    outside = re.findall(r'(?:src|href)="(\w+:)?//', page.text)
    assert outside == [], "everything comes from here"


def test_behind_https_browsers_are_told_to_stay_there(settings: Settings) -> None:
    served = settings.model_copy(update={"builder_url": BUILDER})
    headers = TestClient(create_app(served, catalog=catalog(), background=False)).get("/api/v1/health").headers

    assert "max-age=31536000" in headers["Strict-Transport-Security"]


def preflight(app: FastAPI, origin: str) -> dict[str, str]:
    asked = {
        "Origin": origin,
        "Access-Control-Request-Method": "PUT",
        "Access-Control-Request-Headers": "authorization,if-match",
    }
    return dict(TestClient(app).options("/api/v1/pipelines", headers=asked).headers)


def test_no_other_origin_may_ask_unless_the_settings_name_it(app: FastAPI, settings: Settings) -> None:
    named = create_app(settings.model_copy(update={"cors_origins": (BUILDER,)}), catalog=catalog(), background=False)

    assert "access-control-allow-origin" not in preflight(app, BUILDER)
    assert preflight(named, BUILDER)["access-control-allow-origin"] == BUILDER
    assert "access-control-allow-origin" not in preflight(named, "https://evil.example")
    answer = TestClient(named).get("/api/v1/health", headers={"Origin": BUILDER})
    assert answer.headers["access-control-allow-credentials"] == "true"

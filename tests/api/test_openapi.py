"""The description that clients are generated from."""

import json
import subprocess
import sys
from typing import Any

import pytest
from fastapi import FastAPI

from api.settings import REPOSITORY

OPEN = {
    "health",
    "ready",
    "call_webhook",
    "get_methods",
    "login",
    "refresh",
    "logout",
    "accept_invitation",
    "start_oidc",
    "finish_oidc",
}


@pytest.fixture
def document(app: FastAPI) -> dict[str, Any]:
    """The API's description."""
    return app.openapi()


def operations(document: dict[str, Any]) -> list[dict[str, Any]]:
    return [operation for path in document["paths"].values() for operation in path.values()]


def test_operations_are_named_and_described(document: dict[str, Any]) -> None:
    names = [operation["operationId"] for operation in operations(document)]

    assert len(set(names)) == len(names)
    assert all(name.replace("_", "").isalpha() and name.islower() for name in names)
    for operation in operations(document):
        assert operation["description"].endswith("."), operation["operationId"]
        assert operation["tags"][0] in {tag["name"] for tag in document["tags"]}


def test_every_error_is_a_problem_document(document: dict[str, Any]) -> None:
    for operation in operations(document):
        errors = {status: answer for status, answer in operation["responses"].items() if int(status) >= 400}
        for status, answer in errors.items():
            if operation["operationId"] != "ready":
                assert list(answer["content"]) == ["application/problem+json"], (operation["operationId"], status)
        if operation["operationId"] not in OPEN:
            assert "401" in errors
            assert "security" in operation
    assert "HTTPValidationError" not in document["components"]["schemas"]


def test_answers_have_no_optional_fields(document: dict[str, Any]) -> None:
    answered = {
        name: schema
        for name, schema in document["components"]["schemas"].items()
        if name.endswith(("Out", "Page", "List", "Summary", "Run")) or name.startswith("Saved")
    }

    assert "PipelineOut" in answered
    assert not any("__" in name for name in document["components"]["schemas"]), "two schemas of one name"
    for name, schema in answered.items():
        assert set(schema.get("required", ())) == set(schema["properties"]), name
        assert not any("default" in field for field in schema["properties"].values()), name


def test_references_lead_somewhere(document: dict[str, Any]) -> None:
    text = json.dumps(document)
    for part in text.split('"#/components/schemas/')[1:]:
        assert part.split('"')[0] in document["components"]["schemas"]


def test_the_command_prints_the_same_without_any_setting(app: FastAPI) -> None:
    printed = subprocess.run(
        [sys.executable, "-m", "api.openapi"], env={"PATH": "/usr/bin"}, capture_output=True, check=True, text=True
    )

    assert json.loads(printed.stdout) == json.loads(json.dumps(app.openapi()))


def test_the_builders_copy_is_this_description(app: FastAPI) -> None:
    committed = json.loads((REPOSITORY / "frontend" / "openapi.json").read_text())

    assert committed == json.loads(json.dumps(app.openapi())), "run `make openapi`"

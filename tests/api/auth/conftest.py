"""A person with a password, and a browser."""

from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from tests.api.auth.browser import PASSWORD, Json


@pytest.fixture
def ada(client: TestClient) -> Json:
    """An editor with a password."""
    body = {"email": "Ada@Example.com", "name": "Ada", "role": "editor", "password": PASSWORD}
    answer = client.post("/api/v1/users", json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()


@pytest.fixture
def browser(app: FastAPI, ada: Json) -> Iterator[TestClient]:
    """A browser: no token, but cookies."""
    with TestClient(app) as browser:
        yield browser

"""Trying a connection to an API: credentials that are refused are told, and repeated nowhere."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from module_operators.connections.probe import probe
from module_operators.run import Run
from tests.module_operators.rest.conftest import CANARY, Api


@pytest.fixture
def tried(make_run: Callable[..., Run], api: Api) -> Callable[..., dict[str, Any]]:
    """What a test of the API's connection says, with changes to it."""

    def ask(**changes: Any) -> dict[str, Any]:
        run = make_run("probe", connections={"api": api.connection(**changes)})
        return probe({"ask": "test", "connection_id": "api"}, run)

    return ask


@pytest.mark.parametrize("status", [200, 404, 405])
def test_an_api_that_answers_is_fine_whatever_is_at_its_base_address(
    tried: Callable[..., dict[str, Any]], api: Api, status: int
) -> None:
    api.gives("/", (status, {}, b""))

    assert f"answers ({status})" in tried(extra={"token": CANARY})["message"]
    assert api.asked[-1].headers["authorization"] == f"Bearer {CANARY}"


@pytest.mark.parametrize("status", [401, 403])
def test_refused_credentials_are_told_and_not_repeated(
    tried: Callable[..., dict[str, Any]], api: Api, status: int
) -> None:
    api.gives("/", (status, {}, f"no entry for {CANARY}".encode()))

    told = tried(login="etl", password=CANARY)

    assert f"answered {status}" in told["failed"]
    assert CANARY not in json.dumps(told)


def test_an_address_where_nobody_listens_is_told(tried: Callable[..., dict[str, Any]]) -> None:
    assert "http://127.0.0.1:9" in tried(host="http://127.0.0.1:9")["failed"]


def test_a_connection_without_anything_has_nothing_to_try(tried: Callable[..., dict[str, Any]]) -> None:
    assert "Nothing to try" in tried(host="")["message"]

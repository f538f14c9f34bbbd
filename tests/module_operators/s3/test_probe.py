"""Trying a connection to S3: wrong keys and a wrong address are told, right ones need no bucket."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from airflow.sdk import Connection

from module_operators.connections.probe import probe
from module_operators.run import Run
from tests.module_operators.s3.conftest import Server


@pytest.fixture
def tried(make_run: Callable[..., Run], s3_server: Server) -> Callable[..., dict[str, Any]]:
    """What a test of the server's connection says, with changes to it."""

    def ask(**changes: Any) -> dict[str, Any]:
        connection: Connection = s3_server.connection(**changes)
        return probe({"ask": "test", "connection_id": "s3"}, make_run("probe", connections={"s3": connection}))

    return ask


def test_right_keys_are_told_without_a_bucket(tried: Callable[..., dict[str, Any]]) -> None:
    assert "accepts the keys" in tried()["message"]


@pytest.mark.parametrize("changes", [{"password": "another-secret"}, {"login": "somebody"}])
def test_wrong_keys_are_told(tried: Callable[..., dict[str, Any]], s3_server: Server, changes: dict[str, str]) -> None:
    told = tried(**changes)

    assert "key of the connection" in told["failed"]
    assert s3_server.secret not in json.dumps(told)


def test_an_address_where_nobody_listens_is_told(tried: Callable[..., dict[str, Any]]) -> None:
    assert "endpoint_url" in tried(extra={"endpoint_url": "http://127.0.0.1:9"})["failed"]

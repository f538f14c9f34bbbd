"""Trying connections to warehouses: what a real server, or the lack of one, says, and never with a secret."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from airflow.sdk import Connection
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from module_operators.connections.probe import probe
from module_operators.run import Run
from tests.module_operators.warehouse.conftest import PASSWORD, snowflake_connection
from tests.receivers import http_server

NOBODY = "http://127.0.0.1:9"
SECONDS = 4.0
"""That drivers go on trying where nobody listens, which by themselves they do for minutes."""


@pytest.fixture
def tried(make_run: Callable[..., Run]) -> Callable[..., dict[str, Any]]:
    """What a test of a connection says; its secrets are in none of it."""

    def ask(**told: Any) -> dict[str, Any]:
        run = replace(make_run("probe", connections={"w": Connection(conn_id="w", **told)}), time_limit=SECONDS)
        answer = probe({"ask": "test", "connection_id": "w"}, run)
        assert PASSWORD not in json.dumps(answer)
        assert "PRIVATE KEY" not in json.dumps(answer)
        return answer

    return ask


def test_snowflake_that_answers_is_told_with_who_one_is(
    tried: Callable[..., dict[str, Any]], snowflake_port: int
) -> None:
    told = tried(**snowflake_connection(snowflake_port, "PROBED"))["message"]

    assert "database “PROBED” of Snowflake" in told
    assert "as u" in told


def test_a_snowflake_that_is_not_there_is_told(tried: Callable[..., dict[str, Any]]) -> None:
    assert tried(**snowflake_connection(9, "PROBED"))["failed"].startswith("Snowflake refuses: ")
    assert "no account" in tried(conn_type="snowflake", login="u", password=PASSWORD)["failed"]


def test_a_google_key_that_is_none_is_told(tried: Callable[..., dict[str, Any]]) -> None:
    told = tried(conn_type="google_cloud_platform", extra=json.dumps({"keyfile_dict": PASSWORD}))

    assert "credentials cannot be used" in told["failed"]


def test_a_google_that_refuses_or_does_not_answer_is_told(tried: Callable[..., dict[str, Any]]) -> None:
    key = rsa.generate_private_key(65_537, 2048).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    account = {"type": "service_account", "client_email": "a@p.iam.gserviceaccount.com", "private_key": key.decode()}

    def failed(**extra: Any) -> str:
        return tried(conn_type="google_cloud_platform", extra=json.dumps({"project": "sales"} | extra))["failed"]

    with http_server() as sign_in:
        sign_in.status = 400
        refused = failed(keyfile_dict=json.dumps(account | {"token_uri": f"{sign_in.url}/token"}))
        assert sign_in.at("/token")

    assert refused.startswith("Google refuses the credentials: ")
    assert failed(api_endpoint=NOBODY).startswith("Google does not answer: ")
    assert failed(keyfile_dict=json.dumps(account | {"token_uri": NOBODY})).startswith("Google does not answer: ")

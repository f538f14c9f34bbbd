"""The API keeps to its own description: whatever it is sent, no 5xx and no answer that it does not name.

Longer, by hand: `CONTRACT_EXAMPLES=100 CONTRACT_PHASES=examples,coverage,fuzzing` before `pytest` with this file.
"""

import json
import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import jwt
import pytest
import requests
from sqlalchemy import create_engine

from api import migrations
from stack.ports import free_port
from stack.settings import REPOSITORY
from tests.api.graphs import chain
from tests.conftest import RunningStack
from tests.integration.conftest import second_service

PASSWORD = "a long password for the contract"
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "ignored_auth",
)
EXAMPLES = os.environ.get("CONTRACT_EXAMPLES")
PHASES = os.environ.get("CONTRACT_PHASES")
SEED = os.environ.get("CONTRACT_SEED", "4")


class Service(NamedTuple):
    """A service with one of each thing, what their ids are, and an access token by role."""

    url: str
    known: dict[str, dict[str, Any]]
    tokens: dict[str, str]


@pytest.fixture(scope="module")
def service(stack: RunningStack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """Beside the stack's Airflow, with a database and folders of its own: what is sent here must not be found there."""
    folder = tmp_path_factory.mktemp("contract")
    database = stack.postgres.create_database(f"contract_{secrets.token_hex(4)}")
    engine = create_engine(database)
    migrations.upgrade(engine)
    engine.dispose()
    (folder / "files").mkdir()
    (folder / "files" / "orders.csv").write_text("order_id,amount,status\n1,10,paid\n2,20,new\n")
    (folder / "files" / "spare.csv").write_text("a\n1\n")
    settings = {
        "LOGIDATA_DATABASE_URL": database,
        "LOGIDATA_DAGS_FOLDER": str(folder / "pipelines"),
        "LOGIDATA_FILES_URL": str(folder / "files"),
        "LOGIDATA_ADMIN_EMAIL": "admin@example.com",
        "LOGIDATA_ADMIN_PASSWORD": PASSWORD,
    }
    before = connections(stack)
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    try:
        with second_service(stack, port=port, **settings):
            yield Service(url, *furnish(url, stack))
    finally:
        airflow = stack.airflow()
        for connection_id in connections(stack) - before:
            airflow.delete(f"{stack.airflow_url}/api/v2/connections/{connection_id}")


def connections(stack: RunningStack) -> set[str]:
    answer = stack.airflow().get(f"{stack.airflow_url}/api/v2/connections", params={"limit": 1000})
    return {each["connection_id"] for each in answer.json()["connections"]}


def furnish(url: str, stack: RunningStack) -> tuple[dict[str, dict[str, Any]], dict[str, str]]:
    """Make one of each thing, a second one that may be deleted, and two people who sign in."""
    with requests.Session() as api:
        api.headers["Authorization"] = f"Bearer {stack.token}"

        def make(path: str, body: dict[str, Any]) -> dict[str, Any]:
            answer = api.post(f"{url}/api/v1/{path}", json=body)
            assert answer.ok, f"{path}: {answer.text}"
            return answer.json()

        def one_of_each(name: str) -> dict[str, Any]:
            pipeline = make("pipelines", chain(name=name))["id"]
            make(f"pipelines/{pipeline}/duplicate", {})
            webhook = make(f"pipelines/{pipeline}/webhooks", {"name": name})
            fields = {"host": "127.0.0.1", "port": stack.postgres.port, "database": "logidata", "login": "postgres"}
            fields["password"] = stack.postgres.password
            make("connections", {"connection_id": f"contract_{name}", "type": "postgres", "fields": fields})
            person = {"email": f"{name}@example.com", "name": name, "role": "viewer", "password": PASSWORD}
            return {
                "pipeline_id": pipeline,
                "version": 1,
                "other": 1,
                "webhook_id": webhook["id"],
                "token": webhook["token"],
                "connection_id": f"contract_{name}",
                "table": "public.pipeline",
                "user_id": make("users", person)["id"],
                "execution_id": make(f"pipelines/{pipeline}/execute", {})["id"],
                "node_id": "source",
                "template_id": make("templates", {"name": name, "content": chain()["config"]})["id"],
            }

        module = {"module_type": "transformer", "module_name": "filter-transformer"}
        known = {
            "any": one_of_each("kept") | module | {"path": "orders.csv"},
            "DELETE": one_of_each("spare") | {"path": "spare.csv"},
        }
        people = {role: {"email": f"{role}@example.com", "password": PASSWORD} for role in ("admin", "viewer")}
        make("users", people["viewer"] | {"name": "Viewer", "role": "viewer"})
        return known, {role: sign_in(url, person, stack) for role, person in people.items()}


def sign_in(url: str, person: dict[str, str], stack: RunningStack) -> str:
    """An access token that outlasts a long run by hand."""
    form = {"username": person["email"], "password": person["password"]}
    answer = requests.post(f"{url}/api/v1/auth/login", data=form, timeout=30)
    claims = jwt.decode(answer.json()["access_token"], options={"verify_signature": False})
    secret = stack.lifecycle.credentials.jwt_secret
    return jwt.encode(claims | {"exp": claims["exp"] + 24 * 3600}, secret, "HS256")


@pytest.mark.parametrize(("role", "phases", "examples"), [("admin", "examples,fuzzing", 3), ("viewer", "fuzzing", 2)])
def test_no_request_finds_an_answer_that_the_description_does_not_have(
    service: Service, role: str, phases: str, examples: int, tmp_path: Path
) -> None:
    command = [
        *(str(Path(sys.executable).with_name("schemathesis")), "run", f"{service.url}/openapi.json"),
        *("--phases", PHASES or phases, "--max-examples", EXAMPLES or str(examples), "--seed", SEED),
        *("--checks", ",".join(CHECKS), "--continue-on-failure", "--no-color", "--generation-database", "none"),
        *("--header", f"Authorization: Bearer {service.tokens[role]}"),
    ]
    environment = {
        "SCHEMATHESIS_HOOKS": "tests.integration.contract_hooks",
        "PYTHONPATH": str(REPOSITORY),
        "CONTRACT_KNOWN": json.dumps(service.known),
    }

    done = subprocess.run(
        command, check=False, cwd=tmp_path, env=os.environ | environment, capture_output=True, text=True
    )

    assert done.returncode == 0, done.stdout + done.stderr

"""Secrets are planted wherever one is kept, all is used, succeeds and fails; then they are looked for everywhere."""

import hashlib
import hmac
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import requests

from stack.ports import free_port
from tests.api.graphs import edge, node
from tests.conftest import RunningStack
from tests.integration.canaries import Canaries
from tests.integration.conftest import Runs, wait_until

MODES_OF_SECRETS = 0o600


class Telltale(BaseHTTPRequestHandler):
    """A server that repeats what it was sent in its refusal, as careless ones do."""

    def do_GET(self) -> None:
        body = json.dumps({"error": f"refused: {self.path} {dict(self.headers)}"}).encode()
        self.send_response(403)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_POST(self) -> None:
        self.do_GET()

    def log_message(self, *_: Any) -> None:
        """Be quiet."""


@pytest.fixture
def telltale() -> Iterator[int]:
    """The port of such a server."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Telltale)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server.server_address[1]
    server.shutdown()
    thread.join()
    server.server_close()


class Planted:
    """What the service is told, with a secret in each place, and all that it answers to whoever only asks."""

    def __init__(self, stack: RunningStack, canaries: Canaries) -> None:
        self.url = f"{stack.api_url}/api/v1"
        self._api, self._canaries = stack.api, canaries
        self.tag = secrets.token_hex(4)
        self.answers: list[tuple[str, bytes]] = []

    def secret(self, name: str) -> str:
        """A new one, looked for from now on."""
        made = f"Canary{secrets.token_hex(12)}"
        self._canaries.add({name: made})
        return made

    def ask(self, method: str, path: str, *, shows_once: bool = False, **arguments: Any) -> requests.Response:
        """Send a request; its answer is searched too, unless it is the one that shows a secret."""

        def unless_busy() -> requests.Response | None:  # a refusal is false: it goes into a list
            answer = self._api.request(method, f"{self.url}/{path}", timeout=60, **arguments)
            self.answers.append((f"the answer to {method} {path}", b"" if shows_once else answer.content))
            return None if answer.status_code == requests.codes.unavailable else answer

        answer = wait_until(lambda: [found] if (found := unless_busy()) is not None else None, what=path)[0]
        assert answer.status_code < 500, f"{path}: {answer.text}"
        return answer

    def connection(self, name: str, kind: str, **fields: Any) -> str:
        """Keep a connection, and try it."""
        connection_id = f"{name}_{self.tag}"
        body = {"connection_id": connection_id, "type": kind, "fields": fields}
        assert self.ask("POST", "connections", json=body).status_code == 201
        self.ask("POST", "connections/test", json={"type": kind, "fields": fields})
        self.ask("POST", f"connections/{connection_id}/test")
        self.ask("GET", f"connections/{connection_id}/tables")
        return connection_id

    def pipeline(self, module_id: str, config: dict[str, Any], *, is_source: bool = True) -> str:
        """Save a pipeline around one node, look at its preview, and take it out and in again."""
        own = node("own", module_id, config)
        other = (
            node("other", "csv-loader", {"file_path": f"{self.tag}-{secrets.token_hex(4)}.csv"})
            if is_source
            else node("other", "csv-extractor", {"file_path": f"{self.tag}.csv"})
        )
        edges = [edge("own", "other")] if is_source else [edge("other", "own")]
        graph = {
            "name": f"{module_id} {secrets.token_hex(4)}",
            "config": {"nodes": [own, other], "edges": edges},
            "retries": 0,
        }
        saved = self.ask("POST", "pipelines", json=graph)
        assert saved.status_code == 201, saved.text
        self.ask("POST", "pipelines/preview", json={"graph": graph, "node_id": "own", "limit": 5})
        self.ask("POST", "pipelines/validate", json=graph)
        pipeline_id = saved.json()["id"]
        exported = self.ask("GET", f"pipelines/{pipeline_id}/export")
        self.ask("POST", "pipelines/import?mode=apply", data=exported.content)
        self.ask("GET", f"pipelines/{pipeline_id}/dag")
        return pipeline_id

    def look_everywhere(self) -> None:
        """Get all that can be got without naming anything."""
        document = self._api.get(f"{self.url.removesuffix('/api/v1')}/openapi.json", timeout=60).json()
        for path, operations in document["paths"].items():
            if "get" in operations and "{" not in path:
                self.ask("GET", path.removeprefix("/api/v1/"), allow_redirects=False)


def use_the_webhook(planted: Planted, pipeline_id: str, canaries: Canaries) -> str:
    """Make a signed webhook and call it rightly and wrongly; answers the execution that it started."""
    body = {"name": "shop", "is_signed": True}
    hook = planted.ask("POST", f"pipelines/{pipeline_id}/webhooks", json=body, shows_once=True).json()
    canaries.add({"webhook token": hook["token"], "webhook signing secret": hook["signing_secret"]})
    stamp = int(time.time())
    digest = hmac.new(hook["signing_secret"].encode(), f"{stamp}.{{}}".encode(), hashlib.sha256).hexdigest()
    right = {"X-LogiData-Timestamp": str(stamp), "X-LogiData-Signature": f"sha256={digest}"}
    refused = planted.ask("POST", f"hooks/{hook['token']}", data=b"{}")
    taken = planted.ask("POST", f"hooks/{hook['token']}", data=b"{}", headers=right)
    assert (refused.status_code, taken.status_code) == (401, 202), taken.text
    return taken.json()["execution_id"]


def use_an_account(planted: Planted, canaries: Canaries) -> None:
    """Make a person, sign in rightly and wrongly, stay signed in, and change the password."""
    email = f"{planted.tag}@example.com"
    password, later = planted.secret("password"), planted.secret("changed password")
    planted.ask("POST", "users", json={"email": email, "name": "Canary", "role": "viewer", "password": password})
    planted.ask("POST", "auth/login", data={"username": email, "password": planted.secret("wrong password")})
    invited = {"email": f"invited-{email}", "name": "Invited", "role": "viewer"}
    invitation = planted.ask("POST", "users", json=invited, shows_once=True).json()["invitation_token"]
    canaries.add({"invitation": invitation})
    form = {"username": email, "password": password, "scope": "offline_access"}
    signed_in = planted.ask("POST", "auth/login", data=form, shows_once=True).json()
    first = signed_in["refresh_token"]
    second = planted.ask("POST", "auth/refresh", json={"refresh_token": first}, shows_once=True).json()
    canaries.add({"refresh token": first, "next refresh token": second["refresh_token"]})
    canaries.add({"access token": second["access_token"]})
    person = {"Authorization": f"Bearer {second['access_token']}"}
    body = {"current_password": password, "new_password": later}
    changed = planted.ask("PUT", "auth/password", json=body, headers=person)
    assert changed.status_code == 204, changed.text
    planted.ask("POST", "auth/refresh", json={"refresh_token": first})  # used before: ends the login
    planted.ask("GET", "auth/me", headers=person)


def test_no_secret_is_found_where_none_must_be(stack: RunningStack, runs: Runs, telltale: int) -> None:
    canaries = Canaries()
    planted = Planted(stack, canaries)
    stack.files.mkdir(exist_ok=True)
    (stack.files / f"{planted.tag}.csv").write_text("a\n1\n")
    role, password = f"canary_{planted.tag}", planted.secret("database password")
    with closing(stack.postgres.connect("logidata")) as admin, admin.cursor() as cursor:
        cursor.execute(f"CREATE ROLE {role} LOGIN PASSWORD %s", (password,))
    stack.postgres.create_database(role, owner=role)
    server = {"host": "127.0.0.1", "port": stack.postgres.port, "database": role, "login": role}
    dead = {"host": "127.0.0.1", "port": free_port(), "database": "x", "login": "x"}
    site = f"http://127.0.0.1:{telltale}"
    good = planted.connection("good", "postgres", **server, password=password)
    wrong = planted.connection("wrong", "postgres", **server, password=planted.secret("wrong database password"))
    mysql = planted.connection("mysql", "mysql", **dead, password=planted.secret("MySQL password"))
    api = planted.connection(
        "api",
        "http",
        host=site,
        token=planted.secret("bearer token"),
        headers={"X-Api-Key": planted.secret("key in a header")},
    )
    basic = planted.connection("basic", "http", host=site, login="etl", password=planted.secret("basic password"))
    store = planted.connection(
        "store",
        "aws",
        login="key",
        password=planted.secret("S3 secret key"),
        endpoint_url=site,
        region_name="eu-west-1",
        aws_session_token=planted.secret("S3 session token"),
    )
    mail = {"host": "127.0.0.1", "port": free_port(), "login": "mail", "password": planted.secret("SMTP password")}
    planted.connection("mail", "smtp", **mail)
    extracted = planted.pipeline("postgres-extractor", {"connection_id": good, "query": "SELECT 1 AS a"})
    failing = [
        planted.pipeline("postgres-extractor", {"connection_id": wrong, "query": "SELECT 1 AS a"}),
        planted.pipeline("postgres-extractor", {"connection_id": good, "query": "SELECT no_such_column"}),
        planted.pipeline("postgres-loader", {"connection_id": wrong, "table_name": "t"}, is_source=False),
        planted.pipeline("mysql-extractor", {"connection_id": mysql, "query": "SELECT 1 AS a"}),
        planted.pipeline("api-extractor", {"connection_id": api, "url": "/orders"}),
        planted.pipeline("api-loader", {"connection_id": basic, "url": "/orders"}, is_source=False),
        planted.pipeline("s3-extractor", {"connection_id": store, "bucket": "sales", "path": "a.csv"}),
    ]

    started = [runs.execute(pipeline_id)["id"] for pipeline_id in failing]
    execution_ids = [use_the_webhook(planted, extracted, canaries), *started]
    use_an_account(planted, canaries)
    ended = [runs.ended(execution_id, 120)["status"] for execution_id in execution_ids]
    for execution_id in execution_ids:
        for part in ("", "/logs", "/logs/download", "/nodes/own/data", "/nodes/own/tries"):
            planted.ask("GET", f"executions/{execution_id}{part}")
    planted.look_everywhere()

    own = {name: value for name, value in stack.lifecycle.credentials.model_dump().items() if "name" not in name}
    own.pop("admin_email")
    canaries.add(own)
    meant = [stack.home / name for name in ("secrets.env", "run/supervisord.conf", "airflow/passwords.json")]
    assert ended == ["success"] + ["failed"] * len(failing)
    assert [path.stat().st_mode & 0o777 for path in meant] == [MODES_OF_SECRETS] * len(meant)
    found = [
        *(hit for place, answer in planted.answers for hit in canaries.in_text(place, answer)),
        *canaries.in_files(stack.home, except_for=[*meant, stack.home / "postgres"]),
        *canaries.in_files(stack.dags_folder),
        *canaries.in_database(stack.postgres, "airflow"),
        *canaries.in_database(stack.postgres, "logidata"),
        *canaries.in_command_lines(),
    ]
    assert found == []

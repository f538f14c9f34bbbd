"""The scripts of the images and of the operator, run for real."""

import http.server
import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg2
import pytest
from sqlalchemy import make_url

from stack.postgres import Cluster
from tests.compose.compose_file import REPOSITORY

DOCKER = REPOSITORY / "docker"


@pytest.fixture(scope="module")
def secrets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that make-secrets.sh has filled."""
    folder = tmp_path_factory.mktemp("cluster") / "secrets"
    make_secrets(folder)
    return folder


def make_secrets(folder: Path) -> str:
    done = subprocess.run(
        ["sh", DOCKER / "make-secrets.sh", folder], capture_output=True, text=True, check=True, cwd=folder.parent
    )
    return done.stdout


def enter(environment: dict[str, str], *command: str) -> subprocess.CompletedProcess[str]:
    """The command as the image's entry point starts it, with this environment only."""
    return subprocess.run(
        ["sh", DOCKER / "entrypoint.sh", *command],
        env={"PATH": os.environ["PATH"], **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_all_secrets_of_the_compose_file_are_made(secrets: Path, compose: dict[str, dict[str, object]]) -> None:
    assert {path.name for path in secrets.iterdir()} == set(compose["secrets"])
    assert secrets.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in secrets.iterdir()} == {0o444}


def test_secrets_are_long_and_all_different(secrets: Path) -> None:
    random = [word for path in secrets.iterdir() for word in re.findall(r"[\w-]{24,}=?", path.read_text())]
    assert len(random) == len(set(random)) + 1, "only Redis's password stands in two files"


def test_secrets_are_made_once_and_missing_ones_added(secrets: Path) -> None:
    before = {path.name: path.read_text() for path in secrets.iterdir()}
    (secrets / "service_token").unlink()
    said = make_secrets(secrets)
    after = {path.name: path.read_text() for path in secrets.iterdir()}
    assert [line.split("/")[-1] for line in said.splitlines()] == ["service_token"]
    assert {name for name in before if before[name] != after[name]} == {"service_token"}


def test_redis_users_know_the_password_of_the_broker(secrets: Path) -> None:
    password = make_url((secrets / "celery_broker_url").read_text().strip()).password
    assert f"user celery on >{password} " in (secrets / "redis_users").read_text()


def test_entrypoint_hands_over_what_files_hold(tmp_path: Path) -> None:
    secret = tmp_path / "token"
    secret.write_text('it\'s "quoted" $HOME `x`\n')
    done = enter({"LOGIDATA_SERVICE_TOKEN_FILE": str(secret)}, "env")
    assert 'LOGIDATA_SERVICE_TOKEN=it\'s "quoted" $HOME `x`' in done.stdout.splitlines()
    assert "_FILE" not in done.stdout


def test_entrypoint_stops_when_a_secret_is_missing(tmp_path: Path) -> None:
    done = enter({"LOGIDATA_SERVICE_TOKEN_FILE": str(tmp_path / "absent")}, "true")
    assert done.returncode != 0
    assert "absent" in done.stderr


def test_entrypoint_writes_the_password_file_of_airflow(tmp_path: Path) -> None:
    secret, passwords = tmp_path / "secret", tmp_path / "passwords.json"
    secret.write_text("abc\n")
    environment = {
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(passwords),
        "LOGIDATA_AIRFLOW_USERNAME": "admin",
        "LOGIDATA_AIRFLOW_PASSWORD_FILE": str(secret),
    }
    done = enter(environment, "env")
    assert json.loads(passwords.read_text()) == {"admin": "abc"}
    assert passwords.stat().st_mode & 0o777 == 0o600
    assert "LOGIDATA_AIRFLOW_PASSWORD" not in done.stdout


@contextmanager
def answering(status: int, body: object) -> Iterator[str]:
    """A web server that gives every request this answer."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.end_headers()
            self.wfile.write(json.dumps(body).encode())

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name there
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def healthcheck(*arguments: str, **environment: str) -> int:
    command = [sys.executable, str(DOCKER / "healthcheck.py"), *arguments]
    return subprocess.run(command, env={**os.environ, **environment}, capture_output=True, check=False).returncode


@pytest.mark.parametrize(("status", "verdict"), [(200, 0), (503, 1)])
def test_a_url_is_healthy_when_it_answers_well(status: int, verdict: int) -> None:
    with answering(status, {}) as url:
        assert healthcheck("url", url) == verdict
        assert healthcheck("port", url.rpartition(":")[2].strip("/")) == 0


@pytest.mark.parametrize(("status", "verdict"), [("healthy", 0), ("unhealthy", 1), (None, 1)])
def test_a_component_is_healthy_when_airflow_says_so(status: str | None, verdict: int) -> None:
    with answering(200, {"scheduler": {"status": status}}) as url:
        assert healthcheck("airflow", "scheduler", LOGIDATA_AIRFLOW_URL=url) == verdict


def test_nobody_is_healthy_who_does_not_answer() -> None:
    unused = "http://127.0.0.1:1"
    assert healthcheck("url", unused) == 1
    assert healthcheck("port", "1") == 1
    assert healthcheck("airflow", "scheduler", LOGIDATA_AIRFLOW_URL=unused) == 1
    assert healthcheck("worker", AIRFLOW__CELERY__BROKER_URL_CMD="echo redis://127.0.0.1:1/0") == 1


def test_each_login_has_its_own_database(postgres_server: Cluster) -> None:
    host = f"{postgres_server.host}:{postgres_server.port}"
    program = (
        "import sys; from sqlalchemy import make_url; from prepare import make_database;"
        "[make_database(make_url(address), sys.argv[1]) for address in sys.argv[2:]]"
    )
    addresses = [f"postgresql+psycopg2://{name}:pw{name}@{host}/{name}" for name in ("celery_a", "airflow_a")]
    for _ in range(2):
        command = [sys.executable, "-c", program, postgres_server.password, *addresses]
        subprocess.run(command, cwd=DOCKER, check=True, env={**os.environ, "PYTHONPATH": f"{REPOSITORY}"})

    def connect(user: str, database: str) -> str:
        address = f"postgresql://{user}:pw{user}@{host}/{database}"
        with closing(psycopg2.connect(address)) as connection, connection.cursor() as cursor:
            cursor.execute("CREATE TABLE IF NOT EXISTS t (x int)")
            return connection.info.dbname

    assert connect("celery_a", "celery_a") == "celery_a"
    with pytest.raises(psycopg2.OperationalError, match="permission denied for database"):
        connect("celery_a", "airflow_a")

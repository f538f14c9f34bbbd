"""Every setting that the compose file names exists, and means what it means on one machine."""

import importlib.util
import json
import os
import re
import subprocess
import sys
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from api.settings import Settings as ServiceSettings
from module_operators.settings import Settings as OperatorSettings
from stack.airflow_settings import airflow_environment
from stack.credentials import Credentials
from stack.postgres import Cluster
from stack.settings import StackSettings
from tests.compose.compose_file import COMPOSE_FILE, REPOSITORY, variables

ONE_IMAGE = "paths are those of the image"
SECRET = "a secret: read from a file by a command"
NO_CELERY = "there are no Celery workers on one machine"
NETWORK = "services reach each other by name, and only published ports are seen outside"
DIFFERENT = {
    "AIRFLOW_HOME": ONE_IMAGE,
    "AIRFLOW__CORE__DAGS_FOLDER": ONE_IMAGE,
    "AIRFLOW__CORE__PLUGINS_FOLDER": ONE_IMAGE,
    "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": ONE_IMAGE,
    "AIRFLOW__DAG_PROCESSOR__DAG_BUNDLE_CONFIG_LIST": ONE_IMAGE,
    "AIRFLOW__DAG_PROCESSOR__DAG_BUNDLE_STORAGE_PATH": ONE_IMAGE,
    "AIRFLOW__LOGGING__BASE_LOG_FOLDER": ONE_IMAGE,
    "AIRFLOW__LOGGING__DAG_PROCESSOR_CHILD_PROCESS_LOG_DIRECTORY": ONE_IMAGE,
    "AIRFLOW__API__HOST": NETWORK,
    "AIRFLOW__API__BASE_URL": NETWORK,
    "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": NETWORK,
    "AIRFLOW__CORE__EXECUTOR": "workers are other containers",
    "AIRFLOW__SCHEDULER__SCHEDULER_IDLE_SLEEP_TIME": "there the executor does not do the waiting",
    "AIRFLOW__CORE__PARALLELISM": "a limit of the whole cluster, not of one machine's cores",
    "AIRFLOW__CORE__MAX_ACTIVE_TASKS_PER_DAG": "a limit of the whole cluster, not of one machine's cores",
}
ONLY_HERE = {
    "AIRFLOW__CORE__AUTH_MANAGER": "the providers of the others are installed in a cluster's image only",
    "AIRFLOW__CELERY__BROKER_URL_CMD": SECRET,
    "AIRFLOW__CELERY__RESULT_BACKEND_CMD": SECRET,
    "AIRFLOW__CELERY__WORKER_CONCURRENCY": NO_CELERY,
    "AIRFLOW__CELERY_BROKER_TRANSPORT_OPTIONS__VISIBILITY_TIMEOUT": NO_CELERY,
}
SECRETS = {
    "AIRFLOW__API_AUTH__JWT_SECRET",
    "AIRFLOW__API__SECRET_KEY",
    "AIRFLOW__CORE__FERNET_KEY",
    "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN",
}
_OPTIONS = """
import json
from airflow.configuration import conf
print(json.dumps({f"AIRFLOW__{section}__{name}".upper(): bool(option.get("sensitive"))
    for section, found in conf.configuration_description.items() for name, option in found["options"].items()}))
"""


@pytest.fixture(scope="session")
def airflow_options(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bool]:
    """Every option of this Airflow and its providers as a variable, and whether it may be given by a command."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("AIRFLOW_")}
    environment = {**clean, "AIRFLOW_HOME": str(tmp_path_factory.mktemp("airflow"))}
    done = subprocess.run([sys.executable, "-c", _OPTIONS], env=environment, capture_output=True, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


@pytest.fixture(scope="session")
def here(services: dict[str, Any]) -> dict[str, str]:
    """All settings of all services: a name has one value wherever it stands."""
    found: dict[str, str] = {}
    for service in services.values():
        for name, value in service.get("environment", {}).items():
            assert found.setdefault(name, str(value)) == str(value), name
    return found


@pytest.fixture(scope="session")
def on_one_machine() -> dict[str, str]:
    """What `make up` gives Airflow."""
    cluster = Cluster(Path("/nowhere"), 5432, "-")
    return airflow_environment(StackSettings(_env_file=None), Credentials.make(), cluster)  # pyright: ignore[reportCallIssue]


def test_every_airflow_setting_exists(here: dict[str, str], airflow_options: dict[str, bool]) -> None:
    named = {name.removesuffix("_CMD") for name in here if name.startswith("AIRFLOW__")}
    assert named - airflow_options.keys() == set()


def test_commands_are_given_only_where_airflow_runs_them(
    here: dict[str, str], airflow_options: dict[str, bool]
) -> None:
    commands = {name.removesuffix("_CMD") for name in here if name.startswith("AIRFLOW__") and name.endswith("_CMD")}
    assert {name for name in commands if not airflow_options[name]} == set()


def test_every_logidata_setting_exists(here: dict[str, str]) -> None:
    known = {
        *ServiceSettings.model_fields,
        *StackSettings.model_fields,
        *(field.name for field in fields(OperatorSettings)),
    }
    expected = {f"LOGIDATA_{name.upper()}" for name in known}
    given = {name.removesuffix("_FILE") for name in here if name.startswith("LOGIDATA_")}
    asked = {name for name, _, _ in variables(COMPOSE_FILE.read_text()) if name.startswith("LOGIDATA_")}
    assert (given | asked) - expected == set()


def test_the_service_gets_all_that_it_requires(services: dict[str, Any]) -> None:
    given = {name.removesuffix("_FILE") for name in services["service"]["environment"]}
    required = {
        f"LOGIDATA_{name.upper()}" for name, field in ServiceSettings.model_fields.items() if field.is_required()
    }
    assert required <= given


def test_settings_agree_with_one_machine(here: dict[str, str], on_one_machine: dict[str, str]) -> None:
    both = {name for name in here if name in on_one_machine}
    assert {name for name in both if here[name] != on_one_machine[name]} <= DIFFERENT.keys()
    assert DIFFERENT.keys() <= both, "a difference is listed that no longer is one"


def test_whoever_keeps_airflows_users_is_installed_and_the_service_has_an_account_there(
    services: dict[str, Any],
) -> None:
    lock, example = REPOSITORY / "requirements-cluster.lock", REPOSITORY / ".env.example"
    managers = set(re.findall(r"airflow\.[\w.]+AuthManager", example.read_text()))
    assert len(managers) == 2
    for path in managers:
        assert importlib.util.find_spec(path.rpartition(".")[0]) is not None
    assert re.search(r"^apache-airflow-providers-fab==", lock.read_text(), re.MULTILINE)
    prepare, service = services["prepare"], services["service"]
    assert "airflow_password" in prepare["secrets"]
    name = "LOGIDATA_AIRFLOW_USERNAME"
    assert prepare["environment"][name] == service["environment"][name]


def test_outgoing_lists_reach_service_and_tasks(services: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LOGIDATA_OUTGOING_ALLOW", "LOGIDATA_OUTGOING_DENY"):
        monkeypatch.delenv(name, raising=False)
    machine = StackSettings(_env_file=None).shared_environment  # pyright: ignore[reportCallIssue]
    operators = OperatorSettings.from_environment()
    assert machine["LOGIDATA_OUTGOING_DENY"] == operators.outgoing_deny
    assert machine["LOGIDATA_OUTGOING_ALLOW"] == operators.outgoing_allow
    for name, service in services.items():
        if "LOGIDATA_STAGING_URL" in service.get("environment", {}):
            denied = service["environment"]["LOGIDATA_OUTGOING_DENY"]
            assert denied.startswith(f"{operators.outgoing_deny},127.0.0.0/8,::1,"), name


def test_no_setting_of_one_machine_is_forgotten(here: dict[str, str], on_one_machine: dict[str, str]) -> None:
    assert on_one_machine.keys() - here.keys() == SECRETS
    assert {f"{name}_CMD" for name in SECRETS} <= here.keys()


def test_no_setting_stands_here_alone(here: dict[str, str], on_one_machine: dict[str, str]) -> None:
    airflow = {name for name in here if name.startswith("AIRFLOW_")}
    assert airflow - on_one_machine.keys() - {f"{name}_CMD" for name in SECRETS} == ONLY_HERE.keys()


def test_the_bundle_is_the_same_but_for_its_folder(here: dict[str, str], on_one_machine: dict[str, str]) -> None:
    option = "AIRFLOW__DAG_PROCESSOR__DAG_BUNDLE_CONFIG_LIST"
    [cluster], [machine] = json.loads(here[option]), json.loads(on_one_machine[option])
    assert cluster["kwargs"].pop("root") == here["LOGIDATA_DAGS_FOLDER"]
    machine["kwargs"].pop("root")
    for bundle in (cluster, machine):
        bundle["kwargs"]["view_url_template"] = re.sub(r"^http://[^/]+", "", bundle["kwargs"]["view_url_template"])
    assert cluster == machine

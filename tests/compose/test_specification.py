"""The compose file against the compose specification, and against what we promise of each service."""

import json
import re
from importlib.resources import files
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from jsonschema.validators import validator_for

from tests.compose.compose_file import COMPOSE_FILE, REPOSITORY, MissingVariable, load, variables

PUBLISHED = {"airflow-api", "service"}
ONE_SHOT = {"prepare"}
EXACT = re.compile(r"[a-z-]+:\d+\.\d+\.\d+(-[a-z]+)?|[a-z]+:\d+\.\d+-[a-z]+")


def test_file_follows_the_compose_specification(compose: dict[str, Any]) -> None:
    shipped = files("check_jsonschema") / "builtin_schemas" / "vendor" / "compose-spec.json"
    schema = json.loads(shipped.read_text())
    validator = validator_for(schema, default=Draft202012Validator)(schema)
    assert [f"{error.json_path}: {error.message}" for error in validator.iter_errors(compose)] == []


def test_every_variable_is_required_or_has_a_default() -> None:
    required = {name for name, kind, _ in variables(COMPOSE_FILE.read_text()) if kind == "?"}
    careless = {name for name, kind, _ in variables(COMPOSE_FILE.read_text()) if kind is None} - required
    assert careless == set()
    assert required == {"CLUSTER_SECRETS"}
    with pytest.raises(MissingVariable, match=r"make-secrets\.sh"):
        load({})


def test_the_same_variable_has_the_same_default_everywhere() -> None:
    defaults: dict[str, set[str]] = {}
    for name, kind, rest in variables(COMPOSE_FILE.read_text()):
        if kind == "-":
            defaults.setdefault(name, set()).add(rest)
    assert {name: values for name, values in defaults.items() if len(values) > 1} == {}


def test_the_example_names_every_variable_with_its_default() -> None:
    expected = {name: rest for name, kind, rest in variables(COMPOSE_FILE.read_text()) if kind == "-"}
    expected["CLUSTER_SECRETS"] = "./var/cluster"
    lines = (REPOSITORY / ".env.example").read_text().splitlines()
    given = dict(line.removeprefix("# ").split("=", 1) for line in lines if re.match(r"(# )?[A-Z_]+=", line))
    assert given == expected


def test_no_default_is_a_secret() -> None:
    secretive = re.compile(r"PASSWORD|TOKEN|SECRET|KEY|CREDENTIAL")
    named = {name for name, _, _ in variables(COMPOSE_FILE.read_text()) if secretive.search(name)}
    assert named == {"CLUSTER_SECRETS"}, "a folder; secrets themselves are files in it"


def test_no_environment_holds_a_secret(services: dict[str, Any]) -> None:
    secretive = re.compile(r"PASSWORD|TOKEN|SECRET|FERNET|DATABASE|BROKER_URL|BACKEND")
    by_file = ("_FILE", "_CMD")
    plain = {
        (service, name)
        for service, definition in services.items()
        for name in definition.get("environment", {})
        if secretive.search(name) and not name.endswith(by_file)
    }
    assert plain == set()


def test_images_are_pinned(services: dict[str, Any]) -> None:
    loose = {name: service["image"] for name, service in services.items() if not EXACT.fullmatch(service["image"])}
    assert loose == {}


def test_nothing_runs_as_root_or_can_become_it(services: dict[str, Any]) -> None:
    for name, service in services.items():
        uid, gid = service["user"].split(":")
        assert int(uid) > 0, name
        assert int(gid) > 0, name
        assert service["cap_drop"] == ["ALL"], name
        assert service["read_only"] is True, name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert not {"privileged", "cap_add", "network_mode", "pid", "ipc"} & service.keys(), name


def test_every_service_is_watched_and_started_again(services: dict[str, Any]) -> None:
    for name, service in services.items():
        if name in ONE_SHOT:
            assert service["restart"] == "no"
            continue
        assert service["restart"] == "unless-stopped", name
        assert service["healthcheck"]["test"][0] in {"CMD", "CMD-SHELL"}, name
        assert service["deploy"]["resources"]["limits"]["memory"], name


def test_services_wait_for_what_exists(services: dict[str, Any]) -> None:
    for name, service in services.items():
        for target, how in service.get("depends_on", {}).items():
            expected = "service_completed_successfully" if target in ONE_SHOT else "service_healthy"
            assert how["condition"] == expected, (name, target)
            assert target in services


def test_only_the_web_ports_are_published_and_only_to_this_machine(services: dict[str, Any]) -> None:
    assert {name for name, service in services.items() if "ports" in service} == PUBLISHED
    for name in PUBLISHED:
        assert all(port.startswith("127.0.0.1:") for port in services[name]["ports"])


def test_databases_have_no_way_out(compose: dict[str, Any]) -> None:
    assert compose["networks"]["data"] == compose["networks"]["spark"] == {"internal": True}
    for name in ("postgres", "redis"):
        assert compose["services"][name]["networks"] == ["data"]


def test_spark_is_started_when_asked_for_and_reaches_staging_where_workers_do(services: dict[str, Any]) -> None:
    assert {name for name, service in services.items() if "profiles" in service} == {"spark"}
    spark, worker = services["spark"], services["worker"]
    assert not any("spark" in service.get("depends_on", {}) for service in services.values())
    assert worker["environment"]["LOGIDATA_SPARK_REMOTE"] == ""
    (staging,) = [mount for mount in spark["volumes"] if mount.startswith("staging:")]
    assert staging in worker["volumes"]
    assert staging == f"staging:{worker['environment']['LOGIDATA_STAGING_URL']}"
    assert spark["environment"]["LOGIDATA_SPARK_TOKEN_FILE"] == worker["environment"]["LOGIDATA_SPARK_TOKEN_FILE"]
    assert {name for name, service in services.items() if "spark_token" in service.get("secrets", [])} == {
        "spark",
        "worker",
    }
    assert set(spark["networks"]) == {"spark"} < set(worker["networks"])


def test_volumes_and_secrets_are_declared_and_used(compose: dict[str, Any]) -> None:
    services = compose["services"].values()
    assert {volume.split(":")[0] for service in services for volume in service.get("volumes", [])} == set(
        compose["volumes"]
    )
    assert {secret for service in services for secret in service.get("secrets", [])} == set(compose["secrets"])


def test_secret_files_that_are_named_are_mounted(services: dict[str, Any]) -> None:
    named = re.compile(r"(?:/run/secrets/|secret\.sh )(\w+)")
    for name, service in services.items():
        settings = " ".join([*map(str, service.get("environment", {}).values()), *map(str, service["command"])])
        assert set(named.findall(settings)) <= set(service.get("secrets", [])), name


def test_workers_hold_no_password_of_the_metadata(services: dict[str, Any]) -> None:
    assert services["worker"]["secrets"] == ["celery_broker_url", "celery_result_backend", "spark_token"]
    assert not any(name.startswith("AIRFLOW__DATABASE__") for name in services["worker"]["environment"])


def test_only_who_publishes_can_write_dags(services: dict[str, Any]) -> None:
    writable = {name for name, service in services.items() if "dags:/var/lib/logidata/dags" in service["volumes"]}
    assert writable == {"prepare", "service"}

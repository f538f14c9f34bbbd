"""What the services run exists: Airflow's subcommands and their options, modules, and the settings they are given."""

import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from uvicorn.main import main as uvicorn

AIRFLOW = ["python", "-m", "airflow"]


def airflow_commands() -> list[tuple[str, ...]]:
    """Those that the compose file starts; the fixture cannot parametrise."""
    from tests.compose.compose_file import load  # noqa: PLC0415

    services = load({"CLUSTER_SECRETS": "x"})["services"].values()
    return [tuple(service["command"][3:]) for service in services if service["command"][:3] == AIRFLOW]


@pytest.mark.parametrize("command", airflow_commands(), ids=" ".join)
def test_airflow_has_the_command_and_its_options(command: tuple[str, ...], tmp_path: Path) -> None:
    words = [word for word in command if not word.startswith("-")]
    clean = {name: value for name, value in os.environ.items() if not name.startswith("AIRFLOW_")}
    environment = {**clean, "AIRFLOW_HOME": str(tmp_path), "AIRFLOW__CORE__EXECUTOR": "CeleryExecutor"}
    done = subprocess.run(
        [sys.executable, "-m", "airflow", *words, "--help"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert f"Usage: airflow {' '.join(words)} " in done.stdout
    for option in command[len(words) :]:
        assert re.search(rf"{option}\b", done.stdout), option


def test_uvicorn_has_the_options_and_the_application_is_where_it_looks(services: dict[str, Any]) -> None:
    command = services["service"]["command"]
    assert command[:4] == ["python", "-m", "uvicorn", "api.main:app"]
    known = {option for parameter in uvicorn.params for option in (*parameter.opts, *parameter.secondary_opts)}
    assert {option.partition("=")[0] for option in command[4:]} <= known
    assert importlib.util.find_spec("api.main") is not None


def test_what_runs_python_names_a_program_of_the_image(services: dict[str, Any]) -> None:
    modules = {"airflow", "uvicorn", "stack.spark"}
    for name, service in services.items():
        for command in (service["command"], service["healthcheck"].get("test", [])[1:]):
            if not command or command[0] != "python":
                continue
            if command[1] == "-m":
                assert command[2] in modules, name
                assert importlib.util.find_spec(command[2]) is not None
            else:
                assert command[1] in {"/opt/cluster/prepare.py", "/opt/cluster/healthcheck.py"}, name

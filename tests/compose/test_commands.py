"""What the services run exists: Airflow's subcommands and their options, modules, and the settings they are given."""

import importlib.util
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

from uvicorn.main import main as uvicorn

AIRFLOW = ["python", "-m", "airflow"]

# Loading Airflow takes longer than all the rest: once for all commands.
HELP = """
import contextlib, io, json, sys
from airflow.cli.cli_parser import get_parser

told = []
for words in json.loads(sys.argv[1]):
    with contextlib.redirect_stdout(io.StringIO()) as output, contextlib.suppress(SystemExit):
        get_parser().parse_args([*words, "--help"])
    told.append(output.getvalue())
print(json.dumps(told))
"""


def test_airflow_has_the_commands_and_their_options(services: dict[str, Any], tmp_path: Path) -> None:
    commands = [service["command"][3:] for service in services.values() if service["command"][:3] == AIRFLOW]
    words = [[word for word in command if not word.startswith("-")] for command in commands]
    clean = {name: value for name, value in os.environ.items() if not name.startswith("AIRFLOW_")}
    environment = {**clean, "AIRFLOW_HOME": str(tmp_path), "AIRFLOW__CORE__EXECUTOR": "CeleryExecutor"}
    done = subprocess.run(
        [sys.executable, "-c", HELP, json.dumps(words)], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    assert len(told) == len(commands) > 3
    for command, name, usage in zip(commands, words, told, strict=True):
        assert f"airflow {' '.join(name)} " in usage
        for option in command[len(name) :]:
            assert re.search(rf"{option}\b", usage), (name, option)


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

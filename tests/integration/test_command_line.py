"""The command line at the whole product: a run that is waited for and followed, and what CI makes of its end."""

import json
from pathlib import Path

from tests.command_line import CommandLine
from tests.conftest import RunningStack

PIPELINE = """logidata: 1
name: From the command line
nodes:
  - id: read
    module: csv-extractor
    config: {file_path: command-line.csv}
  - id: keep
    module: filter-transformer
    config: {condition: "b = 'y'"}
  - id: write
    module: csv-loader
    config: {file_path: command-line-out.csv}
edges:
  - {from: read, to: keep}
  - {from: keep, to: write}
"""


def test_a_run_is_followed_to_its_end_and_its_failure_is_an_exit_code(stack: RunningStack, tmp_path: Path) -> None:
    logidata = CommandLine(stack.api_url, tmp_path / "home", stack.token)
    stack.files.mkdir(parents=True, exist_ok=True)
    (stack.files / "command-line.csv").write_text("a,b\n1,x\n2,y\n")
    (file := tmp_path / "pipeline.yaml").write_text(PIPELINE)
    logidata.good("pipelines", "apply", file)

    name = "From the command line"
    done = logidata("pipelines", "run", name, "--follow")

    assert done.returncode == 0, done.stderr
    assert "[write]" in done.stdout
    assert done.stdout.splitlines()[-1].startswith("success in ")
    assert (stack.files / "command-line-out.csv").read_text() == "a,b\n2,y\n"
    log = [json.loads(line) for line in logidata.good("pipelines", "logs", name, "--json").splitlines()]
    assert {line["node_id"] for line in log} == {"read", "keep", "write"}
    assert all(line["message"] in done.stdout for line in log)

    (stack.files / "command-line.csv").unlink()
    failed = logidata("pipelines", "run", name, "--wait", "--json")
    assert failed.returncode == 1
    assert json.loads(failed.stdout)["error_node_id"] == "read"
    assert "command-line.csv" in logidata.good("pipelines", "logs", json.loads(failed.stdout)["id"], "--follow")

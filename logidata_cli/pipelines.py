"""Pipelines: listed, brought in line with files, compared, run, followed."""

import json as jsons
from difflib import unified_diff
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import typer

from logidata_cli.failures import DIFFERENT, Failure, problem_lines
from logidata_cli.runs import ended, followed, printed_so_far
from logidata_cli.service import Service
from logidata_cli.shown import AsJson, as_json, line, note, rows

app = typer.Typer(help="Pipelines: list, apply, diff, optimize, run, logs.", no_args_is_help=True)

Named = Annotated[str, typer.Argument(help="Its name or id.")]
Files = Annotated[
    list[Path], typer.Argument(exists=True, readable=True, help="YAML or JSON files, or folders of them.")
]
YAML = {"Content-Type": "application/yaml"}
COLORS = {"+": "green", "-": "red", "@": "cyan"}


@app.command("list")
def list_pipelines(
    context: typer.Context,
    search: Annotated[str | None, typer.Option(help="Words in the name or the description.")] = None,
    tag: Annotated[str | None, typer.Option(help="Only pipelines with this tag.")] = None,
    status: Annotated[str | None, typer.Option(help="draft or active.")] = None,
    json: AsJson = False,
) -> None:
    """List pipelines with their last runs."""
    service: Service = context.obj
    items = service.all("/pipelines", search=search, tag=tag, status=status, sort="name")
    if json:
        as_json(items)
        return
    last = [{**item, "run": (item["last_run"] or {}).get("status")} for item in items]
    columns = {"name": "Pipeline", "status": "Status", "run": "Last run", "schedule": "Schedule", "id": "Id"}
    rows(last, columns)


@app.command()
def export(
    context: typer.Context,
    pipeline: Named,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Write it there.")] = None,
) -> None:
    """Print a pipeline as YAML for Git."""
    service: Service = context.obj
    text = service.ask("GET", f"/pipelines/{pipeline_named(service, pipeline)['id']}/export").text
    if output is None:
        typer.echo(text, nl=False)
    else:
        output.write_text(text, encoding="utf-8")


@app.command()
def apply(context: typer.Context, files: Files, json: AsJson = False) -> None:
    """Bring pipelines in line with files, each by the name in it; the same again changes nothing.

    Exit code 1 when one has errors: it is saved as a draft, and what ran before goes on running.
    """
    service: Service = context.obj
    done = [_applied(service, file) for file in _files(files)]
    if json:
        as_json(done)
    for each in [] if json else done:
        line(f"{each['name']}: {each['change']}", "" if each["status"] == "active" else "yellow")
        for told in problem_lines(each["problems"]):
            note(f"  {told}")
    if any(each["status"] == "draft" for each in done):
        raise typer.Exit(DIFFERENT)


@app.command()
def diff(context: typer.Context, files: Files, json: AsJson = False) -> None:
    """Show what `apply` would change; exit code 1 when it would change anything."""
    service: Service = context.obj
    found = [_compared(service, file) for file in _files(files)]
    if json:
        as_json(found)
    for each in [] if json else found:
        before = (each["before"] or "").splitlines()
        for text in unified_diff(before, each["after"].splitlines(), each["name"], each["file"], lineterm=""):
            line(text, COLORS.get(text[:1], ""))
    if not all(each["same"] for each in found):
        raise typer.Exit(DIFFERENT)


@app.command()
def run(
    context: typer.Context,
    pipeline: Named,
    *,
    param: Annotated[list[str] | None, typer.Option("--param", "-p", help="name=value; JSON, or else text.")] = None,
    until: Annotated[str | None, typer.Option(help="Only up to the node with this id.")] = None,
    idempotency_key: Annotated[str | None, typer.Option(help="Sent again, it starts no second run.")] = None,
    wait: Annotated[bool, typer.Option(help="Wait for its end; exit code 1 unless it succeeds.")] = False,
    follow: Annotated[bool, typer.Option(help="Wait, and print its log meanwhile.")] = False,
    json: AsJson = False,
) -> None:
    """Run a pipeline."""
    service: Service = context.obj
    url = f"/pipelines/{pipeline_named(service, pipeline)['id']}/execute"
    body = {"params": dict(_param(each) for each in param or ()), "until_node": until}
    headers = {"Idempotency-Key": idempotency_key} if idempotency_key else {}
    execution = service.post(url, body, **headers)
    if not json:
        note(f"Execution {execution['id']} of {execution['pipeline_name']} was started.")
    if follow:
        followed(service, execution["id"], json=False)
    if wait or follow:
        execution = ended(service, execution["id"])
    if json:
        as_json(execution)
    elif wait or follow:
        _tell(execution)
    if (wait or follow) and execution["status"] != "success":
        raise typer.Exit(DIFFERENT)


@app.command()
def logs(
    context: typer.Context,
    run: Annotated[str, typer.Argument(help="An execution's id, or a pipeline's name for its newest one.")],
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on until the run has ended.")] = False,
    json: AsJson = False,
) -> None:
    """Print a run's log; with --json a line is an object."""
    service: Service = context.obj
    execution_id = _execution(service, run)
    if follow:
        followed(service, execution_id, json=json)
    else:
        printed_so_far(service, execution_id, json=json)


def _applied(service: Service, file: Path) -> dict[str, Any]:
    compared = _compared(service, file)
    before = compared["pipeline_id"] and service.get(f"/pipelines/{compared['pipeline_id']}")
    saved = _sent(service, "/pipelines/import?mode=apply", file)
    change = "created" if not before else "unchanged" if before["revision"] == saved["revision"] else "updated"
    kept = ("id", "name", "revision", "status", "problems")
    return {"file": str(file), "change": change} | {name: saved[name] for name in kept}


def _compared(service: Service, file: Path) -> dict[str, Any]:
    return _sent(service, "/pipelines/compare", file) | {"file": str(file)}


def _sent(service: Service, url: str, file: Path) -> Any:
    try:
        return service.ask("POST", url, content=file.read_bytes(), headers=YAML).json()
    except Failure as failure:
        note(f"{file}:")
        raise failure from None


def _files(given: list[Path]) -> list[Path]:
    found = [
        file
        for path in given
        for file in (
            sorted(each for each in path.rglob("*") if each.suffix in {".yaml", ".yml", ".json"})
            if path.is_dir()
            else [path]
        )
    ]
    if not found:
        raise Failure("There are no YAML or JSON files in these folders.")
    return found


def pipeline_named(service: Service, named: str) -> dict[str, Any]:
    """A pipeline by its id or exact name."""
    try:
        return service.get(f"/pipelines/{UUID(named)}")
    except ValueError:
        pass
    found = [each for each in service.all("/pipelines", search=named[:200]) if each["name"] == named]
    if len(found) > 1:
        ids = ", ".join(each["id"] for each in found)
        raise Failure(f"There are {len(found)} pipelines named “{named}”.", f"Give an id: {ids}")
    if not found:
        raise Failure(f"There is no pipeline “{named}”.", "`logidata pipelines list` lists them.")
    return found[0]


def _execution(service: Service, named: str) -> str:
    try:
        return str(UUID(named))
    except ValueError:
        pipeline = pipeline_named(service, named)
    newest = service.get("/executions", pipeline_id=pipeline["id"], limit=1)["items"]
    if not newest:
        raise Failure(f"“{named}” has never run.", f"`logidata pipelines run '{named}'` runs it.")
    return newest[0]["id"]


def _param(text: str) -> tuple[str, Any]:
    name, equals, value = text.partition("=")
    if not (name and equals):
        raise typer.BadParameter(f"“{text}” is not name=value.")
    try:
        return name, jsons.loads(value)
    except ValueError:
        return name, value


def _tell(execution: dict[str, Any]) -> None:
    seconds = execution["duration_seconds"]
    took = f" in {seconds:.1f} s" if seconds is not None else ""
    is_good = execution["status"] == "success"
    line(f"{execution['status']}{took}", "green" if is_good else "red")
    if execution["error_message"]:
        note(execution["error_message"])

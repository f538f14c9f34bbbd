"""What could be better in a pipeline: shown as differences of its text, and saved when accepted."""

import json as jsons
from difflib import unified_diff
from typing import Annotated, Any

import typer

from logidata_cli.failures import DIFFERENT, Failure
from logidata_cli.pipelines import COLORS, YAML, Named, pipeline_named
from logidata_cli.service import Service
from logidata_cli.shown import AsJson, as_json, line, note

CHECKS = {"equal": "green", "unchecked": "yellow", "differs": "red"}


def optimize(
    context: typer.Context,
    pipeline: Named,
    *,
    accept: Annotated[list[str] | None, typer.Option(help="Save the pipeline with the proposal of this id.")] = None,
    accept_all: Annotated[bool, typer.Option("--all", help="Save it with all that a sample agrees with.")] = False,
    check: Annotated[bool, typer.Option("--check", help="Exit code 1 when anything could be better.")] = False,
    json: AsJson = False,
) -> None:
    """Show what could be better in a pipeline that loads the same rows, each checked on a sample of its sources.

    Nothing is saved but with --accept or --all.
    """
    service: Service = context.obj
    saved = pipeline_named(service, pipeline)
    graph = service.get(f"/pipelines/{saved['id']}/versions/{saved['revision']}")["graph"]
    answer = service.post("/assist/optimize", {"graph": graph})
    proposals = answer["proposals"]
    if json:
        as_json(answer)
    else:
        _show(service, graph, answer)
    wanted = [each["id"] for each in proposals if accept_all and each["check"]["status"] == "equal"]
    if wanted := [*(accept or ()), *wanted]:
        _save(service, saved, graph, wanted)
    elif check and proposals:
        raise typer.Exit(DIFFERENT)


def _show(service: Service, graph: dict[str, Any], answer: dict[str, Any]) -> None:
    before = _text(service, graph)
    for each in answer["proposals"]:
        line(each["id"], "bold")
        line(f"  {each['reason']}")
        line(f"  {each['check']['message']}", CHECKS[each["check"]["status"]])
        after = _text(service, graph | {"config": each["config"]})
        for text in unified_diff(before.splitlines(), after.splitlines(), "now", each["id"], lineterm="", n=1):
            line(text, COLORS.get(text[:1], ""))
    for each in answer["declined"]:
        note(each["reason"])
    if not answer["proposals"]:
        line("Nothing to improve.", "green")


def _text(service: Service, graph: dict[str, Any]) -> str:
    """The graph as files keep it."""
    return service.ask("POST", "/pipelines/compare", content=jsons.dumps(graph), headers=YAML).json()["after"]


def _save(service: Service, saved: dict[str, Any], graph: dict[str, Any], wanted: list[str]) -> None:
    better = service.post("/assist/optimize/apply", {"graph": graph, "accept": wanted})
    for each in better["skipped"]:
        note(f"{each} is not possible, or no longer needed.", "yellow")
    if better["check"]["status"] == "differs" or not better["applied"]:
        raise Failure("Nothing was saved.", *([better["check"]["message"]] if better["applied"] else []))
    note(better["check"]["message"], CHECKS[better["check"]["status"]])
    message = f"Optimized: {', '.join(better['applied'])}"[:500]
    body = graph | {"config": better["config"], "revision": saved["revision"], "message": message}
    done = service.ask("PUT", f"/pipelines/{saved['id']}", json=body).json()
    note(f"Saved as revision {done['revision']}.", "green")

"""The page that Airflow shows for a pipeline: what it is for, where it is edited, and its steps."""

import re
from uuid import UUID

from dag_factory.catalog import Catalog
from dag_factory.graph import PipelineGraph

_ANYWHERE = re.compile(r"[\\`*_\[\]<>|~&$]|(?<=www)\.|:(?=//)|@")
_LINE_START = re.compile(r"^(\s*)([#+=-]|\d+(?=[.)]))", re.MULTILINE)


def documentation(
    graph: PipelineGraph, catalog: Catalog, *, pipeline_id: UUID, version: int, builder_url: str | None
) -> str:
    """Markdown for Airflow's users; what a person typed appears as they typed it."""
    link = f"[Open in the builder]({builder_url.rstrip('/')}/pipelines/{pipeline_id}) · " if builder_url else ""
    steps = [
        f"| {number} | {_cell(node.title)} | {_cell(catalog[node.data.module_id].display_name)} |"
        for number, node in enumerate(graph.order, 1)
    ]
    parts = [
        _paragraphs(graph.description),
        f"{link}Version {version}",
        "\n".join(["| | Step | Module |", "|--:|---|---|", *steps]) if steps else "",
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _paragraphs(text: str) -> str:
    lines = "\n".join(line.strip() for line in text.strip().splitlines())
    return re.sub(r"\n{3,}", "\n\n", _escaped(lines))


def _cell(text: str) -> str:
    return _escaped(" ".join(text.split()))


def _escaped(text: str) -> str:
    return _LINE_START.sub(_at_line_start, _ANYWHERE.sub(lambda found: "\\" + found[0], text))


def _at_line_start(found: re.Match[str]) -> str:
    marker = found[2]
    return f"{found[1]}{marker}" + "\\" if marker.isdecimal() else f"{found[1]}\\{marker}"

"""Columns of every node of a graph, asked of the checker process."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from api.clients.worker import WorkerUnavailable
from dag_factory.catalog import Catalog
from dag_factory.compile import Schemas
from dag_factory.graph import Node, PipelineGraph
from dag_factory.problems import Problem

SOURCE_CHANGED = "source-changed"
"""Code of the warning that a source is no longer as it was at the last save."""


class Checker(Protocol):
    """Whoever derives columns; `api.clients.checker.CheckerProcess` in production."""

    def check(self, request: dict[str, Any], timeout: float) -> dict[str, Any]: ...


_LEADS_NOWHERE = {"orphan", "output-unused"}
"""What is still to be drawn behind a node says nothing against its columns, which somebody who draws wants to see."""


@dataclass(frozen=True)
class ColumnVerdict:
    """What the columns say: problems that only they show, and the schemas that could be derived."""

    problems: Sequence[Problem]
    schemas: Schemas
    lineage: Mapping[str, Any] | None = None
    """By node id and column, its `inputs` and `sources` as `[node id, column]`; None when nobody could be asked."""


def check_columns(
    checker: Checker,
    graph: PipelineGraph,
    catalog: Catalog,
    *,
    found: Sequence[Problem],
    known: Schemas,
    timeout: float,
    lineage: bool = False,
) -> ColumnVerdict:
    """Derive the columns of all nodes that are drawn and configured well enough.

    Args:
        checker: answers for the whole graph at once.
        graph: what is judged.
        catalog: tells handles.
        found: problems found without columns; a node with an error in itself is not asked about again.
        known: schemas of the last save, of nodes that are as they were: for sources that are away or have changed.
        timeout: seconds; sources may be slow.
        lineage: whether columns are traced, too.
    """
    broken = {each.node_id for each in found if each.severity == "error" and each.code not in _LEADS_NOWHERE}
    nodes: list[dict[str, Any]] = []
    asked: set[str] = set()
    for node in graph.order:
        request = described(graph, node, catalog, asked)
        if node.id not in broken and request is not None:
            asked.add(node.id)
            nodes.append(request)
    if not nodes and graph.engine == "duckdb":  # another one may be missing here
        return ColumnVerdict((), {}, {})
    request = {
        "nodes": nodes,
        "engine": graph.engine,
        "params": graph.default_params,
        "known": {k: list(v) for k, v in known.items()},
        "timeout": timeout,
        "lineage": lineage,
    }
    try:
        answer = checker.check(request, timeout)
    except WorkerUnavailable as error:
        message = f"The columns were not checked: {error}."
        hint = "Validate again in a moment; the pipeline can be saved and run meanwhile."
        return ColumnVerdict([Problem(code="unchecked-columns", severity="warning", message=message, hint=hint)], known)
    problems = [Problem.model_validate(problem) for problem in answer["problems"]]
    return ColumnVerdict(problems, answer["schemas"], answer.get("lineage"))


def described(graph: PipelineGraph, node: Node, catalog: Catalog, asked: set[str]) -> dict[str, Any] | None:
    """The node as the checker reads it, or None when its module, an input or a handle is not in order."""
    if node.data.module_id not in catalog:
        return None
    module = catalog[node.data.module_id]
    inputs: dict[str, list[str]] = {}
    for edge in graph.inputs(node.id):
        handle = module.input(edge.target_handle)
        if handle is None or edge.source not in asked:
            return None
        inputs.setdefault(handle.handle, []).append(edge.source)
    for handle in module.inputs:
        number = len(inputs.get(handle.handle, ()))
        if number < handle.min or (handle.max is not None and number > handle.max):
            return None
    return {
        "id": node.id,
        "label": node.title,
        "module_id": node.data.module_id,
        "config": node.data.config,
        "inputs": inputs,
    }

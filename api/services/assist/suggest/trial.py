"""Tries ideas: only those stay whose options fit their module and whose columns are there."""

from collections.abc import Mapping, Sequence
from typing import Any

from api.clients.worker import WorkerUnavailable
from api.services.assist.suggest.idea import Output, Spot
from api.services.assist.suggest.named_columns import columns_named
from api.services.assist.suggest.ranking import Ranked
from api.services.columns import Checker
from dag_factory.catalog import Catalog, ModuleSpec
from dag_factory.checks.modules import module_problems
from dag_factory.graph import PipelineGraph

COLUMNS_ONLY_AT_RUN = "unknown-columns"
"""A warning that stops no idea: what a pivot makes is found in the data."""


def passing(
    found: Sequence[Ranked],
    spot: Spot,
    catalog: Catalog,
    checker: Checker,
    *,
    connections: Mapping[str, str] | None,
    engine: str,
    tried: int,
    timeout: float,
) -> list[Ranked]:
    """The ideas without any problem, in their order; what they would give is derived by the code that runs use.

    While the checker is away, those stay that name no column.
    """
    nodes = {f"idea-{number}": each for number, each in enumerate(found[:tried])}
    drawn = [
        {"id": name, "data": {"moduleId": each.idea.module_id, "config": each.idea.config}}
        for name, each in nodes.items()
    ]
    graph = PipelineGraph.model_validate({"name": "", "config": {"nodes": drawn, "edges": []}})
    wrong = {problem.node_id for problem in module_problems(graph, catalog, frozenset(), connections)}
    asked = {name: each for name, each in nodes.items() if name not in wrong}
    outputs = {output.node_id: output for output in (spot.at, *spot.others)}
    request: dict[str, Any] = {"nodes": [], "options": [], "given": {}, "engine": engine, "timeout": timeout}
    for name, each in asked.items():
        module = catalog[each.idea.module_id]
        described = {"id": name, "label": name, "module_id": module.id, "config": each.idea.config}
        if module.type == "transformer" and spot.columns:
            read = inputs(each, module, spot)
            request["nodes"].append(described | {"inputs": {handle: [source] for handle, source in read}})
            request["given"] |= {source: _columns(outputs[source]) for _, source in read}
        else:
            request["options"].append(described)
    for node in request["nodes"]:
        module = catalog[node["module_id"]]
        if len(module.inputs) == 1 and module.inputs[0].max != 1:  # all of a union's arrive at one handle
            each = asked[node["id"]]
            node["inputs"] = {module.inputs[0].handle: [source for _, source in inputs(each, module, spot)]}
    try:
        answer = checker.check(request, timeout)
    except WorkerUnavailable:
        return [each for each in asked.values() if not columns_named(catalog[each.idea.module_id], each.idea.config)]
    bad = {problem["node_id"] for problem in answer["problems"] if problem["code"] != COLUMNS_ONLY_AT_RUN}
    return [each for name, each in asked.items() if name not in bad]


def inputs(each: Ranked, module: ModuleSpec, spot: Spot) -> list[tuple[str, str]]:
    """The edges that an idea comes with: handle and source, in the order in which they are drawn."""
    if not module.inputs or not spot.at.node_id:
        return []
    edges = [(module.inputs[0].handle, spot.at.node_id)]
    if each.idea.partner:
        edges.append((module.inputs[-1].handle, each.idea.partner))
    return edges


def _columns(output: Output) -> list[dict[str, str]]:
    return [{"name": name, "type": type_} for name, type_ in output.columns.items()]

"""Finds everything that is wrong with a pipeline at once, for the canvas and before it is published."""

from collections.abc import Mapping

from dag_factory.catalog import Catalog
from dag_factory.checks.alerts import alert_problems
from dag_factory.checks.modules import module_problems
from dag_factory.checks.settings import MAX_EDGES, MAX_NODES, setting_problems
from dag_factory.checks.shape import shape_problems
from dag_factory.graph import PipelineGraph
from dag_factory.problems import Problem

__all__ = ["Problem", "validate"]


def validate(
    graph: PipelineGraph,
    catalog: Catalog,
    *,
    inactive: frozenset[str] = frozenset(),
    connections: Mapping[str, str] | None = None,
) -> list[Problem]:
    """All problems, the pipeline's first, then each node's in the order of the canvas.

    `inactive` are ids of modules that an administrator switched off. `connections` maps the ids of the known ones to
    their types; without it connections are not checked. Of a graph over the size limits only its settings are checked.
    """
    if len(graph.nodes) > MAX_NODES or len(graph.edges) > MAX_EDGES:
        return list(setting_problems(graph))
    rank = {node.id: place for place, node in enumerate(graph.order, 1)}
    found = [
        *setting_problems(graph),
        *alert_problems(graph, connections),
        *shape_problems(graph, catalog),
        *module_problems(graph, catalog, inactive, connections),
    ]
    return sorted(found, key=lambda problem: rank.get(problem.node_id or "", 0))

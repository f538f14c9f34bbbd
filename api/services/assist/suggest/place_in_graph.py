"""A place of a graph: whether there is such a one, what is before and beside it, and the columns there."""

from collections.abc import Collection

from api.errors import GraphTooLarge, HandleUnknown, PreviewNodeUnknown
from api.services.assist.suggest.history import Place, first_input
from api.services.assist.suggest.idea import Output, Spot
from api.services.columns import check_columns
from api.services.validation import Validator
from dag_factory.catalog import Catalog
from dag_factory.checks.settings import MAX_EDGES, MAX_NODES
from dag_factory.compile import Schemas
from dag_factory.graph import Node, PipelineGraph

OTHERS = 12
"""Nodes at most that a join or a union is thought of with."""


def check_place(graph: PipelineGraph, catalog: Catalog, node_id: str | None, handle: str | None) -> None:
    """Refuse a graph that no pipeline may have, and a place that is not in it.

    Raises:
        GraphTooLarge: no pipeline may have as many nodes.
        PreviewNodeUnknown, HandleUnknown: the graph has no such place.
    """
    if len(graph.nodes) > MAX_NODES or len(graph.edges) > MAX_EDGES:
        raise GraphTooLarge(len(graph.nodes), len(graph.edges))
    if node_id is not None and node_id not in graph.by_id:
        raise PreviewNodeUnknown(node_id)
    if handle is not None:
        module = catalog.get(graph.by_id[node_id].data.module_id) if node_id else None
        handles = [each.handle for each in module.inputs] if module else []
        if handle not in handles:
            raise HandleUnknown(handle, handles)


def spot_in(graph: PipelineGraph, catalog: Catalog, node_id: str, schemas: Schemas) -> Spot:
    """A node of a graph with what is before and beside it."""
    others = [
        _output(node, graph, schemas)
        for node in graph.order
        if node.id != node_id and (module := catalog.get(node.data.module_id)) and module.has_output
    ]
    others.sort(key=lambda other: not other.is_loose)
    steps = frozenset(graph.by_id[each].data.module_id for each in graph.upstream(node_id))
    return Spot(_output(graph.by_id[node_id], graph, schemas), others[:OTHERS], steps, graph.name)


def place_of(graph: PipelineGraph, spot: Spot) -> Place:
    """The same place as counting sees it."""
    loose = any(other.is_loose for other in spot.others)
    return Place(spot.at.module_id, first_input(graph, spot.at.node_id), loose)


def _output(node: Node, graph: PipelineGraph, schemas: Schemas) -> Output:
    columns = {column["name"]: column["type"] for column in schemas.get(node.id, ())}
    return Output(node.id, node.title, node.data.module_id, columns, not graph.consumers(node.id))


def columns_around(graph: PipelineGraph, node_id: str, validator: Validator, *, timeout: float) -> Schemas:
    """Columns of the node and of what it could be combined with; nothing else of the graph is looked at."""
    loose = [node.id for node in graph.order if not graph.consumers(node.id)]
    pruned = part_of(graph, graph.upstream(node_id, *loose))
    return check_columns(validator.checker, pruned, validator.catalog, found=(), known={}, timeout=timeout).schemas


def part_of(graph: PipelineGraph, ids: Collection[str]) -> PipelineGraph:
    """A graph with some of its nodes and the edges between them; of its settings, what columns depend on."""
    nodes = [node.model_dump() for node in graph.nodes if node.id in ids]
    edges = [edge.model_dump() for edge in graph.edges if edge.source in ids and edge.target in ids]
    settings = {"name": graph.name, "engine": graph.engine, "default_params": graph.default_params}
    return PipelineGraph.model_validate({**settings, "config": {"nodes": nodes, "edges": edges}})

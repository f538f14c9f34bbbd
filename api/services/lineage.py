"""What the columns of a saved pipeline are made of."""

from collections.abc import Mapping
from typing import Any

from dag_factory.graph import PipelineGraph


def described(graph: PipelineGraph, traced: Mapping[str, Any]) -> dict[str, Any]:
    """The traced nodes in the graph's order, and the ids of the others."""
    return {
        "nodes": [
            {"node_id": node.id, "columns": [_column(name, found) for name, found in traced[node.id].items()]}
            for node in graph.order
            if node.id in traced
        ],
        "unknown": [node.id for node in graph.order if node.id not in traced],
    }


def _column(name: str, found: Mapping[str, Any]) -> dict[str, Any]:
    refs = {
        side: [{"node_id": node_id, "column": column} for node_id, column in found[side]]
        for side in ("inputs", "sources")
    }
    return {"column": name, **refs}

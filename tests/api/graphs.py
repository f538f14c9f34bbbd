"""Graphs to save."""

from itertools import pairwise
from typing import Any


def node(node_id: str, module_id: str, config: dict[str, Any], x: int = 0) -> dict[str, Any]:
    """A node as React Flow sends it."""
    data = {"moduleId": module_id, "label": node_id.upper(), "config": config}
    return {"id": node_id, "type": module_id.rsplit("-", 1)[1], "position": {"x": x, "y": 0}, "data": data}


def edge(source: str, target: str, handle: str | None = None) -> dict[str, Any]:
    """An edge as React Flow sends it."""
    ends = {"source": source, "target": target, "sourceHandle": None, "targetHandle": handle}
    return {"id": f"{source}-{target}", **ends}


def chain(name: str = "Paid orders", filters: int = 1, **changes: Any) -> dict[str, Any]:
    """A pipeline from a CSV file through filters to a CSV file."""
    steps = [
        node(f"f{i}", "filter-transformer", {"condition": f"amount > {i}"}, 100 * i) for i in range(1, filters + 1)
    ]
    nodes = [
        node("source", "csv-extractor", {"file_path": "orders.csv"}),
        *steps,
        node("target", "csv-loader", {"file_path": "paid.csv"}, 100 * (filters + 1)),
    ]
    ids = [each["id"] for each in nodes]
    edges = [edge(source, target) for source, target in pairwise(ids)]
    return {"name": name, "config": {"nodes": nodes, "edges": edges}} | changes


def broken(name: str = "Broken", **changes: Any) -> dict[str, Any]:
    """A pipeline whose only node lacks its option and leads nowhere."""
    return {"name": name, "config": {"nodes": [node("n1", "csv-extractor", {})], "edges": []}} | changes

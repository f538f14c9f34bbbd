"""Example bodies for `/docs`, complete enough to be sent as they are."""

from typing import Any

from fastapi.openapi.models import Example


def _node(node_id: str, module_id: str, label: str, x: int, config: dict[str, Any]) -> dict[str, Any]:
    data = {"moduleId": module_id, "label": label, "config": config}
    return {"id": node_id, "type": module_id.rsplit("-", 1)[1], "position": {"x": x, "y": 0}, "data": data}


def _edge(edge_id: str, source: str, target: str) -> dict[str, Any]:
    return {"id": edge_id, "source": source, "target": target, "sourceHandle": None, "targetHandle": None}


_ORDERS: dict[str, Any] = {
    "name": "Paid orders",
    "description": "Paid orders, as a file",
    "type": "etl",
    "schedule": "0 6 * * *",
    "is_scheduled": False,
    "timezone": "UTC",
    "tags": ["sales"],
    "default_params": {},
    "config": {
        "nodes": [
            _node("n1", "csv-extractor", "Orders", 0, {"file_path": "orders.csv"}),
            _node("n2", "filter-transformer", "Paid only", 250, {"condition": "status = 'paid'"}),
            _node("n3", "csv-loader", "Result", 500, {"file_path": "paid.csv"}),
        ],
        "edges": [_edge("e1", "n1", "n2"), _edge("e2", "n2", "n3")],
    },
}
GRAPHS = {
    "pipeline": Example(summary="CSV → filter → CSV", value=_ORDERS),
    "draft": Example(summary="A draft without nodes", value={"name": "Later", "config": {"nodes": [], "edges": []}}),
}
UPDATES = {"update": Example(summary="The next version", value=_ORDERS | {"revision": 1, "message": "Paid only"})}

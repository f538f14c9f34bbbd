"""What tests find when they come: files, pipelines, runs."""

import secrets
import time
from typing import Any

from tests.browser.conftest import Service

ORDERS = b"id,customer,amount,status\n1,Ada,10.5,paid\n2,Bo,20,open\n3,Cy,7,paid\n"


def node(node_id: str, module: str, label: str, x: int, **config: Any) -> dict[str, Any]:
    """A node as the builder saves it."""
    data = {"moduleId": module, "label": label, "config": config}
    return {"id": node_id, "type": module.rsplit("-", 1)[1], "position": {"x": x, "y": 80}, "data": data}


def paid_orders(service: Service, name: str | None = None, **changes: Any) -> dict[str, Any]:
    """A saved pipeline under a name of its own: orders.csv → filter → a file."""
    service.upload("orders.csv", ORDERS)
    target = f"paid-{secrets.token_hex(4)}.csv"
    nodes = [
        node("orders", "csv-extractor", "Orders", 0, file_path="orders.csv"),
        node("paid", "filter-transformer", "Paid only", 300, condition="status = 'paid'"),
        node("out", "csv-loader", "Result", 600, file_path=target),
    ]
    edges = [
        {"id": "e1", "source": "orders", "target": "paid"},
        {"id": "e2", "source": "paid", "target": "out"},
    ]
    body = {"name": name or f"Paid orders {secrets.token_hex(4)}", "config": {"nodes": nodes, "edges": edges}}
    return service.post("pipelines", body | changes)


def ended_run(service: Service, pipeline_id: str) -> dict[str, Any]:
    """A run of a pipeline, once it is over."""
    started = service.post(f"pipelines/{pipeline_id}/execute", {"params": {}})
    deadline = time.monotonic() + 120
    while (run := service.get(f"executions/{started['id']}"))["completed_at"] is None:
        assert time.monotonic() < deadline, run
        time.sleep(0.2)
    return run

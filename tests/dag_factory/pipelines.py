"""Builds pipeline documents, as the builder would send them, of the sample modules."""

from pathlib import Path
from typing import Any
from uuid import UUID

from dag_factory.catalog import Catalog
from dag_factory.compile import compile_dag
from dag_factory.graph import PipelineGraph

SAMPLE_CATALOG = Path(__file__).parent / "sample_catalog.json"
PIPELINE_ID = UUID("0f5d2a54-3b1e-4c39-9d2f-8a1e5c7b9d10")


def node(node_id: str, module: str, label: str = "", x: float = 0, y: float = 0, **config: Any) -> dict[str, Any]:
    return {
        "id": node_id,
        "type": module.rpartition("-")[2],
        "position": {"x": x, "y": y},
        "data": {"moduleId": module, "label": label, "config": config},
    }


def edge(source: str, target: str, handle: str | None = None) -> dict[str, Any]:
    name = f"{source}-{target}-{handle or 'input'}"
    return {"id": name, "source": source, "target": target, "sourceHandle": None, "targetHandle": handle}


def pipeline(nodes: list[dict[str, Any]], edges: list[dict[str, Any]], **fields: Any) -> dict[str, Any]:
    return {"name": "Sales by region", **fields, "config": {"nodes": nodes, "edges": edges}}


def linear(length: int = 3, **fields: Any) -> dict[str, Any]:
    """csv → filters → csv, in a row on the canvas."""
    middle = [
        node(f"n{i}", "filter-transformer", f"Paid {i}", 100 * i, condition=f"amount > {i}") for i in range(2, length)
    ]
    nodes = [
        node("n1", "csv-extractor", "Orders", file_path="orders.csv"),
        *middle,
        node(f"n{length}", "csv-loader", "Result", 100 * length, file_path="out.csv"),
    ]
    return pipeline(nodes, [edge(f"n{i}", f"n{i + 1}") for i in range(1, length)], **fields)


def parsed(document: dict[str, Any]) -> PipelineGraph:
    return PipelineGraph.model_validate(document)


def compiled(
    document: dict[str, Any], catalog: Catalog, *, version: int = 3, schemas: dict[str, Any] | None = None
) -> str:
    return compile_dag(
        parsed(document),
        catalog,
        pipeline_id=PIPELINE_ID,
        version=version,
        builder_url="http://127.0.0.1:8000",
        schemas=schemas,
    )

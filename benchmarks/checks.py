"""What the builder asks while somebody draws: the columns of 50 nodes, and a preview of ten, by warm processes."""

from __future__ import annotations

import asyncio
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

from api.clients.checker import CheckerProcess
from api.clients.previewer import PreviewerProcess
from api.clients.worker import WorkerProcess
from api.services.columns import check_columns
from api.services.preview import preview
from benchmarks.chains import chain, in_a_row
from benchmarks.measure import Figure, alone, percentile
from dag_factory.catalog import Catalog, load_catalog
from dag_factory.graph import PipelineGraph
from dag_factory.validate import validate

TIMES = 20
NODES = 50
ROWS = 20_000


def figures() -> Iterator[Figure]:
    with tempfile.TemporaryDirectory(prefix="logidata-bench-") as temporary:
        files = Path(temporary) / "files"
        files.mkdir()
        lines = (f"{number},{number % 90},{'paid' if number % 3 else 'new'}" for number in range(ROWS))
        (files / "orders.csv").write_text("\n".join(["id,amount,status", *lines, ""]))
        places = {"LOGIDATA_FILES_URL": str(files), "LOGIDATA_STAGING_URL": f"{temporary}/staging"}
        with patch.dict(os.environ, places):
            catalog = load_catalog()
            checks = _milliseconds(CheckerProcess(), {"nodes": []}, partial(_check, catalog))
            previews = _milliseconds(PreviewerProcess(), {"plans": []}, partial(_preview, catalog))
    for name, taken, most in (
        (f"columns of {NODES} nodes over a CSV file, warm", checks, 300),
        ("preview of 10 nodes over a CSV file, warm", previews, 500),
    ):
        yield alone(f"{name}, median of {TIMES}", statistics.median(taken), "ms", most)
        yield alone(f"{name}, p95 of {TIMES}", percentile(taken, 95), "ms", None)


def long_chain() -> PipelineGraph:
    """A source and then filters, new columns and casts in turn, each of which has to be judged."""
    kinds: list[tuple[str, dict[str, Any]]] = [
        ("filter-transformer", {"condition": "amount > 10 AND status <> 'new'"}),
        ("add-column-transformer", {"column_name": "net", "expression": "amount * 0.8"}),
        ("cast-types-transformer", {"type_mapping": {"id": "bigint"}}),
    ]
    steps = [kinds[number % len(kinds)] for number in range(NODES - 2)]
    ends = ("csv-extractor", {"file_path": "orders.csv"}), ("parquet-loader", {"file_path": "out.parquet"})
    return PipelineGraph.model_validate(in_a_row("fifty", [ends[0], *steps, ends[1]]))


def _check(catalog: Catalog, checker: CheckerProcess) -> None:
    graph = long_chain()
    found = validate(graph, catalog)
    verdict = check_columns(checker, graph, catalog, found=found, known={}, timeout=60)
    assert not [problem for problem in (*found, *verdict.problems) if problem.severity == "error"]
    assert len(verdict.schemas) == NODES - 1


def _preview(catalog: Catalog, previewer: PreviewerProcess) -> None:
    async def stays() -> bool:
        return False

    graph = PipelineGraph.model_validate(chain("ten", "orders.csv"))
    shown = asyncio.run(preview(previewer, graph, catalog, "n9", limit=100, is_gone=stays))
    assert len(shown["rows"]) == 100


def _milliseconds(process: WorkerProcess, empty: dict[str, Any], ask: Callable[[Any], None]) -> list[float]:
    """How long each answer took, after the process had started (it answers `empty` then) and one that warmed up."""
    taken = []
    try:
        process.ask(empty | {"timeout": 60}, 120)
        ask(process)
        for _ in range(TIMES):
            begun = time.perf_counter()
            ask(process)
            taken.append(1000 * (time.perf_counter() - begun))
    finally:
        process.stop()
    return taken

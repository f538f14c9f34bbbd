"""Graphs over real files, what rewrites need to know of them, and their rows before and after by production's code."""

from __future__ import annotations

import itertools
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from api.services.columns import described
from dag_factory.catalog import load_catalog
from dag_factory.graph import PipelineGraph
from dag_factory.rewrites import Drawing, applied, expression_requests, proposals, read_expressions
from module_operators.catalog import discover
from module_operators.column_checker import ColumnChecker
from module_operators.comparison import Comparison
from module_operators.expressions.facts import all_facts
from module_operators.settings import Settings
from tests.dag_factory.pipelines import edge, node, pipeline

CATALOG = load_catalog()
TYPES = {"k": "integer", "s": "string", "x": "float", "d": "date", "n": "bigint"}
HEADER = ",".join(TYPES)
Rows = Sequence[Sequence[object]]
ROWS = [
    (1, "a", 1.5, "2024-01-01", 10),
    (1, "a", 1.5, "2024-01-01", 10),
    (2, "b", None, "2024-02-01", None),
    (None, "a", -0.0, "2024-02-01", 7),
    (3, None, 0.0, None, 8),
    (2, "A", 2.25, "2023-12-31", 9),
]
OTHERS = [(1, "a", 9.0, "2024-05-01", 1), (2, None, 8.0, None, 2), (2, "c", 7.5, None, 3), (None, "x", 6.0, None, 4)]


class Bench:
    """A file store of its own, and what looks at graphs over it."""

    def __init__(self, folder: Path) -> None:
        self.files = folder / "files"
        self.files.mkdir()
        self._scratch = folder
        self._settings = replace(Settings.from_environment(), files_url=str(self.files))
        self._checker = ColumnChecker(self._settings, discover())

    def write(self, name: str, rows: Rows) -> None:
        """A file of `TYPES`, as its extractor in `source` reads it."""
        lines = [",".join("" if value is None else str(value) for value in row) for row in rows]
        (self.files / f"{name}.csv").write_text("\n".join([HEADER, *lines]) + "\n")

    def requested(self, graph: PipelineGraph) -> list[dict[str, Any]]:
        """The nodes but the loaders, as the checker and the previewer take them."""
        asked: set[str] = set()
        requested = []
        for each in graph.order:
            request = described(graph, each, CATALOG, asked)
            assert request is not None, each.id
            asked.add(each.id)
            if CATALOG[each.data.module_id].type != "loader":
                requested.append(request)
        return requested

    def schemas(self, graph: PipelineGraph) -> dict[str, list[dict[str, str]]]:
        """The columns of all nodes; the graph has no problem."""
        answer = self._checker.check({"nodes": self.requested(graph), "params": {}})
        assert not [problem for problem in answer["problems"] if problem["severity"] == "error"], answer["problems"]
        return answer["schemas"]

    def drawing(self, graph: PipelineGraph, schemas: dict[str, Any] | None = None) -> Drawing:
        """The graph with what rewrites need to know of it."""
        known = self.schemas(graph) if schemas is None else schemas
        asked = expression_requests(graph, known)
        return Drawing(graph, CATALOG, known, read_expressions(asked, all_facts(asked.values())))

    def compared(self, before: PipelineGraph, after: PipelineGraph, *, same_sources: bool = True) -> dict[str, Any]:
        """What the sample check says of both graphs' loads."""
        loaders = [each.id for each in before.order if CATALOG[each.data.module_id].type == "loader"]
        ends = [[before.inputs(end)[0].source, after.inputs(end)[0].source] for end in loaders]
        compare = {
            "before": self.requested(before),
            "after": self.requested(after),
            "ends": ends,
            "same_sources": same_sources,
        }
        scratch = Path(tempfile.mkdtemp(dir=self._scratch))
        try:
            return Comparison({"compare": compare, "timeout": 60}, self._settings, scratch).answer()
        finally:
            shutil.rmtree(scratch)


def source(node_id: str, file: str = "orders") -> dict[str, Any]:
    return node(node_id, "csv-extractor", node_id, file_path=f"{file}.csv", column_types=TYPES)


def step(node_id: str, stem: str, label: str = "", **config: Any) -> dict[str, Any]:
    return node(node_id, f"{stem}-transformer", label or node_id, **config)


def chained(*steps: dict[str, Any], **fields: Any) -> PipelineGraph:
    """orders → the steps → a file."""
    nodes = [source("orders"), *steps, node("load", "csv-loader", "load", file_path="out.csv")]
    for place, each in enumerate(nodes):
        each["position"] = {"x": 100.0 * place, "y": 0.0}
    ids = [each["id"] for each in nodes]
    edges = [edge(one, other) for one, other in itertools.pairwise(ids)]
    return PipelineGraph.model_validate(pipeline(nodes, edges, **fields))


def joined(join: dict[str, Any], *steps: dict[str, Any]) -> PipelineGraph:
    """orders and others → a join or union → the steps → a file."""
    nodes = [source("orders"), source("others", "others"), join, *steps]
    nodes.append(node("load", "csv-loader", "load", file_path="out.csv"))
    sided = join["data"]["moduleId"] == "join-transformer"
    ids = [join["id"], *(each["id"] for each in nodes[3:])]
    edges = [
        edge("orders", join["id"], "left" if sided else "input"),
        edge("others", join["id"], "right" if sided else "input"),
        *(edge(one, other) for one, other in itertools.pairwise(ids)),
    ]
    return PipelineGraph.model_validate(pipeline(nodes, edges))


def of_table(module: str, *steps: dict[str, Any], **config: Any) -> PipelineGraph:
    """A database's table → the steps → a file."""
    nodes = [node("table", f"{module}-extractor", "Orders", **config), *steps]
    nodes.append(node("load", "csv-loader", "load", file_path="out.csv"))
    ids = [each["id"] for each in nodes]
    edges = [edge(one, other) for one, other in itertools.pairwise(ids)]
    return PipelineGraph.model_validate(pipeline(nodes, edges))


def all_applied(drawing: Drawing) -> Drawing:
    """With everything that is proposed, and what is proposed then."""
    while found := proposals(drawing):
        drawing, done, _ = applied(drawing, [each.id for each in found])
        assert done
    return drawing


def flow(graph: PipelineGraph) -> set[str]:
    """The edges, as `source>target`."""
    return {f"{each.source}>{each.target}" for each in graph.edges}


def keep(condition: str, node_id: str = "keep") -> dict[str, Any]:
    """A filter."""
    return step(node_id, "filter", condition=condition)


def total(function: str = "count", group: tuple[str, ...] = ("s",), **more: Any) -> dict[str, Any]:
    """An aggregation of one function."""
    return step("total", "aggregate", group_by=list(group), aggregations=[{"function": function, **more}])

"""How often `assist/suggest` has the next step among its first five: each step of a real pipeline is hidden in turn.

The corpus is what this repository has of pipelines that do something: the 22 queries of TPC-H (benchmarks/tpch), the
three shipped examples and the demo. That is 26 graphs, 22 of them by one hand over the same eight tables, so the
figures are told apart: learned from all other graphs; learned from nothing, as in a new installation; and the examples
and the demo learned from TPC-H alone, whose tables and style are not theirs. The chains of the test suite are left out:
they repeat one filter and would flatter.

A step is asked for as its author could have: of the graph only what was drawn before it is there, with the columns that
the checker derives. Popularity, the baseline, offers the modules used most in the same other graphs, in that order.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

from api.clients.checker import CheckerProcess
from api.services import example_pipelines
from api.services.assist.suggest.history import History, Step, steps
from api.services.assist.suggest.named_columns import columns_named
from api.services.assist.suggest.place_in_graph import part_of, place_of, spot_in
from api.services.assist.suggest.ranking import diverse, ranked
from api.services.assist.suggest.service import Known, following
from api.services.assist.suggest.trial import passing
from api.services.columns import check_columns
from benchmarks.measure import Figure, alone, percentile
from benchmarks.tpch.figures import generate, settings
from benchmarks.tpch.queries import QUERIES
from dag_factory.catalog import Catalog, load_catalog
from dag_factory.compile import Schemas
from dag_factory.graph import Node, PipelineGraph
from stack.demo import bring_data

FIRST = 5
PATIENCE = 60.0
DEMO = Path(__file__).parents[1] / "stack" / "demo_pipeline.json"


@dataclass(frozen=True)
class Drawn:
    """A graph of the corpus with the columns of its nodes, and what others could learn from it."""

    name: str
    graph: PipelineGraph
    schemas: Schemas
    steps: Sequence[Step]

    @property
    def is_tpch(self) -> bool:
        return self.name.startswith("q")


@dataclass(frozen=True)
class Guess:
    """What was offered for one hidden step, and what it was."""

    module: bool
    config: bool
    same_columns: bool
    popular: bool
    seconds: float


def figures() -> Iterator[Figure]:
    with tempfile.TemporaryDirectory(prefix="logidata-bench-") as temporary:
        folder = Path(temporary)
        _bring_files(folder)
        with patch.dict(os.environ, settings(folder) | {"AIRFLOW_HOME": str(folder / "airflow")}):
            checker = CheckerProcess()
            try:
                checker.check({"nodes": []}, PATIENCE)
                yield from measured(load_catalog(), checker)
            finally:
                checker.stop()


def measured(catalog: Catalog, checker: CheckerProcess) -> Iterator[Figure]:
    """All figures, with the files of the corpus in the checker's store."""
    corpus = [_known(name, graph, catalog, checker) for name, graph in _graphs()]
    tpch, others = ([each for each in corpus if each.is_tpch is wanted] for wanted in (True, False))
    cases = (
        ("all other graphs known", corpus, lambda _: corpus),
        ("nothing known", corpus, lambda _: []),
        ("examples and demo, TPC-H known", others, lambda _: tpch),
    )
    for case, asked, learned in cases:
        guesses = [
            guess
            for each in asked
            for guess in _guesses(each, [other for other in learned(each) if other is not each], catalog, checker)
        ]
        count = len(guesses)
        mine, popular = (
            100 * statistics.fmean(values) for values in zip(*((g.module, g.popular) for g in guesses), strict=True)
        )
        name = f"suggest: hit rate at {FIRST}, {case}, {count} hidden steps"
        baseline = None if case == "nothing known" else round(popular, 1)
        yield Figure(
            name + (", beside popularity" if baseline else ""),
            round(mine, 1),
            baseline,
            round(mine / popular, 3) if baseline else None,
            "%",
            "",
            None,
        )
        yield _share(f"suggest: the same columns named at {FIRST}, {case}", [g.same_columns for g in guesses])
        yield _share(f"suggest: the very config at {FIRST}, {case}", [g.config for g in guesses])
        if case == "all other graphs known":
            yield alone(
                "suggest: ranking and trying, columns at hand, p95",
                1000 * percentile([g.seconds for g in guesses], 95),
                "ms",
                100,
            )


def _share(name: str, hits: Sequence[bool]) -> Figure:
    return Figure(name, round(100 * statistics.fmean(hits), 1), None, None, "%", "", None)


def _guesses(each: Drawn, others: Sequence[Drawn], catalog: Catalog, checker: CheckerProcess) -> Iterator[Guess]:
    """A guess for every step that follows another; sources are where a pipeline begins, and are not guessed."""
    history = History((other.name, other.steps) for other in others)
    presets = {module.id: [preset.model_dump() for preset in module.presets] for module in catalog}
    known = Known(history, {module.id: module for module in catalog}, presets)
    popular = [module for module, _ in history.popular.most_common() if catalog[module].inputs][:FIRST]
    drawn: list[Node] = []
    for node in _as_drawn(each.graph):
        arriving = each.graph.inputs(node.id)
        if arriving:
            graph = part_of(each.graph, {each.id for each in drawn})
            begun = time.perf_counter()
            spot = spot_in(graph, catalog, arriving[0].source, each.schemas)
            found = ranked(following(spot, graph, known, {}), known.modules, history, place_of(graph, spot), keep=30)
            tried = passing(
                found, spot, catalog, checker, connections=None, engine="duckdb", tried=16, timeout=PATIENCE
            )
            first = diverse(tried, FIRST)
            seconds = time.perf_counter() - begun
            module = catalog[node.data.module_id]
            same = [idea.idea.config for idea in first if idea.idea.module_id == module.id]
            truth = module.default_config | node.data.config
            yield Guess(
                bool(same),
                any(module.default_config | config == truth for config in same),
                any(columns_named(module, config) == columns_named(module, node.data.config) for config in same),
                module.id in popular,
                seconds,
            )
        drawn.append(node)


def _as_drawn(graph: PipelineGraph) -> Sequence[Node]:
    """The order of the document, which is the one it was drawn in, where each node comes after what it reads."""
    seen: set[str] = set()
    for node in graph.nodes:
        if not {edge.source for edge in graph.inputs(node.id)} <= seen:
            return graph.order
        seen.add(node.id)
    return graph.nodes


def _known(name: str, graph: PipelineGraph, catalog: Catalog, checker: CheckerProcess) -> Drawn:
    verdict = check_columns(checker, graph, catalog, found=(), known={}, timeout=PATIENCE)
    missing = {node.id for node in graph.nodes if catalog[node.data.module_id].has_output} - verdict.schemas.keys()
    if missing:
        raise RuntimeError(f"{name}: no columns of {sorted(missing)}: {verdict.problems}")
    return Drawn(name, graph, verdict.schemas, steps(graph, catalog))


def _graphs() -> Iterator[tuple[str, PipelineGraph]]:
    for query in QUERIES:
        yield query.name, PipelineGraph.model_validate(query.graph())
    for name, example in example_pipelines.all_by_name().items():
        yield f"example {name}", example.graph
    yield "demo", PipelineGraph.model_validate(json.loads(DEMO.read_text(encoding="utf-8")))


def _bring_files(folder: Path) -> None:
    """Whatever the graphs of the corpus read."""
    generate(folder / "files", "0.001")
    bring_data(folder / "files" / "demo")
    (folder / "files" / "examples").mkdir()
    for file in example_pipelines.SHIPPED.glob("*.csv"):
        shutil.copy(file, folder / "files" / "examples")

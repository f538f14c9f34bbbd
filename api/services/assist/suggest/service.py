"""Answers what could come next at a place of a graph."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.clients.airflow import AirflowRefused
from api.errors import AirflowUnavailable, FileStoreAway, GraphTooLarge, HandleUnknown, PreviewNodeUnknown
from api.models import Module
from api.services.assist.suggest import from_columns, from_history, from_module, from_two_nodes
from api.services.assist.suggest.history import History, Place
from api.services.assist.suggest.idea import NO_COLUMNS, Basis, Idea, Output, Spot
from api.services.assist.suggest.learned import Learned
from api.services.assist.suggest.ranking import PER_MODULE, TRIED_PER_MODULE, diverse, ranked
from api.services.assist.suggest.trial import inputs, passing
from api.services.columns import check_columns
from api.services.files import Files
from api.services.validation import Validator
from dag_factory.catalog import Catalog, ModuleSpec
from dag_factory.checks.settings import MAX_EDGES, MAX_NODES
from dag_factory.compile import Schemas
from dag_factory.graph import Node, PipelineGraph

SECONDS = 4.0
"""For the columns of the sources, and again for trying the ideas."""
OTHERS = 12
"""Nodes at most that a join or a union is thought of with."""
RANKED = 40
"""Ideas at most; of them, twice as many are tried as are wanted, since most fit."""
FILES = 20


@dataclass(frozen=True)
class Wanted:
    """A place of a graph: behind a node's output, before one of its inputs (`handle`), or anywhere (no node)."""

    graph: PipelineGraph
    node_id: str | None
    handle: str | None
    schemas: Schemas | None
    """The columns of the nodes, when whoever asks knows them."""
    limit: int


@dataclass(frozen=True)
class Suggestion:
    """A module with a config that is ready to be used here, and the edges that lead to it."""

    module_id: str
    title: str
    config: dict[str, Any]
    score: float
    reason: str
    basis: Basis
    inputs: list[dict[str, str]]
    """Source and target handle of each edge; empty for a source."""


@dataclass(frozen=True)
class Suggested:
    """The answer, best first."""

    suggestions: Sequence[Suggestion]
    columns_known: bool
    """Whether the columns at this place are known; without them only what others did speaks."""
    learned_from: int
    """Pipelines that were counted."""


@dataclass(frozen=True)
class Known:
    """What is read from the database, before sources are asked."""

    history: History
    modules: Mapping[str, ModuleSpec]
    """Those that are switched on."""
    presets: from_module.Presets


def known(session: Session, learned: Learned, catalog: Catalog) -> Known:
    """What this session's account may learn from, and what the palette offers."""
    rows = session.execute(select(Module.name, Module.presets).where(Module.is_active, Module.in_catalog)).all()
    active = {name: catalog[name] for name, _ in sorted(rows) if name in catalog}
    return Known(learned.history(session), active, {row.name: row.presets for row in rows})


def suggest(wanted: Wanted, known: Known, validator: Validator, files: Files) -> Suggested:
    """Rank what could come next, and keep what was tried and fits.

    Raises:
        GraphTooLarge: no pipeline may have as many nodes.
        PreviewNodeUnknown, HandleUnknown: the graph has no such place.
    """
    graph = wanted.graph
    _check_place(wanted, validator.catalog)
    connections = _connections(validator)
    if wanted.node_id is None or wanted.handle is not None:
        spot = Spot(Output("", "", "", NO_COLUMNS), name=graph.name)
        ideas = sources(graph, known, _file_paths(files))
    else:
        spot = spot_in(graph, validator.catalog, wanted.node_id, wanted.schemas or _schemas(wanted, validator))
        ideas = following(spot, graph, known, connections or {})
    place = place_of(graph, spot)
    found = ranked(ideas, known.modules, known.history, place, keep=RANKED)
    checked = passing(
        found, spot, validator.catalog, validator.checker,
        connections=connections, engine=graph.engine, tried=2 * wanted.limit, timeout=SECONDS,
    )  # fmt: skip
    chosen = diverse(checked, wanted.limit, PER_MODULE if spot.at.node_id else TRIED_PER_MODULE)
    return Suggested(
        [
            Suggestion(
                each.idea.module_id,
                known.modules[each.idea.module_id].display_name,
                each.idea.config,
                round(each.score, 4),
                _reason(each.idea, known, spot),
                each.idea.basis,
                [
                    {"source": source, "target_handle": handle}
                    for handle, source in inputs(each, known.modules[each.idea.module_id], spot)
                ],
            )
            for each in chosen
        ],
        not spot.at.node_id or bool(spot.columns),
        known.history.pipelines,
    )


def _check_place(wanted: Wanted, catalog: Catalog) -> None:
    graph = wanted.graph
    if len(graph.nodes) > MAX_NODES or len(graph.edges) > MAX_EDGES:
        raise GraphTooLarge(len(graph.nodes), len(graph.edges))
    if wanted.node_id is not None and wanted.node_id not in graph.by_id:
        raise PreviewNodeUnknown(wanted.node_id)
    if wanted.handle is not None:
        module = catalog.get(graph.by_id[wanted.node_id].data.module_id) if wanted.node_id else None
        handles = [each.handle for each in module.inputs] if module else []
        if wanted.handle not in handles:
            raise HandleUnknown(wanted.handle, handles)


def following(spot: Spot, graph: PipelineGraph, known: Known, connections: Mapping[str, str]) -> Iterator[Idea]:
    """Everything that could read a node's rows."""
    module = known.modules.get(spot.at.module_id)
    if module is not None and not module.has_output:
        return
    rules = chain.from_iterable(rule(spot) for rule in (*from_columns.RULES, from_two_nodes.join, from_two_nodes.union))
    yield from (idea for idea in rules if idea.module_id in known.modules)
    yield from from_module.presets(spot, known.modules, known.presets)
    yield from from_module.plain(known.modules)
    yield from from_history.repeated(spot, known.modules, known.history)
    taken = frozenset(str(node.data.config.get("file_path")) for node in graph.nodes)
    used = [(node.data.module_id, node.data.config) for node in graph.nodes]
    for idea in chain(
        from_module.file_targets(spot, taken),
        from_module.table_targets(spot, known.modules, connections, used),
    ):
        if (loader := known.modules.get(idea.module_id)) is not None:
            config, said = from_history.retargeted(loader, idea.config, known.history)
            reason = f"{idea.reason}; the rest {said}" if said else idea.reason
            yield Idea(idea.module_id, config, reason, idea.strength, idea.basis)


def sources(graph: PipelineGraph, known: Known, paths: Sequence[str]) -> Iterator[Idea]:
    """Everything that could be read first."""
    taken = frozenset(str(node.data.config.get("file_path")) for node in graph.nodes)
    yield from from_history.sources(known.modules, known.history, taken)
    yield from from_module.files(paths, taken)


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
    first = next((edge.source for edge in graph.inputs(spot.at.node_id) if edge.source in graph.by_id), None)
    further = graph.by_id[first].data.module_id if first else ""
    loose = any(other.is_loose for other in spot.others)
    return Place(spot.at.module_id, further, loose)


def _output(node: Node, graph: PipelineGraph, schemas: Schemas) -> Output:
    columns = {column["name"]: column["type"] for column in schemas.get(node.id, ())}
    return Output(node.id, node.title, node.data.module_id, columns, not graph.consumers(node.id))


def _schemas(wanted: Wanted, validator: Validator) -> Schemas:
    """Columns of the node and of what it could be combined with; nothing else of the graph is looked at."""
    graph = wanted.graph
    loose = [node.id for node in graph.order if not graph.consumers(node.id)]
    pruned = part_of(graph, graph.upstream(wanted.node_id or "", *loose))
    verdict = check_columns(validator.checker, pruned, validator.catalog, found=(), known={}, timeout=SECONDS)
    return verdict.schemas


def part_of(graph: PipelineGraph, ids: Collection[str]) -> PipelineGraph:
    """A graph with some of its nodes and the edges between them; of its settings, what columns depend on."""
    nodes = [node.model_dump() for node in graph.nodes if node.id in ids]
    edges = [edge.model_dump() for edge in graph.edges if edge.source in ids and edge.target in ids]
    settings = {"name": graph.name, "engine": graph.engine, "default_params": graph.default_params}
    return PipelineGraph.model_validate({**settings, "config": {"nodes": nodes, "edges": edges}})


def _connections(validator: Validator) -> dict[str, str] | None:
    """None while they cannot be told; then none is suggested."""
    with suppress(AirflowUnavailable, AirflowRefused):
        return validator.connections.kinds(())
    return None


def _file_paths(files: Files) -> list[str]:
    """Files of the store, those that changed last first; none while the store is away."""
    with suppress(FileStoreAway):
        entries, _ = files.page("", None, limit=1_000, offset=0)
        found = [entry for entry in entries if entry.kind == "file" and entry.modified_at]
        found.sort(key=lambda entry: (entry.modified_at, entry.path), reverse=True)
        return [entry.path for entry in found[:FILES]]
    return []


def _reason(idea: Idea, known: Known, spot: Spot) -> str:
    """What speaks for it, and how often it came here before when that says something."""
    times, of_all = known.history.came_after(idea.module_id, spot.at.module_id)
    before = known.modules.get(spot.at.module_id)
    if times < 2 or before is None:
        return f"{_sentence(idea.reason)}."
    return f"{_sentence(idea.reason)}. It came next {times} of {of_all} times after {before.display_name} here."


def _sentence(reason: str) -> str:
    """What is the person's own, a file or a column, keeps its letters."""
    return f"As{reason[2:]}" if reason.startswith("as in ") else reason

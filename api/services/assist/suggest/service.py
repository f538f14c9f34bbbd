"""Answers what could come next at a place of a graph."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.clients.airflow import AirflowRefused
from api.errors import AirflowUnavailable, FileStoreAway
from api.models import Module
from api.services.assist.readable_files import newest_first
from api.services.assist.suggest import from_columns, from_history, from_module, from_two_nodes
from api.services.assist.suggest.history import History
from api.services.assist.suggest.idea import NO_COLUMNS, Basis, Idea, Output, Spot
from api.services.assist.suggest.learned import Learned
from api.services.assist.suggest.place_in_graph import check_place, columns_around, place_of, spot_in
from api.services.assist.suggest.ranking import PER_MODULE, TRIED_PER_MODULE, diverse, ranked
from api.services.assist.suggest.trial import inputs, passing
from api.services.files import Files
from api.services.validation import Validator
from dag_factory.catalog import Catalog, ModuleSpec
from dag_factory.compile import Schemas
from dag_factory.graph import PipelineGraph

SECONDS = 4.0
"""For the columns of the sources, and again for trying the ideas."""
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
    check_place(graph, validator.catalog, wanted.node_id, wanted.handle)
    connections = _connections(validator)
    if wanted.node_id is None or wanted.handle is not None:
        spot = Spot(Output("", "", "", NO_COLUMNS), name=graph.name)
        ideas = sources(graph, known, _file_paths(files))
    else:
        schemas = wanted.schemas or columns_around(graph, wanted.node_id, validator, timeout=SECONDS)
        spot = spot_in(graph, validator.catalog, wanted.node_id, schemas)
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


def _connections(validator: Validator) -> dict[str, str] | None:
    """None while they cannot be told; then none is suggested."""
    with suppress(AirflowUnavailable, AirflowRefused):
        return validator.connections.kinds(())
    return None


def _file_paths(files: Files) -> list[str]:
    """Files of the store, those that changed last first; none while the store is away."""
    with suppress(FileStoreAway):
        return newest_first(files.page("", None, limit=1_000, offset=0)[0])[:FILES]
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

"""What people built before: which module follows which, and with which options."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from api.services.assist.suggest.named_columns import Named, columns_named
from dag_factory.catalog import Catalog
from dag_factory.graph import PipelineGraph

NEVER_LEARNED = frozenset({"headers", "params", "body"})
"""Options in which people have put credentials, whatever the form told them."""
LONGEST = 4_000
"""Characters of a config that is remembered."""

Context = tuple[str, ...]
"""What stood before a step, from the most to the least specific part: its input's module, that one's input's, …"""


class Step(NamedTuple):
    """One node of a saved pipeline, as it was added."""

    module_id: str
    before: str
    """The module of its first input; empty for a source."""
    further: str
    """The module before that one."""
    has_other: bool
    """Whether the output of yet another node was read by nobody then."""
    config: str | None
    """Canonical JSON; None when it is not to be suggested to others."""
    named: Named


@dataclass(frozen=True)
class Place:
    """Where a step is to be added, as far as counting goes."""

    before: str = ""
    further: str = ""
    has_other: bool = False

    def contexts(self) -> tuple[Context, ...]:
        """From the most specific to the most general."""
        other = str(self.has_other)
        return (self.before, other, self.further), (self.before, other), (self.before,)


def steps(graph: PipelineGraph, catalog: Catalog) -> list[Step]:
    """A graph's nodes as they were probably added: sources before consumers, from left to right."""
    found: list[Step] = []
    loose: dict[str, None] = {}
    for node in graph.order:
        module = catalog.get(node.data.module_id)
        sources = [edge.source for edge in graph.inputs(node.id) if edge.source in graph.by_id]
        if module is None or (module.inputs and not sources):
            continue
        for source in sources[1:]:
            loose[source] = None
        before = graph.by_id[sources[0]] if sources else None
        config = node.data.config
        found.append(
            Step(
                module.id,
                before.data.module_id if before else "",
                first_input(graph, before.id) if before else "",
                bool(loose.keys() - set(sources[:1])),
                learnable(config),
                columns_named(module, config) if module.inputs else frozenset(),
            )
        )
        for source in sources:
            loose.pop(source, None)
        if module.has_output:
            loose[node.id] = None
    return found


def first_input(graph: PipelineGraph, node_id: str) -> str:
    """The module of what a node reads first; empty for a source."""
    first = next((edge.source for edge in graph.inputs(node_id) if edge.source in graph.by_id), None)
    return graph.by_id[first].data.module_id if first else ""


def learnable(config: Mapping[str, Any]) -> str | None:
    """A config without what may be secret, as text that equal ones share."""
    url = config.get("url")
    if NEVER_LEARNED & {name for name, value in config.items() if value}:
        return None
    if isinstance(url, str):
        try:
            parts = urlsplit(url)
        except ValueError:
            return None
        if parts.query or parts.fragment or "@" in parts.netloc:
            return None
    text = json.dumps(config, sort_keys=True, ensure_ascii=False)
    return text if len(text) <= LONGEST else None


@dataclass(slots=True)
class Use:
    """How often, and where last, a module was used with one config."""

    config: dict[str, Any]
    named: Named
    count: int = 0
    after: Counter[str] = field(default_factory=Counter)
    last: str = ""
    """Name of the pipeline that was saved last of those with it."""


class History:
    """Counts over pipelines, given from the one saved last to the one saved first."""

    def __init__(self, pipelines: Iterable[tuple[str, Iterable[Step]]] = ()) -> None:
        self.pipelines = 0
        self.following: defaultdict[Context, Counter[str]] = defaultdict(Counter)
        self.popular: Counter[str] = Counter()
        self._uses: defaultdict[str, dict[str, Use]] = defaultdict(dict)
        for name, taken in pipelines:
            self.pipelines += 1
            for step in taken:
                self._count(name, step)

    def _count(self, pipeline: str, step: Step) -> None:
        self.popular[step.module_id] += 1
        for context in Place(step.before, step.further, step.has_other).contexts():
            self.following[context][step.module_id] += 1
        if step.config is not None:
            uses = self._uses[step.module_id]
            use = uses.get(step.config)
            if use is None:
                use = uses[step.config] = Use(json.loads(step.config), step.named, last=pipeline)
            use.count += 1
            use.after[step.before] += 1

    def probability(self, module_id: str, place: Place, otherwise: float) -> float:
        """How often the module came at such a place, by Witten and Bell's smoothing.

        What was counted after the same two modules is mixed with what was counted after the last one alone, each as far
        as it goes: the more different modules have followed, the less a count says.

        Args:
            module_id: what may come.
            place: where.
            otherwise: its probability where nothing has been counted.
        """
        chance = otherwise
        for context in reversed(place.contexts()):
            seen = self.following.get(context)
            if seen:
                total, different = seen.total(), len(seen)
                chance = (seen[module_id] + different * chance) / (total + different)
        return chance

    def uses(self, module_id: str) -> Iterable[Use]:
        """Its configs, those of the last saved pipelines first."""
        return self._uses.get(module_id, {}).values()

    def came_after(self, module_id: str, before: str) -> tuple[int, int]:
        """How often it came after that module, of how many steps that did."""
        seen = self.following.get((before,), Counter())
        return seen[module_id], seen.total()

"""Orders ideas: how often their module came at such a place, times how much the columns speak for it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from api.services.assist.suggest.history import History, Place
from api.services.assist.suggest.idea import Idea
from dag_factory.catalog import ModuleSpec

EVIDENCE = 2.0
"""How much more probable a module is that the columns ask for than one that they merely allow."""
USUAL = {
    "filter-transformer": 3.0,
    "join-transformer": 3.0,
    "aggregate-transformer": 2.0,
    "add-column-transformer": 2.0,
    "select-columns-transformer": 2.0,
    "rename-columns-transformer": 1.5,
    "sort-transformer": 1.5,
    "cast-types-transformer": 1.5,
    "deduplicate-transformer": 1.5,
}
"""What pipelines anywhere consist of, until some have been built here: how often beside all other modules."""
MERELY_POSSIBLE = 0.1
"""Added to each strength there, so that a usual step counts though no column asks for it."""
PER_MODULE = 2
"""Configs of one module that are shown, so that the first five differ."""
TRIED_PER_MODULE = 6
"""Of those, how many are tried: some may not fit. As many sources of a kind are shown."""


@dataclass(frozen=True)
class Ranked:
    """An idea and its share of all that could come."""

    idea: Idea
    score: float


def ranked(
    ideas: Iterable[Idea], modules: Mapping[str, ModuleSpec], history: History, place: Place, *, keep: int
) -> list[Ranked]:
    """The best ideas, at most `keep`; equal ones in a fixed order."""
    by_module: dict[str, dict[str, Idea]] = {}
    for idea in ideas:
        if idea.module_id in modules:
            told = by_module.setdefault(idea.module_id, {})
            key = f"{sorted(idea.config.items(), key=lambda item: item[0])}{idea.partner}"
            if key not in told or told[key].strength < idea.strength:
                told[key] = idea
    strengths = {each: max(idea.strength for idea in told.values()) for each, told in by_module.items()}
    usual = {each: USUAL.get(each, 1.0) * (MERELY_POSSIBLE + strength) for each, strength in strengths.items()}
    total = sum(usual.values())
    weights = {
        each: history.probability(each, place, usual[each] / total) * (1 + EVIDENCE * strength)
        for each, strength in strengths.items()
    }
    of_all = sum(weights.values()) or 1.0
    found: list[Ranked] = []
    for module_id, told in by_module.items():
        best = sorted(told.values(), key=lambda idea: (-idea.strength, str(idea.config), idea.partner or ""))
        for rank, idea in enumerate(best[:TRIED_PER_MODULE]):
            share = idea.strength / strengths[module_id] * 0.5**rank
            found.append(Ranked(idea, weights[module_id] / of_all * share))
    found.sort(key=lambda each: (-each.score, each.idea.module_id, str(each.idea.config), each.idea.partner or ""))
    return found[:keep]


def diverse(found: Iterable[Ranked], limit: int, per_module: int = PER_MODULE) -> list[Ranked]:
    """The first of them, with few of the same module."""
    counted: dict[str, int] = {}
    chosen: list[Ranked] = []
    for each in found:
        if counted.get(each.idea.module_id, 0) < per_module:
            counted[each.idea.module_id] = counted.get(each.idea.module_id, 0) + 1
            chosen.append(each)
    return chosen[:limit]

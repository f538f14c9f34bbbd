"""What others did at such a place, as far as it can be done with the columns that are here."""

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from api.services.assist.suggest.history import History, Use
from api.services.assist.suggest.idea import Idea, Spot
from dag_factory.catalog import ModuleSpec
from dag_factory.problems import shown

LOOKED_AT = 400
"""Configs of a module, those saved last, that are compared with the columns."""
OWN_TARGET = frozenset({"file_path", "table_name", "collection", "path"})
"""What a loader writes to is never taken from another pipeline: two would overwrite each other."""


def repeated(spot: Spot, modules: Mapping[str, ModuleSpec], history: History) -> Iterator[Idea]:
    """Configs that were used before and name nothing that is not here."""
    for module in modules.values():
        if module.type == "transformer":
            for use in islice(history.uses(module.id), LOOKED_AT):
                if len(module.inputs) > 1:
                    yield from _with_partner(spot, module, use)
                elif {name for _, name in use.named} <= spot.columns.keys():
                    yield _idea(spot, module, use)


def _with_partner(spot: Spot, module: ModuleSpec, use: Use) -> Iterator[Idea]:
    """`left` is here, and some other node has what is wanted of `right`."""
    first = module.inputs[0].handle
    left = {name for handle, name in use.named if handle in {None, first}}
    right = {name for handle, name in use.named if handle not in {None, first}} or left
    if not left or not left <= spot.columns.keys():
        return
    for other in spot.others:
        if right <= other.columns.keys():
            yield _idea(spot, module, use, other.node_id)


def _idea(spot: Spot, module: ModuleSpec, use: Use, partner: str | None = None) -> Idea:
    often = use.count / (use.count + 1)
    here = use.after[spot.at.module_id] / use.count
    strength = 0.3 + 0.2 * often + 0.15 * here + (0.25 if use.named else 0.0)
    return Idea(module.id, use.config, _said(use), min(strength, 0.95), "history", partner)


def _said(use: Use) -> str:
    name = f"“{use.last}”" if use.last else "a pipeline"
    return f"as in {name}" if use.count == 1 else f"as in {name}; used {use.count} times here"


def sources(modules: Mapping[str, ModuleSpec], history: History, taken: frozenset[str]) -> Iterator[Idea]:
    """Sources that other pipelines read."""
    total = max(1, sum(use.count for module in modules for use in history.uses(module)))
    for module in modules.values():
        if module.type == "extractor":
            for use in islice(history.uses(module.id), LOOKED_AT):
                if use.config.get("file_path") not in taken:
                    reason = f"{_what(use.config)}{_said(use)}"
                    yield Idea(module.id, use.config, reason, 0.4 + 0.5 * use.count / total, "history")


def _what(config: Mapping[str, Any]) -> str:
    """What a source reads, in front of who else does."""
    read = next(
        (config[option] for option in ("file_path", "collection", "path", "query", "url") if config.get(option)), None
    )
    return f"{shown(' '.join(read.split()))}, " if isinstance(read, str) else ""


def retargeted(module: ModuleSpec, own: Mapping[str, Any], history: History) -> tuple[dict[str, Any], str | None]:
    """A loader's own target with the other options as they are most often set here, when that fits."""
    best = max(history.uses(module.id), key=lambda use: use.count, default=None)
    if best is None or best.named:
        return dict(own), None
    config = {name: value for name, value in best.config.items() if name not in OWN_TARGET} | dict(own)
    return (config, _said(best)) if config != own and module.options.is_valid(config) else (dict(own), None)

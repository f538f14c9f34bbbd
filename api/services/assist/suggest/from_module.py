"""What modules offer by themselves: presets whose columns are there, targets under the pipeline's name, defaults."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from api.services.assist.readable_files import reader_of
from api.services.assist.suggest.idea import Idea, Spot
from api.services.assist.suggest.named_columns import columns_named
from dag_factory.catalog import ModuleSpec

ENDINGS = {"csv": "csv", "parquet": "parquet", "excel": "xlsx", "json": "json"}
"""Of the files that loaders write, by the module's stem."""
Presets = Mapping[str, Sequence[Mapping[str, Any]]]
"""What the palette offers, by module."""


def presets(spot: Spot, modules: Mapping[str, ModuleSpec], offered: Presets) -> Iterator[Idea]:
    """Presets that name columns, all of which are there."""
    for module_id, listed in offered.items():
        module = modules.get(module_id)
        if module is None or len(module.inputs) != 1:
            continue
        for preset in listed:
            named = {name for _, name in columns_named(module, preset["config"])}
            if named and named <= spot.columns.keys() and module.options.is_valid(preset["config"]):
                reason = f"The preset “{preset['title']}” fits these columns"
                yield Idea(module_id, dict(preset["config"]), reason, 0.45, "module")


def file_targets(spot: Spot, taken: frozenset[str]) -> Iterator[Idea]:
    """Files under the pipeline's own name; never one that another node of the graph names.

    The more has been done with the rows, the more probably they are to be kept.
    """
    stem = named_after(spot.name) or "result"
    strength = 0.2 + min(0.3, 0.1 * len(spot.steps)) + (0.2 if spot.at.module_id == "sort-transformer" else 0.0)
    for kind, ending in ENDINGS.items():
        path, number = f"{stem}.{ending}", 1
        while path in taken:
            number += 1
            path = f"{stem}-{number}.{ending}"
        yield Idea(f"{kind}-loader", {"file_path": path}, f"Write the rows to {path}", strength, "module")
        strength *= 0.8


def table_targets(
    spot: Spot,
    modules: Mapping[str, ModuleSpec],
    connections: Mapping[str, str],
    used: Sequence[tuple[str, Mapping[str, Any]]],
) -> Iterator[Idea]:
    """Tables under the pipeline's name, by a connection of the fitting type: one that the graph names comes first."""
    table = named_after(spot.name).replace("-", "_") or "result"
    here = [config.get("connection_id") for _, config in used]
    for module in modules.values():
        required = set(module.config_schema.get("required", ()))
        if module.type != "loader" or required != {"connection_id", "table_name"}:
            continue
        fitting = sorted(name for name, kind in connections.items() if kind in module.connection_types)
        chosen = next((name for name in here if name in fitting), fitting[0] if fitting else None)
        if chosen:
            config = {"connection_id": chosen, "table_name": table}
            strength = 0.4 if chosen in here else 0.25
            yield Idea(module.id, config, f"Load the rows into {table} by {chosen}", strength, "module")


def plain(modules: Mapping[str, ModuleSpec]) -> Iterator[Idea]:
    """Modules that work as they are, without an option."""
    for module in modules.values():
        is_simple = module.type == "transformer" and [each.max for each in module.inputs] == [1]
        if is_simple and module.options.is_valid({}):
            yield Idea(module.id, {}, module.description.partition("\n")[0].rstrip("."), 0.05, "module")


def files(paths: Sequence[str], taken: frozenset[str]) -> Iterator[Idea]:
    """Files of the store that an extractor reads, those that the graph does not read yet."""
    strength = 0.6
    for path in paths:
        reader = reader_of(path)
        if reader and path not in taken:
            yield Idea(reader, {"file_path": path}, f"{path} is in the file store", strength, "module")
            strength *= 0.9


def named_after(name: str) -> str:
    """A pipeline's name as files and tables may be called."""
    plain_letters = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain_letters.lower()).strip("-")[:60]

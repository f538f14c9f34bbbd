"""A small catalogue of the real one's shape, which tests may change."""

import hashlib
import json
from typing import Any

from dag_factory.catalog import Catalog, ModuleSpec, load_catalog

TEXT = {"type": "string", "minLength": 1}
COLUMNS = {"type": "array", "items": {"type": "string"}}
ONE = ({"handle": "input", "min": 1, "max": 1},)
SIDES = ({"handle": "left", "min": 1, "max": 1}, {"handle": "right", "min": 1, "max": 1})


def module(module_id: str, options: dict[str, Any], required: tuple[str, ...], **changes: Any) -> dict[str, Any]:
    """A catalogue entry; whatever it is given differs from the usual."""
    stem, kind = module_id.rsplit("-", 1)
    entry = {
        "id": module_id,
        "type": kind,
        "stem": stem.replace("-", "_"),
        "display_name": stem.replace("-", " ").title(),
        "description": f"The {stem} {kind}",
        "category": "rows",
        "icon": "box",
        "color": "#4F46E5",
        "version": "1.0.0",
        "python_class": f"module_operators.{kind}s.{stem.replace('-', '_')}.{stem.title().replace('-', '')}",
        "inputs": () if kind == "extractor" else ONE,
        "has_output": kind != "loader",
        "connection_types": (),
        "config_schema": {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "type": "object",
            "properties": options,
            "required": list(required),
            "additionalProperties": False,
        },
        "default_config": {},
        "presets": (),
        "tags": (),
    } | changes
    entry["checksum"] = hashlib.sha256(json.dumps(entry, sort_keys=True).encode()).hexdigest()
    return entry


PRESET = {"name": "active-only", "title": "Active", "description": "", "config": {"condition": "status = 'active'"}}
ENTRIES = [
    module("csv-extractor", {"file_path": TEXT, "skip_rows": {"type": "integer"}}, ("file_path",), category="file"),
    module("filter-transformer", {"condition": TEXT}, ("condition",), presets=(PRESET,), tags=("where",)),
    module("select-columns-transformer", {"columns": COLUMNS}, ("columns",), category="columns"),
    module("join-transformer", {"join_type": TEXT, "left_on": COLUMNS}, ("join_type",), inputs=SIDES),
    module("csv-loader", {"file_path": TEXT}, ("file_path",), category="file"),
]


def catalog(*entries: dict[str, Any]) -> Catalog:
    """A catalogue of these entries, of all when none is named."""
    return Catalog([ModuleSpec.model_validate(entry) for entry in entries or ENTRIES], load_catalog().functions)

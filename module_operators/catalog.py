"""The catalogue: every module file and expression function in one committed JSON, for service and compiler.

`python -m module_operators.catalog` writes it and docs/modules, `--check` fails when what is committed is out of date.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib
import inspect
import json
import pkgutil
import sys
from pathlib import Path
from typing import Any

from module_operators.base import ModuleOperator
from module_operators.documentation import pages
from module_operators.expressions import FUNCTIONS, Function

CATALOG_PATH = Path(__file__).with_name("catalog.json")
PAGES_PATH = Path(__file__).parent.parent / "docs" / "modules"
KINDS = {"extractors": "extractor", "transformers": "transformer", "loaders": "loader"}
_REQUIRED = ("display_name", "category", "icon", "tested_against", "Config")
COLORS = {"extractor": "#2563eb", "transformer": "#7c3aed", "loader": "#16a34a"}


class BrokenModule(Exception):
    """A module file that cannot be in the catalogue; says what is wrong with it."""


def discover() -> dict[str, type[ModuleOperator]]:
    """Every module by id. The file's presence registers it.

    Raises:
        BrokenModule: a file without its operator, or one that lacks an attribute.
    """
    found: dict[str, type[ModuleOperator]] = {}
    for folder, kind in KINDS.items():
        package = importlib.import_module(f"module_operators.{folder}")
        for info in sorted(pkgutil.iter_modules(package.__path__), key=lambda info: info.name):
            if info.name.startswith("_"):
                continue
            found[f"{info.name.replace('_', '-')}-{kind}"] = operator_of(folder, info.name, kind)
    return found


def operator_of(folder: str, stem: str, kind: str) -> type[ModuleOperator]:
    """The operator class of a module file: `transformers/select_columns.py` → SelectColumnsTransformer."""
    module = importlib.import_module(f"module_operators.{folder}.{stem}")
    name = "".join(part.capitalize() for part in stem.split("_")) + kind.capitalize()
    operator = getattr(module, name, None)
    if not (inspect.isclass(operator) and issubclass(operator, ModuleOperator)):
        raise BrokenModule(f"{module.__name__} has no operator class {name}")
    missing = [name for name in _REQUIRED if not hasattr(operator, name)]
    if missing or not operator.__doc__:
        raise BrokenModule(f"{module.__name__}.{name} lacks {', '.join(missing) or 'a docstring'}")
    return operator


def entry(module_id: str, operator: type[ModuleOperator]) -> dict[str, Any]:
    """A module as the catalogue has it."""
    kind = module_id.rsplit("-", 1)[1]
    schema = operator.Config.model_json_schema()
    schema.pop("description", None)
    for described in (schema, *schema.get("$defs", {}).values()):
        if "properties" in described:
            # A database that keeps JSON in its own order loses the order in which the options were thought out.
            described["x-order"] = list(described["properties"])
    for name, option in schema["properties"].items():
        if "description" not in option:
            raise BrokenModule(f"{module_id}: option '{name}' has no help text")
    for preset in operator.presets:
        if unknown := set(preset.config) - set(schema["properties"]):
            raise BrokenModule(f"{module_id}: preset '{preset.name}' sets unknown options {sorted(unknown)}")
    data = {
        "id": module_id,
        "type": kind,
        "stem": module_id.removesuffix(f"-{kind}"),
        "display_name": operator.display_name,
        "description": inspect.getdoc(operator),
        "category": operator.category,
        "icon": operator.icon,
        "color": COLORS[kind],
        "version": operator.version,
        "python_class": f"{operator.__module__}.{operator.__name__}",
        "inputs": [{"handle": handle.name, "min": handle.least, "max": handle.most} for handle in operator.handles],
        "has_output": operator.has_output,
        "connection_types": list(operator.connection_types),
        "config_schema": schema,
        "default_config": {
            name: option["default"] for name, option in schema["properties"].items() if "default" in option
        },
        "presets": [
            {"name": p.name, "title": p.title, "description": p.description, "config": dict(p.config)}
            for p in operator.presets
        ],
        "tags": list(operator.tags),
        "tested_against": operator.tested_against,
        "extras": list(operator.needs),
    }
    canonical = json.dumps(data, sort_keys=True, ensure_ascii=False)
    return {**data, "checksum": hashlib.sha256(canonical.encode()).hexdigest()}


def render() -> str:
    """The catalogue as it is committed."""
    modules = [entry(module_id, operator) for module_id, operator in sorted(discover().items())]
    functions = [function_entry(function) for function in FUNCTIONS.values()]
    return json.dumps({"modules": modules, "functions": functions}, indent=1, ensure_ascii=False) + "\n"


def function_entry(function: Function) -> dict[str, str]:
    """A function of the expression language as the catalogue has it, for completion and help while one types."""
    return {
        "name": function.name,
        "category": function.category,
        "signature": function.signature,
        "description": function.description,
        "example": function.example,
    }


def rendered_files() -> dict[Path, str]:
    """The catalogue and the pages made from it, as they are committed."""
    rendered = render()
    described = pages(json.loads(rendered)["modules"])
    return {CATALOG_PATH: rendered, **{PAGES_PATH / name: text for name, text in described.items()}}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="fail when what is committed is out of date")
    files = rendered_files()
    stale = [path for path, text in files.items() if not path.exists() or path.read_text(encoding="utf-8") != text]
    surplus = [path for path in PAGES_PATH.glob("*.md") if path not in files]
    if not parser.parse_args().check:
        PAGES_PATH.mkdir(parents=True, exist_ok=True)
        for path in stale:
            path.write_text(files[path], encoding="utf-8")
        for path in surplus:
            path.unlink()
        return 0
    for path in [*stale, *surplus]:
        sys.stderr.write(f"{path} is out of date: run `make catalog` and commit it.\n")
    return 1 if stale or surplus else 0


if __name__ == "__main__":
    sys.exit(main())

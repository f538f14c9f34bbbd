"""The pages of docs/modules: one a module and one of the expression language, from the catalogue alone."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from module_operators.expressions import FUNCTIONS

TITLES = {"extractor": "Extractors", "transformer": "Transformers", "loader": "Loaders"}


def pages(modules: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """File name → Markdown, for every module of the catalogue, the expressions and an index."""
    return {
        "README.md": _index(modules),
        "expressions.md": _expressions(),
        **{f"{module['id']}.md": _module(module) for module in modules},
    }


def _index(modules: Sequence[Mapping[str, Any]]) -> str:
    lines = ["# Modules", "", "Made by `make catalog`. [The expression language](expressions.md).", ""]
    for kind, title in TITLES.items():
        lines += [f"## {title}", "", "| module | what it does |", "|---|---|"]
        for module in modules:
            if module["type"] == kind:
                lines.append(
                    f"| [{module['display_name']}]({module['id']}.md) | {_first_line(module['description'])} |"
                )
        lines.append("")
    return "\n".join(lines)


def _module(module: Mapping[str, Any]) -> str:
    inputs = ", ".join(_input(each) for each in module["inputs"]) or "none"
    lines = [
        f"# {module['display_name']}",
        "",
        module["description"],
        "",
        f"`{module['id']}` · inputs: {inputs} · output: {'one' if module['has_output'] else 'none'}",
    ]
    if module["connection_types"]:
        lines.append(f"Connection types: {', '.join(f'`{each}`' for each in module['connection_types'])}")
    if module["extras"]:
        lines.append(f"Needs `pip install 'logidata[{','.join(module['extras'])}]'`.")
    lines.append(f"Tested against: {module['tested_against']}")
    lines += ["", "## Options", "", "| option | type | default | what it does |", "|---|---|---|---|"]
    schema = module["config_schema"]
    for name, option in schema["properties"].items():
        default = "**required**" if name in schema.get("required", []) else f"`{_json(option.get('default'))}`"
        examples = "".join(f" `{_json(example)}`" for example in option.get("examples") or [])
        text = option["description"] + (f" E.g.{examples}." if examples else "")
        lines.append(f"| `{name}` | {_cell(_type(option, schema))} | {_cell(default)} | {_cell(text)} |")
    if module["presets"]:
        lines += ["", "## Presets", "", "| preset | what it sets |", "|---|---|"]
        for preset in module["presets"]:
            lines.append(
                f"| {_cell(preset['title'])} | {_cell(preset['description'])} `{_cell(_json(preset['config']))}` |"
            )
    return "\n".join([*lines, ""])


def _expressions() -> str:
    lines = [
        "# Expressions",
        "",
        "Conditions and computed columns are SQL expressions over the input's columns, the same on every engine:",
        "`amount > 100 AND status = 'active'`. Columns by name, in double quotes where the name is unusual; `'text'`,",
        "numbers, `AND OR NOT`, comparison, `BETWEEN`, `IN (…)`, `IS NULL`, `LIKE`, `CASE`, `CAST`, arithmetic, `||`.",
        "Division by zero is null. All else is refused, with its place: statements, sub-queries, windows, files.",
        "",
    ]
    by_category = sorted(FUNCTIONS.values(), key=lambda function: function.category)
    for category, functions in groupby(by_category, key=lambda function: function.category):
        lines += [f"## {category}", "", "| function | what it gives | example | result |", "|---|---|---|---|"]
        for function in sorted(functions, key=lambda each: each.name):
            example = f"`{_cell(function.example)}` | `{_cell(str(function.result))}`"
            lines.append(f"| `{_cell(function.signature)}` | {_cell(function.description)} | {example} |")
        lines.append("")
    return "\n".join(lines)


def _input(handle: Mapping[str, Any]) -> str:
    most = handle["max"]
    number = "" if (handle["min"], most) == (1, 1) else f" ({handle['min']} or more)" if most is None else f" ({most})"
    return f"`{handle['handle']}`{number}"


def _type(option: Mapping[str, Any], schema: Mapping[str, Any]) -> str:
    if "$ref" in option:
        option = schema["$defs"][option["$ref"].rsplit("/", 1)[1]]
    choices = option.get("anyOf") or option.get("oneOf")
    if choices:
        return " or ".join(_type(each, schema) for each in choices)
    if "enum" in option or "const" in option:
        return " or ".join(f"`{_json(value)}`" for value in option.get("enum", [option.get("const")]))
    if option.get("type") == "array":
        return f"list of {_type(option.get('items', {}), schema)}"
    if option.get("type") == "object":
        fields = ", ".join(f"{name}: {_type(each, schema)}" for name, each in option.get("properties", {}).items())
        return "{" + fields + "}" if fields else "table"
    return str(option.get("format") or option.get("type") or "anything")


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _first_line(text: str) -> str:
    return _cell(text.split("\n", 1)[0])

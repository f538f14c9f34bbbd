"""Which columns a node's options name, read from its module's schema."""

import re
from collections.abc import Iterator
from typing import Any

from dag_factory.catalog import ModuleSpec

Named = frozenset[tuple[str | None, str]]
"""Columns with the input that they are of, None where the module has one."""

_TOKENS = re.compile(r"""'(?:[^']|'')*'|"((?:[^"]|"")+)"|([^\W\d]\w*)(\s*\()?""")
_WORDS = frozenset(
    re.findall(
        r"\w+",
        "and or not is null in between like ilike escape case when then else end true false interval cast try_cast "
        "as distinct from current_date current_timestamp at time zone collate date timestamp timestamptz integer "
        "bigint float double decimal boolean string varchar text year years quarter month months week weeks day "
        "days hour hours minute minutes second seconds",
    )
)
"""What an expression may say that is no column; a column of such a name is checked with the rest in the end."""


def columns_named(module: ModuleSpec, config: dict[str, Any]) -> Named:
    """The input columns that a config names, those in expressions too."""
    return frozenset(_found(module.config_schema, config, module.config_schema.get("$defs", {}), None))


def _found(
    schema: dict[str, Any], value: Any, shared: dict[str, Any], handle: str | None
) -> Iterator[tuple[str | None, str]]:
    if "$ref" in schema:
        schema = shared.get(schema["$ref"].rpartition("/")[2], {})
    handle = schema.get("x-input", handle)
    for branch in (*schema.get("anyOf", ()), *schema.get("oneOf", ())):
        yield from _found(branch, value, shared, handle)
    match value:
        case str() if schema.get("format") == "column":
            yield handle, value
        case str() if schema.get("format") == "expression":
            yield from ((handle, name) for name in names_in(value))
        case list():
            for item in value:
                yield from _found(schema.get("items", {}), item, shared, handle)
        case dict():
            if schema.get("propertyNames", {}).get("format") == "column":
                yield from ((handle, name) for name in value)
            for name, inner in value.items():
                yield from _found(schema.get("properties", {}).get(name, {}), inner, shared, handle)


def names_in(expression: str) -> frozenset[str]:
    """The words of an expression that must be columns, whatever else it says."""
    names: set[str] = set()
    for in_quotes, word, call in _TOKENS.findall(expression):
        if in_quotes:
            names.add(in_quotes.replace('""', '"'))
        elif word and not call and word.lower() not in _WORDS:
            names.add(word)
    return frozenset(names)


def quoted(name: str) -> str:
    """A column as an expression names it: in quotes where it would be read as something else."""
    is_plain = re.fullmatch(r"[a-z_][a-z0-9_]*", name) and name not in _WORDS
    return name if is_plain else '"' + name.replace('"', '""') + '"'

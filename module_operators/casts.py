"""Which types can be made into which, for CAST in expressions and for Cast Data Types."""

from __future__ import annotations

NUMBERS = frozenset({"integer", "bigint", "decimal", "float"})
_MOMENTS = frozenset({"date", "timestamp", "timestamptz"})
_ALLOWED = {
    "integer": NUMBERS | {"string", "boolean"},
    "bigint": NUMBERS | {"string", "boolean"},
    "decimal": NUMBERS | {"string"},
    "float": NUMBERS | {"string"},
    "boolean": NUMBERS | {"string", "boolean"},
    "string": NUMBERS | _MOMENTS | {"string", "boolean"},
    "date": _MOMENTS | {"string"},
    "timestamp": _MOMENTS | {"string"},
    "timestamptz": _MOMENTS | {"string"},
    "time": frozenset({"string"}),
    "list": frozenset({"string"}),
    "binary": frozenset(),
    "null": NUMBERS | _MOMENTS | {"string", "boolean"},
}
_INSTEAD = {
    ("date", "number"): "Use epoch() or date_part() in Add Column for a number.",
    ("number", "date"): "Use from_epoch() in Add Column for seconds since 1970.",
    ("number", "boolean"): "Compare it, for instance: value <> 0.",
}


def family(logical: str) -> str:
    """The type without its sizes: `decimal(10,2)` is a decimal, `list(string)` a list."""
    return logical.partition("(")[0]


def refusal(source: str, target: str) -> tuple[str, str | None] | None:
    """Why no value of type `source` can be made a `target`, and what to do; None when it can."""
    if family(target) in _ALLOWED.get(family(source), ()):
        return None
    hint = _INSTEAD.get((_group(source), _group(target)))
    return f"Type {source} cannot be cast to {target}.", hint


def _group(logical: str) -> str:
    base = family(logical)
    return "number" if base in NUMBERS else "date" if base in _MOMENTS else base

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
_NUMBER = "[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]{1,3})?"
_NOT_FINITE = "[+-]?([iI][nN][fF]([iI][nN][iI][tT][yY])?|[nN][aA][nN])"
_DATE = "[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}"
_TIME = "([01]?[0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]{1,9})?)?"
_ZONE = "(Z|[+-](0[0-9]|1[0-7])(:?[0-5][0-9])?)"
TEXT_OF = {
    "integer": "[+-]?[0-9]+",
    "bigint": "[+-]?[0-9]+",
    "decimal": _NUMBER,
    "float": f"{_NUMBER}|{_NOT_FINITE}",
    "date": _DATE,
    "timestamp": f"{_DATE}([ T]{_TIME}({_ZONE})?)?",
    "timestamptz": f"{_DATE}([ T]{_TIME}({_ZONE})?)?",
}
"""What a text must look like to be cast, as a regular expression that every engine reads alike (no backslashes)."""

_INSTEAD = {
    ("date", "number"): "Use epoch() or date_part() in Add Column for a number.",
    ("number", "date"): "Use from_epoch() in Add Column for seconds since 1970.",
    ("number", "boolean"): "Compare it, for instance: value <> 0.",
}
_NEVER_FAILS = {
    ("integer", "bigint"),
    ("integer", "float"),
    ("integer", "boolean"),
    ("bigint", "float"),
    ("bigint", "boolean"),
    ("decimal", "float"),
    ("date", "timestamp"),
    ("date", "timestamptz"),
    ("timestamp", "date"),
    ("timestamp", "timestamptz"),
    ("timestamptz", "date"),
    ("timestamptz", "timestamp"),
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


def never_fails(source: str, target: str) -> bool:
    """Whether every value of the source type has its counterpart."""
    pair = family(source), family(target)
    whole = source == target or pair in _NEVER_FAILS
    return whole or target == "string" or pair[0] in {"null", "boolean"}


def _group(logical: str) -> str:
    base = family(logical)
    return "number" if base in NUMBERS else "date" if base in _MOMENTS else base

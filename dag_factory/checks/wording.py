"""Puts the keywords of JSON Schema into words."""

from collections.abc import Callable, Iterable
from typing import Any

from dag_factory.problems import nearest, shown

Sentence = tuple[str, str | None]

_KINDS = {
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "array": "a list",
    "object": "a table of names and values",
    "null": "empty",
}


def sentence(keyword: str, wanted: Any, value: Any) -> Sentence:
    """What an option must be to satisfy this keyword, and a hint where there is one."""
    if word := _WORDS.get(keyword):
        return word(wanted, value)
    if bound := _BOUNDS.get(keyword):
        return bound.format(wanted) + (f", not {value}" if isinstance(value, int | float) else ""), None
    return f"does not fit ({keyword})", None


def option_name(path: list[str | int]) -> str:
    """An option as a person would name it: “condition”, “aggregations[0].function”."""
    if not path:
        return "The config"
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return f"“{shown(text.removeprefix('.'))}”"


def _type(wanted: Any, value: Any) -> Sentence:
    kinds = wanted if isinstance(wanted, list) else [wanted]
    return f"must be {_either(kinds)}, not {_kind_of(value)}", None


def _one_of(wanted: Any, value: Any) -> Sentence:
    known = [each for each in wanted if isinstance(each, str)]
    hint = nearest(value, known) if isinstance(value, str) else None
    return f"must be one of {', '.join(_quoted(each) for each in wanted)}, not {_quoted(value)}", hint


def _const(wanted: Any, value: Any) -> Sentence:
    return f"must be {_quoted(wanted)}, not {_quoted(value)}", None


def _alternatives(wanted: Any, value: Any) -> Sentence:
    kinds: dict[str, None] = {}
    for schema in wanted:
        kind = schema.get("type", "object") if isinstance(schema, dict) else "object"
        kinds |= dict.fromkeys(kind if isinstance(kind, list) else [kind])
    return _type(list(kinds), value)


def _at_least(things: str) -> Callable[[Any, Any], Sentence]:
    def word(wanted: Any, value: Any) -> Sentence:
        if wanted == 1:
            return "must not be empty", None
        return f"must have at least {wanted} {things}; it has {len(value)}", None

    return word


def _at_most(things: str) -> Callable[[Any, Any], Sentence]:
    return lambda wanted, value: (f"can have {wanted} {things} at most; it has {len(value)}", None)


_WORDS: dict[str, Callable[[Any, Any], Sentence]] = {
    "type": _type,
    "enum": _one_of,
    "const": _const,
    "anyOf": _alternatives,
    "oneOf": _alternatives,
    "uniqueItems": lambda *_: ("names something twice", "Remove the repetition."),
    "pattern": lambda _, value: (f"is not of the right form: {_quoted(value)}", None),
    "minLength": _at_least("characters"),
    "maxLength": _at_most("characters"),
    "minItems": _at_least("items"),
    "maxItems": _at_most("items"),
    "minProperties": _at_least("entries"),
    "maxProperties": _at_most("entries"),
}
_BOUNDS = {
    "minimum": "must be at least {}",
    "maximum": "must be at most {}",
    "exclusiveMinimum": "must be more than {}",
    "exclusiveMaximum": "must be less than {}",
    "multipleOf": "must be a multiple of {}",
}


def _either(kinds: Iterable[str]) -> str:
    return " or ".join(_KINDS.get(kind, kind) for kind in sorted(kinds, key=lambda kind: kind == "null"))


def _kind_of(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return f"the number {value}"
    kinds = {type(None): "null", str: "string", list: "array"}
    return _KINDS[kinds.get(type(value), "object")]


def _quoted(value: Any) -> str:
    return f"“{shown(value)}”" if isinstance(value, str) else _kind_of(value)

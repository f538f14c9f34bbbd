"""What a JSON file holds, read from its first records: how they are written, their keys and their types."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from module_operators.late_values import TEXT, SniffedType, integer_type

Form = Literal["array", "newline_delimited", "unstructured"]
"""DuckDB's names: one list of records, one record a line, or records that span lines."""

_ENOUGH = 20_000


class NotRecords(ValueError):
    """The text is not JSON, or not records; the message says where."""


@dataclass(frozen=True, slots=True)
class JsonSample:
    """The first records of a file."""

    form: Form
    records: tuple[dict[str, Any], ...]


def sampled(text: str, wanted: Literal["auto", "records", "lines"], *, is_whole: bool) -> JsonSample | None:
    """The first records of a document that starts with `text`; None when that is too little to hold one.

    Raises:
        NotRecords: the text is not JSON, or its records are no objects.
    """
    body = text.lstrip()
    if not body:
        return JsonSample("newline_delimited", ()) if is_whole else None
    is_list = body[0] == "[" and wanted != "lines"
    values, ends = [], []
    cut = False
    start = len(text) - len(body)
    try:
        for value, end in _values(text, start + 1 if is_list else start, is_list=is_list):
            values.append(value)
            ends.append(end)
            if len(values) >= _ENOUGH:
                break
    except json.JSONDecodeError as error:
        if is_whole:
            raise NotRecords(f"line {error.lineno:,}, character {error.colno:,}: {error.msg}") from None
        cut = True
    except RecursionError:
        raise NotRecords(f"record {len(values) + 1:,} is nested too deeply") from None
    if cut and not values:
        return None
    _check_objects(values)
    if is_list:
        return JsonSample("array", tuple(values))
    spans_lines = wanted != "lines" and _spans_lines(text, start, ends)
    return JsonSample("unstructured" if spans_lines else "newline_delimited", tuple(values))


def _check_objects(values: Sequence[Any]) -> None:
    for number, value in enumerate(values, 1):
        if not isinstance(value, dict):
            what = {list: "a list", str: "a text", type(None): "null"}.get(type(value), "a number or boolean")
            raise NotRecords(f"record {number:,} is {what}, not an object")


def _spans_lines(text: str, start: int, ends: Sequence[int]) -> bool:
    """Whether some record has a line end inside, or two share a line."""
    for end in ends:
        if "\n" in text[start:end].strip() or (start and "\n" not in text[start - 1 : end] and end != ends[0]):
            return True
        start = end
    return False


def _values(text: str, position: int, *, is_list: bool) -> Iterator[tuple[Any, int]]:
    decoder = json.JSONDecoder(parse_int=lambda digits: int(digits) if len(digits) < 100 else digits)
    while True:
        while position < len(text) and (text[position].isspace() or (is_list and text[position] == ",")):
            position += 1
        if position >= len(text):
            if is_list:
                raise json.JSONDecodeError("the list is not closed", text, position)
            return
        if is_list and text[position] == "]":
            return
        value, position = decoder.raw_decode(text, position)
        yield value, position


def keys_of(samples: Sequence[dict[str, Any]]) -> list[str]:
    """All keys, in the order of their first appearance."""
    return list(dict.fromkeys(key for record in samples for key in record))


def type_of(values: Sequence[Any]) -> SniffedType:
    """The type that every value has; text (of JSON, for what is nested) when they differ or there is none."""
    kinds = {type(value) for value in values if value is not None}
    if kinds == {int}:
        return integer_type([value for value in values if value is not None])
    if kinds in ({float}, {float, int}):
        finite = all(math.isfinite(float(value)) for value in values if value is not None and abs(value) < 10**300)
        return SniffedType("float", "float") if finite else TEXT
    return SniffedType("boolean", "boolean") if kinds == {bool} else TEXT

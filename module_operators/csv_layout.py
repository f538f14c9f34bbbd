"""How a CSV file is laid out and what types its columns have, read from its first part: the same file, the same answer.

A type is taken only when every sampled value has its exact form, so that nothing is lost: '007' and '+49' stay text.
"""

from __future__ import annotations

import csv
import io
import math
import re
import sys
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice, repeat

from module_operators.column_names import unique_names
from module_operators.late_values import TEXT, SniffedType, integer_type

DELIMITERS = (",", ";", "\t", "|")

_INTEGER = r" *-?(?:0|[1-9][0-9]*) *"
_FLOAT = r" *-?(?:(?:0|[1-9][0-9]*)(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)? *"
# Thousands of values at once, a line each; nothing that was matched is given back, so that a misfit is found at once.
_INTEGERS, _FLOATS = (re.compile(f"(?:(?>{form})\n)*+") for form in (_INTEGER, _FLOAT))
_LOOKED_AT = 2100
"""Lines in which the engine itself looks for delimiters at least: 2,048 rows and the header."""
_DIGITS_IN_FLOAT = sys.float_info.dig  # as many, a float holds exactly
_LARGEST_EXPONENT = sys.float_info.max_10_exp
_BOOLEAN = re.compile(r"true|false", re.IGNORECASE)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIMESTAMP = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}([T ])[0-9]{2}:[0-9]{2}(:[0-9]{2})?(\.[0-9]{1,6})?(Z|[+-][0-9]{2}(?::[0-9]{2})?)?"
)


@dataclass(frozen=True, slots=True)
class CsvLayout:
    """What the engine needs to be told to read a file without guessing."""

    delimiter: str
    newline: str | None
    """None when the file has a single line."""
    skip: int
    names: tuple[str, ...]
    header: tuple[str, ...] | None
    samples: tuple[tuple[str, ...], ...]
    """Sampled values by column."""
    is_plain: bool = False
    """Whether as much as the engine looks at by itself is nothing but values, delimiters and line ends, as many on each
    line: no reader of CSV can take it for anything else."""


@dataclass(frozen=True, slots=True)
class CsvForm:
    """What the user said about the form of the file."""

    delimiter: str | None
    quote: str
    has_header: bool
    skip: int


def laid_out(text: str, form: CsvForm, *, is_whole: bool) -> CsvLayout | None:
    """The layout of a file that starts with `text`; None when that is not enough to tell, or holds nothing."""
    found_newline = _newline(text, form.quote)
    if found_newline is None and not is_whole:
        return None
    newline = found_newline or "\n"
    lines = text.split(newline)
    skip = form.skip
    while skip < len(lines) and not lines[skip]:
        skip += 1  # the engine would take a blank line for the header
    delimiter = form.delimiter or _delimiter(lines[skip:], form.quote, newline)
    plain = _plain_columns(lines[skip:], delimiter, form, is_whole=is_whole)
    if plain is not None:
        header = tuple(column[0] for column in plain) if form.has_header else None
        samples = tuple(column[form.has_header :] for column in plain)
        names = unique_names(header or [""] * len(plain))
        return CsvLayout(delimiter, found_newline, skip, tuple(names), header, samples, is_plain=True)
    records = list(_records(newline.join(lines[skip:]), delimiter, form.quote, newline))
    if not is_whole and records:
        records.pop()  # cut somewhere in its middle
    if not records:
        return None
    width = len(records[0])
    header = tuple(records.pop(0)) if form.has_header else None
    if not is_whole and not records:
        return None
    samples = tuple(tuple(row[index] for row in records if index < len(row)) for index in range(width))
    names = unique_names(header or [""] * width)
    return CsvLayout(delimiter, found_newline, skip, tuple(names), header, samples)


def _plain_columns(
    lines: Sequence[str], delimiter: str, form: CsvForm, *, is_whole: bool
) -> list[tuple[str, ...]] | None:
    """The values of at least two records by column, when no quote, blank line or other line end is among them."""
    if not lines:
        return None
    *lines, rest = lines  # what follows the last line end: nothing, a last line without one, or a line that was cut
    if is_whole and rest:
        lines.append(rest)
    text = delimiter.join(lines)
    marks = {form.quote, "\r", "\n", "\0"} - {""}
    least = 2 if is_whole else _LOOKED_AT
    if len(lines) < least or not all(lines) or any(mark in text for mark in marks):
        return None
    widths = set(map(str.count, lines, repeat(delimiter)))
    if len(widths) != 1:
        return None
    width = widths.pop() + 1
    values = text.split(delimiter)
    return [tuple(values[index::width]) for index in range(width)]


def sniffed_type(values: Sequence[str], null_values: Collection[str]) -> SniffedType:
    """The type that every value which is not null has exactly; text when there is none, or no value."""
    present = set(values)
    present.difference_update(null_values)
    if not present:
        return TEXT
    lines = "\n".join(present) + "\n"
    if lines.count("\n") == len(present):
        if _INTEGERS.fullmatch(lines):
            return _integer_type(present)
        if _FLOATS.fullmatch(lines):
            return SniffedType("float", "float") if _are_finite(present, lines) else TEXT
    if all(map(_BOOLEAN.fullmatch, present)):
        return SniffedType("boolean", "boolean")
    return _moment_type(present)


def _integer_type(values: Collection[str]) -> SniffedType:
    longest = max(map(len, values))
    if longest <= _DIGITS_IN_FLOAT:
        return integer_type([10**longest - 1])
    return TEXT if longest > 60 else integer_type(list(map(int, values)))


def _are_finite(values: Collection[str], lines: str) -> bool:
    has_exponent = "e" in lines or "E" in lines
    return (not has_exponent and max(map(len, values)) < _LARGEST_EXPONENT) or all(
        map(math.isfinite, map(float, values))
    )


def _moment_type(values: Collection[str]) -> SniffedType:
    if all(_DATE.fullmatch(value) and _is_moment(value) for value in values):
        return SniffedType("date", "date")
    formats, zoned = set(), 0
    for value in values:
        found = _TIMESTAMP.fullmatch(value)
        if not found or (found[3] and not found[2]) or not _is_moment(value):
            return TEXT
        zoned += found[4] is not None
        seconds = ":%S.%f" if found[3] else ":%S" if found[2] else ""
        formats.add(f"%Y-%m-%d{found[1]}%H:%M{seconds}")
    if zoned:
        return SniffedType("timestamptz", "timestamptz") if zoned == len(values) else TEXT
    return SniffedType("timestamp", "timestamp", formats.pop() if len(formats) == 1 else None)


def _is_moment(value: str) -> bool:
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return False
    return True


def _records(text: str, delimiter: str, quote: str, newline: str) -> Iterator[list[str]]:
    """Records that are not blank lines."""
    csv.field_size_limit(sys.maxsize)
    quoting = csv.QUOTE_MINIMAL if quote else csv.QUOTE_NONE
    lines: Iterator[str]
    if newline == "\n":
        lines = io.StringIO(text and text + newline, newline=newline)
    else:
        lines = (line + newline for line in text.split(newline)) if text else iter(())
    reader = csv.reader(lines, delimiter=delimiter, quotechar=quote or None, quoting=quoting)
    return (record for record in reader if record)


def _newline(text: str, quote: str) -> str | None:
    """The first line end outside quotes."""
    is_quoted = False
    for found in re.finditer(rf"\r\n|\r|\n|{re.escape(quote)}" if quote else r"\r\n|\r|\n", text):
        if quote and found[0] == quote:
            is_quoted = not is_quoted
        elif not is_quoted:
            return found[0]
    return None


def _delimiter(lines: Sequence[str], quote: str, newline: str) -> str:
    """The delimiter that cuts the first records most evenly into the most columns."""
    first = list(islice(filter(None, lines), 200))  # as many records, unless a quoted value goes over several lines
    text = newline.join(lines if quote and any(quote in line for line in first) else first)

    def evenness(delimiter: str) -> tuple[float, int]:
        widths = Counter(map(len, islice(_records(text, delimiter, quote, newline), 200)))
        if not widths:
            return 0, 0
        width, count = widths.most_common(1)[0]
        return (0, 0) if width == 1 else (count / widths.total(), width)

    return max(DELIMITERS, key=evenness)  # the first of equals

"""Constants of an expression: numbers, moments, lengths of time and the names of types."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime

_TYPES = {
    "integer": ("integer", "int", "int4", "smallint", "tinyint", "int2"),
    "bigint": ("bigint", "int8", "long"),
    "float": ("float", "double", "float8", "float4", "real"),
    "boolean": ("boolean", "bool"),
    "string": ("string", "text", "varchar"),
    "date": ("date",),
    "timestamp": ("timestamp", "datetime"),
    "timestamptz": ("timestamptz",),
}
_BY_NAME = {name: logical for logical, names in _TYPES.items() for name in names}
_MONTHS = {"month": 1, "mon": 1, "quarter": 3, "year": 12}
_DAYS = {"day": 1, "week": 7}
_MICROSECONDS = {
    "hour": 3_600_000_000,
    "minute": 60_000_000,
    "min": 60_000_000,
    "second": 1_000_000,
    "sec": 1_000_000,
    "millisecond": 1_000,
    "microsecond": 1,
}
_INTERVAL_PART = re.compile(r"\s*([+-]?[0-9]{1,9})\s+([a-zA-Z]{3,13})\s*")
_MOMENT = re.compile(
    r"(?P<date>[0-9]{4}-[0-9]{2}-[0-9]{2})"
    r"(?:[ T](?P<time>[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?)(?P<zone>Z|[+-][0-9]{2}(?::?[0-9]{2})?)?)?"
)


def type_of(name: str, sizes: Sequence[str]) -> str | None:
    """The logical type that a type's SQL name and sizes mean; None when there is none."""
    if name in {"decimal", "numeric"} and 1 <= len(sizes) <= 2 and max(map(len, sizes)) <= 2:
        precision, scale = int(sizes[0]), int(sizes[1]) if len(sizes) == 2 else 0
        return f"decimal({precision},{scale})" if 1 <= precision <= 38 and scale <= precision else None
    return None if sizes else _BY_NAME.get(name)


def moment_of(text: str, kind: str) -> date | datetime | None:
    """The moment that an ISO 8601 text means, as `date`, `timestamp` or `timestamptz` (UTC without an offset)."""
    match = _MOMENT.fullmatch(text.strip())
    if match is None or (kind == "date" and match["time"]) or (kind == "timestamp" and match["zone"]):
        return None
    try:
        if kind == "date":
            return date.fromisoformat(match["date"])
        moment = datetime.fromisoformat(text.strip())
        if kind == "timestamp":
            return moment
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def interval_of(text: str) -> tuple[int, int, int] | None:
    """Months, days and microseconds of `1 year 2 days`; None when the text is no interval."""
    months = days = microseconds = 0
    at = 0
    while at < len(text):
        match = _INTERVAL_PART.match(text, at)
        if match is None:
            return None
        amount, unit = int(match[1]), match[2].lower()
        unit = unit.removesuffix("s")
        if unit in _MONTHS:
            months += amount * _MONTHS[unit]
        elif unit in _DAYS:
            days += amount * _DAYS[unit]
        elif unit in _MICROSECONDS:
            microseconds += amount * _MICROSECONDS[unit]
        else:
            return None
        at = match.end()
    too_long = max(abs(months), abs(days)) > 10_000_000 or abs(microseconds) > 2**62
    return None if at == 0 or too_long else (months, days, microseconds)

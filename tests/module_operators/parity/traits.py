"""What is odd about the data of a case."""

from __future__ import annotations

import math
from typing import Any

from .case import Case, Fails, Refused

DATA_TRAITS = {
    "null",
    "empty",
    "unicode",
    "time zone",
    "decimal",
    "big integer",
    "not finite",
    "duplicates",
    "odd names",
}


def traits(case: Case) -> set[str]:
    """What is odd about the inputs of a case that runs, and whether one is refused."""
    if isinstance(case.error, Refused):
        return {"refused"}
    found: set[str] = set()
    for table in case.inputs:
        if not table.rows:
            found.add("empty")
        rows = [tuple(map(repr, row)) for row in table.rows]
        found |= {"duplicates"} if len(set(rows)) < len(rows) else set()
        found |= {"odd names"} if any(not name.isidentifier() or name == "select" for name in table.columns) else set()
        for row in table.rows:
            found |= {trait for value in row for trait in _traits_of(value)}
    return found if not isinstance(case.error, Fails) else found | {"fails"}


def _traits_of(value: Any) -> set[str]:
    name = type(value).__name__
    if value is None:
        return {"null"}
    if isinstance(value, str):
        return set() if value.isascii() else {"unicode"}
    if isinstance(value, float):
        return set() if math.isfinite(value) else {"not finite"}
    if isinstance(value, int):
        return {"big integer"} if abs(value) > 2**53 else set()
    return {"time zone"} if getattr(value, "tzinfo", None) else {"decimal"} if name == "Decimal" else set()

"""Values that options hold (JSON) as values of a column's type: what fits is decided once, before any engine."""

from __future__ import annotations

import math
import re
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field, StringConstraints

from module_operators.engines.dialect import DECIMAL

if TYPE_CHECKING:
    from module_operators.engines.dialect import Dialect

Scalar = (
    bool | int | Annotated[float, Field(allow_inf_nan=False)] | Annotated[str, StringConstraints(max_length=10_000)]
)
"""A value in a module's options."""

Value = bool | int | float | Decimal | str | date | datetime
_WHOLE = re.compile(r"[+-]?[0-9]{1,40}")
_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,3})?")
_NOT_FINITE = re.compile(r"[+-]?(inf|infinity|nan)", re.IGNORECASE)
_BITS = {"integer": 31, "bigint": 63}


def typed_value(given: Any, logical: str) -> Value | None:  # noqa: PLR0911 - one return a type
    """`given` as a value of the type; None when it is none (5 is no text, 'x' no number, 3.7 no integer).

    Text may stand for a value of any type, written as Cast Data Types reads it.
    """
    if isinstance(given, bool):
        return given if logical == "boolean" else None
    match logical:
        case "string":
            return given if isinstance(given, str) else None
        case "boolean":
            return {"true": True, "false": False}.get(given.strip().lower()) if isinstance(given, str) else None
        case "integer" | "bigint":
            return _whole(given, _BITS[logical])
        case "float":
            return _float(given)
        case "date" | "timestamp" | "timestamptz":
            from module_operators.expressions.literals import moment_of  # noqa: PLC0415

            return moment_of(given, logical) if isinstance(given, str) else None
    sizes = DECIMAL.fullmatch(logical)
    return _decimal(given, int(sizes[1]), int(sizes[2])) if sizes else None


def has_values(logical: str) -> bool:
    """Whether values of the type can be written in options at all."""
    return logical in {"string", "boolean", "date", "timestamp", "timestamptz", "float", *_BITS} or bool(
        DECIMAL.fullmatch(logical)
    )


def literal(value: Value | None, logical: str, sql: Dialect) -> str:
    """The value as SQL of exactly this type."""
    return f"CAST({sql.literal(value)} AS {sql.type_name(logical)})"


def _whole(given: int | float | str, bits: int) -> int | None:
    if isinstance(given, str):
        text = given.strip()
        given = int(text) if _WHOLE.fullmatch(text) else 0.5
    if isinstance(given, float):
        if not given.is_integer():
            return None
        given = int(given)
    return given if -(2**bits) <= given < 2**bits else None


def _float(given: int | float | str) -> float | None:
    if isinstance(given, str):
        text = given.strip()
        if not (_NUMBER.fullmatch(text) or _NOT_FINITE.fullmatch(text)):
            return None
        return float(text)
    try:
        value = float(given)
    except OverflowError:
        return None
    return value if math.isfinite(value) else None


def _decimal(given: int | float | str, precision: int, scale: int) -> Decimal | None:
    text = given.strip() if isinstance(given, str) else repr(given)
    if len(text) > 100 or not _NUMBER.fullmatch(text):
        return None
    try:
        value = Decimal(text)
    except InvalidOperation:
        return None
    _, digits, exponent = value.as_tuple()
    assert isinstance(exponent, int)
    significant = "".join(map(str, digits)).rstrip("0")
    exponent += len(digits) - len(significant)
    whole = len(significant) + exponent
    if not significant.strip("0"):
        return Decimal(0)
    return value if -exponent <= scale and whole <= precision - scale and value.adjusted() < precision - scale else None

"""The type that holds every value of two types, and which types can be compared."""

from __future__ import annotations

from typing import TYPE_CHECKING

from module_operators.engines.dialect import DECIMAL

if TYPE_CHECKING:
    from module_operators.engines.dialect import Dialect
    from module_operators.relation import Column

_DIGITS = {"integer": 10, "bigint": 19}
_MOMENTS = {"date", "timestamp", "timestamptz"}
_EXACT_FLOAT_DIGITS = 15
_EXACT_IN_FLOAT = 2**53


def common_type(one: str, other: str) -> str | None:
    """The narrowest type that both convert to without loss; None when there is none.

    A bigint and a float meet in float although large values would not fit: who converts checks each value.
    """
    if one == other:
        return one
    if one.startswith("list(") and other.startswith("list("):
        inner = common_type(one[5:-1], other[5:-1])
        return f"list({inner})" if inner else None
    pair = {one, other}
    if pair == {"integer", "bigint"}:
        return "bigint"
    if pair == {"date", "timestamp"}:
        return "timestamp"
    if "float" in pair:
        return _common_with_float((pair - {"float"}).pop())
    return _common_decimal(one, other)


def converted(column: Column, logical: str, sql: Dialect, step: str) -> str:
    """The column as a common type; a whole number that a float cannot hold fails the run.

    Args:
        step: what the message calls the module, such as "the union".
    """
    name = sql.quote(column.name)
    cast = sql.cast(name, column.type, logical)
    if (column.type, logical) != ("bigint", "float"):
        return cast
    message = sql.literal(f"Column '{column.name}' has whole numbers too large for a float: cast it before {step}.")
    exact = f"{name} IS NULL OR {name} BETWEEN -{_EXACT_IN_FLOAT} AND {_EXACT_IN_FLOAT}"
    return f"CASE WHEN {exact} THEN {cast} ELSE CAST({sql.failure(message)} AS {sql.type_name('float')}) END"


def are_comparable(one: str, other: str) -> bool:
    """Whether an equality of the two types means something on every engine."""
    return one == other or (_is_numeric(one) and _is_numeric(other)) or {one, other} <= _MOMENTS


def _common_with_float(other: str) -> str | None:
    if other in _DIGITS:
        return "float"
    decimal = DECIMAL.fullmatch(other)
    return "float" if decimal and int(decimal[1]) <= _EXACT_FLOAT_DIGITS else None


def _common_decimal(one: str, other: str) -> str | None:
    sizes = [_size(one), _size(other)]
    if None in sizes:
        return None
    known = [size for size in sizes if size is not None]
    whole, scale = max(size[0] for size in known), max(size[1] for size in known)
    return f"decimal({whole + scale},{scale})" if whole + scale <= 38 else None


def _size(logical: str) -> tuple[int, int] | None:
    """Digits before and after the point of an exact number."""
    if logical in _DIGITS:
        return _DIGITS[logical], 0
    decimal = DECIMAL.fullmatch(logical)
    return (int(decimal[1]) - int(decimal[2]), int(decimal[2])) if decimal else None


def _is_numeric(logical: str) -> bool:
    return logical == "float" or _size(logical) is not None

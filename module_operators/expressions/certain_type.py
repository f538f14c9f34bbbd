"""Types that any binder gives an expression: for the plainest ones the engine need not be started to ask it."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from module_operators.expressions.nodes import Constant, Name, Node, Operation

_WHOLE = {"integer", "bigint"}
_NUMBERS = {*_WHOLE, "float"}
_COLUMNS = {*_NUMBERS, "boolean", "string"}
_LOGIC = {"and", "or", "not"}
_NULL_TESTS = {"is null", "is not null"}
_COMPARISONS = {"=", "<>", "<", "<=", ">", ">=", "between", "not between", "in", "not in"}


def certain_type(node: Node, type_of: Callable[[Name], str]) -> str | None:
    """The type of an expression of columns, constants, comparisons, logic and arithmetic; None when it takes a binder.

    Args:
        type_of: the logical type of a column.
    """
    match node:
        case Name():
            kind = type_of(node)
            return kind if kind in _COLUMNS else None
        case Constant():
            return _constant(node)
        case Operation():
            operands = [certain_type(operand, type_of) for operand in node.operands]
            known = {kind for kind in operands if kind is not None}
            return _operation(node.operator, known) if known and None not in operands else None
    return None


def _constant(node: Constant) -> str | None:
    match node.value:
        case bool():
            return "boolean"
        case int() if -(2**63) <= node.value < 2**63:
            return "bigint"
        case float():
            return "float"
        case Decimal():
            return "decimal"
        case str():
            return "string"
    return None


def _operation(operator: str, kinds: set[str]) -> str | None:
    is_float = "float" in kinds and kinds <= {*_NUMBERS, "decimal"}  # a decimal beside a float is cast to one
    if operator in _LOGIC:
        return "boolean" if kinds == {"boolean"} else None
    if operator in _NULL_TESTS:
        return "boolean"
    if operator in _COMPARISONS:
        alike = kinds <= _WHOLE or is_float or kinds in ({"string"}, {"boolean"})
        return "boolean" if alike else None
    if operator in {"+", "-", "*"}:
        return "float" if is_float else "bigint" if kinds <= _WHOLE else None
    if operator == "/":
        return "float" if kinds <= _NUMBERS or is_float else None
    return None

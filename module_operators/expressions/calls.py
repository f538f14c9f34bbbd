"""Calls of an expression's functions: their arguments checked against the table, then written by the dialect."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from module_operators.engines.dialect import Argument
from module_operators.expressions.function_table import MAX_REPEAT
from module_operators.expressions.functions import PARTS, UNITS, Function, Parameter, find, unknown
from module_operators.expressions.nodes import Call
from module_operators.expressions.typed import Typed, Typing, widest_number

_FORMAT = re.compile(r"(?:[^%]|%[YmdHMSyjBbAa%])*")
_TIMED = {"hour", "minute", "second"}


def call(node: Call, arguments: Sequence[Typed], typing: Typing) -> Typed:
    """The call as typed SQL.

    Raises:
        ExpressionError: no such function, or arguments that it does not take.
    """
    function = find(node.name)
    if function is None:
        message, hint = unknown(node.name)
        raise typing.error(node.at, message, hint)
    most = function.most
    if len(arguments) < function.least or (most is not None and len(arguments) > most):
        raise typing.error(node.at, f"{function.name}() does not take {len(arguments)} values.", function.signature)
    taken = [_taken(function, function.parameter(i), value, typing) for i, value in enumerate(arguments)]
    same = [i for i in range(len(taken)) if function.parameter(i).kind == "same"]
    unified = "null"
    if same:
        together, unified = typing.unify([taken[i] for i in same], node.at, "combine")
        if unified == "interval":
            raise typing.error(node.at, f"{function.name}() does not take an interval.")
        for i, value in zip(same, together, strict=True):
            taken[i] = value
    if "element" in (parameter.kind for parameter in function.parameters):
        _check_element(taken, typing)
    arguments_ = [Argument(value.sql, value.type, value.constant and value.constant.value) for value in taken]
    result = _result(function, taken, unified)
    sql = typing.dialect.function(function.name, arguments_)
    if function.returns == "first" and unified not in {"null", taken[0].type}:
        result = taken[0].type
    return typing.check_size(Typed(f"({sql})", result, node.at, growth=_growth(function.name, taken)))


def _taken(function: Function, parameter: Parameter, value: Typed, typing: Typing) -> Typed:
    """The argument as the parameter wants it."""
    kind = parameter.kind
    if kind in _CONSTANTS:
        return _constant(function, parameter, value, typing)
    if value.type == "null":
        return _typed_null(kind, value, typing)
    if kind == "scalar":
        return typing.text_of(value)
    if kind == "moment":
        value = typing.moment(value)
    fits = {
        "text": value.type == "string",
        "number": value.is_number,
        "integer": value.is_whole,
        "boolean": value.type == "boolean",
        "moment": value.is_moment,
        "list": value.family == "list",
    }.get(kind, True)
    if fits and value.type != "interval":
        return value
    needs = {"moment": "a date or timestamp", "text": "text", "list": "a list", "boolean": "a condition"}.get(
        kind, f"a whole {'number'}" if kind == "integer" else "a number"
    )
    target = {"text": "string", "number": "float", "integer": "bigint", "moment": "date"}.get(kind)
    hint = f"Write CAST(… AS {target})." if target and value.type != "interval" else None
    raise typing.error(value.at, f"{function.name}() needs {needs} as {parameter.name}, not {value.type}.", hint)


def _typed_null(kind: str, value: Typed, typing: Typing) -> Typed:
    """NULL with the parameter's type, as engines choose among functions by types."""
    target = {
        "text": "string",
        "number": "float",
        "integer": "bigint",
        "boolean": "boolean",
        "moment": "date",
        "list": "list(string)",
        "scalar": "string",
    }.get(kind)
    if target is None:
        return value
    return replace(value, sql=f"CAST(NULL AS {typing.dialect.type_name(target)})", type=target)


_CONSTANTS = {
    "unit": f"one of {', '.join(UNITS)}",
    "part": f"one of {', '.join(PARTS)}",
    "pattern": "a regular expression in quotes",
    "count": f"a number from 0 to {MAX_REPEAT:,}",
    "digits": "a number from -38 to 38",
    "index": "a number from 1 to 1,000, or -1 to -1,000 from the end",
    "separator": "up to 100 characters in quotes",
    "format": "a format in quotes, such as '%d.%m.%Y'",
}


def _constant(function: Function, parameter: Parameter, value: Typed, typing: Typing) -> Typed:
    given = value.constant.value if value.constant else None
    if isinstance(given, str) and parameter.kind in {"unit", "part"}:
        given = given.lower()
        given = {"isodow": "weekday"}.get(given, given)
        value = replace(value, sql=typing.dialect.literal(given), constant=replace(value.constant, value=given))  # pyright: ignore[reportArgumentType]
    if not _acceptable(parameter.kind, given):
        what = _CONSTANTS[parameter.kind]
        raise typing.error(value.at, f"{function.name}() needs {what} as {parameter.name}.", function.signature)
    return value


def _acceptable(kind: str, given: object) -> bool:  # noqa: PLR0911 - one return a kind
    if isinstance(given, bool):
        return False
    match kind, given:
        case "unit", str():
            return given in UNITS
        case "part", str():
            return given in PARTS
        case "pattern", str():
            return len(given) <= 1_000 and _compiles(given)
        case "count", int():
            return 0 <= given <= MAX_REPEAT
        case "digits", int():
            return -38 <= given <= 38
        case "index", int():
            return 1 <= abs(given) <= 1_000
        case "separator", str():
            return len(given) <= 100
        case "format", str():
            return len(given) <= 200 and _FORMAT.fullmatch(given) is not None
    return False


def _compiles(pattern: str) -> bool:
    """Whether it is a regular expression that all engines read alike: no look-around, no back-references."""
    if re.search(r"\(\?[=!<]|\\[1-9]|\(\?P[=<]|\(\?>|[*+?}]\+", pattern):
        return False
    try:
        re.compile(pattern)
    except (re.error, OverflowError, RecursionError):
        return False
    return all(int(count) <= 1_000 for count in re.findall(r"[{,]([0-9]{1,9})", pattern))


def _check_element(taken: Sequence[Typed], typing: Typing) -> None:
    element = taken[0].type[5:-1] if taken[0].family == "list" else None
    value = taken[1]
    if element and value.type not in {"null", element} and not (Typed("", element, 0).is_number and value.is_number):
        raise typing.error(value.at, f"The list holds {element}, not {value.type}.")


def _result(function: Function, taken: Sequence[Typed], unified: str) -> str:
    match function.returns:
        case "same":
            return unified
        case "same-number":
            number = widest_number(taken)
            return "bigint" if number == "integer" else number
        case "first":
            return taken[0].type
        case "moment-unit":
            unit, moment = taken
            timed = unit.constant is not None and unit.constant.value in _TIMED
            return "timestamp" if moment.type == "date" and timed else moment.type
        case "moment-add":
            moment, _, unit = taken
            timed = unit.constant is not None and unit.constant.value in _TIMED
            return "timestamp" if moment.type == "date" and timed else moment.type
    return function.returns


def _growth(name: str, taken: Sequence[Typed]) -> int:
    """How many times longer than its inputs the text may become."""
    most = max((value.growth for value in taken), default=1)
    values = [value.constant.value if value.constant else None for value in taken]
    if name in {"repeat", "lpad", "rpad"} and isinstance(values[1], int):
        return most * max(1, values[1]) if name == "repeat" else max(most, values[1])
    if name in {"replace", "regexp_replace"}:
        if not isinstance(values[2], str):
            return most * 100
        searched = len(values[1]) if name == "replace" and isinstance(values[1], str) else 1
        return most * max(1, -(-len(values[2]) // max(1, searched)))
    if name in {"concat", "concat_ws", "array_join"}:
        return max(value.growth for value in taken) if most == 1 else sum(value.growth for value in taken)
    return most

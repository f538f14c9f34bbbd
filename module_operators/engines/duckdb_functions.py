"""The functions of the expression language in DuckDB's SQL; one that is not listed has the same name there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from module_operators.engines.dialect import Argument

_PARTS = {"weekday": "isodow"}
_TO_INTERVAL = {
    "year": "to_years({})",
    "quarter": "to_months(3 * {})",
    "month": "to_months({})",
    "week": "to_days(7 * {})",
    "day": "to_days({})",
    "hour": "to_hours({})",
    "minute": "to_minutes({})",
    "second": "to_seconds({})",
}
_TIMED = {"hour", "minute", "second"}


def function(name: str, arguments: Sequence[Argument]) -> str:
    """The call as DuckDB writes it."""
    writer = _WRITERS.get(name)
    if writer is not None:
        return writer(*arguments)
    return f"{name}({', '.join(argument.sql for argument in arguments)})"


def _where(condition: str) -> Callable[[Argument], str]:
    """A function that is null outside of its domain."""
    name, test = condition.split(" ", 1)
    return lambda x: f"CASE WHEN {x.sql} {test} THEN {name}({_float(x)}) END"


def _float(x: Argument) -> str:
    return x.sql if x.type == "float" else f"CAST({x.sql} AS DOUBLE)"


def _on_float(name: str) -> Callable[..., str]:
    return lambda *arguments: f"{name}({', '.join(_float(argument) for argument in arguments)})"


def _part(part: str, moment: Argument) -> str:
    if part in _TIMED and moment.type == "date":
        return f"CASE WHEN {moment.sql} IS NOT NULL THEN CAST(0 AS BIGINT) END"
    return f"date_part('{_PARTS.get(part, part)}', {moment.sql})"


def _date_add(moment: Argument, amount: Argument, unit: Argument) -> str:
    timed = unit.value in _TIMED
    whole = f"CAST({amount.sql} AS {'BIGINT' if timed else 'INTEGER'})"
    later = f"({moment.sql} + {_TO_INTERVAL[unit.value].format(whole)})"
    return f"CAST({later} AS DATE)" if moment.type == "date" and not timed else later


def _add_interval(moment: Argument, interval: Argument) -> str:
    months, days, microseconds = interval.value
    parts = [
        f"to_{unit}({amount})"
        for unit, amount in (("months", months), ("days", days), ("microseconds", microseconds))
        if amount
    ] or ["to_days(0)"]
    later = f"({moment.sql} + {' + '.join(parts)})"
    return f"CAST({later} AS DATE)" if moment.type == "date" and not microseconds else later


def _date_trunc(unit: Argument, moment: Argument) -> str:
    cut = f"date_trunc({unit.sql}, {moment.sql})"
    return f"CAST({cut} AS DATE)" if moment.type == "date" and unit.value not in _TIMED else cut


def _date_diff(unit: Argument, start: Argument, end: Argument) -> str:
    return f"date_sub({unit.sql}, {_in_utc(start)}, {_in_utc(end)})"


def _in_utc(moment: Argument) -> str:
    """Without its zone: DuckDB counts the months between moments that have one by another rule."""
    return f"CAST({moment.sql} AS TIMESTAMP)" if moment.type == "timestamptz" else moment.sql


def _round(x: Argument, digits: Argument | None = None) -> str:
    return f"round({x.sql}, {digits.sql if digits else 0})"


def _sign(x: Argument) -> str:
    return f"CAST(sign({x.sql}) AS INTEGER)"


def _mod(x: Argument, divisor: Argument) -> str:
    return f"({_wide(x)} % NULLIF({_wide(divisor)}, 0))"


def _wide(x: Argument) -> str:
    return f"CAST({x.sql} AS BIGINT)" if x.type == "integer" else x.sql


def _concat(*values: Argument) -> str:
    return f"concat({', '.join(value.sql for value in values)})"


def _sum_of_integers(x: Argument, subject: Argument) -> str:
    total = f"sum({x.sql})"
    return (
        f"CASE WHEN {total} IS NOT NULL AND TRY_CAST({total} AS BIGINT) IS NULL "
        f"THEN error({subject.sql} || ' is too large for bigint: ' || CAST({total} AS VARCHAR)) "
        f"ELSE TRY_CAST({total} AS BIGINT) END"
    )


def _stddev_of(x: Argument) -> str:
    """DuckDB refuses infinite values here; their deviation is not a number."""
    finite = f"stddev_samp(CASE WHEN isfinite({x.sql}) THEN {x.sql} END)"
    return f"CASE WHEN bool_or(NOT isfinite({x.sql})) THEN CAST('NaN' AS DOUBLE) ELSE {finite} END"


def _like(operator: str) -> Callable[..., str]:
    def write(text: Argument, pattern: Argument, escape: Argument | None = None) -> str:
        clause = f" ESCAPE {escape.sql}" if escape else ""
        return f"({text.sql} {operator} {pattern.sql}{clause})"

    return write


_WRITERS: dict[str, Callable[..., str]] = {
    "sqrt": _where("sqrt >= 0"),
    "ln": _where("ln > 0"),
    "log10": _where("log10 > 0"),
    "floor": _on_float("floor"),
    "ceil": _on_float("ceil"),
    "trunc": _on_float("trunc"),
    "exp": _on_float("exp"),
    "power": _on_float("power"),
    "is_nan": _on_float("isnan"),
    "round": _round,
    "sign": _sign,
    "div": lambda a, b: f"(CAST({a.sql} AS BIGINT) // NULLIF(CAST({b.sql} AS BIGINT), 0))",
    "mod": _mod,
    "concat": _concat,
    "left": lambda text, count: f"left({text.sql}, CASE WHEN {count.sql} < 0 THEN 0 ELSE {count.sql} END)",
    "right": lambda text, count: f"right({text.sql}, CASE WHEN {count.sql} < 0 THEN 0 ELSE {count.sql} END)",
    "split_part": lambda text, separator, place: f"split_part({text.sql}, {separator.sql}, {place.sql})",
    "contains": lambda text, part: f"contains({text.sql}, {part.sql})",
    "regexp_replace": lambda t, p, r: f"regexp_replace({t.sql}, {p.sql}, {r.sql}, 'g')",
    "regexp_extract": lambda t, p, g=None: f"regexp_extract({t.sql}, {p.sql}, {g.sql if g else 0})",
    "current_date": lambda: "CAST(now() AS DATE)",
    "current_timestamp": lambda: "now()",
    "date_trunc": _date_trunc,
    "date_part": lambda part, moment: _part(part.value, moment),
    "date_add": _date_add,
    "date_diff": _date_diff,
    "epoch": lambda x: f"CAST(floor(epoch({x.sql})) AS BIGINT)",
    "from_epoch": lambda x: f"to_timestamp({_float(x)})",
    "format_date": lambda x, pattern: f"strftime({x.sql}, {pattern.sql})",
    "if": lambda c, a, b: f"CASE WHEN {c.sql} THEN {a.sql} ELSE {b.sql} END",
    "array_length": lambda x: f"len({x.sql})",
    "array_contains": lambda x, value: f"list_contains({x.sql}, {value.sql})",
    "array_join": lambda x, separator: f"array_to_string({x.sql}, {separator.sql})",
    "sum_of_integers": _sum_of_integers,
    "stddev_of": _stddev_of,
    "first_by": lambda x, by: f"arg_min_null({x.sql}, {by.sql})",
    "last_by": lambda x, by: f"arg_max_null({x.sql}, {by.sql})",
    "add_interval": _add_interval,
    "like": _like("LIKE"),
    "ilike": _like("ILIKE"),
    "at time zone": lambda moment, zone: f"({moment.sql} AT TIME ZONE {zone.sql})",
}
for _name in ("year", "quarter", "month", "week", "day", "weekday", "hour", "minute", "second"):
    _WRITERS[_name] = lambda moment, part=_name: _part(part, moment)

"""Dates and times of the expression language in Spark's SQL; the session's time zone is UTC."""

from __future__ import annotations

from module_operators.engines.dialect import Argument
from module_operators.engines.spark_literals import text

TIMED = {"hour", "minute", "second"}
_DAY = 86_400_000_000
_PARTS = {
    "year": "year({})",
    "quarter": "quarter({})",
    "month": "month({})",
    "week": "weekofyear({})",
    "day": "day({})",
    "weekday": "weekday({}) + 1",
    "hour": "hour({})",
    "minute": "minute({})",
    "second": "second({})",
}
_FORMATS = {
    "Y": "yyyy",
    "m": "MM",
    "d": "dd",
    "H": "HH",
    "M": "mm",
    "S": "ss",
    "y": "yy",
    "j": "DDD",
    "B": "MMMM",
    "b": "MMM",
    "A": "EEEE",
    "a": "EEE",
}
_MONTHS_IN = {"year": 12, "quarter": 3, "month": 1}


def part(name: str, moment: Argument) -> str:
    if name in TIMED and moment.type == "date":
        return f"CASE WHEN {moment.sql} IS NOT NULL THEN CAST(0 AS BIGINT) END"
    return f"CAST({_PARTS[name].format(moment.sql)} AS BIGINT)"


def date_trunc(unit: Argument, moment: Argument) -> str:
    cut = f"date_trunc({unit.sql}, CAST({moment.sql} AS TIMESTAMP_LTZ))"
    if moment.type == "date":
        return f"CAST({cut} AS {'TIMESTAMP_NTZ' if unit.value in TIMED else 'DATE'})"
    return cut if moment.type == "timestamptz" else f"CAST({cut} AS TIMESTAMP_NTZ)"


def date_add(moment: Argument, amount: Argument, unit: Argument) -> str:
    timed = unit.value in TIMED
    whole = f"CAST(CAST({amount.sql} AS {'BIGINT' if timed else 'INT'}) AS BIGINT)"
    return _as_before(_later(_moment(moment), str(unit.value), whole), moment, timed=timed)


def add_interval(moment: Argument, interval: Argument) -> str:
    months, days, microseconds = interval.value
    later = _moment(moment)
    for unit, amount in (("month", months), ("day", days), ("microsecond", microseconds)):
        if amount:
            later = _later(later, unit, f"CAST({amount} AS BIGINT)")
    return _as_before(later, moment, timed=bool(microseconds))


def _later(moment: str, unit: str, amount: str) -> str:
    return f"timestampadd({unit.upper()}, {amount}, {moment})"


def _moment(moment: Argument) -> str:
    return f"CAST({moment.sql} AS TIMESTAMP_NTZ)" if moment.type == "date" else moment.sql


def _as_before(later: str, moment: Argument, *, timed: bool) -> str:
    return f"CAST({later} AS DATE)" if moment.type == "date" and not timed else later


def date_diff(unit: Argument, start: Argument, end: Argument) -> str:
    """Whole units from start to end; the last day of a month completes every month that has begun on a later day."""
    first, last = (f"CAST({moment.sql} AS TIMESTAMP_NTZ)" for moment in (start, end))
    size = _MONTHS_IN.get(str(unit.value))
    if size is None:
        return f"timestampdiff({str(unit.value).upper()}, {first}, {last})"
    forward, backward = _months(first, last), _months(last, first)
    months = f"CASE WHEN {first} <= {last} THEN {forward} ELSE -({backward}) END"
    return f"CAST(({months}) div {size} AS BIGINT)"


def _months(start: str, end: str) -> str:
    clamp = (
        f"CASE WHEN CAST({end} AS DATE) = last_day({end}) THEN least(day({start}), day({end})) ELSE day({start}) END"
    )
    begun = f"(CAST({clamp} AS BIGINT) * {_DAY} + {_time_of(start)})"
    reached = f"(CAST(day({end}) AS BIGINT) * {_DAY} + {_time_of(end)})"
    return (
        f"12 * (year({end}) - year({start})) + month({end}) - month({start}) "
        f"- CASE WHEN {begun} > {reached} THEN 1 ELSE 0 END"
    )


def _time_of(moment: str) -> str:
    return f"pmod(unix_micros(CAST({moment} AS TIMESTAMP_LTZ)), {_DAY})"


def epoch(moment: Argument) -> str:
    return f"unix_seconds(CAST({moment.sql} AS TIMESTAMP_LTZ))"


def format_date(moment: Argument, pattern: Argument) -> str:
    """The strptime form as Java's pattern, whatever stands between its parts in quotes."""
    parts: list[str] = []
    literal = ""
    given = str(pattern.value)
    at = 0
    while at < len(given):
        if given[at] == "%" and given[at + 1] != "%":
            if literal:
                parts.append("'" + literal.replace("'", "''") + "'")
                literal = ""
            parts.append(_FORMATS[given[at + 1]])
        else:
            literal += given[at]
        at += 2 if given[at] == "%" else 1
    if literal:
        parts.append("'" + literal.replace("'", "''") + "'")
    if not parts:
        return f"CASE WHEN {moment.sql} IS NOT NULL THEN '' END"
    return f"date_format(CAST({moment.sql} AS TIMESTAMP_LTZ), {text(''.join(parts))})"


def at_time_zone(moment: Argument, zone: Argument) -> str:
    """Of a local time that comes twice, when clocks are put back, the later one is meant."""
    if moment.type == "timestamptz":
        return f"CAST(from_utc_timestamp({moment.sql}, {zone.sql}) AS TIMESTAMP_NTZ)"
    local = f"CAST({moment.sql} AS TIMESTAMP_LTZ)"
    later = f"timestampadd(DAY, -1, to_utc_timestamp(timestampadd(DAY, 1, {local}), {zone.sql}))"
    is_one = f"from_utc_timestamp({later}, {zone.sql}) = {local}"
    return f"CASE WHEN {is_one} THEN {later} ELSE to_utc_timestamp({local}, {zone.sql}) END"

"""The functions of the expression language in Spark's SQL, value by value those of engines/duckdb_functions.py."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from module_operators.engines import spark_times as times
from module_operators.engines.dialect import Argument
from module_operators.engines.spark_literals import text
from module_operators.engines.spark_patterns import like, pattern_literal, replacement

_LONGEST = 2_000_000_000


def function(name: str, arguments: Sequence[Argument]) -> str:
    """The call as Spark writes it. Every function has its writer: what is not listed never reaches Spark."""
    return _WRITERS[name](*arguments)


def _same(name: str) -> Callable[..., str]:
    return lambda *arguments: f"{name}({', '.join(argument.sql for argument in arguments)})"


def _float(x: Argument) -> str:
    return x.sql if x.type == "float" else f"CAST({x.sql} AS DOUBLE)"


def _on_float(name: str) -> Callable[..., str]:
    return lambda *arguments: f"{name}({', '.join(_float(argument) for argument in arguments)})"


def _where(name: str, test: str) -> Callable[[Argument], str]:
    """A function that is null outside of its domain."""
    return lambda x: f"CASE WHEN {x.sql} {test} THEN {name}({_float(x)}) END"


def _whole(name: str) -> Callable[[Argument], str]:
    """Spark's result is a bigint: a float that is too large for one has no fraction anyway."""

    def write(x: Argument) -> str:
        number = _float(x)
        cut = f"CAST({name}({number}) AS DOUBLE)"
        if name == "trunc":
            cut = f"CAST(CASE WHEN {number} < 0 THEN ceil({number}) ELSE floor({number}) END AS DOUBLE)"
        return f"CASE WHEN abs({number}) < 4503599627370496D THEN {cut} ELSE {number} END"

    return write


def _round(x: Argument, digits: Argument | None = None) -> str:
    if x.type != "float":
        return f"round({x.sql}, {digits.sql if digits else 0})"
    places = int(digits.value) if digits is not None else 0
    if places == 0:
        return f"round({x.sql})"
    scale = f"1e{abs(places)}D"
    if places < 0:
        cut = f"(round({x.sql} / {scale}) * {scale})"
        finite = f"CASE WHEN abs({cut}) < CAST('inf' AS DOUBLE) THEN {cut}"
        return f"{finite} WHEN isnan({x.sql}) THEN {x.sql} WHEN {x.sql} IS NOT NULL THEN 0D END"
    cut = f"(round({x.sql} * {scale}) / {scale})"
    return f"CASE WHEN abs({cut}) < CAST('inf' AS DOUBLE) THEN {cut} ELSE {x.sql} END"


def _sign(x: Argument) -> str:
    number = _float(x)
    sign = f"WHEN {number} > 0 THEN 1 WHEN {number} < 0 THEN -1 WHEN {number} = 0 THEN 0"
    return f"CASE WHEN isnan({number}) THEN 0 {sign} END"


def _mod(x: Argument, divisor: Argument) -> str:
    return f"({_wide(x)} % NULLIF({_wide(divisor)}, 0))"


def _wide(x: Argument) -> str:
    return f"CAST({x.sql} AS BIGINT)" if x.type == "integer" else x.sql


def _place(x: Argument) -> str:
    """A position or a count as the integer that Spark's text functions take."""
    if isinstance(x.value, int):
        return str(max(min(x.value, _LONGEST), -_LONGEST))
    return (
        f"CAST(CASE WHEN {x.sql} > {_LONGEST} THEN {_LONGEST} WHEN {x.sql} < -{_LONGEST} THEN -{_LONGEST} "
        f"ELSE {x.sql} END AS INT)"
    )


def _substring(value: Argument, start: Argument, count: Argument | None = None) -> str:
    """From a place, 1 the first; a place before the text takes its part of the count, a negative count goes back."""
    place = _place(start)
    length = f"length({value.sql})"
    begin = f"CASE WHEN {place} > 0 THEN {place} - 1 WHEN {place} < 0 THEN {length} + {place} ELSE -1 END"
    if isinstance(start.value, int):
        begin = f"({place} - 1)" if start.value > 0 else f"({length} + {place})" if start.value else "(-1)"
    known = f"CASE WHEN {place} IS NOT NULL AND {_place(count) if count else 0} IS NOT NULL THEN "
    if count is None:
        return f"{known}substring({value.sql}, greatest({begin}, 0) + 1) END"
    if isinstance(start.value, int) and isinstance(count.value, int) and start.value > 0 and count.value >= 0:
        return f"substring({value.sql}, {place}, {_place(count)})"
    end = f"(CAST({begin} AS BIGINT) + {_place(count)})"
    low, high = f"greatest(least({begin}, {end}), 0)", f"least(greatest({begin}, {end}, 0), {length})"
    return f"{known}substring({value.sql}, CAST({low} + 1 AS INT), CAST(greatest({high} - {low}, 0) AS INT)) END"


def _end(name: str) -> Callable[[Argument, Argument], str]:
    return lambda value, count: f"{name}({value.sql}, {_place(count)})"


def _stripped(side: str) -> Callable[..., str]:
    return lambda value, characters=None: (
        f"trim({side} {characters.sql if characters else chr(39) + ' ' + chr(39)} FROM {value.sql})"
    )


def _split_part(value: Argument, separator: Argument, place: Argument) -> str:
    if separator.value == "":  # every character is a part
        return f"substring({value.sql}, {_place(place)}, 1)"
    return f"split_part({value.sql}, {separator.sql}, {_place(place)})"


def _padded(name: str) -> Callable[..., str]:
    def write(value: Argument, count: Argument, fill: Argument) -> str:
        failure = f"raise_error({text(f'{name} has nothing to fill up with')})"
        padded = f"{name}({value.sql}, {_place(count)}, {fill.sql})"
        if fill.value:
            return padded
        return f"CASE WHEN {fill.sql} = '' AND length({value.sql}) < {_place(count)} THEN {failure} ELSE {padded} END"

    return write


def _concat(*values: Argument) -> str:
    return f"concat({', '.join(f'coalesce({value.sql}, {chr(39) * 2})' for value in values)})"


def _choice(name: str) -> Callable[..., str]:
    return lambda *values: values[0].sql if len(values) == 1 else _same(name)(*values)


def _contains(values: Argument, value: Argument) -> str:
    known = f"{values.sql} IS NOT NULL AND {value.sql} IS NOT NULL"
    return f"CASE WHEN {known} THEN coalesce(array_contains({values.sql}, {value.sql}), FALSE) END"


def _sum_of_integers(x: Argument, subject: Argument) -> str:
    if x.type == "integer":
        return f"sum({x.sql})"
    total = f"sum(CAST({x.sql} AS DECIMAL(38,0)))"
    message = f"{subject.sql} || ' is too large for bigint: ' || CAST({total} AS STRING)"
    fitting = f"try_cast({total} AS BIGINT)"
    return f"CASE WHEN {total} IS NOT NULL AND {fitting} IS NULL THEN raise_error({message}) ELSE {fitting} END"


def _extract(value: Argument, pattern: Argument, group: Argument | None = None) -> str:
    """A group that the pattern does not have finds nothing."""
    number = int(group.value) if group is not None else 0
    if not 0 <= number <= re.compile(str(pattern.value)).groups:
        return f"CASE WHEN {value.sql} IS NOT NULL THEN '' END"
    return f"regexp_extract({value.sql}, {pattern_literal(pattern)}, {number})"


def _big(name: str) -> Callable[..., str]:
    return lambda *arguments: f"CAST({_same(name)(*arguments)} AS BIGINT)"


_WRITERS: dict[str, Callable[..., str]] = {
    "lower": _same("lower"),
    "upper": lambda x: f"upper(replace({x.sql}, 'ß', 'ẞ'))",  # one character, as everywhere else
    "trim": _stripped("BOTH"),
    "ltrim": _stripped("LEADING"),
    "rtrim": _stripped("TRAILING"),
    "length": _big("length"),
    "substring": _substring,
    "left": _end("left"),
    "right": _end("right"),
    "replace": _same("replace"),
    "concat": _concat,
    "concat_ws": _same("concat_ws"),
    "starts_with": _same("startswith"),
    "ends_with": _same("endswith"),
    "contains": _same("contains"),
    "strpos": _big("instr"),
    "split_part": _split_part,
    "lpad": _padded("lpad"),
    "rpad": _padded("rpad"),
    "repeat": lambda value, times_: f"repeat({value.sql}, {_place(times_)})",
    "reverse": _same("reverse"),
    "regexp_matches": lambda value, pattern: f"({value.sql} RLIKE {pattern_literal(pattern)})",
    "regexp_extract": _extract,
    "regexp_replace": lambda value, pattern, new: (
        f"regexp_replace({value.sql}, {pattern_literal(pattern)}, {replacement(new)})"
    ),
    "md5": _same("md5"),
    "sha256": lambda value: f"sha2({value.sql}, 256)",
    "abs": _same("abs"),
    "round": _round,
    "floor": _whole("floor"),
    "ceil": _whole("ceil"),
    "trunc": _whole("trunc"),
    "sign": _sign,
    "sqrt": _where("sqrt", ">= 0"),
    "ln": _where("ln", "> 0"),
    "log10": _where("log10", "> 0"),
    "power": _on_float("power"),
    "exp": _on_float("exp"),
    "div": lambda a, b: f"(CAST({a.sql} AS BIGINT) div NULLIF(CAST({b.sql} AS BIGINT), 0))",
    "mod": _mod,
    "is_nan": lambda x: f"CASE WHEN {x.sql} IS NOT NULL THEN isnan({_float(x)}) END",
    "current_date": lambda: "current_date()",
    "current_timestamp": lambda: "current_timestamp()",
    "date_trunc": times.date_trunc,
    "date_part": lambda part, moment: times.part(part.value, moment),
    "date_add": times.date_add,
    "date_diff": times.date_diff,
    "last_day": lambda moment: f"last_day(CAST({moment.sql} AS DATE))",
    "epoch": times.epoch,
    "from_epoch": lambda x: f"timestamp_micros(CAST(round({_float(x)} * 1e6D) AS BIGINT))",
    "format_date": times.format_date,
    "coalesce": _same("coalesce"),
    "nullif": _same("nullif"),
    "if": lambda c, a, b: f"CASE WHEN {c.sql} THEN {a.sql} ELSE {b.sql} END",
    "greatest": _choice("greatest"),
    "least": _choice("least"),
    "array_length": lambda x: f"CAST(array_size({x.sql}) AS BIGINT)",
    "array_contains": _contains,
    "array_join": lambda x, separator: f"array_join(CAST({x.sql} AS ARRAY<STRING>), {separator.sql})",
    "sum_of_integers": _sum_of_integers,
    "stddev_of": _same("stddev_samp"),
    "first_by": _same("min_by"),
    "last_by": _same("max_by"),
    "add_interval": times.add_interval,
    "like": lambda *arguments: like("LIKE", *arguments),
    "ilike": lambda *arguments: like("ILIKE", *arguments),
    "at time zone": times.at_time_zone,
}
for _name in ("year", "quarter", "month", "week", "day", "weekday", "hour", "minute", "second"):
    _WRITERS[_name] = lambda moment, part=_name: times.part(part, moment)

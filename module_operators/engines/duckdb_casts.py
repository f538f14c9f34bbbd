"""Casts on DuckDB with our semantics: what a text must look like, numbers that truncate, plain text of a float."""

from __future__ import annotations

from module_operators.casts import family

_SPACES = "' \t\r\n'"
_NUMBER = r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,3})?"
_NOT_FINITE = r"[+-]?([iI][nN][fF]([iI][nN][iI][tT][yY])?|[nN][aA][nN])"
_DATE = "[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}"
_TIME = r"[0-9]{1,2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,9})?)?"
_ZONE = " ?(Z|[+-][0-9]{2}(:?[0-9]{2})?)"
_TEXT_OF = {
    "integer": "[+-]?[0-9]+",
    "bigint": "[+-]?[0-9]+",
    "decimal": _NUMBER,
    "float": f"{_NUMBER}|{_NOT_FINITE}",
    "date": _DATE,
    "timestamp": f"{_DATE}([ T]{_TIME}({_ZONE})?)?",
    "timestamptz": f"{_DATE}([ T]{_TIME}({_ZONE})?)?",
}
_NEVER_FAILS = {
    ("integer", "bigint"),
    ("integer", "float"),
    ("integer", "boolean"),
    ("bigint", "float"),
    ("bigint", "boolean"),
    ("decimal", "float"),
    ("date", "timestamp"),
    ("date", "timestamptz"),
    ("timestamp", "date"),
    ("timestamp", "timestamptz"),
    ("timestamptz", "date"),
    ("timestamptz", "timestamp"),
}


def never_fails(source: str, target: str) -> bool:
    """Whether every value of the source type has its counterpart."""
    pair = family(source), family(target)
    whole = source == target or pair in _NEVER_FAILS
    return whole or target == "string" or pair[0] in {"null", "boolean"}


def attempt(expression: str, source: str, target: str, engine_type: str) -> str:
    """`expression` as `target`, null where its value cannot be made one."""
    origin, goal = family(source), family(target)
    if goal == "string" and origin == "float":
        return _plain(expression)
    if origin in {"float", "decimal"} and goal in {"integer", "bigint"}:
        return f"TRY_CAST(trunc({expression}) AS {engine_type})"
    if origin != "string" or goal == "string":
        return f"TRY_CAST({expression} AS {engine_type})"
    if goal == "boolean":
        word = f"lower(trim({expression}, {_SPACES}))"
        return (
            f"CASE WHEN {word} IN ('true', 't', 'yes', 'y', '1') THEN TRUE "
            f"WHEN {word} IN ('false', 'f', 'no', 'n', '0') THEN FALSE END"
        )
    trimmed = f"trim({expression}, {_SPACES})"
    strict = f"CASE WHEN regexp_full_match({trimmed}, '{_TEXT_OF[goal]}') THEN {trimmed} END"
    if goal == "timestamp":  # an offset counts; the session's time zone is UTC
        return f"CAST(TRY_CAST({strict} AS TIMESTAMP WITH TIME ZONE) AS TIMESTAMP)"
    return f"TRY_CAST({strict} AS {engine_type})"


def _plain(number: str) -> str:
    """A float's shortest text, never with an exponent: 1e20 is 100000000000000000000.0."""
    text = f"CAST({number} AS VARCHAR)"
    sign = f"CASE WHEN {number} < 0 THEN '-' ELSE '' END"
    digits = f"replace(ltrim(split_part({text}, 'e', 1), '-'), '.', '')"
    exponent = f"TRY_CAST(split_part({text}, 'e', 2) AS INTEGER)"
    return (
        f"CASE WHEN isnan({number}) THEN 'NaN' "
        f"WHEN isinf({number}) THEN {sign} || 'Infinity' "
        f"WHEN NOT contains({text}, 'e') THEN {text} "
        f"WHEN {exponent} > 0 THEN {sign} || rpad({digits}, {exponent} + 1, '0') || '.0' "
        f"ELSE {sign} || '0.' || repeat('0', -{exponent} - 1) || {digits} END"
    )

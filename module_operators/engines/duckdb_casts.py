"""Casts on DuckDB with our semantics: what a text must look like, numbers that truncate, plain text of a float."""

from __future__ import annotations

from module_operators.casts import TEXT_OF, family

_SPACES = "' \t\r\n'"


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
    strict = f"CASE WHEN regexp_full_match({trimmed}, '{TEXT_OF[goal]}') THEN {trimmed} END"
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

"""Casts on Spark with our semantics, value by value those of engines/duckdb_casts.py."""

from __future__ import annotations

from module_operators.casts import TEXT_OF, family
from module_operators.engines.spark_literals import text

_SPACES = text(" \t\r\n")
_QUOTE = text("'")
_SPECIAL = text(r"(['\\])")
_ESCAPED = text(r"\\$1")
_MISREAD = text(r"""^ | $|["'(),:=\[\]{}\\]""")
_EXACT = 9.2e18  # below it a double becomes a bigint without loss


def attempt(expression: str, source: str, target: str, engine_type: str) -> str:
    """`expression` as `target`, null where its value cannot be made one."""
    origin, goal = family(source), family(target)
    if goal == "string":
        return text_of(expression, source)
    if origin == "string":
        return _from_text(expression, goal, engine_type)
    if origin == "float" and goal == "decimal":
        return _rounded(expression, target, engine_type)
    if origin == "float" and goal == "bigint":  # a cast would take 2⁶³ itself for the largest bigint
        return f"try_cast(CASE WHEN {expression} < 9223372036854775808D THEN {expression} END AS BIGINT)"
    return f"try_cast({expression} AS {engine_type})"


def text_of(expression: str, source: str) -> str:
    """Any value as the text that all engines give it."""
    plain = f"CAST({expression} AS STRING)"
    match family(source):
        case "float":
            return _plain(expression)
        case "date" | "timestamp":
            return f"ltrim('+', {plain})"  # before years of five digits
        case "timestamptz":
            return f"(ltrim('+', {plain}) || '+00')"
        case "list":
            return _list(expression, source[5:-1])
    return plain


def _from_text(expression: str, goal: str, engine_type: str) -> str:
    trimmed = f"btrim({expression}, {_SPACES})"
    if goal == "boolean":
        word = f"lower({trimmed})"
        return (
            f"CASE WHEN {word} IN ('true', 't', 'yes', 'y', '1') THEN TRUE "
            f"WHEN {word} IN ('false', 'f', 'no', 'n', '0') THEN FALSE END"
        )
    strict = f"CASE WHEN {trimmed} RLIKE {text(f'^({TEXT_OF[goal]})$')} THEN {trimmed} END"
    if goal == "float":
        number = f"try_cast({strict} AS DOUBLE)"
        return f"CASE WHEN {strict} RLIKE '[nN]$' THEN CAST('NaN' AS DOUBLE) ELSE {number} END"
    if goal in {"timestamp", "timestamptz"}:
        moment = f"try_cast({strict} AS TIMESTAMP_LTZ)"
        return moment if goal == "timestamptz" else f"CAST({moment} AS TIMESTAMP_NTZ)"
    return f"try_cast({strict} AS {engine_type})"


def _rounded(number: str, target: str, engine_type: str) -> str:
    """A float as a decimal: scaled, then rounded, halves away from zero, as the float is and not as it is written."""
    scale = int(target[8:-1].split(",")[1])
    shifted = f"round({number} * 1e{scale}D)"
    whole = (
        f"CASE WHEN abs({shifted}) < {_EXACT:.1e}D THEN CAST(try_cast({shifted} AS BIGINT) AS DECIMAL(38,0)) "
        f"ELSE try_cast({shifted} AS DECIMAL(38,0)) END"
    )
    if scale == 0:
        return f"try_cast({whole} AS {engine_type})"
    unit = f"CAST('1e-{scale}' AS DECIMAL({scale},{scale}))"
    return f"try_cast(try_multiply({whole}, {unit}) AS {engine_type})"


def _plain(number: str) -> str:
    """A float's shortest text, never with an exponent: 1e20 is 100000000000000000000.0."""
    written = f"CAST({number} AS STRING)"
    sign = f"CASE WHEN {number} < 0 THEN '-' ELSE '' END"
    digits = f"replace(ltrim('-', split_part({written}, 'E', 1)), '.', '')"
    exponent = f"CAST(split_part({written}, 'E', 2) AS INT)"
    return (
        f"CASE WHEN NOT contains({written}, 'E') THEN {written} "
        f"WHEN {exponent} > 0 THEN {sign} || rpad(left({digits}, {exponent} + 1), {exponent} + 1, '0') || '.' "
        f"|| coalesce(nullif(substring({digits}, {exponent} + 2), ''), '0') "
        f"ELSE {sign} || '0.' || repeat('0', -{exponent} - 1) || rtrim('0', {digits}) END"
    )


def _list(values: str, element: str) -> str:
    """A list's text: `[a, NULL, 'b, c']`, texts in quotes only where they could be misread."""
    item = _list("e", element[5:-1]) if family(element) == "list" else text_of("e", element)
    if element == "string":
        quoted = f"{_QUOTE} || regexp_replace(e, {_SPECIAL}, {_ESCAPED}) || {_QUOTE}"
        item = f"CASE WHEN e = '' OR lower(e) = 'null' OR e RLIKE {_MISREAD} THEN {quoted} ELSE e END"
    return f"('[' || array_join(transform({values}, e -> coalesce({item}, 'NULL')), ', ') || ']')"

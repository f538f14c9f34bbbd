"""Rows as JSON text, written by the engine: exact numbers, ISO 8601 times, null for what JSON cannot say."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from module_operators.engines.dialect import Dialect
from module_operators.engines.duckdb import Written
from module_operators.relation import HIDDEN_PREFIX, Column, Plan
from module_operators.run import Run

BREAK = "\x1e"
"""Stands for a line end inside a row; in JSON such a character is always escaped."""

_STEP = f"{HIDDEN_PREFIX}json"
_ONE_TEXT_A_LINE = "FORMAT csv, HEADER false, QUOTE '', ESCAPE '', DELIMITER '\x1f', COMPRESSION none"


def write_rows(plan: Plan, run: Run, path: Path, *, indent: str | None = None, named: bool = True) -> Written:
    """Runs the plan into a file of one JSON value a line, in the order of its rows.

    Args:
        indent: what a row's members are indented by, each after a BREAK; None keeps a row on one line.
        named: rows as objects; otherwise as lists of their values.
    """
    sql, source = run.engine.dialect, plan.result
    row = json_object(source.columns, sql, indent) if named else json_list(source.columns, sql)
    texts = run.step(sql.projected(source, [(Column("json", "string"), row)]), [plan])
    return run.engine.copy(plan.extended(replace(texts, name=_STEP)), str(path), _ONE_TEXT_A_LINE)


def json_object(columns: Sequence[Column], sql: Dialect, indent: str | None = None) -> str:
    """SQL of a row's JSON object."""
    before, between, after = ("{", ",", "}") if indent is None else _spread(indent)
    parts = []
    for number, column in enumerate(columns):
        name = json.dumps(column.name, ensure_ascii=False)
        lead = (between if number else before) + f"{name}:" + ("" if indent is None else " ")
        parts += [sql.literal(lead), json_value(sql.quote(column.name), column.type, sql)]
    return f"concat({', '.join([*parts, sql.literal(after)])})"


def json_list(columns: Sequence[Column], sql: Dialect) -> str:
    """SQL of a row's values as a JSON list."""
    parts = []
    for number, column in enumerate(columns):
        parts += [sql.literal("," if number else "["), json_value(sql.quote(column.name), column.type, sql)]
    return f"concat({', '.join([*parts, sql.literal(']')])})"


def json_value(value: str, logical: str, sql: Dialect) -> str:
    """SQL of a value's JSON text, 'null' where there is none or JSON has no such number."""
    return f"coalesce({_text(value, logical, sql)}, 'null')"


def json_or_null(value: str, logical: str, sql: Dialect) -> str:
    """SQL of a value's JSON text; where there is none it stays null."""
    return f"CASE WHEN {value} IS NOT NULL THEN {json_value(value, logical, sql)} END"


def _spread(indent: str) -> tuple[str, str, str]:
    return f"{{{BREAK}{indent}{indent}", f",{BREAK}{indent}{indent}", f"{BREAK}{indent}}}"


def _text(value: str, logical: str, sql: Dialect, depth: int = 0) -> str:  # noqa: PLR0911 - one return a type
    """SQL of a value's JSON text, null where it is null."""
    if logical.startswith("list("):
        item = f"item{depth}"
        texts = (
            f"list_transform({value}, lambda {item}: coalesce({_text(item, logical[5:-1], sql, depth + 1)}, 'null'))"
        )
        return f"('[' || array_to_string({texts}, ',') || ']')"
    if logical.startswith("decimal("):
        # As to_json it would lose its last digits; one without digits before the point is written as '.50'.
        return rf"regexp_replace(CAST({value} AS VARCHAR), '^(-?)[.]', '\10.')"
    if logical == "float":
        return f"CASE WHEN isfinite({value}) THEN CAST(to_json({value}) AS VARCHAR) END"
    if logical == "binary":
        return f"('\"' || to_base64({value}) || '\"')"
    if logical == "date":
        return f"CASE WHEN isfinite({value}) THEN '\"' || CAST({value} AS VARCHAR) || '\"' END"
    if logical in {"timestamp", "timestamptz"}:
        zone = "Z" if logical == "timestamptz" else ""
        moment = f"timezone('UTC', {value})" if zone else value
        text = f"replace(CAST({moment} AS VARCHAR), ' ', 'T')"
        return f"CASE WHEN isfinite({value}) THEN '\"' || {text} || '{zone}\"' END"
    return f"CAST(to_json({value}) AS VARCHAR)"

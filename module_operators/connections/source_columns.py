"""Columns of a database's query: how each is sent, how the engine stores it, and what it cannot hold is refused."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from module_operators.problems import InvalidNode, ModuleProblem
from module_operators.relation import Column


@dataclass(frozen=True, slots=True)
class SourceColumn:
    """One column of a query: its logical type, what the server sends and how the engine stores it."""

    column: Column
    sent: tuple[str, ...]
    """SQL of the server; `{0}` is the column."""
    stored: str
    """SQL of the engine; `{0}`, `{1}` are the sent ones."""


def stored(columns: Sequence[SourceColumn]) -> str:
    """The engine's SELECT list over the sent values s0, s1, …"""
    items, position = [], 0
    for source in columns:
        sent = [f"s{position + offset}" for offset in range(len(source.sent))]
        name = source.column.name.replace('"', '""')
        items.append(f'{source.stored.format(*sent)} AS "{name}"')
        position += len(sent)
    return ", ".join(items)


def checked_decimal(value: str, name: str, precision: int, scale: int, *, count_decimals: bool) -> str:
    """Text as a decimal; NaN, Infinity, too many digits and, where that can be, too many decimals are errors."""
    target = f"DECIMAL({precision},{scale})"
    lost = f"TRY_CAST({value} AS {target}) IS NULL"
    if count_decimals:
        lost += f" OR length(rtrim({value}, '0')) - instr({value}, '.') > {scale} AND contains({value}, '.')"
    advice = f", which decimal({precision},{scale}) cannot hold. Cast in the query, to decimal(20,4) or a double say."
    error = refused(name, "", f"{value} || {_literal(advice)}")
    return f"CASE WHEN {value} IS NULL THEN NULL WHEN {lost} THEN {error} ELSE CAST({value} AS {target}) END"


def refused(name: str, what: str, more: str | None = None) -> str:
    """The engine's error() with the column's name, braces doubled since the SQL is a format string."""
    text = _literal(f"Column '{name}' holds {what}{'' if more else '.'}")
    return f"error({text}{f' || {more}' if more else ''})"


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''").replace("{", "{{").replace("}", "}}") + "'"


def check_names(columns: Sequence[SourceColumn]) -> None:
    """Refuses a query without columns, and columns that engines cannot tell apart."""
    if not columns:
        raise InvalidNode([ModuleProblem("/query", "The query has no columns.", "Name some after SELECT.")])
    seen: dict[str, str] = {}
    problems = []
    for source in columns:
        name = source.column.name
        if other := seen.get(name.casefold()):
            same = (
                f"Two columns are named '{name}'." if other == name else f"'{other}' and '{name}' differ only in case."
            )
            problems.append(ModuleProblem("/query", same, "Give one another name with AS.", "duplicate-column"))
        seen[name.casefold()] = name
    if problems:
        raise InvalidNode(problems)


def check_present(names: Iterable[str], params: Mapping[str, Any]) -> None:
    """Refuses a run that lacks one of the query's parameters."""
    missing = [name for name in names if name not in params]
    available = ", ".join(sorted(params))
    if missing:
        raise InvalidNode(
            ModuleProblem("/query", f"The run has no parameter '{name}'.", f"It has: {available}", "missing-parameter")
            for name in missing
        )

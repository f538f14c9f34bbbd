"""Two graphs that should give the same rows, both evaluated on the same sample of their sources, and compared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from module_operators.engines.duckdb import DuckDBEngine
from module_operators.problems import ModuleError
from module_operators.relation import Column, Plan
from module_operators.sample import SAMPLE_ROWS, NodeFailed, Sample
from module_operators.settings import Settings

SIGNIFICANT = 12
"""Digits in which floats are compared: a sum of floats depends on the order in which an engine happens to add."""


class _Differs(Exception):
    """Not the same; says what."""


class _CannotTell(Exception):
    """Nothing can be said; says why."""


class Comparison:
    """One request being answered.

    `compare` holds `before` and `after`, the nodes of both graphs as the previewer takes them; `ends`, pairs of nodes,
    one of each graph, that should give the same; and `same_sources`, false when `after` reads its sources otherwise.
    """

    def __init__(self, request: Mapping[str, Any], settings: Settings, scratch: Path) -> None:
        self._asked = request["compare"]
        self._before, self._after = (
            Sample(settings, scratch / side, request.get("params"), request["timeout"]) for side in ("before", "after")
        )
        self._engine = Sample(settings, scratch, None, request["timeout"]).engine

    def answer(self) -> dict[str, Any]:
        """`{"equal": true, "rows"}`, `{"equal": false, "message"}` or, when nothing can be said, `{"unchecked"}`."""
        with self._engine() as engine:
            try:
                rows = sum(self._compared(engine))
            except _Differs as difference:
                return {"equal": False, "message": str(difference)}
            except _CannotTell as reason:
                return {"unchecked": str(reason)}
        return {"equal": True, "rows": rows}

    def _compared(self, engine: DuckDBEngine) -> Iterator[int]:
        try:
            for node in self._asked["before"]:
                self._before.planned(node, engine)
        except NodeFailed as error:
            raise _CannotTell(str(error)) from error
        self._plan_after(engine)
        if not self._asked["same_sources"]:
            self._check_whole(engine)
        for number, (one, other) in enumerate(self._asked["ends"]):
            yield self._same(engine, self._before.plans[one], self._after.plans[other], number)

    def _plan_after(self, engine: DuckDBEngine) -> None:
        """Sources that are read as before are read once: what has no order could come in another one."""
        known = {node["id"]: node for node in self._asked["before"]}
        for node in self._asked["after"]:
            if not node["inputs"] and node == known.get(node["id"]):
                self._after.plans[node["id"]] = self._before.plans[node["id"]]
                continue
            try:
                self._after.planned(node, engine)
            except NodeFailed as error:
                raise _Differs(f"It cannot be evaluated any more: {error}") from error

    def _check_whole(self, engine: DuckDBEngine) -> None:
        for node in self._asked["before"]:
            if not node["inputs"] and node not in self._asked["after"]:
                plan = self._before.plans[node["id"]]
                counted = f"SELECT count(*) FROM ({engine.compose(plan, ordered=False)})"
                if engine.run(plan, counted)[0][0] >= SAMPLE_ROWS:
                    message = f"“{node['label']}” has more than {SAMPLE_ROWS:,} rows, so a sample of it proves nothing."
                    raise _CannotTell(message)

    def _same(self, engine: DuckDBEngine, one: Plan, other: Plan, number: int) -> int:
        """The number of rows, when they are the same, in the same order if they have one."""
        if one.result.columns != other.result.columns:
            raise _Differs(f"The columns are {_told(other.result.columns)}, not {_told(one.result.columns)}.")
        tables = [f"{side}_{number}" for side in ("before", "after")]
        try:
            _store(engine, one, tables[0])
        except ModuleError as error:
            raise _CannotTell(str(error)) from error
        try:
            _store(engine, other, tables[1])
        except ModuleError as error:
            kind = _CannotTell if "memory" in str(error).lower() else _Differs
            raise kind(f"It cannot be evaluated any more: {error}") from error
        is_ordered = bool(one.result.order or other.result.order)
        counts = [engine.connection.execute(f"SELECT count(*) FROM {table}").fetchall()[0][0] for table in tables]
        if counts[0] != counts[1]:
            raise _Differs(f"There are {counts[1]:,} rows instead of {counts[0]:,}.")
        columns = one.result.columns
        for items in (_exactly(columns, engine), _about(columns, engine)):
            if not _differing(engine, tables, items, is_ordered=is_ordered):
                return counts[0]
        raise _Differs("Rows differ, or their order does." if is_ordered else "Rows differ.")


def _store(engine: DuckDBEngine, plan: Plan, table: str) -> None:
    engine.run(plan, f"CREATE TEMP TABLE {table} AS {engine.compose(plan)}")


def _differing(engine: DuckDBEngine, tables: Sequence[str], items: Sequence[str], *, is_ordered: bool) -> bool:
    selected = ", ".join([*(["rowid"] if is_ordered else []), *items])
    one, other = (f"SELECT {selected} FROM {table}" for table in tables)
    # As many rows on both sides, so what one has too much the other has too little.
    return bool(engine.connection.execute(f"{one} EXCEPT ALL {other} LIMIT 1").fetchall())


def _exactly(columns: Sequence[Column], engine: DuckDBEngine) -> list[str]:
    return [engine.dialect.quote(column.name) for column in columns]


def _about(columns: Sequence[Column], engine: DuckDBEngine) -> list[str]:
    """Floats in so many digits; a number that is none, or none to take a logarithm of, as it is."""
    items = []
    for column in columns:
        name = engine.dialect.quote(column.name)
        digits = f"{SIGNIFICANT} - CAST(ceil(log10(abs({name}))) AS INTEGER)"
        near = f"CASE WHEN isfinite({name}) AND {name} <> 0 THEN round({name}, {digits}) ELSE {name} END"
        items.append(near if column.type == "float" else name)
    return items


def _told(columns: Sequence[Column]) -> str:
    return ", ".join(f"{column.name} ({column.type})" for column in columns) or "none"

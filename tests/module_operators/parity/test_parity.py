"""Every case gives the same on every engine: columns, types, rows in order, or the same refusal or failure."""

from __future__ import annotations

import math
from collections import Counter
from datetime import UTC, datetime
from typing import Any

import pytest

from module_operators.problems import DataError, InvalidNode
from module_operators.relation import Inputs, Plan, Step

from .case import Case, Fails, Refused
from .cases import all_cases
from .engines import ParityEngine, in_the_users_order

CASES = all_cases()


def test_each_case_has_a_name_of_its_own():
    assert [name for name, times in Counter(case.id for case in CASES).items() if times > 1] == []


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_a_case(engine: ParityEngine, case: Case):
    if isinstance(case.error, Refused):
        with pytest.raises(InvalidNode) as refused:
            planned(case, engine)
        found = [(problem.path, problem.message, problem.hint) for problem in refused.value.problems]
        assert [(path, hint) for path, _, hint in found] == [(path, hint) for path, _, hint in case.error.problems]
        for (_, message, _), (_, part, _) in zip(found, case.error.problems, strict=True):
            assert part in message
        return
    plan = planned(case, engine)
    if isinstance(case.error, Fails):
        with pytest.raises(DataError) as failed:
            engine.rows(plan)
        assert case.error.text in str(failed.value)
        assert failed.value.node_id == "n"
        return
    assert {column.name: column.type for column in plan.result.columns} == case.columns
    assert engine.types(plan) == plan.result.columns
    if case.order is not None:
        assert plan.result.order == case.order
    found, expected = comparable(engine.rows(in_the_users_order(plan))), comparable(case.rows or ())
    if not plan.result.order and not plan.result.row_id:
        found, expected = sorted(found, key=repr), sorted(expected, key=repr)
    assert found == expected


def planned(case: Case, engine: ParityEngine) -> Plan:
    """The inputs' plans extended by the transformer, as its task does it."""
    plans = [table.plan(f"input_{number}", engine.dialect) for number, table in enumerate(case.inputs)]
    by_handle: dict[str, list[Any]] = {}
    for handle, plan in zip(case.handle_of_each, plans, strict=True):
        by_handle.setdefault(handle, []).append(plan.result)
    inputs, config = Inputs(by_handle), case.module.options(case.config)
    names = tuple(plan.result.name for plan in plans)
    lookup = case.module.lookup(config, inputs, engine.dialect)
    if lookup is not None:
        found = engine.rows(Plan.merged(plans).extended(Step("n", "n", "N", lookup, names)))
        config = case.module.completed(config, found)
    query = case.module.transform(config, inputs, engine.dialect)
    return Plan.merged(plans).extended(Step("n", "n", "N", query, names))


def comparable(rows: Any) -> list[tuple[Any, ...]]:
    """Rows as values that compare: not-a-number equals itself, floats equal nearly, moments are those of UTC.

    A value's Python type counts: 1, 1.0, True and Decimal(1) are four values.
    """
    return [tuple(_value(value) for value in row) for row in rows]


def _value(value: Any) -> Any:
    if isinstance(value, float):
        return "NaN" if math.isnan(value) else _Float(value)
    if isinstance(value, datetime) and value.tzinfo:
        return value.astimezone(UTC)
    if isinstance(value, list):
        return ("list", *(_value(item) for item in value))
    return (type(value).__name__, value)


class _Float:
    """A float that equals those that differ only by rounding."""

    def __init__(self, value: float) -> None:
        self.value = value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Float) and math.isclose(self.value, other.value, rel_tol=1e-9, abs_tol=1e-12)

    def __hash__(self) -> int:
        return 0

    def __repr__(self) -> str:
        return f"{self.value:.6g}"

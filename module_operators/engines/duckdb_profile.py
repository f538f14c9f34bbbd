"""Row counts of the nodes inside a fused query, read from DuckDB's profile of the query that ran anyway.

The optimiser may evaluate a filter earlier than its node stands (below a join, inside a scan). Counts under such a
filter are those of already filtered rows, so they are left out: a count that is given is exact.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from module_operators.relation import Plan, Step

Operator = Mapping[str, Any]

# Operators that hand on every row they get.
_NEUTRAL = {"PROJECTION", "ORDER_BY", "STREAMING_WINDOW", "WINDOW", "RESULT_COLLECTOR"}
_AGGREGATES = {"HASH_GROUP_BY", "PERFECT_HASH_GROUP_BY", "UNGROUPED_AGGREGATE", "PARTITIONED_AGGREGATE"}


def node_rows(plan: Plan, profile: str) -> dict[str, dict[str, int]]:
    """`{node id: {"rows_out": n}}` for every node whose count the profile tells exactly.

    Args:
        plan: what ran.
        profile: DuckDB's JSON profile of the statement that ran it.
    """
    roots = json.loads(profile).get("operator") or []
    if not roots:
        return {}
    counts = _scan_rows(plan, roots[0])
    steps = {step.name: step for step in plan.steps}
    step, operator = plan.steps[-1], _below_the_sink(roots[0])
    while operator is not None:
        rows, operator = _boundary(operator)
        if operator["type"] == "CTE_SCAN":
            break  # what several steps read: filters of all of them may have been evaluated before it
        if rows is not None:
            counts[step.node_id] = rows
        if len(step.inputs) != 1 or step.query.shape not in {"same", "filter", "aggregate"}:
            break
        if step.query.shape == "filter":
            break  # whatever is below may be filtered already
        if step.query.shape == "aggregate":
            if operator is None or operator["type"] not in _AGGREGATES:
                break
            operator = next(iter(_children(operator)), None)
        step = steps[step.inputs[0]]
    return {node_id: {"rows_out": rows} for node_id, rows in counts.items()}


def _children(operator: Operator) -> list[Operator]:
    return operator.get("children", [])


def _walk(operator: Operator) -> Iterator[Operator]:
    yield operator
    for child in _children(operator):
        yield from _walk(child)


def _below_the_sink(operator: Operator) -> Operator | None:
    """The topmost operator that yields the plan's rows: below the result collector, a COPY and what steps share."""
    while operator["type"] in {"RESULT_COLLECTOR", "CTE"} or "COPY" in operator["type"]:
        if not _children(operator):
            return None
        operator = _children(operator)[-1]  # of a CTE the first child is what is shared, the last one what reads it
    return operator


def _boundary(operator: Operator) -> tuple[int | None, Operator]:
    """Rows that leave `operator`, and the first operator below it that may change their number."""
    rows = 0
    while operator["type"] in _NEUTRAL and len(_children(operator)) == 1:
        rows = max(rows, operator["intermediate_rows"])
        operator = _children(operator)[0]
    if operator["type"] == "UNGROUPED_AGGREGATE":
        return 1, operator
    if operator["type"] == "UNION":  # not counted by the engine itself
        return rows or None, operator
    return operator["intermediate_rows"], operator


def _scan_rows(plan: Plan, root: Operator) -> dict[str, int]:
    """Rows that each scanning node read, unless a filter was evaluated inside the scan."""
    scans = [step for step in plan.steps if step.query.shape == "scan"]
    counts: dict[str, int] = {}
    seen: Counter[str] = Counter()
    for operator in _walk(root):
        info = operator["extra_info"]
        name = info.get("Filename(s)")
        if not isinstance(name, str):
            continue
        owners = [step for step in scans if _reads(step, name)]
        if len(owners) != 1:
            continue
        node_id = owners[0].node_id
        seen[node_id] += 1
        if not info.get("Filters") and not info.get("Dynamic Filters"):
            counts[node_id] = operator["intermediate_rows"]
    return {node_id: rows for node_id, rows in counts.items() if seen[node_id] == 1}


def _reads(step: Step, filename: str) -> bool:
    first = filename.split(", ", maxsplit=1)[0].replace("'", "''")
    return first in step.query.sql or first.rsplit("/", 1)[0] + "/*" in step.query.sql

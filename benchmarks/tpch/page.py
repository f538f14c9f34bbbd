"""`python -m benchmarks.tpch.page`: writes docs/tpch.md, which shows each query and the pipeline that answers it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmarks.tpch.queries import QUERIES, Query

PAGE = Path(__file__).resolve().parents[2] / "docs" / "tpch.md"

_OPENING = """# TPC-H as pipelines

TPC-H is the usual test of an analytical database: eight tables of a trading company and 22 questions, most of them with
sub-queries. Can they be drawn? **All 22 can**, with 9 of the 38 modules, and give DuckDB's own answer, row for
row: a test compares them at a small scale, `python -m benchmarks tpch` compares and times them at scale 1
(`benchmarks/results.json` has the figures). Each is validated, compiled to a DAG file, and its operators are executed.

What SQL writes as a sub-query is a branch of the graph:

| in SQL | drawn |
|---|---|
| `EXISTS`, `IN (SELECT …)` | Join, semi |
| `NOT EXISTS`, `NOT IN (SELECT …)` | Join, anti |
| one value: `= (SELECT max(…) …)` | Aggregate without groups, a cross join and Filter Rows; or a join by the value |
| a sub-query that looks at the outer row | Aggregate by the key that ties it, joined back by that key |
| `HAVING` | Filter Rows after Aggregate |
| `CASE` inside an aggregate, expressions inside one | Add Column before Aggregate |
| a table read twice (`nation n1, nation n2`) | one extractor with two consumers, renamed |
| a condition in the `ON` of a left join | Filter Rows before the right input |
| a join by another condition than equality | a join by what is equal, then Filter Rows; query 21 shows one by `<>` |
| `LIMIT` | Sort, option Limit |

Decimals are exact on both sides; averages are floats and are compared to nine digits.
This page is written by `python -m benchmarks.tpch.page`; a test says when it is out of date.
"""


def page() -> str:
    return _OPENING + "".join(map(_section, QUERIES))


def _section(query: Query) -> str:
    graph = query.graph()["config"]
    inputs: dict[str, list[str]] = {}
    for edge in graph["edges"]:
        inputs.setdefault(edge["target"], []).append(edge["source"])
    lines = [_line(node, inputs.get(node["id"], [])) for node in graph["nodes"]]
    note = f"{query.note}\n\n" if query.note else ""
    steps = "\n".join(lines)
    return (
        f"\n## {query.number} · {query.title}\n\n{note}"
        f"```sql\n{query.sql}\n```\n\n| node | reads | module | options |\n|---|---|---|---|\n{steps}\n"
    )


def _line(node: Mapping[str, Any], inputs: list[str]) -> str:
    module, options = node["data"]["moduleId"], _options(node["data"]["config"]).replace("|", "\\|")
    return f"| {node['id']} | {', '.join(inputs)} | [{module}](modules/{module}.md) | {options} |"


def _options(config: Mapping[str, Any]) -> str:
    shown = []
    for name, value in config.items():
        if name in {"column_types", "delimiter"}:
            continue
        match name, value:
            case ("aggregations", list()):
                text = ", ".join(f"{each['alias']} = {each['function']}({each.get('column', '')})" for each in value)
            case ("sort_by", list()):
                text = ", ".join(f"{each['column']} {each['direction']}" for each in value)
            case (_, list()):
                text = ", ".join(value)
            case (_, dict()):
                text = ", ".join(f"{old} → {new}" for old, new in value.items())
            case _:
                text = str(value)
        if text:
            shown.append(f"{name}: `{text}`")
    return "; ".join(shown)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")

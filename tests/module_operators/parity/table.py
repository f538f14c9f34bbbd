# ruff: noqa: E501 - lines of a page
"""Writes docs/engines.md from the cases that run on every engine: `python -m tests.module_operators.parity.table`."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from module_operators.base import Transformer
from module_operators.catalog import discover
from module_operators.expressions import FUNCTIONS

from ..expressions.corpus import TEXTS
from .case import Case, Fails, Refused
from .cases import all_cases
from .traits import DATA_TRAITS, traits

PAGE = Path(__file__).parents[3] / "docs" / "engines.md"
HEADINGS = {
    "null": "nulls",
    "empty": "no rows",
    "unicode": "unicode",
    "time zone": "zones",
    "decimal": "decimals",
    "big integer": "> 2⁵³",
    "not finite": "NaN, ∞",
    "duplicates": "duplicates",
    "odd names": "odd names",
}
TOP = """\
# The same pipeline on DuckDB and on Spark

A pipeline's `engine` is `duckdb` (a task's own process; the default) or `spark` (a Spark Connect server, for data that
outgrows one machine; [how to have one](cluster.md#spark)). Sources are read and targets written by DuckDB either way, by the same modules; between
them each transformer writes the engine's SQL. Columns are checked for the engine that the pipeline names. **Previews run on DuckDB**,
also of a Spark pipeline: on a sample, with the semantics below.

## Module by module
Every case below runs on both engines (DuckDB 2.0, a real Spark Connect 4.2 server) and must give the same columns, types, rows,
order, refusals and failures. The columns count the cases with such data in them.

"""
BOTTOM = """
Expressions: {expressions:,} of them, among them each of the {functions} [functions](modules/expressions.md) with every type that it takes, give the same
value and type, or fail, on both engines; the attacks of tests/module_operators/expressions are refused for both.

## What is not the same
| what | DuckDB | Spark |
|---|---|---|
| sums, means and deviations of floats | added in the order of its threads | added by partition: the last digits may differ (cases compare to 9 digits). Decimals and integers are exact on both |
| `lower('İ')` | `i` | `i` and a combining dot |
| `upper` of a ligature (`ﬁ`) | stays | becomes `FI` |
| `reverse` of what is made of several characters (`e` and an accent) | stays together | is turned round too |
| `regexp_replace` with a pattern that matches nothing at all (`b*` in `abc`) | `-a-c-` | `-a--c-` |
| a float beyond 2⁵³ cast to a decimal with decimals | `123456789012345651.2` | `123456789012345660.0` |
| an overflow | fails | fails, with another message |
| row counts in a fused query (`materialize: auto`) | of nodes whose count the query's profile tells | of all nodes up to eight levels deep |
| rows of a node, looked at after a run (`executions/{{id}}/nodes/{{node_id}}/data`) | of every node | of those that were stored: extractors, `every_step`, runs up to a node |
| progress of a long query in the log | per cent | none |
| text order, in sorts, `min`, `max`, `<` | by code points | the same: no collation of any language on either |
"""


def page() -> str:
    """The page as it is committed."""
    cases = all_cases()
    titles = {each: each.display_name for each in discover().values() if issubclass(each, Transformer)}
    of_module = {module: [case for case in cases if case.module is module] for module in titles}
    heads = ["module", "cases", *HEADINGS.values(), "refused", "fails"]
    lines = [_row(heads), _row(["---", *(["---:"] * (len(heads) - 1))])]
    for module, title in sorted(titles.items(), key=lambda each: each[1]):
        link = f"[{title}](modules/{module.__module__.rpartition('.')[2].replace('_', '-')}-transformer.md)"
        lines.append(_row([link, *_counts(of_module[module])]))
    lines.append(_row(["**all**", *_counts(cases)]))
    bottom = BOTTOM.format(expressions=sum("current_" not in text.lower() for text in TEXTS), functions=len(FUNCTIONS))
    return TOP + "\n".join(lines) + "\n" + bottom


def _counts(cases: list[Case]) -> Iterable[str]:
    found = Counter(trait for case in cases for trait in traits(case))
    refused = sum(isinstance(case.error, Refused) for case in cases)
    fails = sum(isinstance(case.error, Fails) for case in cases)
    return (str(number) for number in (len(cases), *(found[trait] for trait in HEADINGS), refused, fails))


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def main() -> int:
    """Writes the page, or with `--check` says whether it is current."""
    assert set(HEADINGS) == DATA_TRAITS
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    if not parser.parse_args().check:
        PAGE.write_text(page(), encoding="utf-8")
    elif not PAGE.exists() or PAGE.read_text(encoding="utf-8") != page():
        sys.stderr.write(f"{PAGE} is out of date: python -m tests.module_operators.parity.table\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

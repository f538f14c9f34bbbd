"""The 22 queries: what TPC-H asks, in SQL, and the pipeline that answers it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from benchmarks.tpch import queries_1_to_11, queries_12_to_22
from benchmarks.tpch.drawing import Drawing

TABLES = ("customer", "lineitem", "nation", "orders", "part", "partsupp", "region", "supplier")
_SQL = Path(__file__).with_name("sql")


@dataclass(frozen=True)
class Query:
    """One of the 22."""

    number: int

    @property
    def name(self) -> str:
        return f"q{self.number:02}"

    @property
    def title(self) -> str:
        return (_SQL / f"{self.name}.sql").read_text().splitlines()[0].removeprefix("-- ")

    @property
    def sql(self) -> str:
        return (_SQL / f"{self.name}.sql").read_text().split("\n", 1)[1].strip()

    @property
    def note(self) -> str:
        """What is remarkable about its pipeline."""
        return (self._draw.__doc__ or "").strip()

    def graph(self) -> dict[str, Any]:
        """The pipeline as the builder would save it."""
        drawing = Drawing(self.name)
        self._draw(drawing)
        return drawing.graph()

    @property
    def _draw(self) -> Any:
        return getattr(queries_1_to_11 if self.number <= 11 else queries_12_to_22, self.name)


QUERIES = tuple(Query(number) for number in range(1, 23))


def difference(ours: Sequence[tuple[Any, ...]], theirs: Sequence[tuple[Any, ...]]) -> str | None:
    """What differs between two results, row by row in their order; floats are equal to nine digits."""
    if len(ours) != len(theirs):
        return f"{len(ours)} rows beside {len(theirs)}"
    for number, (mine, other) in enumerate(zip(ours, theirs, strict=True), 1):
        if len(mine) != len(other) or not all(map(_is_equal, mine, other)):
            return f"row {number}: {mine} beside {other}"
    return None


def _is_equal(mine: Any, other: Any) -> bool:
    if isinstance(mine, float) and isinstance(other, float | Decimal):
        return math.isclose(mine, float(other), rel_tol=1e-9)
    return bool(mine == other)

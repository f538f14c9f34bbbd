"""What the tests of the REST extractor ask for, and how they run it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from module_operators.extractors.api import ApiExtractor
from module_operators.relation import Plan
from module_operators.run import Run
from tests.module_operators.conftest import fetch
from tests.module_operators.rest.conftest import Asked

RECORDS = [{"id": number, "name": f"n{number}"} for number in range(25)]
MakeRun = Callable[..., Run]


def extracted(run: Run, **config: Any) -> list[tuple[Any, ...]]:
    """The rows, as the task's plan yields them."""
    found = ApiExtractor.extract(ApiExtractor.options(config), run)
    return fetch(run, Plan((run.step(found.query),), found.files))[1]


def ids(rows: list[tuple[Any, ...]]) -> list[int]:
    return [row[0] for row in rows]


def numbered(asked: Asked, first: int = 1) -> Any:
    page, size = int(asked.query["page"]) - first, int(asked.query["per_page"])
    return RECORDS[page * size : (page + 1) * size]

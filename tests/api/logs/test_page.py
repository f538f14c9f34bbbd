"""Pages of a run's log: the lines of all nodes in the order of time, each once, whatever the pages' size."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from api.clients.airflow import AirflowClient
from api.models import ExecutionNode
from api.services.logs.line import Filter, Line
from api.services.logs.page import RunLog
from api.services.logs.position import decode
from api.services.logs.shelf import Shelf

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
EVERYTHING = Filter()
SAID = {
    ("one", 1): [0, 1, 4, None, 6],
    ("two", 1): [2, 3, 5],
    ("two", 2): [60, 61],
    ("three", 1): [59, 62],
}
"""Seconds at which a try of a node said something; None is a line without a time."""
IN_ORDER = [0, 1, 2, 3, 4, None, 5, 6, 59, 60, 61, 62]


@pytest.fixture
def run_log(tmp_path: Path) -> Iterator[RunLog]:
    """Three nodes' logs as they lie here, whole; Airflow is not needed for them."""
    shelf = Shelf(tmp_path, AirflowClient("http://127.0.0.1:9", "", ""), 1_000_000)
    rows = [
        ExecutionNode(node_id=name, task_id=name, status="success", try_number=tries, started_at=_at(begun))
        for name, tries, begun in (("two", 2, 60), ("one", 1, 0), ("three", 1, 59))
    ]
    log = RunLog(shelf, "dag", "run", rows, ended=True, now=BEGIN + timedelta(days=1))
    for row in rows:
        for number in range(1, row.try_number + 1):
            lines = [_line(row.node_id, second) for second in SAID[row.node_id, number]]
            shelf.spool(log.try_of(row, number)).append(lines, settled=True)
    yield log
    shelf.close()


@pytest.mark.parametrize("limit", [1, 2, 5, 100])
def test_lines_come_in_the_order_of_time_each_once(run_log: RunLog, limit: int) -> None:
    found: list[Line] = []
    page = run_log.forwards(None, limit, EVERYTHING)
    while not (page.complete and not page.items):
        assert len(page.items) <= limit
        found += page.items
        page = run_log.forwards(page.cursor, limit, EVERYTHING)

    assert _seconds(found) == IN_ORDER
    assert found[5].node_id == "one"


def test_lines_that_a_filter_passes_over_are_passed_once(run_log: RunLog) -> None:
    page = run_log.forwards(None, 2, Filter(search="two says"))
    rest = run_log.forwards(page.cursor, 100, Filter(search="says"))

    assert _seconds(page.items) == [2, 3]
    assert _seconds(rest.items) == IN_ORDER[4:]
    assert rest.complete


def test_a_live_stream_and_the_pages_from_the_end_are_in_the_same_order(run_log: RunLog) -> None:
    live = list(run_log.lines(decode(None, run_log.rows), 100, EVERYTHING, wait=False))
    last = run_log.backwards(None, 4, EVERYTHING)

    assert _seconds(live) == IN_ORDER
    assert _seconds(last.items) == IN_ORDER[-4:]


def _at(second: int) -> datetime:
    return BEGIN + timedelta(seconds=second)


def _line(node_id: str, second: int | None) -> dict[str, str | None]:
    stamp = None if second is None else _at(second).isoformat()
    return {"event": f"{node_id} says {second}", "level": "info", "timestamp": stamp}


def _seconds(lines: list[Line]) -> list[int | None]:
    return [int((line.timestamp - BEGIN).total_seconds()) if line.timestamp else None for line in lines]

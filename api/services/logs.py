"""A run's log, page by page: every task, every try, each line once, with a bound on what is held in memory."""

import base64
import json
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any, Literal

from pydantic import NonNegativeInt, TypeAdapter, ValidationError

from api.clients.airflow import AirflowClient
from api.clients.airflow_log import LogLine
from api.errors import LogCursorInvalid
from api.models import ExecutionNode
from api.services.sync.outcome import exception_text, traceback_text

Level = Literal["debug", "info", "warning", "error", "critical"]
LEVELS: dict[str, Level] = {
    "debug": "debug",
    "info": "info",
    "warning": "warning",
    "warn": "warning",
    "error": "error",
    "exception": "error",
    "critical": "critical",
}
NO_LOG = frozenset({"pending", "skipped", "upstream_failed", "removed"})
ENDED = frozenset({"success", "failed", "skipped", "upstream_failed", "removed"})
SETTLED_AFTER = timedelta(seconds=3)
"""A task's last lines are written a moment after its state."""
MAX_CURSOR = 100_000
TOLD = frozenset(
    {"event", "timestamp", "level", "logger", "error_detail", "filename", "lineno", "loc", "chan"}
    | {"dag_id", "run_id", "task_id", "ti_id", "map_index", "try_number"}
)
"""What a line carries that it says elsewhere, or that its place says."""
FOLDING = ("::group::", "::endgroup::")
"""Airflow's marks for what its own UI folds."""
_TIME = TypeAdapter(datetime)
_POSITIONS = TypeAdapter(list[tuple[NonNegativeInt, NonNegativeInt, int]])


@dataclass(frozen=True)
class Line:
    """One line of a task's log."""

    timestamp: datetime | None
    level: Level
    node_id: str
    try_number: int
    message: str


@dataclass(frozen=True)
class Page:
    """Lines, and where the next ones begin; `complete` when no more can come."""

    items: list[Line]
    cursor: str
    complete: bool


@dataclass
class Position:
    """How far one node's log was read: lines of a try; try 0 means not begun."""

    try_number: int = 0
    lines: int = 0
    done: bool = False


def read(
    airflow: AirflowClient,
    rows: Sequence[ExecutionNode],
    *,
    dag_id: str,
    dag_run_id: str,
    ended: bool,
    now: datetime,
    cursor: str | None,
    limit: int,
) -> Page:
    """The next lines of these nodes, which must come in the same order at each call."""
    positions = _decode(cursor, len(rows))
    items: list[Line] = []
    for row, position in zip(rows, positions, strict=True):
        if position.done or row.status == "pending":
            continue
        if row.status in NO_LOG:
            position.done = row.try_number <= position.try_number or row.try_number == 0
        settled = row.status in ENDED and row.completed_at is not None and now - row.completed_at > SETTLED_AFTER
        position.try_number = position.try_number or 1
        while len(items) < limit and not position.done and position.try_number <= row.try_number:
            room = limit - len(items)
            with airflow.log(dag_id, dag_run_id, row.task_id, position.try_number) as lines:
                new = list(islice(lines, position.lines, position.lines + room))
            told = (line for line in new if not str(line.get("event", "")).startswith(FOLDING))
            items += [_line(line, row.node_id, position.try_number) for line in told]
            position.lines += len(new)
            if len(new) == room:
                break
            if position.try_number < row.try_number:
                position.try_number, position.lines = position.try_number + 1, 0
                continue
            position.done = settled
            break
    items.sort(key=lambda line: (line.timestamp is not None, line.timestamp))
    waiting = any(not position.done and row.status != "pending" for row, position in zip(rows, positions, strict=True))
    return Page(items, _encode(positions), complete=ended and not waiting)


def _line(line: LogLine, node_id: str, try_number: int) -> Line:
    return Line(
        timestamp=_timestamp(line.get("timestamp")),
        level=LEVELS.get(str(line.get("level", "info")).lower(), "info"),
        node_id=node_id,
        try_number=try_number,
        message=_message(line),
    )


def _message(line: LogLine) -> str:
    """What was said, with its exception; what else the line carries follows as name=value."""
    more = " ".join(f"{name}={value}" for name, value in line.items() if name not in TOLD and value is not None)
    first = " ".join(part for part in (str(line.get("event", "")), more) if part)
    return "\n".join(part for part in (first, traceback_text(line) or exception_text(line)) if part)


def _timestamp(value: Any) -> datetime | None:
    try:
        found = _TIME.validate_python(value) if value is not None else None
    except ValidationError:
        return None
    return found.replace(tzinfo=UTC) if found and found.tzinfo is None else found  # all must compare


def _encode(positions: Sequence[Position]) -> str:
    plain = json.dumps([[p.try_number, p.lines, int(p.done)] for p in positions], separators=(",", ":"))
    return base64.urlsafe_b64encode(zlib.compress(plain.encode())).decode().rstrip("=")


def _decode(cursor: str | None, nodes: int) -> list[Position]:
    """The position of each node; a node that joined since the cursor was made begins at its start."""
    if not cursor:
        return [Position() for _ in range(nodes)]
    try:
        packed = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        plain = zlib.decompressobj().decompress(packed, MAX_CURSOR)
        given: list[tuple[int, int, int]] = _POSITIONS.validate_json(plain)
        read_so_far = [Position(tries, lines, bool(done)) for tries, lines, done in given]
    except (ValueError, zlib.error) as error:
        raise LogCursorInvalid from error
    if len(read_so_far) > nodes:
        raise LogCursorInvalid
    return [*read_so_far, *(Position() for _ in range(nodes - len(read_so_far)))]

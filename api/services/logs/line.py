"""A line of a task's log as people read it, and as it is kept on disk."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from pydantic import TypeAdapter, ValidationError

from api.clients.airflow_log import LogLine
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
SEVERITY: dict[str, int] = {"debug": 0, "info": 1, "warning": 2, "error": 3, "critical": 4}
PROGRESS = "logidata_progress"
"""The key of a line by which a task tells how far it is, from 0 to 1."""
TOLD = frozenset(
    {"event", "timestamp", "level", "logger", "error_detail", "filename", "lineno", "loc", "chan", PROGRESS}
    | {"dag_id", "run_id", "task_id", "ti_id", "map_index", "try_number"}
)
"""What a line carries that it says elsewhere, or that its place says."""
FOLDING = ("::group::", "::endgroup::")
"""Airflow's marks for what its own UI folds."""
_TIME = TypeAdapter(datetime)


@dataclass(frozen=True)
class Line:
    """One line of a task's log; `progress` where it tells how far the task is."""

    timestamp: datetime | None
    level: Level
    node_id: str
    try_number: int
    message: str
    progress: float | None = None


@dataclass(frozen=True)
class Filter:
    """Which lines are wanted."""

    level: Level = "debug"
    search: str = ""

    def __call__(self, line: Line) -> bool:
        """Whether this one is."""
        return SEVERITY[line.level] >= SEVERITY[self.level] and self.search.casefold() in line.message.casefold()


def stored(line: LogLine) -> bytes | None:
    """What is kept of a line of Airflow's; None when it says nothing to a person."""
    if str(line.get("event", "")).startswith(FOLDING):
        return None
    level = LEVELS.get(str(line.get("level", "info")).lower(), "info")
    kept = [_timestamp(line.get("timestamp")), level, _message(line), _progress(line)]
    return json.dumps(kept, ensure_ascii=True, separators=(",", ":")).encode() + b"\n"


def restored(raw: bytes, node_id: str, try_number: int) -> Line:
    """A kept line, of this node and try."""
    stamp, level, message, progress = json.loads(raw)
    timestamp = datetime.fromisoformat(stamp) if stamp else None
    return Line(timestamp, level, node_id, try_number, message, progress)


def _progress(line: Mapping[str, Any]) -> float | None:
    told = line.get(PROGRESS)
    return round(float(told), 4) if isinstance(told, int | float) and 0 <= told <= 1 else None


def _message(line: LogLine) -> str:
    """What was said, with its exception; what else the line carries follows as name=value."""
    more = " ".join(f"{name}={value}" for name, value in line.items() if name not in TOLD and value is not None)
    first = " ".join(part for part in (str(line.get("event", "")), more) if part)
    return "\n".join(part for part in (first, traceback_text(line) or exception_text(line)) if part)


def _timestamp(value: Any) -> str | None:
    try:
        found = _TIME.validate_python(value) if value is not None else None
    except ValidationError:
        return None
    if found is None:
        return None
    return (
        found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    ).isoformat()  # all must compare

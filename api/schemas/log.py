"""Logs as they come back."""

from datetime import datetime
from typing import Literal

from api.schemas.values import Out

Level = Literal["debug", "info", "warning", "error", "critical"]


class LogLineOut(Out):
    """One line of a task's log; `progress`, from 0 to 1, where it tells how far the task is."""

    timestamp: datetime | None
    level: Level
    node_id: str
    try_number: int
    message: str
    progress: float | None


class LogPage(Out):
    """Lines in the order of time; `cursor` gets those after them, until the log is complete, `before` those before.

    `before` is null in a page that was read forwards, and when there is nothing before.
    """

    items: list[LogLineOut]
    cursor: str
    before: str | None
    complete: bool

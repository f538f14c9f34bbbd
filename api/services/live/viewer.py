"""One who looks on: where they are in the events and the log, and what they get next."""

import base64
import binascii
import json
from dataclasses import dataclass

from api.errors import LogCursorInvalid
from api.models import ExecutionEvent
from api.services.live.feed import Feed
from api.services.logs.line import Filter, Line
from api.services.logs.position import decode, encode

LINES = 200  # in one message
EVENTS = 100  # in one batch
EVERYTHING = Filter()


@dataclass(frozen=True)
class Event:
    """A change of the execution or of a node."""

    cursor: str
    event: ExecutionEvent


@dataclass(frozen=True)
class Lines:
    """Lines of the log."""

    cursor: str
    lines: list[Line]


@dataclass(frozen=True)
class End:
    """Nothing follows."""

    cursor: str
    status: str


class Viewer:
    """A place in a feed; made from the cursor of the last message that was received, or from none."""

    def __init__(self, feed: Feed, cursor: str | None) -> None:
        self._feed = feed
        self._event, self._log = _unpacked(cursor)
        decode(self._log, feed.run_log.rows)  # a made-up cursor is refused now

    def batch(self) -> list[Event | Lines | End]:
        """What comes next, in order; empty when nothing is there yet. Never more than some hundred kilobytes."""
        run_log, status = self._feed.run_log, self._feed.status
        events = self._feed.events_after(self._event)
        found: list[Event | Lines | End] = []
        for event in events[:EVENTS]:
            self._event = event.id
            found.append(Event(self._cursor, event))
        positions = decode(self._log, run_log.rows)
        lines = list(run_log.lines(positions, LINES, EVERYTHING, wait=False))
        self._log = encode(run_log.rows, positions)
        if lines:
            found.append(Lines(self._cursor, lines))
        if not lines and len(events) <= EVENTS and run_log.complete(positions):
            found.append(End(self._cursor, status))
        return found

    @property
    def _cursor(self) -> str:
        packed = json.dumps([self._event, self._log], separators=(",", ":"))
        return base64.urlsafe_b64encode(packed.encode()).decode().rstrip("=")


def _unpacked(cursor: str | None) -> tuple[int, str]:
    if not cursor:
        return 0, ""
    try:
        event, log = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, TypeError, binascii.Error) as error:
        raise LogCursorInvalid from error
    if not isinstance(event, int) or isinstance(event, bool) or not 0 <= event < 2**63 or not isinstance(log, str):
        raise LogCursorInvalid
    return event, log

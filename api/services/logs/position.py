"""How far a run's log was read: for each node a try and the bytes of it, packed into a cursor."""

import base64
import json
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from pydantic import NonNegativeInt, TypeAdapter

from api.errors import LogCursorInvalid
from api.models import ExecutionNode

NO_LOG = frozenset({"pending", "skipped", "upstream_failed", "removed"})
ENDED = frozenset({"success", "failed", "skipped", "upstream_failed", "removed"})
SETTLED_AFTER = timedelta(seconds=3)
"""A task's last lines are written a moment after its state."""
MAX_CURSOR = 100_000
_POSITIONS = TypeAdapter(list[tuple[NonNegativeInt, NonNegativeInt, int]])


@dataclass
class Position:
    """How far one node's log was read: bytes of a try; try 0 means not begun."""

    try_number: int = 0
    offset: int = 0
    done: bool = False


def settled(row: ExecutionNode, try_number: int, now: datetime) -> bool:
    """Whether a try writes nothing any more."""
    if try_number < row.try_number:
        return row.started_at is None or now - row.started_at > SETTLED_AFTER
    return row.status in ENDED and (row.completed_at is None or now - row.completed_at > SETTLED_AFTER)


def encode(positions: Sequence[Position]) -> str:
    """The positions as one opaque text."""
    plain = json.dumps([[p.try_number, p.offset, int(p.done)] for p in positions], separators=(",", ":"))
    return base64.urlsafe_b64encode(zlib.compress(plain.encode())).decode().rstrip("=")


def decode(cursor: str | None, nodes: int) -> list[Position]:
    """The position of each node; a node that joined since the cursor was made begins at its start.

    Raises:
        LogCursorInvalid: no cursor of this log.
    """
    if not cursor:
        return [Position() for _ in range(nodes)]
    try:
        packed = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        plain = zlib.decompressobj().decompress(packed, MAX_CURSOR)
        given: list[tuple[int, int, int]] = _POSITIONS.validate_json(plain)
        read_so_far = [Position(tries, offset, bool(done)) for tries, offset, done in given]
    except (ValueError, zlib.error) as error:
        raise LogCursorInvalid from error
    if len(read_so_far) > nodes:
        raise LogCursorInvalid
    return [*read_so_far, *(Position() for _ in range(nodes - len(read_so_far)))]

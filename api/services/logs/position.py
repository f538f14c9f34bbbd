"""How far a run's log was read: for each node a try and the bytes of it, packed into a cursor."""

import base64
import hashlib
import json
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated

from pydantic import Field, TypeAdapter

from api.errors import LogCursorInvalid
from api.models import ExecutionNode

NO_LOG = frozenset({"pending", "skipped", "upstream_failed", "removed"})
ENDED = frozenset({"success", "failed", "skipped", "upstream_failed", "removed"})
SETTLED_AFTER = timedelta(seconds=3)
"""A task's last lines are written a moment after its state."""
MAX_CURSOR = 100_000
Number = Annotated[int, Field(ge=0, lt=2**62)]
_POSITIONS = TypeAdapter(dict[str, tuple[Number, Number, int]])


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


def encode(rows: Sequence[ExecutionNode], positions: Sequence[Position]) -> str:
    """The positions of the nodes that have begun, as one opaque text."""
    begun = {_key(row): p for row, p in zip(rows, positions, strict=True) if p != Position()}
    plain = json.dumps({key: [p.try_number, p.offset, int(p.done)] for key, p in begun.items()}, separators=(",", ":"))
    return base64.urlsafe_b64encode(zlib.compress(plain.encode())).decode().rstrip("=")


def decode(cursor: str | None, rows: Sequence[ExecutionNode]) -> list[Position]:
    """The position of each node; one that the cursor does not know begins at its start.

    Raises:
        LogCursorInvalid: no cursor of this log.
    """
    if not cursor:
        return [Position() for _ in rows]
    try:
        packed = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        plain = zlib.decompressobj().decompress(packed, MAX_CURSOR)
        given: dict[str, tuple[int, int, int]] = _POSITIONS.validate_json(plain)
    except (ValueError, zlib.error) as error:
        raise LogCursorInvalid from error
    known = {key: Position(tries, offset, bool(done)) for key, (tries, offset, done) in given.items()}
    if known.keys() - {_key(row) for row in rows}:
        raise LogCursorInvalid
    return [known.get(_key(row)) or Position() for row in rows]


def _key(row: ExecutionNode) -> str:
    return hashlib.sha256(row.node_id.encode()).hexdigest()[:12]

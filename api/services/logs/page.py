"""Pages of a run's log: forwards from a cursor, or backwards from the end, with a bound on what one page costs."""

import heapq
from collections.abc import Callable, Iterator, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from api.models import ExecutionNode
from api.services.logs.line import Filter, Line, restored
from api.services.logs.position import NO_LOG, Position, decode, encode, settled
from api.services.logs.shelf import Shelf, Try

PAGE_BYTES = 2 * 1024 * 1024
SCAN_BYTES = 16 * 1024 * 1024
"""Of lines that a filter passes over in one page."""
LIVE_BYTES = 256 * 1024
"""Of lines in one message of a live stream."""
PATIENCE = 10.0  # seconds that a page waits for the first lines of a long log
CLOCKS_DIFFER = timedelta(seconds=5)
"""How far the times in a log may be before the one at which Airflow's database says that it begins."""
_EARLIEST = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Page:
    """Lines, where the next ones begin, and where those before them end; `complete` when no more can come."""

    items: list[Line]
    cursor: str
    before: str | None
    complete: bool


@dataclass(frozen=True)
class RunLog:
    """The log of some nodes of one run; the nodes come in the same order at each call."""

    shelf: Shelf
    dag_id: str
    dag_run_id: str
    rows: Sequence[ExecutionNode]
    ended: bool
    now: datetime

    def forwards(self, cursor: str | None, limit: int, wanted: Filter) -> Page:
        """The lines after the cursor."""
        positions = decode(cursor, self.rows)
        items = list(self.lines(positions, limit, wanted))
        return Page(items, encode(self.rows, positions), None, self.complete(positions))

    def lines(self, positions: Sequence[Position], limit: int, wanted: Filter, *, wait: bool = True) -> Iterator[Line]:
        """The next lines of all nodes in the order of time; moves the positions along.

        A line that arrives after later ones comes when it is there. Without `wait`, only what is here.
        """
        budget = Budget(limit) if wait else Budget(limit, size=LIVE_BYTES)
        pairs = zip(self.rows, positions, strict=True)
        nodes = (self._of_node(row, position, budget, wait=wait) for row, position in pairs)
        for found in heapq.merge(*nodes, key=lambda each: each.moment):
            if budget.spent:
                return
            if found.line is None:
                continue
            found.move()
            if budget.takes(found.size, chosen=wanted(found.line)):
                yield found.line

    def complete(self, positions: Sequence[Position]) -> bool:
        """Whether the run has ended and all of these nodes' lines were read."""
        pairs = zip(self.rows, positions, strict=True)
        return self.ended and all(position.done or row.status == "pending" for row, position in pairs)

    def backwards(self, before: str | None, limit: int, wanted: Filter) -> Page:
        """The last lines, or those before a page's `before`; its cursor leads on from the end of what is here."""
        given = decode(before, self.rows)
        places = [self._from_the_end(row, at, first=before is None) for row, at in zip(self.rows, given, strict=True)]
        ends = [copy(place) for place in places]
        budget = Budget(limit, scan=SCAN_BYTES // max(1, len(places)))
        found = [self._before(row, place, budget, wanted) for row, place in zip(self.rows, places, strict=True)]
        items: list[Line] = []
        for line, settle in heapq.merge(*found, key=lambda each: _moment(each[0]), reverse=True):
            settle()
            items.append(line)
            budget.takes(len(line.message), chosen=True)
            if budget.spent:
                break
        rest = any(place.try_number > 1 or place.offset > 0 for place in places)
        return Page(
            items[::-1], encode(self.rows, ends), encode(self.rows, places) if rest else None, self.complete(ends)
        )

    def try_of(self, row: ExecutionNode, number: int) -> Try:
        """One of a node's tries, as Airflow names it."""
        return Try(self.dag_id, self.dag_run_id, row.task_id, number)

    def _of_node(self, row: ExecutionNode, position: Position, budget: "Budget", *, wait: bool) -> Iterator["_Next"]:
        """A node's lines; what is read ahead of the others moves the position only when it is used."""
        if position.done or row.status == "pending":
            return
        if row.status in NO_LOG:
            position.done = row.try_number <= position.try_number or row.try_number == 0
        position.try_number = position.try_number or 1
        # A log is fetched when the others have come to its beginning: a page of a long run needs few of them.
        begun = (row.started_at if row.try_number <= 1 else None) or _EARLIEST
        yield _Next(moment := begun - CLOCKS_DIFFER if begun > _EARLIEST else begun)
        while not position.done and position.try_number <= row.try_number:
            number = position.try_number
            for raw, after in self._of_try(row, position, budget, wait=wait):
                line = restored(raw, row.node_id, number)
                moment = max(moment, line.timestamp or moment)
                yield _Next(moment, line, len(raw), _mover(position, number, after))
            if not self._whole(row, position):
                return
            if number < row.try_number:
                position.try_number, position.offset = number + 1, 0
            else:
                position.done = True

    def _of_try(
        self, row: ExecutionNode, position: Position, budget: "Budget", *, wait: bool
    ) -> Iterator[tuple[bytes, int]]:
        this = self.try_of(row, position.try_number)
        spool = self.shelf.spool(this)
        if wait:
            quiet = settled(row, position.try_number, self.now)
            enough = position.offset + budget.bytes
            self.shelf.wait_for(this, lambda: spool.state.bytes > enough, settled=quiet, seconds=PATIENCE)
        return spool.forwards(position.offset)

    def _whole(self, row: ExecutionNode, position: Position) -> bool:
        state = self.shelf.spool(self.try_of(row, position.try_number)).state
        return state.complete and position.offset >= state.bytes

    def _from_the_end(self, row: ExecutionNode, given: Position, *, first: bool) -> Position:
        if not first:
            return given
        if row.status == "pending" or row.try_number == 0:
            return Position()
        if row.status in NO_LOG:
            return Position(row.try_number, 0, done=True)
        this = self.try_of(row, row.try_number)
        quiet = settled(row, row.try_number, self.now)
        self.shelf.wait_for(this, lambda: False, settled=quiet, seconds=PATIENCE)
        state = self.shelf.spool(this).state
        return Position(row.try_number, state.bytes, done=state.complete)

    def _before(
        self, row: ExecutionNode, place: Position, budget: "Budget", wanted: Filter
    ) -> Iterator[tuple[Line, Callable[[], None]]]:
        """The lines of one node from its place back to its beginning; one that is used moves the place."""
        number, end = place.try_number, place.offset
        scanned = 0
        while number > 0:
            for raw, start in self.shelf.spool(self.try_of(row, number)).backwards(end):
                line = restored(raw, row.node_id, number)
                scanned += len(raw)
                if wanted(line):
                    yield line, _mover(place, number, start)
                elif scanned > budget.scan:
                    _mover(place, number, start)()
                    budget.spent = True
                    return
            number -= 1
            if number:
                this = self.try_of(row, number)
                self.shelf.wait_for(this, lambda: False, settled=settled(row, number, self.now), seconds=PATIENCE)
                end = self.shelf.spool(this).state.bytes
        place.try_number = min(place.try_number, 1)
        place.offset = 0


@dataclass(frozen=True)
class _Next:
    """What a node has next: a line, or (`line` is None) the beginning of its log."""

    moment: datetime
    """Never before that of the line before."""
    line: Line | None = None
    size: int = 0
    move: Callable[[], None] = lambda: None


class Budget:
    """What one page may still take."""

    def __init__(self, lines: int, *, scan: int = SCAN_BYTES, size: int = PAGE_BYTES) -> None:
        self._lines = lines
        self.scan = scan
        self.bytes = size
        self.spent = lines <= 0

    def takes(self, size: int, *, chosen: bool) -> bool:
        """Count a line; answers whether it was chosen."""
        self.scan -= size
        if chosen:
            self._lines -= 1
            self.bytes -= size
        self.spent = self._lines <= 0 or self.bytes <= 0 or self.scan <= 0
        return chosen


def _mover(place: Position, number: int, offset: int) -> Callable[[], None]:
    def move() -> None:
        place.try_number, place.offset = number, offset

    return move


def _moment(line: Line) -> datetime:
    return line.timestamp or _EARLIEST

"""One try's log on this machine's disk: appended to by whoever fetches it, read by everybody else meanwhile.

Airflow answers every request for a log by reading all of it, so a log is fetched whole, and pages are cut from here.
"""

import fcntl
import json
import os
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from api.clients.airflow_log import LogLine
from api.services.logs.line import stored

FLUSH = 256 * 1024
BLOCK = 256 * 1024


@dataclass(frozen=True)
class State:
    """How much is here: bytes of whole lines, Airflow's lines that they came from, and whether that is all."""

    bytes: int = 0
    lines: int = 0
    complete: bool = False
    fetched_at: float = 0.0
    took: float = 0.0
    """Seconds of the last fetch: one that took long is not repeated soon."""


class Spool:
    """The files of one try: its lines, and beside them how much of them counts."""

    def __init__(self, folder: Path, name: str) -> None:
        self.path = folder / f"{name}.log"
        self._state = folder / f"{name}.json"
        self._lock = folder / f"{name}.lock"

    @property
    def state(self) -> State:
        """How much is here now."""
        try:
            return State(**json.loads(self._state.read_bytes()))
        except (FileNotFoundError, ValueError, TypeError):
            return State()

    def append(self, lines: Iterable[LogLine], *, settled: bool) -> None:
        """Take over what the log has beyond what is here; the caller holds `fetching`.

        Args:
            lines: the log from its start.
            settled: nothing was being written any more when it was asked for.
        """
        begun, now = time.monotonic(), time.time()
        known = self.state
        size, count = known.bytes, known.lines
        buffer = bytearray()
        with self.path.open("ab") as file:
            file.truncate(size)  # behind a fetch that died
            for number, line in enumerate(_but_half_lines(lines, settled=settled), 1):
                if number <= known.lines:
                    continue
                count = number
                buffer += stored(line) or b""
                if len(buffer) >= FLUSH:
                    size += _write(file.fileno(), buffer)
                    self._save(State(size, count, False, known.fetched_at, known.took))
            size += _write(file.fileno(), buffer)
        self._save(State(size, count, settled, now, time.monotonic() - begun))

    @contextmanager
    def fetching(self) -> Iterator[bool]:
        """Hold the right to fetch; False while another thread or process holds it."""
        with self._lock.open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                yield False
                return
            yield True

    def forwards(self, offset: int) -> Iterator[tuple[bytes, int]]:
        """Whole lines from a position on, each with the position after it."""
        end = self.state.bytes
        if offset >= end:
            return
        with self.path.open("rb") as file:
            file.seek(offset)
            while offset < end:
                line = file.readline()
                if not line.endswith(b"\n"):
                    return
                offset += len(line)
                yield line, offset

    def backwards(self, offset: int | None) -> Iterator[tuple[bytes, int]]:
        """Whole lines before a position (None: the end), the last first, each with the position that it begins at."""
        end = self.state.bytes if offset is None else min(offset, self.state.bytes)
        if end == 0:
            return
        with self.path.open("rb") as file:
            rest = b""
            while end > 0:
                start = max(0, end - BLOCK)
                file.seek(start)
                block = file.read(end - start) + rest
                first, *lines = block.splitlines(keepends=True) if start else [b"", *block.splitlines(keepends=True)]
                place = start + len(block)
                for line in reversed(lines):
                    place -= len(line)
                    yield line, place
                rest, end = first, start

    def remove(self) -> None:
        """Forget this log; the next reader fetches it again."""
        for path in (self._state, self.path):
            path.unlink(missing_ok=True)

    def _save(self, state: State) -> None:
        aside = self._state.with_suffix(f".{os.getpid()}")
        aside.write_text(json.dumps(asdict(state)))
        aside.replace(self._state)


def _write(file: int, buffer: bytearray) -> int:
    size = len(buffer)
    with memoryview(bytes(buffer)) as rest:
        written = 0
        while written < size:
            written += os.write(file, rest[written:])
    buffer.clear()
    return size


def _but_half_lines(lines: Iterable[LogLine], *, settled: bool) -> Iterator[LogLine]:
    """The last line without a level may be half of one that is being written: it waits for the next fetch."""
    held: LogLine | None = None
    for line in lines:
        if held is not None:
            yield held
        held = line
    if held is not None and (settled or "level" in held):
        yield held

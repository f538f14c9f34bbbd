"""Hands compiled files to Airflow: the live ones it parses, and every revision it may still run.

root/live/<stem>.py                what Airflow parses now, with its bytecode where Python looks for it
root/history/<stem>/<revision>.py  every published source, immutable, a hard link of the live file
root/history/<stem>/<revision>.gone  the pipeline was withdrawn in this revision
root/pending/<stem>.py|.gone       a publish in progress; found under the lock, it is what a crash cut short
root/revision                      the last committed revision, a decimal number; replacing it is the commit
root/lock                          held (flock) by the one process that publishes
"""

import fcntl
import math
import os
import py_compile
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import cache_from_source
from pathlib import Path

_STEM = re.compile(r"[A-Za-z0-9_]{1,200}")
_SOURCE, _GONE = ".py", ".gone"

# Airflow parses a changed file again only if its mtime is later than the end of the last parse, so a file that is
# replaced while its predecessor is being parsed would be missed. An mtime a little ahead lets the next round see it.
_MTIME_AHEAD = 1.0


class RevisionUnknownError(LookupError):
    """The revision was never published under this root."""


class Publisher:
    """Publishes and withdraws files under one root, atomically and from any number of processes."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.live = root / "live"
        self._history = root / "history"
        self._pending = root / "pending"
        self._revision = root / "revision"

    def publish(self, stem: str, source: str) -> int:
        """Make `source` the live file of `stem`; an unchanged source keeps its revision and touches nothing."""
        _check(stem)
        content = source.encode()
        with self._locked():
            revision = self.revision()
            newest = self._newest(stem, revision)
            if newest and newest.suffix == _SOURCE and newest.read_bytes() == content:
                return int(newest.stem)
            return self._commit(stem, _SOURCE, content, revision + 1)

    def withdraw(self, stem: str) -> int:
        """Remove the live file of `stem`; runs of earlier revisions keep theirs."""
        _check(stem)
        with self._locked():
            revision = self.revision()
            newest = self._newest(stem, revision)
            if newest is None or newest.suffix == _GONE:
                return int(newest.stem) if newest else revision
            return self._commit(stem, _GONE, b"", revision + 1)

    def advance(self, least: int) -> None:
        """Let the counter stand at `least` or later: a folder that was lost must not give numbers out again.

        Like every publish, it first undoes what a crash left half done.
        """
        with self._locked():
            if self.revision() < least:
                self._count(least)

    def published(self) -> dict[str, int]:
        """The live stems with the revision that each was last changed in."""
        return {stem: int(path.stem) for stem, path in self.versions_at(self.revision()).items()}

    def revision(self) -> int:
        """The last committed revision, 0 before the first."""
        try:
            return int(self._revision.read_text())
        except FileNotFoundError:
            return 0

    def versions_at(self, revision: int) -> dict[str, Path]:
        """The files that were live at `revision`, by stem; needs no lock, since committed history never changes."""
        if not 0 <= revision <= self.revision():
            raise RevisionUnknownError(f"Revision {revision} is unknown; the last one is {self.revision()}.")
        try:
            stems = sorted(entry.name for entry in os.scandir(self._history))
        except FileNotFoundError:
            return {}
        newest = {stem: self._newest(stem, revision) for stem in stems}
        return {stem: path for stem, path in newest.items() if path and path.suffix == _SOURCE}

    @contextmanager
    def _locked(self) -> Iterator[None]:
        self.root.mkdir(parents=True, exist_ok=True)
        with (self.root / "lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            for folder in (self.live, self._history, self._pending):
                folder.mkdir(exist_ok=True)
            for pending in self._pending.iterdir():
                self._roll_back(pending)
            yield

    def _newest(self, stem: str, upto: int) -> Path | None:
        past = [(number, path) for number, path in self._past(stem) if number <= upto]
        return max(past)[1] if past else None

    def _past(self, stem: str) -> list[tuple[int, Path]]:
        try:
            with os.scandir(self._history / stem) as entries:
                names = [entry.name for entry in entries]
        except FileNotFoundError:
            return []
        numbered = [(name.partition("."), name) for name in names]
        return [(int(parts[0]), self._history / stem / name) for parts, name in numbered if parts[0].isdecimal()]

    def _commit(self, stem: str, suffix: str, content: bytes, revision: int) -> int:
        pending = self._pending / f"{stem}{suffix}"
        _write(pending, content)
        self._date(pending, stem)
        _sync(self._pending)
        past = self._history / stem / f"{revision}{suffix}"
        if not past.parent.exists():
            past.parent.mkdir()
            _sync(self._history)
        os.link(pending, past)
        _sync(past.parent)
        self._expose(stem, past)
        self._count(revision)
        pending.unlink()
        return revision

    def _count(self, revision: int) -> None:
        counter = self.root / "revision.new"
        _write(counter, str(revision).encode())
        counter.replace(self._revision)
        _sync(self.root)

    def _expose(self, stem: str, version: Path | None) -> None:
        """Let the live file of `stem` be this version of it, or nothing."""
        live = self.live / f"{stem}{_SOURCE}"
        bytecode = Path(cache_from_source(str(live)))
        if version is None or version.suffix == _GONE:
            live.unlink(missing_ok=True)
            bytecode.unlink(missing_ok=True)
        else:
            # Written before the file appears, so that no parse compiles it; bytecode of another second or size is
            # ignored, and so is that of another Python.
            py_compile.compile(str(version), str(bytecode), str(live), quiet=2)
            link = self._pending / f"{stem}.link"
            link.unlink(missing_ok=True)
            os.link(version, link)
            link.replace(live)
            link.unlink(missing_ok=True)  # renaming a link over its own file does nothing
        _sync(self.live)

    def _date(self, path: Path, stem: str) -> None:
        # Whole seconds apart from the live file: Python takes cached bytecode for current when size and second agree.
        live = self.live / f"{stem}{_SOURCE}"
        before = math.floor(live.stat().st_mtime) + 1 if live.exists() else 0
        date = max(time.time() + _MTIME_AHEAD, before)
        os.utime(path, (date, date))

    def _roll_back(self, pending: Path) -> None:
        stem, committed = pending.stem, self.revision()
        if pending.suffix != ".link" and (self._history / stem).exists():
            for number, path in self._past(stem):
                if number > committed:
                    path.unlink()
            version = self._newest(stem, committed)
            if version and version.suffix == _SOURCE:
                self._date(version, stem)
            self._expose(stem, version)
        pending.unlink(missing_ok=True)


def _check(stem: str) -> None:
    if not _STEM.fullmatch(stem):
        raise ValueError(f"A file stem is letters, digits and underscores, not {stem[:80]!r}.")


def _write(path: Path, content: bytes) -> None:
    path.unlink(missing_ok=True)
    with path.open("xb") as file:
        file.write(content)
        file.flush()
        os.fchmod(file.fileno(), 0o444)
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    """Let a rename, link or removal in this folder survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

"""Forgets old revisions of published files, so that saving every day for years does not fill the disk."""

import fcntl
import time
from itertools import pairwise
from pathlib import Path


def trim(root: Path, *, days: float) -> int:
    """Deletes the files that were superseded more than `days` ago, and says how many.

    A run pins the revision that it started with, so `days` must be longer than anybody waits before retrying one. The
    newest entry of a pipeline always stays, unless it says that the pipeline was withdrawn, as long ago.
    """
    before = time.time() - days * 24 * 3600
    history = root / "history"
    if not history.exists():
        return 0
    deleted = 0
    with (root / "lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        committed = int((root / "revision").read_text())
        for folder in sorted(history.iterdir()):
            deleted += _trim_one(folder, committed, before)
    return deleted


def _trim_one(folder: Path, committed: int, before: float) -> int:
    entries = sorted((entry for entry in folder.iterdir() if int(entry.stem) <= committed), key=lambda e: int(e.stem))
    # What follows an entry was written when that entry stopped being the live one.
    doomed = [old for old, new in pairwise(entries) if new.stat().st_mtime < before]
    if entries and entries[-1].suffix == ".gone" and entries[-1].stat().st_mtime < before:
        doomed.append(entries[-1])
    for entry in doomed:  # the oldest first: a crash in between leaves a shorter, but true, history
        entry.unlink()
    if not any(folder.iterdir()):
        folder.rmdir()
    return len(doomed)

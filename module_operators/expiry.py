"""Deletes from staging what no run reads any more, and old logs."""

from __future__ import annotations

import time
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from module_operators.staging import SCRATCH, Staging

_OURS = ("pipeline_", SCRATCH)


def delete_expired(root: str, *, hours: float) -> list[str]:
    """Removes each run's folder in which nothing was written for `hours`, and unfinished files as old; answers them.

    `root` is a folder or any fsspec URL. The local copies of a remote staging are tidied by the same rule. What is not
    called as staging calls it stays, since the folder may hold other things too.
    """
    before = time.time() - hours * 3600
    local = str(Staging(root, "", "", "", 0).local_root)
    return [path for place in dict.fromkeys((root, local)) for path in _delete(place, before)]


def delete_old_logs(root: Path, *, days: float) -> int:
    """Removes log files that were last written so long ago, and folders that are empty then; answers how many files."""
    before = time.time() - days * 86400
    deleted = 0
    for path in sorted(root.rglob("*"), reverse=True):  # what is in a folder comes before it
        with suppress(OSError):  # written to, or gone, since
            if path.lstat().st_mtime >= before:
                continue
            if path.is_dir() and not path.is_symlink():
                path.rmdir()
            else:
                path.unlink()
                deleted += 1
    return deleted


def _delete(root: str, before: float) -> list[str]:
    import fsspec  # noqa: PLC0415

    filesystem, base = fsspec.core.url_to_fs(root)
    deleted = []
    for dag in _children(filesystem, base):
        if not _name(dag).startswith(_OURS):
            continue
        # Folders of pipelines hold runs; what a killed task left at the top has no such level.
        runs = [dag] if _name(dag).startswith(SCRATCH) else _children(filesystem, dag)
        for run in runs:
            if _last_written(filesystem, run) < before:
                filesystem.rm(run, recursive=True)
                deleted.append(run)
        if runs and runs != [dag] and not _children(filesystem, dag):
            _remove_empty(filesystem, dag)
    return deleted


def _children(filesystem: Any, folder: str) -> list[str]:
    try:
        return sorted(str(path) for path in filesystem.ls(folder, detail=False) if _name(path) != _name(folder))
    except (FileNotFoundError, NotADirectoryError):
        return []


def _name(path: str) -> str:
    return str(path).rstrip("/").rpartition("/")[2]


def _last_written(filesystem: Any, folder: str) -> float:
    times = []
    for path in [folder, *filesystem.find(folder)]:
        try:
            modified: datetime = filesystem.modified(path)
        except (FileNotFoundError, NotImplementedError, KeyError, OSError):
            continue  # a folder of an object store has no time; a file may vanish meanwhile
        times.append(modified.timestamp())
    return max(times, default=time.time())


def _remove_empty(filesystem: Any, folder: str) -> None:
    try:
        filesystem.rmdir(folder)
    except (OSError, NotImplementedError):
        return  # a run has just begun there, or the store knows no folders

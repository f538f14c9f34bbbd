"""A finished file or folder put under its name in one step: a reader sees the one before or the new one, whole."""

from __future__ import annotations

import ctypes
import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from module_operators.problems import TargetError

_ASIDE = ".loading-"
_REPLACED = ".replaced-"
_AT_FDCWD = -100
_RENAME_EXCHANGE = 2


@contextmanager
def placed(root: Path, name: str) -> Iterator[Path]:
    """A path beside `root/name` to write to; it gets that name when the block ends well.

    Raises:
        TargetError: the name leads out of `root`, or belongs to what a load must not delete.
    """
    target = root / name
    _make_folder(root, target.parent)
    with _locked(target.parent):
        _clean(target)
        folder = Path(tempfile.mkdtemp(prefix=_ASIDE, dir=target.parent))
        lock = os.open(folder, os.O_RDONLY)
        fcntl.flock(lock, fcntl.LOCK_EX)  # held while this process lives: others see that it is no leftover
    try:
        aside = folder / target.name
        yield aside
        _check_replaceable(aside, target)
        _flush(aside)
        _put_in_place(aside, target)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)


def _make_folder(root: Path, folder: Path) -> None:
    """Makes the folder unless a link on the way leads out of the root; nothing is made outside it."""
    existing = folder
    while not os.path.lexists(existing):
        existing = existing.parent
    root.mkdir(parents=True, exist_ok=True)
    if existing.is_relative_to(root) and not existing.resolve().is_relative_to(root):
        raise TargetError(f"'{folder.relative_to(root)}' leads out of the file store.")
    folder.mkdir(parents=True, exist_ok=True)
    if not folder.resolve().is_relative_to(root):
        raise TargetError(f"'{folder.relative_to(root)}' leads out of the file store.")


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """One process at a time claims and cleans in a folder."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _clean(target: Path) -> None:
    """Removes what a killed load left beside the target; a load that still runs holds a lock on its folder."""
    for folder in target.parent.glob(f"{_ASIDE}*"):
        if folder.is_symlink() or not folder.is_dir():
            continue
        with suppress(OSError):
            lock = os.open(folder, os.O_RDONLY | os.O_NOFOLLOW)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder, ignore_errors=True)
            finally:
                os.close(lock)
    old = target.with_name(f"{_REPLACED}{target.name}")
    if old.is_dir():
        if target.exists():
            shutil.rmtree(old, ignore_errors=True)
        else:  # killed between the two renames of a file system that cannot exchange names
            old.rename(target)


def _check_replaceable(aside: Path, target: Path) -> None:
    """A load replaces what a load wrote, never a folder of other things."""
    if target.is_symlink() or not target.is_dir():
        return
    if not aside.is_dir():
        raise TargetError(f"'{target.name}' is a folder; choose another name or delete it.")
    foreign = [path for path in target.rglob("*") if not path.is_dir() and path.suffix != ".parquet"]
    if foreign:
        raise TargetError(
            f"The folder '{target.name}' holds other files ({foreign[0].name}); a load would delete them. "
            "Choose another name."
        )


def _flush(aside: Path) -> None:
    """Makes the content durable before the name points at it."""
    for file in aside.rglob("*") if aside.is_dir() else (aside,):
        if file.is_file():
            with file.open("rb") as handle:
                os.fsync(handle.fileno())


def _put_in_place(aside: Path, target: Path) -> None:
    is_folder_involved = aside.is_dir() or (target.is_dir() and not target.is_symlink())
    if not is_folder_involved or not os.path.lexists(target):
        aside.replace(target)
    elif not _exchanged(aside, target):
        old = target.with_name(f"{_REPLACED}{target.name}")
        target.rename(old)
        aside.replace(target)
        if old.is_dir() and not old.is_symlink():
            shutil.rmtree(old)
        else:
            old.unlink()
    parent = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(parent)
    finally:
        os.close(parent)


def _exchanged(one: Path, other: Path) -> bool:
    """Swaps two names in one step where the system can (Linux, local file systems)."""
    try:
        rename = ctypes.CDLL(None, use_errno=True).renameat2
    except (OSError, AttributeError):
        return False
    return rename(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _RENAME_EXCHANGE) == 0

"""The file store: where `file_path` options point. A folder by default, any fsspec URL otherwise."""

from __future__ import annotations

import glob
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from module_operators.problems import SourceError, TargetError


class UnsafePath(ValueError):
    """A path that would leave the file store."""


def checked_path(path: str) -> str:
    """A relative path inside the store, normalised.

    Raises:
        UnsafePath: absolute, with `..`, a NUL or a control character, or empty.
    """
    if any(ord(character) < 32 or ord(character) == 127 for character in path):
        raise UnsafePath("The path contains a control character.")
    pure = PurePosixPath(path.replace("\\", "/"))
    if not path.strip() or pure == PurePosixPath():
        raise UnsafePath("The path is empty.")
    if pure.is_absolute() or (len(path) > 1 and path[1] == ":"):
        raise UnsafePath("The path is absolute; give it relative to the file store.")
    if ".." in pure.parts:
        raise UnsafePath("The path contains '..'; files outside the file store cannot be used.")
    return str(pure)


@dataclass(frozen=True, slots=True)
class FileStore:
    """Reads and writes files of the store; what is remote passes through `scratch`, a local folder of the task."""

    url: str
    scratch: Path

    @property
    def local_root(self) -> Path | None:
        """The store's folder, or None when the store is remote."""
        if self.url.startswith("file://"):
            return Path(self.url.removeprefix("file://")).resolve()
        return None if "://" in self.url else Path(self.url).resolve()

    def readable(self, pattern: str) -> list[Path]:
        """Local paths of the files that a path or glob names, sorted by name.

        Raises:
            SourceError: nothing matches, or a match is a link out of the store.
        """
        checked = self._checked(pattern, SourceError)
        root = self.local_root
        if root is None:
            return self._downloaded(checked)
        has_magic = glob.has_magic(checked)
        matches = sorted(root.glob(checked)) if has_magic else [root / checked]
        files = [match for match in matches if match.is_file()]
        if not files:
            what = "No file matches" if has_magic else "There is no file"
            raise SourceError(f"{what} '{pattern}' in the file store.")
        for file in files:
            if not file.resolve().is_relative_to(root):
                raise SourceError(f"'{pattern}' is a link to a place outside the file store.")
        return files

    @contextmanager
    def replacing(self, path: str) -> Iterator[Path]:
        """A local path to write to; it appears under its name when the block ends well, and not at all otherwise.

        Raises:
            TargetError: the name is unsafe, or the store cannot take the file.
        """
        checked = self._checked(path, TargetError)
        root = self.local_root
        if root is None:
            local = self.scratch / PurePosixPath(checked).name
            yield local
            self._uploaded(local, checked)
            return
        target = root / checked
        target.parent.mkdir(parents=True, exist_ok=True)
        if not target.parent.resolve().is_relative_to(root):
            raise TargetError(f"'{path}' leads out of the file store.")
        with tempfile.TemporaryDirectory(prefix=".loading-", dir=target.parent) as folder:
            aside = Path(folder) / target.name
            yield aside
            _put_in_place(aside, target)

    @staticmethod
    def _checked(path: str, error: type[Exception]) -> str:
        try:
            return checked_path(path)
        except UnsafePath as unsafe:
            raise error(f"'{path}' cannot be used: {unsafe}") from None

    def _filesystem(self) -> tuple[Any, str]:
        import fsspec  # noqa: PLC0415

        return fsspec.core.url_to_fs(self.url)

    def _downloaded(self, pattern: str) -> list[Path]:
        filesystem, root = self._filesystem()
        matches = sorted(filesystem.glob(f"{root}/{pattern}"))
        if not matches:
            raise SourceError(f"There is no file '{pattern}' in the file store.")
        local = []
        for match in matches:
            target = self.scratch / "files" / str(match).removeprefix(root).lstrip("/")
            target.parent.mkdir(parents=True, exist_ok=True)
            filesystem.get_file(match, str(target))
            local.append(target)
        return local

    def _uploaded(self, local: Path, path: str) -> None:
        filesystem, root = self._filesystem()
        filesystem.makedirs(str(PurePosixPath(f"{root}/{path}").parent), exist_ok=True)
        filesystem.put(str(local), f"{root}/{path}", recursive=local.is_dir())


def _put_in_place(aside: Path, target: Path) -> None:
    """Renames a finished file or folder over its name; a reader sees the old one or the new one."""
    for file in aside.rglob("*") if aside.is_dir() else (aside,):
        if file.is_file():
            with file.open("rb") as handle:
                os.fsync(handle.fileno())
    if not target.is_dir():
        if aside.is_dir() and target.exists():
            target.unlink()
        aside.replace(target)
        return
    # A folder cannot be renamed over a full one: the old one steps aside first.
    old = target.with_name(f".replaced-{target.name}")
    with suppress(FileNotFoundError):
        shutil.rmtree(old)
    target.rename(old)
    aside.replace(target)
    shutil.rmtree(old)

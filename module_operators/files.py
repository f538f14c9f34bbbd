"""The file store: where `file_path` options point. A folder by default, any fsspec URL otherwise."""

from __future__ import annotations

import glob
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO, cast

from module_operators.placing import placed
from module_operators.problems import SourceError, TargetError

# Object stores show an object only when its upload is complete, so that it needs no name aside.
_WHOLE_OR_ABSENT = {"s3", "s3a", "gs", "gcs", "abfs", "abfss", "az", "adl", "memory"}


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
class StoredFile:
    """A file of the store: its name in the store, and where it lies (a local path, or the remote file system's)."""

    name: str
    location: str


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

    def matching(self, pattern: str) -> list[StoredFile]:
        """The files that a path or glob names, sorted by name; a hidden file only when the pattern names it.

        Raises:
            SourceError: nothing matches, a match is a link out of the store, or the store is away.
        """
        checked = self._checked(pattern, SourceError)
        root = self.local_root
        try:
            found = self._remote_matches(checked) if root is None else _local_matches(root, checked)
        except OSError as error:
            raise SourceError(f"'{pattern}' cannot be looked up in the file store: {_reason(error)}") from error
        if not found:
            what = "No file matches" if glob.has_magic(checked) else "There is no file"
            raise SourceError(f"{what} '{pattern}' in the file store.")
        return sorted(found, key=lambda file: file.name)

    def open(self, file: StoredFile) -> BinaryIO:
        """The file's bytes from the start; a remote one is read as far as it is asked for.

        Raises:
            SourceError: it is gone or may not be read.
        """
        try:
            if self.local_root is not None:
                return Path(file.location).open("rb")
            return cast("BinaryIO", self._filesystem()[0].open(file.location, "rb"))
        except OSError as error:
            raise SourceError(f"'{file.name}' cannot be read: {_reason(error)}") from error

    def fetched(self, file: StoredFile) -> Path:
        """A local path of the file; a remote one is copied to `scratch`."""
        if self.local_root is not None:
            return Path(file.location)
        target = self.scratch / "files" / file.name
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._filesystem()[0].get_file(file.location, str(target))
        except OSError as error:
            raise SourceError(f"'{file.name}' cannot be read: {_reason(error)}") from error
        return target

    def readable(self, pattern: str) -> list[Path]:
        """Local paths of the files that a path or glob names, sorted by name.

        Raises:
            SourceError: nothing matches, or a match is a link out of the store.
        """
        return [self.fetched(file) for file in self.matching(pattern)]

    @contextmanager
    def replacing(self, path: str) -> Iterator[Path]:
        """A local path to write a file or folder to; it appears under its name when the block ends well.

        When the block fails, or its process dies in it, whatever had the name keeps it.

        Raises:
            TargetError: the name is unsafe, or the store cannot take the file.
        """
        checked = self._checked(path, TargetError)
        root = self.local_root
        try:
            if root is not None:
                with placed(root, checked) as aside:
                    yield aside
                return
            aside = self.scratch / "uploads" / uuid.uuid4().hex / PurePosixPath(checked).name
            aside.parent.mkdir(parents=True)
            yield aside
            self._uploaded(aside, checked)
        except OSError as error:
            raise TargetError(f"'{path}' cannot be written: {_reason(error)}") from error

    @staticmethod
    def _checked(path: str, error: type[Exception]) -> str:
        try:
            return checked_path(path)
        except UnsafePath as unsafe:
            raise error(f"'{path}' cannot be used: {unsafe}") from None

    def _filesystem(self) -> tuple[Any, str]:
        import fsspec  # noqa: PLC0415

        filesystem, root = fsspec.core.url_to_fs(self.url)
        return filesystem, str(root).rstrip("/")

    def _remote_matches(self, pattern: str) -> list[StoredFile]:
        filesystem, root = self._filesystem()
        filesystem.invalidate_cache()
        exact = _joined(root, pattern)
        if filesystem.isfile(exact):
            return [StoredFile(pattern, exact)]
        if not glob.has_magic(pattern):
            return []
        found = filesystem.glob(_joined(glob.escape(root), pattern), detail=True)
        files = []
        for location, details in found.items():
            name = str(location).removeprefix(root).lstrip("/")
            if details["type"] == "file" and not _is_hidden(name, pattern):
                files.append(StoredFile(self._checked(name, SourceError), str(location)))
        return files

    def _uploaded(self, local: Path, path: str) -> None:
        """Brings a finished file or folder to the store; what a folder held before is removed last."""
        filesystem, root = self._filesystem()
        target = _joined(root, path)
        filesystem.makedirs(str(PurePosixPath(target).parent), exist_ok=True)
        if local.is_file():
            self._put(filesystem, local, target)
            return
        filesystem.makedirs(target, exist_ok=True)
        before = set(filesystem.find(target))
        for file in sorted(local.rglob("*")):
            if file.is_file():
                remote = f"{target}/{file.relative_to(local).as_posix()}"
                filesystem.makedirs(str(PurePosixPath(remote).parent), exist_ok=True)
                self._put(filesystem, file, remote)
                before.discard(remote)
        if before:
            filesystem.rm(sorted(before))

    def _put(self, filesystem: Any, local: Path, target: str) -> None:
        if not _WHOLE_OR_ABSENT.isdisjoint({self.url.partition("://")[0]}):
            filesystem.put_file(str(local), target)
            return
        folder, _, name = target.rpartition("/")
        aside = _joined(folder, f".loading-{uuid.uuid4().hex}-{name}")
        try:
            filesystem.put_file(str(local), aside)
            filesystem.mv(aside, target)
        except BaseException:
            if filesystem.exists(aside):
                filesystem.rm(aside)
            raise


def _local_matches(root: Path, pattern: str) -> list[StoredFile]:
    exact = root / pattern
    if exact.is_dir():
        raise SourceError(f"'{pattern}' is a folder; name a file in it, or several: '{pattern}/*'.")
    candidates = [exact] if exact.is_file() else sorted(root.glob(pattern)) if glob.has_magic(pattern) else []
    files = []
    for path in candidates:
        name = path.relative_to(root).as_posix()
        if not path.is_file() or _is_hidden(name, pattern):
            continue
        real = path.resolve()
        if not real.is_relative_to(root):
            raise SourceError(f"'{name}' is a link to a place outside the file store.")
        files.append(StoredFile(name, str(real)))
    return files


def _is_hidden(name: str, pattern: str) -> bool:
    """As in a shell, `*` matches no name that starts with a dot: what is being written has one."""
    named = {part for part in pattern.split("/") if part.startswith(".")}
    return any(part.startswith(".") and part not in named for part in name.split("/"))


def _joined(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name


def _reason(error: OSError) -> str:
    return error.strerror or str(error)

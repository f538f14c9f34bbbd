"""A folder of this machine as the file store; no link leads out of it."""

import fcntl
import os
import shutil
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from api.clients.files.entries import Entry, is_hidden
from api.errors import FileExists, FileNotFound, FilePathUnsafe, FolderNotEmpty

ASIDE = ".uploads"
FORGOTTEN_AFTER = 24 * 3600
"""Seconds after which an upload that was never placed is taken for one whose process died."""


class LocalStore:
    """Files below a folder."""

    def __init__(self, root: Path) -> None:
        self._root = root.absolute()

    def listed(self, folder: str) -> list[Entry]:
        """What stands directly in a folder, in no order; "" is the store itself."""
        place = self._inside(folder) if folder else self._root
        if not place.is_dir():
            if folder:
                raise FileNotFound(folder)
            return []
        with os.scandir(place) as found:
            entries = (self._seen(Path(each.path)) for each in found if not is_hidden(each.name))
            return [entry for entry in entries if entry is not None]

    def walked(self, folder: str) -> Iterator[Entry]:
        """Everything below a folder; links to folders are not followed."""
        for entry in self.listed(folder):
            yield entry
            if entry.kind == "folder" and not (self._root / entry.path).is_symlink():
                with suppress(FileNotFound):  # taken away meanwhile
                    yield from self.walked(entry.path)

    def entry(self, path: str) -> Entry:
        """One file or folder."""
        entry = self._seen(self._inside(path))
        if entry is None:
            raise FileNotFound(path)
        return entry

    @contextmanager
    def reading(self, path: str) -> Iterator[BinaryIO]:
        """A file's bytes."""
        try:
            with self._inside(path).resolve().open("rb") as file:
                yield file
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError) as error:
            raise FileNotFound(path) from error

    @contextmanager
    def receiving(self, path: str) -> Iterator["_Incoming"]:
        """A new file, written aside on the same disk."""
        folder = self._root / ASIDE
        folder.mkdir(parents=True, exist_ok=True)
        self._forget(folder)
        aside = folder / uuid.uuid4().hex
        try:
            with aside.open("xb") as file:
                yield _Incoming(self, aside, file, path)
        finally:
            aside.unlink(missing_ok=True)

    def make_folder(self, path: str) -> Entry:
        """A folder and those above it; one that is there already stays."""
        try:
            self._inside(path).mkdir(parents=True, exist_ok=True)
        except (FileExistsError, NotADirectoryError) as error:
            raise FileExists(path) from error
        return self.entry(path)

    def move(self, source: str, target: str, *, overwrite: bool) -> Entry:
        """Another name for a file or folder, in one step."""
        old, new = self._inside(source), self._inside(target)
        with self._locked():
            if not os.path.lexists(old):
                raise FileNotFound(source)
            if new.is_relative_to(old) and new != old:
                raise FilePathUnsafe("A folder cannot be moved into itself.")
            if os.path.lexists(new) and (not overwrite or new.is_dir() or old.is_dir()):
                raise FileExists(target)
            self._make_parent(new, target)
            old.replace(new)
        return self.entry(target)

    def delete(self, path: str) -> None:
        """A file, a link, or a folder that is empty."""
        place = self._inside(path)
        with self._locked():
            try:
                if place.is_dir() and not place.is_symlink():
                    place.rmdir()
                else:
                    place.unlink()
            except (FileNotFoundError, NotADirectoryError) as error:
                raise FileNotFound(path) from error
            except OSError as error:
                if place.is_dir():
                    raise FolderNotEmpty(path) from error
                raise

    def _place(self, aside: Path, path: str, *, expected: str | None, overwrite: bool) -> Entry:
        target = self._inside(path)
        with self._locked():
            now = self._seen(target) if os.path.lexists(target) else None
            if now is not None and now.kind == "folder":
                raise FileExists(path)
            if expected is not None:
                if now is None or now.etag != expected:
                    raise FileExists(path, now.etag if now else None)
            elif os.path.lexists(target) and not overwrite:
                raise FileExists(path, now.etag if now else None)
            self._make_parent(target, path)
            aside.replace(target)
        return self.entry(path)

    def _make_parent(self, place: Path, path: str) -> None:
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
        except (FileExistsError, NotADirectoryError) as error:
            raise FilePathUnsafe(f"A part of “{path}” is a file, not a folder.") from error
        self._inside(path)

    def _inside(self, path: str) -> Path:
        """Where a path stands; its folder, as links resolve, must lie in the store."""
        place = self._root / path
        root = self._root.resolve()
        if not place.parent.resolve().is_relative_to(root):
            raise FilePathUnsafe(f"“{path}” leads out of the file store.")
        if place.is_symlink() and not place.resolve().is_relative_to(root):
            raise FilePathUnsafe(f"“{path}” is a link to a place outside the file store.")
        return place

    def _seen(self, place: Path) -> Entry | None:
        """None for what is gone, is neither file nor folder, or is a link out of the store."""
        try:
            if place.is_symlink() and not place.resolve().is_relative_to(self._root.resolve()):
                return None
            found = place.stat()
        except OSError:
            return None
        path = place.relative_to(self._root).as_posix()
        modified = datetime.fromtimestamp(found.st_mtime, UTC)
        if place.is_dir():
            return Entry(path, "folder", None, modified, None)
        etag = f"{found.st_mtime_ns:x}-{found.st_size:x}-{found.st_ino:x}"
        return Entry(path, "file", found.st_size, modified, etag) if place.is_file() else None

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """One change of names at a time, whichever process makes it."""
        self._root.mkdir(parents=True, exist_ok=True)
        handle = os.open(self._root, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)

    @staticmethod
    def _forget(folder: Path) -> None:
        for left in folder.iterdir():
            with suppress(OSError):
                if time.time() - left.stat().st_mtime > FORGOTTEN_AFTER:
                    shutil.rmtree(left) if left.is_dir() else left.unlink()


class _Incoming:
    def __init__(self, store: LocalStore, aside: Path, file: BinaryIO, path: str) -> None:
        self._store, self._aside, self._file, self._path = store, aside, file, path

    def write(self, data: bytes) -> object:
        """Append to the file."""
        return self._file.write(data)

    def place(self, *, expected: str | None, overwrite: bool) -> Entry:
        """Give it its name, once it is on the disk."""
        self._file.flush()
        os.fsync(self._file.fileno())
        return self._store._place(self._aside, self._path, expected=expected, overwrite=overwrite)

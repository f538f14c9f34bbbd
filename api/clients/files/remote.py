"""Any file system that fsspec reaches as the file store, such as a bucket."""

import io
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, BinaryIO, cast

from api.clients.files.entries import Entry, is_hidden
from api.errors import FileExists, FileNotFound, FilePathUnsafe, FolderNotEmpty

ASIDE = ".uploads"
_TIMES = ("LastModified", "last_modified", "mtime", "created")


class RemoteStore:
    """Files below an address. What is placed at once elsewhere is placed by two requests here: the later one stays."""

    def __init__(self, url: str) -> None:
        import fsspec  # noqa: PLC0415 - only an installation with a remote store pays for it

        self._files, root = fsspec.core.url_to_fs(url)
        self._root = str(root).rstrip("/")

    def listed(self, folder: str) -> list[Entry]:
        """What stands directly in a folder, in no order; "" is the store itself."""
        try:
            rows = self._files.ls(self._at(folder), detail=True, refresh=True)
        except (FileNotFoundError, NotADirectoryError) as error:
            if folder:
                raise FileNotFound(folder) from error
            return []
        entries = (self._seen(row) for row in rows if str(row["name"]).rstrip("/") != self._at(folder))
        return [entry for entry in entries if not is_hidden(entry.name)]

    def walked(self, folder: str) -> Iterator[Entry]:
        """Everything below a folder."""
        for entry in self.listed(folder):
            yield entry
            if entry.kind == "folder":
                yield from self.walked(entry.path)

    def entry(self, path: str) -> Entry:
        """One file or folder."""
        self._files.invalidate_cache()
        try:
            return self._seen(self._files.info(self._at(path)))
        except FileNotFoundError as error:
            raise FileNotFound(path) from error

    @contextmanager
    def reading(self, path: str) -> Iterator[BinaryIO]:
        """A file's bytes, fetched as they are read."""
        if self.entry(path).kind == "folder":
            raise FileNotFound(path)
        with self._files.open(self._at(path), "rb") as file:
            yield cast("BinaryIO", file)

    @contextmanager
    def receiving(self, path: str) -> Iterator["_Incoming"]:
        """A new file, written aside in the same store."""
        aside = self._at(f"{ASIDE}/{uuid.uuid4().hex}")
        self._files.makedirs(self._at(ASIDE), exist_ok=True)
        incoming = _Incoming(self, aside, self._files.open(aside, "wb"), path)
        try:
            yield incoming
        finally:
            incoming.close()
            if self._files.exists(aside):
                self._files.rm(aside)

    def make_folder(self, path: str) -> Entry:
        """A folder; where the store has none, it appears with its first file."""
        if self._files.isfile(self._at(path)):
            raise FileExists(path)
        self._files.makedirs(self._at(path), exist_ok=True)
        return Entry(path, "folder", None, None, None)

    def move(self, source: str, target: str, *, overwrite: bool) -> Entry:
        """Another name for a file or folder."""
        entry = self.entry(source)
        if target == source or target.startswith(f"{source}/"):
            raise FilePathUnsafe("A folder cannot be moved into itself.")
        if self._files.exists(self._at(target)) and (not overwrite or entry.kind == "folder"):
            raise FileExists(target)
        self._make_parent(target)
        self._files.mv(self._at(source), self._at(target), recursive=entry.kind == "folder")
        return self.entry(target)

    def delete(self, path: str) -> None:
        """A file, or a folder that is empty."""
        entry = self.entry(path)
        if entry.kind == "folder":
            if self.listed(path):
                raise FolderNotEmpty(path)
            self._files.rmdir(self._at(path))
        else:
            self._files.rm(self._at(path))

    def place(self, aside: str, path: str, *, expected: str | None, overwrite: bool) -> Entry:
        """Give what was written aside its name."""
        try:
            now = self.entry(path)
        except FileNotFound:
            now = None
        if now is not None and now.kind == "folder":
            raise FileExists(path)
        if expected is not None and (now is None or now.etag != expected):
            raise FileExists(path, now.etag if now else None)
        if expected is None and now is not None and not overwrite:
            raise FileExists(path, now.etag)
        self._make_parent(path)
        self._files.mv(aside, self._at(path))
        return self.entry(path)

    def _make_parent(self, path: str) -> None:
        parent = self._at(path).rpartition("/")[0]
        if self._files.isfile(parent):
            raise FilePathUnsafe(f"A part of “{path}” is a file, not a folder.")
        if parent:
            self._files.makedirs(parent, exist_ok=True)

    def _at(self, path: str) -> str:
        return f"{self._root}/{path}" if path else self._root

    def _seen(self, row: dict[str, Any]) -> Entry:
        path = str(row["name"]).removeprefix(self._root).strip("/")
        if row["type"] == "directory":
            return Entry(path, "folder", None, None, None)
        modified = next((row[key] for key in _TIMES if row.get(key)), None)
        if isinstance(modified, int | float):
            modified = datetime.fromtimestamp(modified, UTC)
        if isinstance(modified, datetime) and modified.tzinfo is None:
            modified = modified.replace(tzinfo=UTC)
        told = row.get("ETag") or row.get("etag") or f"{modified}-{row['size']}"
        etag = "".join(character for character in str(told) if character.isalnum() or character in "-:.")
        return Entry(path, "file", int(row["size"] or 0), modified if isinstance(modified, datetime) else None, etag)


class _Incoming:
    def __init__(self, store: RemoteStore, aside: str, file: io.IOBase, path: str) -> None:
        self._store, self._aside, self._path = store, aside, path
        self._file: Any = file

    def write(self, data: bytes) -> object:
        """Append to the file."""
        return self._file.write(data)

    def close(self) -> None:
        """End the upload of what was written."""
        if not self._file.closed:
            self._file.close()

    def place(self, *, expected: str | None, overwrite: bool) -> Entry:
        """Give it its name, once it is whole."""
        self.close()
        return self._store.place(self._aside, self._path, expected=expected, overwrite=overwrite)

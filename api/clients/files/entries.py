"""Names inside the store, what stands under them, and what every kind of store can do."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath
from typing import BinaryIO, Literal, Protocol

from api.errors import FilePathUnsafe

MAX_PATH, MAX_NAME = 1024, 255


@dataclass(frozen=True)
class Entry:
    """A file or folder; `etag` changes with the content, and is None for a folder."""

    path: str
    kind: Literal["file", "folder"]
    size: int | None
    modified_at: datetime | None
    etag: str | None

    @property
    def name(self) -> str:
        """The last part of its path."""
        return PurePosixPath(self.path).name


class Incoming(Protocol):
    """A file on its way in: nobody sees it before `place`, and whatever was not placed is gone."""

    def write(self, data: bytes) -> object: ...

    def place(self, *, expected: str | None, overwrite: bool) -> Entry:
        """Give it its name: FileExists unless it is free, `overwrite` is set, or it holds what is `expected`."""
        ...


class Store(Protocol):
    """What the service does with files; a path is always relative and was checked."""

    def listed(self, folder: str) -> list[Entry]: ...

    def walked(self, folder: str) -> Iterator[Entry]: ...

    def entry(self, path: str) -> Entry: ...

    def reading(self, path: str) -> AbstractContextManager[BinaryIO]: ...

    def receiving(self, path: str) -> AbstractContextManager[Incoming]: ...

    def make_folder(self, path: str) -> Entry: ...

    def move(self, source: str, target: str, *, overwrite: bool) -> Entry: ...

    def delete(self, path: str) -> None: ...


def checked_path(path: str) -> str:
    """A relative path inside the store, normalised; the operators' own rules, and no hidden names.

    What an operator or an upload is writing has a hidden name until it is whole.
    """
    if any(ord(character) < 32 or ord(character) == 127 for character in path):
        raise FilePathUnsafe("The path contains a control character.")
    if any(0xD800 <= ord(character) < 0xE000 for character in path):
        raise FilePathUnsafe("The path contains half a character.")
    pure = PurePosixPath(path.replace("\\", "/"))
    if not path.strip() or pure == PurePosixPath():
        raise FilePathUnsafe("The path is empty.")
    if pure.is_absolute() or (len(path) > 1 and path[1] == ":"):
        raise FilePathUnsafe("The path is absolute; give it relative to the file store.")
    if ".." in pure.parts:
        raise FilePathUnsafe("The path contains '..'; files outside the file store cannot be used.")
    if any(part.startswith(".") for part in pure.parts):
        raise FilePathUnsafe("A name that starts with a dot is kept for files that are being written.")
    if len(str(pure)) > MAX_PATH or any(len(part.encode()) > MAX_NAME for part in pure.parts):
        raise FilePathUnsafe(f"The path is longer than {MAX_PATH} characters, or a name in it than {MAX_NAME} bytes.")
    return str(pure)


def is_hidden(name: str) -> bool:
    """Whether a file or folder is not to be seen."""
    return name.startswith(".")

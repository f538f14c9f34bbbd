"""Files of the store: listed, received within a quota, taken away unless a pipeline uses them."""

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from api.clients.files import Entry, Store
from api.clients.files.entries import Incoming, checked_path
from api.errors import FileInUse, FileStoreAway, FileTooLarge, StoreFull
from api.services import uses

log = logging.getLogger(__name__)
BLOCK = 1 << 20
NO_SPACE = {28, 122}  # ENOSPC, EDQUOT


@dataclass(frozen=True)
class Limits:
    """What the store takes."""

    file_bytes: int
    store_bytes: int | None


@dataclass(frozen=True)
class Files:
    """The store with its limits; every method raises FileStoreAway when it does not answer."""

    store: Store
    limits: Limits

    def page(self, folder: str, search: str | None, *, limit: int, offset: int) -> tuple[list[Entry], int]:
        """Folders first, each by name; a search looks through everything below the folder."""
        place = checked_path(folder) if folder else ""
        with _answering():
            if search:
                words = search.casefold().split()
                found = [each for each in self.store.walked(place) if all(w in each.path.casefold() for w in words)]
            else:
                found = self.store.listed(place)
        found.sort(key=lambda entry: (entry.kind == "file", entry.path.casefold(), entry.path))
        return found[offset : offset + limit], len(found)

    def used_bytes(self) -> int:
        """What all files take."""
        with _answering():
            return sum(entry.size or 0 for entry in self.store.walked(""))

    def entry(self, path: str) -> Entry:
        """One file or folder."""
        with _answering():
            return self.store.entry(checked_path(path))

    @contextmanager
    def receiving(self, path: str, declared: int | None) -> Iterator["Upload"]:
        """A file on its way in; `declared` are the bytes that its sender means to send."""
        path = checked_path(path)
        room = self._room(path)
        upload = Upload(path, self.limits, room)
        upload.refuse(declared or 0)
        with _answering(), self.store.receiving(path) as incoming:
            upload.incoming = incoming
            yield upload

    def reading(self, entry: Entry, start: int, length: int) -> Iterator[bytes]:
        """A part of a file, block by block."""
        with _answering(), self.store.reading(entry.path) as file:
            file.seek(start)
            while length > 0 and (block := file.read(min(BLOCK, length))):
                length -= len(block)
                yield block

    def make_folder(self, path: str) -> Entry:
        """A folder and those above it."""
        with _answering():
            return self.store.make_folder(checked_path(path))

    def move(self, session: Session, source: str, target: str, *, overwrite: bool, force: bool) -> Entry:
        """Another name; refused while a pipeline uses the present one."""
        source, target = checked_path(source), checked_path(target)
        _refuse_used(session, source, force=force)
        with _answering():
            return self.store.move(source, target, overwrite=overwrite)

    def delete(self, session: Session, path: str, *, force: bool) -> None:
        """Take it away; refused while a pipeline uses it."""
        path = checked_path(path)
        _refuse_used(session, path, force=force)
        with _answering():
            self.store.delete(path)

    def _room(self, path: str) -> int | None:
        """Bytes that are left, counting what the file replaces as free."""
        if self.limits.store_bytes is None:
            return None
        with _answering():
            others = sum(entry.size or 0 for entry in self.store.walked("") if entry.path != path)
        return self.limits.store_bytes - others


@dataclass
class Upload:
    """What has come of a file so far."""

    path: str
    limits: Limits
    room: int | None
    received: int = 0
    incoming: Incoming = field(init=False)

    def write(self, data: bytes) -> None:
        """Append, unless that is more than fits."""
        self.received += len(data)
        self.refuse(self.received)
        self.incoming.write(data)

    def place(self, *, expected: str | None, overwrite: bool) -> Entry:
        """Give the file its name, now that it is whole."""
        return self.incoming.place(expected=expected, overwrite=overwrite)

    def refuse(self, size: int) -> None:
        """Raise when a file of this size, or larger, does not fit."""
        if size > self.limits.file_bytes:
            raise FileTooLarge(self.limits.file_bytes)
        if self.room is not None and size > self.room:
            assert self.limits.store_bytes is not None
            raise StoreFull(self.limits.store_bytes, max(0, self.room))


def byte_range(header: str | None, size: int) -> tuple[int, int] | None:
    """First byte and length of a Range header's only range; None to send all, ValueError for one outside the file."""
    match = re.fullmatch(r"bytes=(\d{0,18})-(\d{0,18})", (header or "").strip())
    if match is None or not (match[1] or match[2]):
        return None
    if not match[1]:
        start, end = max(0, size - int(match[2])), size - 1
    else:
        start, end = int(match[1]), min(int(match[2] or size - 1), size - 1)
        if match[2] and int(match[2]) < start:
            return None
    if start >= size:
        raise ValueError("The range lies outside the file.")
    return start, end - start + 1


def _refuse_used(session: Session, path: str, *, force: bool) -> None:
    if force:
        return
    seen = uses.of_file(session, path)
    if number := uses.number_of_file(session, path):
        raise FileInUse(path, [use.as_json() for use in seen], number - len(seen))


@contextmanager
def _answering() -> Iterator[None]:
    """A store that fails in its own words fails in ours."""
    try:
        yield
    except OSError as error:
        if error.errno in NO_SPACE:
            raise StoreFull(None, 0) from error
        log.warning("the file store failed", exc_info=error)
        raise FileStoreAway(error.strerror or type(error).__name__) from error

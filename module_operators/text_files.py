"""Text files of the store, read from their start: decompressed, decoded, and transcoded to UTF-8 when they are not."""

from __future__ import annotations

import codecs
import gzip
import io
import shutil
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO, cast

from pydantic import AfterValidator, StringConstraints

from module_operators.base import Extracted
from module_operators.engines.duckdb import stamp
from module_operators.files import FileStore, StoredFile
from module_operators.problems import SourceError
from module_operators.relation import Plan, Query, SourceFile
from module_operators.run import Run

if TYPE_CHECKING:
    from typing_extensions import Buffer

SAMPLE = 1 << 20
"""Bytes of a file from which its layout and its types are taken."""

LONGEST_LINE = 1 << 25
_BLOCK = 1 << 20


def _known_encoding(name: str) -> str:
    try:
        info = codecs.lookup(name)
    except LookupError:
        raise ValueError(f"'{name}' is not a known text encoding") from None
    if not info._is_text_encoding:
        raise ValueError(f"'{name}' is not a text encoding")
    return info.name


Encoding = Annotated[str, StringConstraints(min_length=1, max_length=40), AfterValidator(_known_encoding)]
"""A text encoding by any name that Python knows; kept under its canonical one."""


def is_utf8(encoding: str) -> bool:
    return encoding in {"utf-8", "utf-8-sig", "ascii"}


def head(store: FileStore, file: StoredFile, encoding: str, size: int = SAMPLE) -> tuple[str, bool]:
    """The first `size` bytes of a file as text without its byte order mark, and whether they are the whole file.

    Raises:
        SourceError: the bytes are not text of that encoding.
    """
    with store.open(file) as raw:
        try:
            content = _plain(raw).read(size + 1)
        except (OSError, EOFError, zlib.error) as error:
            raise SourceError(f"'{file.name}' cannot be read: {error}") from error
    is_whole = len(content) <= size
    decoder = codecs.getincrementaldecoder("utf-8-sig" if is_utf8(encoding) else encoding)()
    try:
        text = decoder.decode(content[:size], final=is_whole)
    except UnicodeError as error:
        raise _undecodable(file.name, encoding, error) from None
    return text.removeprefix("\ufeff"), is_whole


def are_compressed(store: FileStore, files: Sequence[StoredFile]) -> bool:
    """Whether the files are gzip, by their first bytes; their names say nothing reliable.

    Raises:
        SourceError: some are and some are not.
    """
    found = {}
    for file in files:
        with store.open(file) as raw:
            found[raw.read(2) == b"\x1f\x8b"] = file.name
    if len(found) > 1:
        raise SourceError(f"'{found[True]}' is compressed and '{found[False]}' is not; read them as separate nodes.")
    return True in found


class _Decoded(io.RawIOBase):
    """A file's bytes as UTF-8 without a byte order mark, decoded as they are read."""

    def __init__(self, file: StoredFile, plain: BinaryIO, encoding: str) -> None:
        self._file, self._plain, self._encoding = file, plain, encoding
        self._decoder = codecs.getincrementaldecoder("utf-8-sig" if is_utf8(encoding) else encoding)()
        self._rest = b""
        self._is_at_start, self._is_at_end = True, False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Buffer) -> int:
        view = memoryview(buffer)
        while not self._rest and not self._is_at_end:
            self._rest = self._block()
        taken = self._rest[: len(view)]
        view[: len(taken)] = taken
        self._rest = self._rest[len(taken) :]
        return len(taken)

    def _block(self) -> bytes:
        try:
            block = self._plain.read(_BLOCK)
            self._is_at_end = not block
            text = self._decoder.decode(block, final=not block)
        except UnicodeError as error:
            raise _undecodable(self._file.name, self._encoding, error) from None
        except (OSError, EOFError, zlib.error) as error:
            raise SourceError(f"'{self._file.name}' cannot be read: {error}") from error
        if text and self._is_at_start:
            self._is_at_start, text = False, text.removeprefix("\ufeff")
        return text.encode("utf-8", "replace")


@contextmanager
def decoded(store: FileStore, file: StoredFile, encoding: str) -> Iterator[BinaryIO]:
    """The file's text as a stream of UTF-8 bytes without a byte order mark, decompressed."""
    with store.open(file) as raw:
        yield cast("BinaryIO", io.BufferedReader(_Decoded(file, _plain(raw), encoding), _BLOCK))


def readable_as_utf8(run: Run, files: Sequence[StoredFile], encoding: str, *, keep_mark: bool = True) -> list[Path]:
    """Local UTF-8 paths: the files themselves, or copies in scratch when they are remote or encoded otherwise.

    Args:
        keep_mark: whether the reader takes a byte order mark.
    """
    if is_utf8(encoding) and (keep_mark or not any(_has_mark(run.files, file) for file in files)):
        return [run.files.fetched(file) for file in files]
    paths = []
    for number, file in enumerate(files):
        target = run.files.scratch / "utf8" / str(number) / Path(file.name).name.removesuffix(".gz")
        target.parent.mkdir(parents=True, exist_ok=True)
        with decoded(run.files, file, encoding) as source, target.open("wb") as out:
            shutil.copyfileobj(source, out, _BLOCK)
        paths.append(target)
    return paths


def _has_mark(store: FileStore, file: StoredFile) -> bool:
    with store.open(file) as raw:
        return _plain(raw).read(3) == codecs.BOM_UTF8


def stamps(run: Run, files: Sequence[StoredFile]) -> tuple[SourceFile, ...]:
    """How local files look now; remote ones are copied, so that nothing can change under a plan."""
    return tuple(stamp(Path(file.location)) for file in files) if run.files.local_root else ()


def extracted(run: Run, query: Query, paths: Sequence[Path], seen: Sequence[SourceFile]) -> Extracted:
    """The query as the extractor's answer: in place when it reads the store's own files, else landed in staging."""
    if {str(path) for path in paths} == {file.path for file in seen}:
        return Extracted(query, tuple(seen), bytes=sum(file.size for file in seen))
    plan, written = run.materialized(Plan((run.step(query),), tuple(seen)))
    return Extracted(plan.steps[0].query, rows=written.rows, bytes=written.bytes, staged=True)


def _plain(raw: BinaryIO) -> BinaryIO:
    buffered = io.BufferedReader(cast("io.RawIOBase", raw))
    if buffered.peek(2)[:2] == b"\x1f\x8b":
        return cast("BinaryIO", gzip.GzipFile(fileobj=buffered))
    return cast("BinaryIO", buffered)


def _undecodable(name: str, encoding: str, error: UnicodeError) -> SourceError:
    position = f" at byte {error.start:,}" if isinstance(error, UnicodeDecodeError) else ""
    hint = "windows-1252 or latin-1, often" if is_utf8(encoding) else "utf-8, often"
    return SourceError(f"'{name}' is not {encoding} text{position}. Set the encoding of the file ({hint}).")

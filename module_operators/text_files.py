"""Text files of the store, read from their start: decompressed, decoded, and transcoded to UTF-8 when they are not."""

from __future__ import annotations

import codecs
import gzip
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, BinaryIO, cast

from pydantic import AfterValidator, StringConstraints

from module_operators.base import Extracted
from module_operators.engines.duckdb import stamp
from module_operators.files import FileStore, StoredFile
from module_operators.problems import SourceError
from module_operators.relation import Plan, Query, SourceFile
from module_operators.run import Run

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
        except (OSError, EOFError) as error:
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


def transcoded(store: FileStore, file: StoredFile, encoding: str, target: Path) -> Path:
    """The file as UTF-8 at `target`, block by block."""
    with store.open(file) as raw, target.open("wb") as out:
        decoder = codecs.getincrementaldecoder(encoding)()
        plain = _plain(raw)
        try:
            while block := plain.read(_BLOCK):
                out.write(decoder.decode(block).encode("utf-8", "replace"))
            out.write(decoder.decode(b"", final=True).encode())
        except UnicodeError as error:
            raise _undecodable(file.name, encoding, error) from None
        except (OSError, EOFError) as error:
            raise SourceError(f"'{file.name}' cannot be read: {error}") from error
    return target


def readable_as_utf8(run: Run, files: Sequence[StoredFile], encoding: str) -> list[Path]:
    """Local UTF-8 paths: the files themselves, or copies in scratch when they are remote or encoded otherwise."""
    if is_utf8(encoding):
        return [run.files.fetched(file) for file in files]
    folder = run.files.scratch / "utf8"
    paths = []
    for number, file in enumerate(files):
        target = folder / str(number) / Path(file.name).name.removesuffix(".gz")
        target.parent.mkdir(parents=True, exist_ok=True)
        paths.append(transcoded(run.files, file, encoding, target))
    return paths


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

"""The body of an HTTP answer as it arrives: decompressed and decoded within a limit."""

from __future__ import annotations

import codecs
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import httpx

_BLOCK = 1 << 18
_WINDOWS = {"gzip": 31, "x-gzip": 31, "deflate": 15}


class BadBody(ValueError):
    """What cannot be a body: too large, compressed in an unknown way, no text."""


class CutOff(ConnectionError):
    """The body ended before its end."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A successful answer whose body has not been read."""

    status: int
    url: httpx.URL
    headers: httpx.Headers
    chunks: Iterator[bytes]

    def save(self, path: Path, limit: int) -> int:
        """Writes the body to a file as UTF-8 without a byte order mark; answers its size.

        Raises:
            BadBody: it is larger than `limit` bytes, or no text.
            CutOff: it is not whole.
        """
        decoder = self._decoder()
        size = 0
        with path.open("wb") as file:
            try:
                for block in self.blocks(limit):
                    size += file.write(decoder.decode(block).encode())
                size += file.write(decoder.decode(b"", final=True).encode())
            except UnicodeError as error:
                raise BadBody(f"the answer is no text of the encoding that it says: {error}") from None
        return size

    def blocks(self, limit: int) -> Iterator[bytes]:
        """The decompressed body, in pieces that memory holds whatever it was compressed from."""
        coding = self.headers.get("content-encoding", "identity").strip().casefold()
        if coding in {"identity", ""}:
            yield from _limited(self.chunks, limit)
        elif coding in _WINDOWS:
            yield from _limited(_inflated(self.chunks, coding), limit)
        else:
            raise BadBody(f"the answer is compressed as '{coding[:60]}'; gzip and deflate can be read")

    def _decoder(self) -> codecs.IncrementalDecoder:
        import email.message  # noqa: PLC0415

        message = email.message.Message()
        message["content-type"] = self.headers.get("content-type", "application/json")
        charset = str(message.get_content_charset() or "utf-8")
        try:
            info = codecs.lookup(charset)
        except LookupError:
            info = None
        if info is None or not info._is_text_encoding:
            raise BadBody(f"the answer says that it is '{charset[:60]}', which is no text encoding")
        return codecs.getincrementaldecoder("utf-8-sig" if info.name in {"utf-8", "ascii"} else info.name)()


def _limited(blocks: Iterable[bytes], limit: int) -> Iterator[bytes]:
    size = 0
    for block in blocks:
        size += len(block)
        if size > limit:
            raise BadBody(f"the answer is larger than {max(limit >> 20, 1):,} MB. Ask for less at a time")
        yield block


def _inflated(chunks: Iterable[bytes], coding: str) -> Iterator[bytes]:
    """A body is inflated a block at a time: a small one that holds gigabytes stops at the limit, not in memory."""
    inflater = zlib.decompressobj(_WINDOWS[coding])
    is_first = True
    try:
        for chunk in chunks:
            rest = chunk
            if is_first and chunk:
                is_first = False
                if coding == "deflate" and not _has_zlib_header(chunk):
                    inflater = zlib.decompressobj(-15)  # what some servers call deflate
            while rest or not inflater.eof:
                if inflater.eof:
                    inflater = zlib.decompressobj(_WINDOWS[coding])  # gzip may have several members
                block = inflater.decompress(rest, _BLOCK)
                if block:
                    yield block
                rest = inflater.unused_data if inflater.eof else inflater.unconsumed_tail
                if not rest and len(block) < _BLOCK:
                    break
    except zlib.error as error:
        raise BadBody(f"the answer is not {coding}, although it says so: {error}") from None
    if not inflater.eof and not is_first:
        raise CutOff("the compressed answer ends in its middle")


def _has_zlib_header(chunk: bytes) -> bool:
    return chunk[0] & 15 == 8 and (len(chunk) < 2 or (chunk[0] * 256 + chunk[1]) % 31 == 0)

"""A value inside a JSON document, found and copied as it streams by: the document is never in memory."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Sequence
from typing import BinaryIO

_CHUNK = 1 << 18
_LONGEST_TOKEN = 1 << 28
_STEP = re.compile(r'\.?([^.\[\]"]+)|\[([0-9]+)\]|\.?\["((?:[^"\\]|\\.)*)"\]')
_TOKEN = re.compile(rb'[\s,:]*+("(?:[^"\\]|\\.)*+"|[{}\[\]]|[^\s,:"{}\[\]]++)', re.DOTALL)
_PLAIN = rb'[^"{}\[\]]++|"(?:[^"\\]|\\.)*+"'
_NESTED = rb"[{\[](?>" + _PLAIN + rb")*+[}\]]"
_BALANCED = re.compile(
    rb"(?>" + _PLAIN + rb"|" + _NESTED + rb"|[{\[](?>" + _PLAIN + rb"|" + _NESTED + rb")*+[}\]])*+", re.DOTALL
)
"""Whole strings, what is no bracket, and values of two levels: most documents pass a chunk at a step."""


class NotFound(ValueError):
    """The document has nothing at the path; says what it has instead."""


def parsed_path(path: str) -> tuple[str | int, ...]:
    """`data.items`, `$.data.items`, `pages[0].items` or `["odd key"].items` as keys and indexes.

    Raises:
        ValueError: no such path.
    """
    text = path.strip().removeprefix("$")
    steps: list[str | int] = []
    position = 0
    while position < len(text):
        found = _STEP.match(text, position)
        if not found:
            raise ValueError(f"'{path}' is no path such as data.items or pages[0].items.")
        key, index, quoted = found.groups()
        steps.append(int(index) if index else json.loads(f'"{quoted}"') if quoted is not None else key)
        position = found.end()
    return tuple(steps)


def is_path(path: str) -> str:
    """Refuses a text that is no path."""
    parsed_path(path)
    return path


def copy_value(source: BinaryIO, path: Sequence[str | int], target: BinaryIO, limit: int | None = None) -> bool:
    """Copies the value at the path, UTF-8 to UTF-8; False when it stopped at `limit` bytes, in the value's middle.

    Raises:
        NotFound: there is no such value.
        ValueError: the document is not JSON.
    """
    scanner = _Scanner(source)
    token = scanner.token()
    for depth, step in enumerate(path):
        token = _entered(scanner, token, step, path[:depth])
    return scanner.copy(token, target, limit)


def copy_members(source: BinaryIO, path: Sequence[str | int], target: BinaryIO, longest: int) -> int | None:
    """Copies the members of the list at the path, one a line; answers their number, None when an object is there.

    An object is copied as the one line. Texts and numbers stay as they are written; the whole document is read, so that
    one that is cut off behind the list is noticed.

    Raises:
        NotFound: there is no such value, or it is neither list nor object.
        ValueError: the document is not JSON, or a member is longer than `longest` bytes.
    """
    scanner = _Scanner(source)
    token = scanner.token()
    for depth, step in enumerate(path):
        token = _entered(scanner, token, step, path[:depth])
    if token not in {b"[", b"{"}:
        raise NotFound(f"at {'.'.join(map(str, path)) or 'the top'} there is {_described(token)}, not a list")
    number = None
    if token == b"{":
        _copy_line(scanner, token, target, longest)
    else:
        number = 0
        while (token := scanner.token()) != b"]":
            _copy_line(scanner, token, target, longest)
            number += 1
    for _ in path:
        while (token := scanner.token()) not in {b"]", b"}"}:
            scanner.skip(token)
    return number


def _copy_line(scanner: _Scanner, token: bytes, target: BinaryIO, longest: int) -> None:
    line = io.BytesIO()
    if not scanner.copy(token, line, longest):
        raise ValueError(f"it has a record longer than {longest >> 20} MB")
    target.write(line.getvalue().replace(b"\n", b" ").replace(b"\r", b" ") + b"\n")


def _entered(scanner: _Scanner, token: bytes, step: str | int, above: Sequence[str | int]) -> bytes:
    """The first token of the member `step` of the value that `token` starts."""
    place = ".".join(map(str, above)) or "the top"
    if token != (b"{" if isinstance(step, str) else b"["):
        raise NotFound(f"at {place} there is {_described(token)}, which has no member '{step}'")
    closing, seen = (b"}" if isinstance(step, str) else b"]"), []
    while (token := scanner.token()) != closing:
        if isinstance(step, str):
            key = json.loads(token)
            if key == step:
                return scanner.token()
            seen.append(f"'{key}'")
            token = scanner.token()
        elif step == len(seen):
            return token
        else:
            seen.append("")
        scanner.skip(token)
    has = f"{len(seen)} members" if isinstance(step, int) else f"{', '.join(seen[:10]) or 'no keys'}"
    raise NotFound(f"at {place} there is no '{step}', but {has}")


def _described(token: bytes) -> str:
    return {b"{": "an object", b"[": "a list"}.get(token, f"the value {token[:40].decode(errors='replace')}")


class _Scanner:
    """Tokens of a document, read chunk by chunk."""

    def __init__(self, source: BinaryIO) -> None:
        self._source = source
        self._buffer = b""
        self._position = 0
        self._is_at_end = False

    def _more(self) -> None:
        """Drops what was read and appends a chunk, a larger one when a single value outgrows it."""
        if self._is_at_end:
            raise ValueError("the document ends in the middle of a value")
        rest = self._buffer[self._position :]
        if len(rest) > _LONGEST_TOKEN:
            raise ValueError("it has a text longer than 256 MB")
        chunk = self._source.read(max(_CHUNK, len(rest)))
        self._is_at_end = not chunk
        self._buffer, self._position = rest + chunk, 0

    def token(self) -> bytes:
        while True:
            found = _TOKEN.match(self._buffer, self._position)
            # A number or a word that touches the end of the buffer may go on behind it.
            if found and (found.end() < len(self._buffer) or found[1][:1] in b'"{}[]' or self._is_at_end):
                self._position = found.end()
                return found[1]
            self._more()

    def skip(self, token: bytes) -> None:
        self.copy(token, None, None)

    def copy(self, token: bytes, target: BinaryIO | None, limit: int | None) -> bool:
        """Writes the value that starts with `token` to `target`."""
        if target:
            target.write(token)
        depth, written = int(token in {b"{", b"["}), len(token)
        while depth:
            if limit is not None and written > limit:
                return False
            found = _BALANCED.match(self._buffer, self._position)
            end = found.end() if found else self._position
            if end > self._position and target:
                target.write(self._buffer[self._position : end])
            written += end - self._position
            self._position = end
            if end == len(self._buffer) or self._buffer[end : end + 1] == b'"':
                self._more()  # a text that is cut off, or nothing left
                continue
            bracket = self._buffer[end : end + 1]
            depth += 1 if bracket in b"{[" else -1
            self._position += 1
            written += 1
            if target:
                target.write(bracket)
        return True

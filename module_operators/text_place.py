"""Where in the text of an option something is wrong, so that an editor can mark it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Self

_MEANT = re.compile(r"\w+|\"(?:[^\"]|\"\")*\"?|'(?:[^']|'')*'?|`[^`]*`?|\S")


@dataclass(frozen=True, slots=True)
class Place:
    """Line and column from 1, in characters; `length` of them are meant, 0 where something is missing at the end."""

    line: int
    column: int
    length: int

    @classmethod
    def at(cls, text: str, offset: int) -> Self:
        """The word, name in quotes, text or sign that starts at an offset of the text."""
        offset = min(offset, len(text))
        meant = _MEANT.match(text, offset)
        length = len(meant[0]) if meant else min(1, len(text) - offset)
        line_start = text.rfind("\n", 0, offset) + 1
        return cls(text.count("\n", 0, offset) + 1, offset - line_start + 1, length)

    def __str__(self) -> str:
        return f"line {self.line}, column {self.column}"


class BadText(ValueError):
    """A text in an option that cannot be read: what, where in it, and what to do."""

    def __init__(self, message: str, place: Place | None = None, hint: str | None = None) -> None:
        self.message = message
        self.place = place
        self.hint = hint
        super().__init__(f"{said(message, place)} {hint or ''}".strip())


def said(message: str, place: Place | None) -> str:
    """What is wrong and where, in one sentence: for logs, which have no other way to tell."""
    return f"{message} ({place})" if place else message

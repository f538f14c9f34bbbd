"""An expression's text cut into tokens; whatever SQL an expression has no use for ends here."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from module_operators.text_place import Place, said

MAX_TEXT = 10_000

Kind = Literal["word", "quoted", "text", "number", "operator", "end"]


class ExpressionError(Exception):
    """An expression that is not allowed or does not fit its columns: what, where (1-based), and what to do."""

    def __init__(self, message: str, text: str, at: int, hint: str | None = None) -> None:
        self.message = message
        self.place = Place.at(text, at)
        self.hint = hint
        super().__init__(said(message, self.place))


@dataclass(frozen=True, slots=True)
class Token:
    """A token and its offset in the text; a quoted name or text without its quotes."""

    kind: Kind
    value: str
    at: int
    end: int

    @property
    def keyword(self) -> str:
        """The word in upper case; look-alikes from other scripts are never keywords."""
        return self.value.upper() if self.kind == "word" and self.value.isascii() else ""


_TOKEN = re.compile(
    r"""(?P<space>[ \t\r\n]+)
      | (?P<comment>--|/\*)
      | (?P<number>(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)
      | (?P<text>'(?:[^']|'')*')
      | (?P<quoted>"(?:[^"]|"")*")
      | (?P<word>[^\W0-9]\w*)
      | (?P<operator>\|\||::|<>|!=|<=|>=|[-+*/%=<>(),])""",
    re.VERBOSE,
)
# Direction overrides make a text read differently from what it is; NUL and lone surrogates cannot be sent to an engine.
_NEVER = re.compile("[\0\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_INSTEAD = {
    ";": "One expression, without a semicolon.",
    "'": "The text that starts here has no closing quote.",
    '"': "The column name that starts here has no closing quote.",
    "‘": "Write text in straight quotes: 'text'.",
    "’": "Write text in straight quotes: 'text'.",
    "“": 'Write a column name in straight quotes: "name".',
    "”": 'Write a column name in straight quotes: "name".',
    "`": 'Write a column name in double quotes: "name".',
    "[": "Write a column name in double quotes, lists as IN (…).",
    ".": 'Columns are named alone; quote one that has a dot in its name: "a.b".',
    "^": "Use power(number, exponent).",
    "!": "Use NOT, or <> for different from.",
    "&": "Use AND.",
    "|": "Use OR, or || to join text.",
    "~": "Use regexp_matches(text, pattern).",
    "?": "Parameters have no place in an expression.",
    "$": "Parameters have no place in an expression.",
    ":": "Parameters have no place in an expression; a cast is written with two colons.",
    "@": "Parameters have no place in an expression.",
}


def tokens(text: str) -> list[Token]:
    """The text's tokens, an `end` last.

    Raises:
        ExpressionError: a character, comment or quote that has no place in an expression.
    """
    if len(text) > MAX_TEXT:
        raise ExpressionError(f"The expression is longer than {MAX_TEXT:,} characters.", text, MAX_TEXT)
    if found := _NEVER.search(text):
        raise ExpressionError(
            f"The character U+{ord(found[0]):04X} is not allowed.", text, found.start(), "Delete it; it is invisible."
        )
    cut: list[Token] = []
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise _unexpected(text, at)
        kind = match.lastgroup
        if kind == "comment":
            raise ExpressionError("Comments have no place in an expression.", text, at, "Write a - (-b) with brackets.")
        if kind in {"number", "word"} and match.end() < len(text):
            _check_border(kind, match[0], text, match.end())
        if kind != "space":
            cut.append(_token(match))
        at = match.end()
    cut.append(Token("end", "", len(text), len(text)))
    return cut


def _token(match: re.Match[str]) -> Token:
    kind, value = match.lastgroup, match[0]
    if kind in {"text", "quoted"}:
        quote = value[0]
        value = value[1:-1].replace(quote * 2, quote)
    return Token(kind, value, match.start(), match.end())  # pyright: ignore[reportArgumentType]


def _check_border(kind: str, value: str, text: str, end: int) -> None:
    """A number runs into a word (`0x1F`, `1_000`), or a word into a quote (`E'…'`, `x'…'`)."""
    following = text[end]
    if kind == "number" and (following.isalnum() or following in "_."):
        raise ExpressionError(
            f"'{value}{following}' is not a number.", text, end - len(value), "Write digits only: 1000, 1.5 or 1e6."
        )
    if kind == "word" and following == "'" and value.upper() not in {"DATE", "TIMESTAMP", "TIMESTAMPTZ", "INTERVAL"}:
        raise ExpressionError("Text starts with a plain quote.", text, end - len(value), "Write 'text'.")


def _unexpected(text: str, at: int) -> ExpressionError:
    character = text[at]
    hint = _INSTEAD.get(character)
    if character.isprintable() and not character.isspace():
        return ExpressionError(f"'{character}' has no place in an expression.", text, at, hint)
    hint = hint or "Replace it by an ordinary space."
    return ExpressionError(f"The invisible character U+{ord(character):04X} is not allowed.", text, at, hint)

"""A user's query for PostgreSQL: one SELECT, its `:name` parameters found where PostgreSQL would see a parameter."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

# Tokens in the order in which they are tried. Comments nest, so only their start is matched here.
_TOKEN = re.compile(
    r"""(?P<space>\s+|--[^\r\n]*)
      | (?P<comment>/\*)
      | (?P<text>[eE]'(?:[^'\\]|\\.|'')*' | (?:[bBxXnN]|[uU]&)?'(?:[^']|'')*' | (?:[uU]&)?"(?:[^"]|"")*")
      | (?P<dollar>\$(?P<tag>(?:[^\W\d]\w*)?)\$.*?\$(?P=tag)\$)
      | (?P<positional>\$\d+)
      | (?P<number>\d[\w.]*)
      | (?P<word>[^\W\d][\w$]*)
      | (?P<cast>::|:=)
      | (?P<parameter>:[^\W\d]\w*)
      | (?P<other>.)""",
    re.VERBOSE | re.DOTALL,
)


class NotOneSelect(ValueError):
    """The query cannot be used; the message says why."""


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class PostgresQuery:
    """One SELECT or WITH, cut at its parameters: `pieces[0] names[0] pieces[1] names[1] … pieces[-1]`."""

    pieces: tuple[str, ...]
    names: tuple[str, ...]

    @classmethod
    def parsed(cls, sql: str) -> PostgresQuery:
        """Cuts the query at its parameters.

        Raises:
            NotOneSelect: several statements, another kind of statement, or something left open.
        """
        pieces, names = [""], []
        for token in _statement(list(_with_slices(_tokens(sql)))):
            if token.kind == "parameter":
                names.append(token.text[1:])
                pieces.append("")
            else:
                pieces[-1] += token.text
        return cls(tuple(pieces), tuple(names))

    @property
    def parameters(self) -> tuple[str, ...]:
        """Each parameter once, in the order of first use: what `$1`, `$2`, … stand for."""
        return tuple(dict.fromkeys(self.names))

    def written(self, placeholder: Callable[[str], str]) -> str:
        """The query with every parameter written as `placeholder(name)`."""
        text = self.pieces[0]
        for name, piece in zip(self.names, self.pieces[1:], strict=True):
            text += placeholder(name) + piece
        return text

    @property
    def numbered(self) -> str:
        """The query with `$1`, `$2`, … as PostgreSQL itself writes parameters."""
        return self.written(lambda name: f"${self.parameters.index(name) + 1}")


def _tokens(sql: str) -> Iterator[_Token]:
    if "\0" in sql:
        raise NotOneSelect("The query contains a NUL character.")
    position = 0
    while match := _TOKEN.match(sql, position):
        kind, end = str(match.lastgroup if match.lastgroup != "tag" else "dollar"), match.end()
        if kind == "comment":
            end = _comment_end(sql, position)
        elif kind == "positional":
            raise NotOneSelect(f"'{match[0]}' is not supported; write parameters as :name.")
        elif kind == "other" and match[0] in {"'", '"'}:
            raise NotOneSelect(f"A quote ({match[0]}) is opened and never closed.")
        yield _Token(kind, sql[position:end])
        position = end


def _comment_end(sql: str, start: int) -> int:
    depth = 0
    for match in re.compile(r"/\*|\*/").finditer(sql, start):
        depth += 1 if match[0] == "/*" else -1
        if depth == 0:
            return match.end()
    raise NotOneSelect("A comment (/*) is opened and never closed.")


def _with_slices(tokens: Iterator[_Token]) -> Iterator[_Token]:
    """Turns the `:n` of an array slice `a[1:n]` back into plain text; inside ARRAY[…] it stays a parameter."""
    open_brackets: list[str] = []
    before = ""
    for token in tokens:
        if token.text == "[":
            nested = before in {"[", ","} and open_brackets[-1:] == ["array"]
            open_brackets.append("array" if before == "array" or nested else "subscript")
        elif token.text == "(":
            open_brackets.append("(")
        elif token.text in {")", "]"} and open_brackets:
            open_brackets.pop()
        in_slice = token.kind == "parameter" and open_brackets[-1:] == ["subscript"]
        yield _Token("other", token.text) if in_slice else token
        if token.kind not in {"space", "comment"}:
            before = token.text.lower()


def _statement(tokens: list[_Token]) -> list[_Token]:
    """The tokens of the one statement, without what follows its last word.

    Raises:
        NotOneSelect: there is not exactly one, or it is not a SELECT or WITH.
    """
    blank = {"space", "comment"}
    while tokens and (tokens[-1].kind in blank or tokens[-1].text == ";"):
        tokens.pop()
    if any(token.kind == "other" and token.text == ";" for token in tokens):
        raise NotOneSelect("The query holds several statements; only one SELECT is allowed.")
    first = next((token.text.lower() for token in tokens if token.kind not in blank and token.text != "("), "")
    if first not in {"select", "with"}:
        raise NotOneSelect(f"The query must be a SELECT (or WITH … SELECT), not {first.upper() or 'empty'}.")
    return tokens

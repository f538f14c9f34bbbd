"""A user's query for PostgreSQL: one SELECT, its `:name` parameters found where PostgreSQL would see a parameter."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

from module_operators.connections.sql_query import NotOneSelect, SqlQuery, Token
from module_operators.text_place import Place

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


@dataclass(frozen=True, slots=True)
class PostgresQuery(SqlQuery):
    """A query in PostgreSQL's SQL."""

    @classmethod
    def parsed(cls, sql: str) -> Self:
        """Cuts the query at its parameters.

        Raises:
            NotOneSelect: several statements, another kind of statement, or something left open.
        """
        return cls.of(_with_slices(_tokens(sql)))

    @property
    def numbered(self) -> str:
        """The query with `$1`, `$2`, … as PostgreSQL itself writes parameters."""
        return self.written(self._number)

    def numbered_place(self, offset: int) -> Place:
        """Where in the given query an offset of the numbered one is."""
        return self.place(self._number, offset)

    def _number(self, name: str) -> str:
        return f"${self.parameters.index(name) + 1}"


def _tokens(sql: str) -> Iterator[Token]:
    if "\0" in sql:
        raise NotOneSelect("The query contains a NUL character.")
    position = 0
    while match := _TOKEN.match(sql, position):
        kind, end = str(match.lastgroup if match.lastgroup != "tag" else "dollar"), match.end()
        if kind == "comment":
            end = _comment_end(sql, position)
        elif kind == "positional":
            raise NotOneSelect(f"'{match[0]}' is not supported; write parameters as :name.", Place.at(sql, position))
        elif kind == "other" and match[0] in {"'", '"'}:
            raise NotOneSelect(f"A quote ({match[0]}) is opened and never closed.", Place.at(sql, position))
        yield Token(kind, sql[position:end])
        position = end


def _comment_end(sql: str, start: int) -> int:
    depth = 0
    for match in re.compile(r"/\*|\*/").finditer(sql, start):
        depth += 1 if match[0] == "/*" else -1
        if depth == 0:
            return match.end()
    raise NotOneSelect("A comment (/*) is opened and never closed.", Place.at(sql, start))


def _with_slices(tokens: Iterator[Token]) -> Iterator[Token]:
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
        yield Token("other", token.text) if in_slice else token
        if token.kind not in {"space", "comment"}:
            before = token.text.lower()

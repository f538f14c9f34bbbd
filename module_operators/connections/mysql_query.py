"""A user's query for MySQL or MariaDB, and values of a run as literals that cannot end."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any, Self

from module_operators.connections.sql_query import NotOneSelect, SqlQuery, Token, statement
from module_operators.text_place import Place

# Tokens in the order in which they are tried; the session's sql_mode makes "…" a text and \ an escape in it.
_TOKEN = re.compile(
    r"""(?P<space>\s+|--(?=\s|$)[^\n]*|\#[^\n]*)
      | (?P<executed>/\*M?!)
      | (?P<comment>/\*.*?\*/)
      | (?P<text>'(?:[^'\\]|\\.|'')*'(?!') | "(?:[^"\\]|\\.|"")*"(?!") | `(?:[^`]|``)*`(?!`))
      | (?P<number>\d[\w.]*)
      | (?P<word>@{0,2}[^\W\d][\w$]*)
      | (?P<assignment>:=)
      | (?P<parameter>:[^\W\d]\w*)
      | (?P<other>.)""",
    re.VERBOSE | re.DOTALL,
)
_ALL_ROWS = 2**64 - 1
_SYNTAX = 1064
_NEAR = re.compile(r"near '(.*)' at line (\d+)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class MysqlQuery(SqlQuery):
    """A query in MySQL's SQL."""

    @classmethod
    def parsed(cls, sql: str) -> Self:
        """Cuts the query at its parameters.

        Its order is kept although it is read as a derived table: MariaDB sorts one only when it has a LIMIT.

        Raises:
            NotOneSelect: several statements, another kind of statement, or something left open.
        """
        tokens = statement(list(_tokens(sql)))
        _check_brackets(tokens)
        if _is_sorted_without_limit(tokens):
            tokens.append(Token("other", f"\nLIMIT {_ALL_ROWS}"))
        return cls.of(tokens)

    def refused_at(self, code: int, words: str, sent: str) -> Place | None:
        """Where in the query its error is: the server tells no offset, but a line and the rest of it, or a name.

        Args:
            code: the server's number of the error.
            words: its message.
            sent: the query as it was sent, a line below the start of the statement.
        """
        if code == _SYNTAX and (found := _NEAR.search(words)):
            line, rest = int(found[2]) - 2, found[1].split("\n")[0]
            lines, as_sent = self.original.split("\n"), sent.split("\n")
            if not 0 <= line < len(lines):
                return Place.at(self.original, len(self.original))
            behind = as_sent[line][as_sent[line].find(rest) :] if rest in as_sent[line] else ""
            if not lines[line].endswith(behind):
                return None  # parameters behind it were written as longer or shorter values
            start = sum(len(each) + 1 for each in lines[:line])
            return Place.at(self.original, start + len(lines[line]) - len(behind))
        named = re.search(r"'([^']+)'", words) if code != _SYNTAX else None
        return self._first(named[1].rpartition(".")[2]) if named else None

    def _first(self, name: str) -> Place | None:
        """Where a name is written first."""
        position = 0
        for token in _tokens(self.original):
            if token.text.strip("`").casefold() == name.casefold() and token.kind in {"word", "text"}:
                return Place.at(self.original, position)
            position += len(token.text)
        return None


def _tokens(sql: str) -> Iterator[Token]:
    if "\0" in sql:
        raise NotOneSelect("The query contains a NUL character.")
    position = 0
    while match := _TOKEN.match(sql, position):
        if match.lastgroup == "executed":
            raise NotOneSelect(
                "Comments that the server executes (/*! … */) are not supported.", Place.at(sql, position)
            )
        if match.lastgroup == "other" and match[0] in {"'", '"', "`"}:
            raise NotOneSelect(f"A quote ({match[0]}) is opened and never closed.", Place.at(sql, position))
        if match.lastgroup == "other" and sql.startswith("/*", position):
            raise NotOneSelect("A comment (/*) is opened and never closed.", Place.at(sql, position))
        yield Token(str(match.lastgroup), match[0])
        position = match.end()


def _check_brackets(tokens: list[Token]) -> None:
    """Keeps the query inside the derived table that it is read as."""
    depth = 0
    for token in tokens:
        depth += {"(": 1, ")": -1}.get(token.text, 0)
        if depth < 0:
            raise NotOneSelect("A bracket is closed that was not opened.")
    if depth:
        raise NotOneSelect("A bracket is opened and never closed.")


def _is_sorted_without_limit(tokens: list[Token]) -> bool:
    depth, is_sorted = 0, False
    for token in tokens:
        depth += {"(": 1, ")": -1}.get(token.text, 0)
        if depth == 0 and token.kind == "word":
            is_sorted = (is_sorted or token.text.lower() == "order") and token.text.lower() != "limit"
    return is_sorted


def literal(value: Any) -> str:  # noqa: C901, PLR0911 - one return a type
    """A value of the run as SQL; text travels as hexadecimal digits, so no value can end its literal.

    A literal, unlike a user variable, takes the collation and the type of the column that it is compared with, and an
    index serves it.

    Raises:
        ValueError: there is no such number in MySQL.
    """
    match value:
        case None:
            return "NULL"
        case bool():
            return "TRUE" if value else "FALSE"
        case int():
            return str(value)
        case float() | Decimal() if not math.isfinite(value):
            raise ValueError(f"{value} is no number in MySQL")
        case float():
            return f"{value!r}" if "e" in repr(value) else f"{value!r}e0"
        case Decimal():
            return f"{value:f}"
        case datetime():
            moment = value.astimezone(UTC) if value.tzinfo else value
            return f"TIMESTAMP'{moment.replace(tzinfo=None).isoformat(sep=' ')}'"
        case date():
            return f"DATE'{value.isoformat()}'"
        case time():
            return f"TIME'{value.replace(tzinfo=None).isoformat()}'"
        case list() | tuple():
            return f"({', '.join(literal(item) for item in value) or 'NULL'})"
        case dict():
            return literal(json.dumps(value, ensure_ascii=False))
    return f"_utf8mb4 X'{str(value).encode('utf-8', 'surrogatepass').hex()}'"

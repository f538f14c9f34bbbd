"""A user's query: one SELECT, cut at its `:name` parameters; which text is a parameter, each database's tokens say."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Self

from module_operators.text_place import BadText, Place


class NotOneSelect(BadText):
    """The query cannot be used; the message says why."""


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of SQL; `kind` is space, comment, parameter or what else a database knows."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class SqlQuery:
    """One SELECT or WITH, cut at its parameters: `pieces[0] names[0] pieces[1] names[1] … pieces[-1]`."""

    pieces: tuple[str, ...]
    names: tuple[str, ...]

    @classmethod
    def of(cls, tokens: Iterable[Token]) -> Self:
        """Cuts the one statement of the tokens at its parameters.

        Raises:
            NotOneSelect: several statements, or another kind of statement.
        """
        pieces, names = [""], []
        for token in statement(list(tokens)):
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
    def original(self) -> str:
        """The query as it was given, without what followed its last word."""
        return self.written(lambda name: f":{name}")

    def place(self, placeholder: Callable[[str], str], offset: int) -> Place:
        """Where in the given text an offset of the written one is; within a parameter, where that starts."""
        text, original = len(self.pieces[0]), len(self.pieces[0])
        for name, piece in zip(self.names, self.pieces[1:], strict=True):
            if offset < text:
                break
            within = offset < text + len(placeholder(name))
            text += len(placeholder(name)) + len(piece)
            original += 1 + len(name) + len(piece)
            if within:
                return Place.at(self.original, original - len(piece) - len(name) - 1)
        return Place.at(self.original, original - (text - offset))


def statement(tokens: list[Token]) -> list[Token]:
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

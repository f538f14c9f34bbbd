"""What an expression can start with: constants, columns, calls, brackets, CASE, CAST."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from module_operators.expressions.literals import interval_of, moment_of, type_of
from module_operators.expressions.nodes import MAX_DEPTH, Call, Case, Cast, Constant, Interval, Name, Node, height
from module_operators.expressions.reader import RESERVED, Reader
from module_operators.expressions.tokens import Token

MAX_DIGITS = 38
NOT, SIGN = 3, 11
"""How tightly these prefixes bind; see grammar.py."""


class Starts(Reader):
    """The part of the parser that reads what stands before, or without, an operator."""

    def _expression(self, floor: int) -> Node:
        raise NotImplementedError

    def _list(self) -> list[Node]:
        """What follows an opening bracket, up to the closing one."""
        items: list[Node] = []
        if self._symbol(")"):
            return items
        while True:
            items.append(self._expression(0))
            if self._symbol(")"):
                return items
            if not self._symbol(","):
                raise self._unexpected(", or )")

    def _prefix(self) -> Node:
        token = self._next
        if token.kind == "word" and token.keyword:
            return self._keyword(token) or self._named(self._advance())
        if token.kind in {"end", "operator"} and token.value not in {"(", "-", "+"}:
            raise self._unexpected()
        self._advance()
        match token.kind, token.value:
            case "operator", "(":
                inner = self._expression(0)
                if self._next.value == "," and self._next.kind == "operator":
                    raise self._error("A list of values has no place here.", "Lists follow IN.")
                self._expect(")")
                return inner
            case "operator", sign:
                return self._signed(sign, token.at)
            case "number", digits:
                if len(digits) > MAX_DIGITS:
                    raise self._error(f"A number has at most {MAX_DIGITS} digits.", at=token.at)
                return Constant(_number(digits), at=token.at)
            case "text", value:
                return Constant(value, at=token.at)
        return self._named(token)

    def _signed(self, sign: str, at: int) -> Node:
        operand = self._expression(SIGN)
        number = operand.value if isinstance(operand, Constant) else None
        if isinstance(number, int | float | Decimal) and not isinstance(number, bool):
            return Constant(-number if sign == "-" else number, at=at)
        return self._operation(at, "neg" if sign == "-" else "pos", operand)

    def _named(self, token: Token) -> Node:
        """A column, or a call when a bracket follows."""
        if token.kind == "word" and self._symbol("("):
            if self._word("DISTINCT", "ALL"):
                raise self._error("Aggregate functions have no place in an expression.", "Use Aggregate.", token.at)
            arguments = tuple(self._list())
            return self._call(token.at, token.value, arguments)
        if self._next.kind == "operator" and self._next.value == "(":
            raise self._error("Function names are not quoted.", at=token.at)
        return Name(token.value, token.kind == "quoted", at=token.at)

    def _call(self, at: int, name: str, arguments: tuple[Node, ...]) -> Node:
        depth = height(arguments)
        if depth > MAX_DEPTH:
            raise self._too_deep(at)
        return Call(name, arguments, at=at, depth=depth)

    def _keyword(self, token: Token) -> Node | None:  # noqa: PLR0911 - one return a keyword
        """What starts with a keyword; None when the word is only a name here."""
        word, following = token.keyword, self._tokens[self._index + 1]
        if word in {"DATE", "TIMESTAMP", "TIMESTAMPTZ", "INTERVAL"} and following.kind in {"text", "number"}:
            return self._time_literal(word)
        if word in {"CURRENT_DATE", "CURRENT_TIMESTAMP"} and following.value != "(":
            self._advance()
            return Call(word.lower(), (), at=token.at)
        if word in {"CAST", "TRY_CAST", "EXTRACT"} and following.value == "(" and following.kind == "operator":
            self._index += 2
            return self._extract(token.at) if word == "EXTRACT" else self._cast_call(token.at, word == "TRY_CAST")
        if word not in RESERVED:
            return None
        if word == "NOT":
            self._advance()
            return self._operation(token.at, "not", self._expression(NOT))
        if word in {"NULL", "TRUE", "FALSE"}:
            self._advance()
            return Constant({"NULL": None, "TRUE": True, "FALSE": False}[word], at=token.at)
        if word == "CASE":
            self._advance()
            return self._case(token.at)
        raise self._unexpected()

    def _time_literal(self, word: str) -> Node:
        at = self._advance().at
        value = self._advance()
        if word != "INTERVAL":
            if value.kind != "text":
                raise self._error(f"{word} is followed by text.", f"Write {word} '2024-01-31'.", at)
            return Constant(self._moment(word.lower(), value), at=at)
        text = value.value
        if not any(letter.isalpha() for letter in text):
            text = f"{text} {self._advance().value if self._next.kind == 'word' else ''}"
        length = interval_of(text)
        if length is None:
            raise self._error(
                f"'{text.strip()}' is not an interval.", "Write INTERVAL '30 days' or INTERVAL 1 MONTH.", at
            )
        return Interval(*length, at=at)

    def _moment(self, kind: str, token: Token) -> date | datetime:
        moment = moment_of(token.value, kind)
        if moment is None:
            raise self._error(
                f"'{token.value}' is not a {kind}.", "Write it as 2024-01-31 or 2024-01-31 12:30:00.", token.at
            )
        return moment

    def _cast_call(self, at: int, or_null: bool) -> Node:
        operand = self._expression(0)
        self._expect("AS")
        cast = self._cast(operand, at, or_null=or_null)
        self._expect(")")
        return cast

    def _cast(self, operand: Node, at: int, *, or_null: bool) -> Node:
        start = self._next.at
        if self._next.kind != "word":
            raise self._unexpected("a type")
        name = self._advance().value.lower()
        if name in {"timestamp", "double"}:
            self._type_suffix()
        sizes: list[str] = []
        if self._symbol("("):
            while self._next.kind == "number" and self._next.value.isdigit():
                sizes.append(self._advance().value)
                if not self._symbol(","):
                    break
            self._expect(")")
        elif self._tokens[self._index - 1].keyword == "ZONE":
            name = "timestamptz"
        target = type_of(name, sizes)
        if target is None:
            known = "integer, bigint, decimal(p,s), float, boolean, string, date, timestamp, timestamptz"
            raise self._error(
                f"'{self._text[start : self._tokens[self._index - 1].end]}' is not a type.", f"Types: {known}.", start
            )
        depth = height((operand,))
        if depth > MAX_DEPTH:
            raise self._too_deep(at)
        return Cast(operand, target, or_null, at=at, depth=depth)

    def _type_suffix(self) -> None:
        if self._word("WITH"):
            self._expect("TIME")
            self._expect("ZONE")
        else:
            self._word("PRECISION")

    def _extract(self, at: int) -> Node:
        part = self._advance()
        self._expect("FROM")
        operand = self._expression(0)
        self._expect(")")
        return self._call(at, "date_part", (Constant(part.value.lower(), at=part.at), operand))

    def _case(self, at: int) -> Node:
        subject = None if self._next.keyword == "WHEN" else self._expression(0)
        branches: list[tuple[Node, Node]] = []
        while self._word("WHEN"):
            condition = self._expression(0)
            self._expect("THEN")
            branches.append((condition, self._expression(0)))
        if not branches:
            raise self._unexpected("WHEN")
        otherwise = self._expression(0) if self._word("ELSE") else None
        self._expect("END")
        depth = height([subject, otherwise, *(node for branch in branches for node in branch)])
        if depth > MAX_DEPTH:
            raise self._too_deep(at)
        return Case(subject, tuple(branches), otherwise, at=at, depth=depth)


def _number(digits: str) -> int | Decimal | float:
    if "e" in digits.lower():
        return float(digits)
    return Decimal(digits) if "." in digits else int(digits)

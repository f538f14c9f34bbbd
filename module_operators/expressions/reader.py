"""Reading tokens one after the other, and saying what is wrong with the next one."""

from __future__ import annotations

from module_operators.expressions.nodes import MAX_DEPTH, Node, Operation, height
from module_operators.expressions.tokens import ExpressionError, Token, tokens

RESERVED = frozenset(
    "OR AND IS BETWEEN IN LIKE ILIKE AT NOT NULL TRUE FALSE CASE WHEN THEN ELSE END AS DISTINCT".split()  # noqa: SIM905
)
_STATEMENTS = frozenset(
    "SELECT FROM WITH VALUES INSERT UPDATE DELETE CREATE DROP ALTER ATTACH DETACH COPY EXPORT IMPORT PRAGMA SET RESET "  # noqa: SIM905
    "INSTALL LOAD CALL EXPLAIN DESCRIBE SHOW UNION INTERSECT EXCEPT WHERE GROUP HAVING ORDER LIMIT EXISTS TABLE".split()
)


class Reader:
    """The tokens of one text and a place among them."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = tokens(text)
        self._index = 0
        self._nesting = 0

    @property
    def _next(self) -> Token:
        return self._tokens[self._index]

    def _advance(self) -> Token:
        """Takes what comes next; at the end that is the end itself, again and again."""
        token = self._next
        if token.kind != "end":
            self._index += 1
        return token

    def _symbol(self, value: str) -> bool:
        """Takes the symbol when it comes next."""
        if self._next.kind == "operator" and self._next.value == value:
            self._index += 1
            return True
        return False

    def _word(self, *keywords: str) -> str | None:
        """Takes one of the keywords when it comes next."""
        if self._next.keyword in keywords and self._next.keyword:
            return self._advance().keyword
        return None

    def _expect(self, what: str) -> None:
        if not (self._word(what) if what.isalpha() else self._symbol(what)):
            raise self._unexpected(what)

    def _error(self, message: str, hint: str | None = None, at: int | None = None) -> ExpressionError:
        return ExpressionError(message, self._text, self._next.at if at is None else at, hint)

    def _unexpected(self, expected: str | None = None) -> ExpressionError:
        for token in self._tokens[: self._index + 1]:
            if token.keyword in _STATEMENTS:
                return self._error("Statements and sub-queries have no place in an expression.", at=token.at)
        token = self._next
        if token.keyword in {"OVER", "FILTER", "WITHIN"}:
            return self._error("Window and aggregate functions have no place in an expression.", "Use Aggregate.")
        if token.kind == "end":
            missing = f"; {expected} is missing" if expected else ""
            return self._error(f"The expression ends too early{missing}.")
        found = self._text[token.at : min(token.end, token.at + 40)]
        if found == "*":
            return self._error("* has no place here.", "Name the column.")
        if token.keyword in RESERVED:
            hint = f'For a column of this name write "{found}".'
            return self._error(f"The keyword {token.keyword} has no place here.", hint)
        return self._error(f"'{found}' is not expected here.", f"Expected {expected}." if expected else None)

    def _too_deep(self, at: int) -> ExpressionError:
        return self._error(f"More than {MAX_DEPTH} levels deep.", "Divide it among several Add Column nodes.", at)

    def _operation(self, at: int, operator: str, *operands: Node) -> Operation:
        depth = height(operands)
        if depth > MAX_DEPTH:
            raise self._too_deep(at)
        return Operation(operator, operands, at=at, depth=depth)

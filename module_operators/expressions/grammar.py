"""The grammar of expressions: one SQL scalar expression, and nothing that is more than that."""

from __future__ import annotations

from module_operators.expressions.nodes import MAX_DEPTH, Node
from module_operators.expressions.starts import SIGN, Starts
from module_operators.expressions.tokens import Token

# How tightly operators bind, as in PostgreSQL.
OR, AND, _, IS, COMPARE, RANGE, CONCAT, ADD, MULTIPLY, ZONE = range(1, 11)
CAST = SIGN + 1
_SYMBOLS = {
    **dict.fromkeys(("=", "<>", "!=", "<", "<=", ">", ">="), COMPARE),
    **dict.fromkeys(("+", "-"), ADD),
    **dict.fromkeys(("*", "/", "%"), MULTIPLY),
    "||": CONCAT,
    "::": CAST,
}
_WORDS = {"OR": OR, "AND": AND, "IS": IS, "BETWEEN": RANGE, "IN": RANGE, "LIKE": RANGE, "ILIKE": RANGE, "AT": ZONE}
_NEGATABLE = {"BETWEEN", "IN", "LIKE", "ILIKE"}
MAX_TERMS = 500


def parse(text: str) -> Node:
    """The text as one expression.

    Raises:
        ExpressionError: it is not one; says where.
    """
    return _Parser(text).whole()


class _Parser(Starts):
    def whole(self) -> Node:
        if self._next.kind == "end":
            raise self._error("The expression is empty.")
        node = self._expression(0)
        if self._next.kind != "end":
            raise self._unexpected()
        return node

    def _expression(self, floor: int) -> Node:
        """The longest expression whose operators all bind tighter than `floor`."""
        self._nesting += 1
        if self._nesting > MAX_DEPTH:
            raise self._too_deep(self._next.at)
        left = self._prefix()
        while self._power() > floor:
            left = self._infix(left)
        self._nesting -= 1
        return left

    def _power(self) -> int:
        token = self._next
        if token.kind == "operator":
            return _SYMBOLS.get(token.value, 0)
        if token.keyword == "NOT" and self._tokens[self._index + 1].keyword in _NEGATABLE:
            return RANGE
        return _WORDS.get(token.keyword, 0)

    def _infix(self, left: Node) -> Node:
        power = self._power()
        token = self._advance()
        operator = token.keyword or token.value
        if power == CAST:
            return self._cast(left, token.at, or_null=False)
        if power == IS:
            return self._is(left, token.at)
        if power == ZONE:
            self._expect("TIME")
            self._expect("ZONE")
            return self._operation(token.at, "at time zone", left, self._expression(ZONE))
        if power == RANGE:
            return self._range(left, token)
        if operator in {"AND", "OR", "||"}:
            return self._chain(left, operator, power, token.at)
        right = self._expression(power)
        if power == COMPARE and self._power() == COMPARE:
            raise self._error("Comparisons cannot be chained.", "Write a < b AND b < c.")
        return self._operation(token.at, "<>" if operator == "!=" else operator, left, right)

    def _chain(self, left: Node, operator: str, power: int, at: int) -> Node:
        operands = [left, self._expression(power)]
        while self._symbol(operator) if operator == "||" else self._word(operator):
            operands.append(self._expression(power))
        if len(operands) > MAX_TERMS:
            raise self._error(f"More than {MAX_TERMS} terms joined by {operator}.", "Use IN (…) or several nodes.", at)
        return self._operation(at, operator.lower(), *operands)

    def _is(self, left: Node, at: int) -> Node:
        negated = "not " if self._word("NOT") else ""
        if word := self._word("NULL", "TRUE", "FALSE"):
            return self._operation(at, f"is {negated}{word.lower()}", left)
        if self._word("DISTINCT"):
            self._expect("FROM")
            return self._operation(at, f"is {negated}distinct from", left, self._expression(IS))
        raise self._unexpected("NULL, TRUE, FALSE or DISTINCT FROM")

    def _range(self, left: Node, token: Token) -> Node:
        negated = "not " if token.keyword == "NOT" else ""
        word = self._advance().keyword if negated else token.keyword
        operands = [left]
        if word == "IN":
            self._expect("(")
            operands += self._list()
        else:
            operands.append(self._expression(RANGE))
            if word == "BETWEEN":
                self._expect("AND")
                operands.append(self._expression(RANGE))
            elif self._word("ESCAPE"):
                operands.append(self._expression(RANGE))
        if self._power() == RANGE:
            raise self._unexpected()
        return self._operation(token.at, f"{negated}{word.lower()}", *operands)

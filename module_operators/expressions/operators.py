"""Operators of expressions: comparisons, arithmetic, text and logic, with our semantics whatever the engine's are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from module_operators.engines.dialect import Argument
from module_operators.expressions.nodes import Operation
from module_operators.expressions.typed import Typed, Typing, widest_number

_ORDERED = {"<", "<=", ">", ">="}
_COMPARISONS = {"=", "<>", *_ORDERED}


@dataclass(frozen=True, slots=True)
class Operators:
    typing: Typing

    def apply(self, node: Operation, operands: Sequence[Typed]) -> Typed:  # noqa: PLR0911 - one return an operator
        operator = node.operator
        word = operator.removeprefix("not ")
        if operator in {"and", "or"}:
            parts = [self.typing.boolean(operand, operator.upper()) for operand in operands]
            return self._answer(node, "(" + f" {operator.upper()} ".join(p.sql for p in parts) + ")")
        if operator == "not":
            return self._answer(node, f"(NOT {self.typing.boolean(operands[0], 'NOT').sql})")
        if operator.startswith("is "):
            return self._is(node, operands)
        if operator in _COMPARISONS:
            return self._compare(node, operands)
        if word == "between":
            self._no_null(operands)
            (value, low, high), _ = self.typing.unify(operands, node.at, "compare")
            return self._answer(node, f"({value.sql} {operator.upper()} {low.sql} AND {high.sql})")
        if word == "in":
            return self._in(node, operands)
        if word in {"like", "ilike"}:
            return self._like(node, operands, word)
        if operator == "||":
            parts = [self.typing.text_of(operand) for operand in operands]
            growth = 1 if all(p.growth == 1 for p in parts) else sum(p.growth for p in parts)
            return Typed("(" + " || ".join(p.sql for p in parts) + ")", "string", node.at, growth=growth)
        if operator in {"neg", "pos"}:
            return self._signed(node, operands[0])
        return self._arithmetic(node, operands[0], operands[1])

    @staticmethod
    def _answer(node: Operation, sql: str) -> Typed:
        return Typed(sql, "boolean", node.at)

    def _no_null(self, operands: Sequence[Typed]) -> None:
        for operand in operands:
            if operand.constant is not None and operand.type == "null":
                raise self.typing.error(operand.at, "Nothing is equal to NULL.", "Write IS NULL or IS NOT NULL.")

    def _is(self, node: Operation, operands: Sequence[Typed]) -> Typed:
        value = operands[0]
        if node.operator.endswith("distinct from"):
            (left, right), _ = self.typing.unify(operands, node.at, "compare")
            return self._answer(node, f"({left.sql} {node.operator.upper()} {right.sql})")
        if not node.operator.endswith("null"):
            self.typing.boolean(value, node.operator.upper())
        return self._answer(node, f"({value.sql} {node.operator.upper()})")

    def _compare(self, node: Operation, operands: Sequence[Typed]) -> Typed:
        self._no_null(operands)
        (left, right), kind = self.typing.unify(operands, node.at, "compare")
        if node.operator in _ORDERED and kind.startswith(("list(", "binary")):
            raise self.typing.error(node.at, f"Values of type {kind} are neither less nor greater.")
        return self._answer(node, f"({left.sql} {node.operator} {right.sql})")

    def _in(self, node: Operation, operands: Sequence[Typed]) -> Typed:
        if len(operands) == 1:
            raise self.typing.error(node.at, "IN needs values.", "For instance: status IN ('new', 'open').")
        for item in operands[1:]:
            if item.constant is None:
                raise self.typing.error(item.at, "IN takes constants.", "Compare columns with = and OR.")
        self._no_null(operands)
        (value, *items), _ = self.typing.unify(operands, node.at, "compare")
        return self._answer(node, f"({value.sql} {node.operator.upper()} ({', '.join(item.sql for item in items)}))")

    def _like(self, node: Operation, operands: Sequence[Typed], word: str) -> Typed:
        for operand in operands:
            if operand.type not in {"string", "null"}:
                message = f"{word.upper()} needs text, not {operand.type}."
                raise self.typing.error(operand.at, message, "Write CAST(… AS string).")
        if len(operands) == 3:
            escape = operands[2].constant
            if escape is None or not isinstance(escape.value, str) or len(escape.value) != 1:
                raise self.typing.error(operands[2].at, "ESCAPE takes one character in quotes.")
        text = self.typing.dialect.type_name("string")
        arguments = [
            Argument(
                o.sql if o.type == "string" else f"CAST(NULL AS {text})", "string", o.constant and o.constant.value
            )
            for o in operands
        ]
        sql = self.typing.dialect.function(word, arguments)
        return self._answer(node, f"(NOT {sql})" if node.operator.startswith("not ") else sql)

    def _signed(self, node: Operation, operand: Typed) -> Typed:
        if not operand.is_number:
            raise self.typing.error(node.at, f"Type {operand.type} has no sign.")
        if node.operator == "pos":
            return operand
        kind = "bigint" if operand.type == "integer" else operand.type
        return Typed(f"(-{self._wide(operand)})", kind, node.at)

    def _wide(self, value: Typed) -> str:
        """An integer as bigint, so that sums and products of integers do not overflow."""
        if value.type != "integer":
            return value.sql
        return f"CAST({value.sql} AS {self.typing.dialect.type_name('bigint')})"

    def _arithmetic(self, node: Operation, left: Typed, right: Typed) -> Typed:
        operator = node.operator
        if operator in {"+", "-"} and (left.is_moment or right.is_moment):
            return self._moments(node, left, right)
        for value in (left, right):
            if value.type == "string":
                hint = "Join text with ||." if operator == "+" else "Write CAST(… AS float)."
                raise self.typing.error(value.at, f"'{operator}' needs numbers, not a string.", hint)
            if not value.is_number and value.type != "null":
                raise self.typing.error(value.at, f"'{operator}' needs numbers, not {value.type}.")
        number = self.typing.dialect.type_name
        values = [
            v if v.type != "null" else Typed(f"CAST(NULL AS {number('bigint')})", "bigint", v.at) for v in (left, right)
        ]
        kind = widest_number(values)
        if operator == "/":
            over, under = (v.sql if v.type == "float" else f"CAST({v.sql} AS {number('float')})" for v in values)
            return Typed(f"({over} / NULLIF({under}, 0))", "float", node.at)
        if kind == "float":  # a decimal beside a float is computed as a float, on every engine
            first, second = (v.sql if v.type == "float" else f"CAST({v.sql} AS {number('float')})" for v in values)
        else:
            first, second = (self._wide(v) for v in values)
        if operator == "%":
            second = f"NULLIF({second}, 0)"
        return Typed(f"({first} {operator} {second})", "bigint" if kind == "integer" else kind, node.at)

    def _moments(self, node: Operation, left: Typed, right: Typed) -> Typed:
        dialect = self.typing.dialect
        if node.operator == "-" and left.is_moment:
            right = self.typing.moment(right)
        if node.operator == "-" and right.is_moment:
            left = self.typing.moment(left)
        if left.type == right.type == "date" and node.operator == "-":
            unit = Argument(dialect.literal("day"), "string", "day")
            days = dialect.function("date_diff", [unit, Argument(right.sql, "date"), Argument(left.sql, "date")])
            return Typed(days, "bigint", node.at)
        if left.is_whole and right.type == "date" and node.operator == "+":
            left, right = right, left
        if left.type == "date" and right.is_whole:
            amount = right.sql if node.operator == "+" else f"(-{right.sql})"
            unit = Argument(dialect.literal("day"), "string", "day")
            sql = dialect.function("date_add", [Argument(left.sql, "date"), Argument(amount, "bigint"), unit])
            return Typed(sql, "date", node.at)
        hint = "Write date_diff('day', start, end), or add an INTERVAL '1 day'."
        raise self.typing.error(node.at, f"'{node.operator}' does not work on {left.type} and {right.type}.", hint)

"""Types of an expression's parts: what can be compared or chosen among, and how values are brought to one type."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from module_operators.casts import NUMBERS, family
from module_operators.engines.dialect import Dialect
from module_operators.expressions.literals import moment_of
from module_operators.expressions.nodes import Constant
from module_operators.expressions.tokens import ExpressionError

MOMENTS = ("date", "timestamp", "timestamptz")
MAX_SQL = 200_000
MAX_GROWTH = 1_000


@dataclass(frozen=True, slots=True)
class Typed:
    """A part of an expression as engine SQL, with its logical type (`null` for NULL) and place in the text.

    `growth` bounds how many times longer than its inputs a text can become.
    """

    sql: str
    type: str
    at: int
    constant: Constant | None = None
    growth: int = 1

    @property
    def family(self) -> str:
        return family(self.type)

    @property
    def is_number(self) -> bool:
        return self.family in NUMBERS

    @property
    def is_whole(self) -> bool:
        return self.type in {"integer", "bigint"}

    @property
    def is_moment(self) -> bool:
        return self.type in MOMENTS


@dataclass(frozen=True, slots=True)
class Typing:
    """Checks and unifies types, with the user's text at hand for messages."""

    text: str
    dialect: Dialect

    def error(self, at: int, message: str, hint: str | None = None) -> ExpressionError:
        return ExpressionError(message, self.text, at, hint)

    def constant(self, node: Constant) -> Typed:
        value, literal = node.value, self.dialect.literal
        match value:
            case None:
                kind = "null"
            case bool():
                kind = "boolean"
            case int():
                if -(2**63) <= value < 2**63:
                    kind = "integer" if -(2**31) <= value < 2**31 else "bigint"
                else:
                    wide = self.dialect.type_name("decimal(38,0)")
                    return Typed(f"CAST('{value}' AS {wide})", "decimal(38,0)", node.at, node)
            case float():
                if value in {float("inf"), float("-inf")}:
                    raise self.error(node.at, "The number is too large.", "At most 1.79e308.")
                kind = "float"
            case Decimal():
                kind = decimal_of(value)
            case str():
                kind = "string"
            case datetime():
                kind = "timestamptz" if value.tzinfo else "timestamp"
            case _:
                kind = "date"
        sql = f"({literal(value)})" if isinstance(value, int | Decimal) else literal(value)
        return Typed(sql, kind, node.at, node)

    def moment(self, value: Typed, kinds: Sequence[str] = MOMENTS) -> Typed:
        """A constant text as the first of `kinds` that it can be read as; anything else stays."""
        text = value.constant.value if value.constant and value.type == "string" else None
        if not isinstance(text, str):
            return value
        for kind in kinds:
            moment = moment_of(text, kind)
            if moment is not None:
                return self.constant(Constant(moment, at=value.at))
        raise self.error(
            value.at, f"'{text[:40]}' is not a date or time.", "Write it as '2024-01-31' or '2024-01-31 12:30:00'."
        )

    def unify(self, values: Sequence[Typed], at: int, verb: str) -> tuple[list[Typed], str]:
        """The values brought to one type, and that type.

        Raises:
            ExpressionError: they have no type in common; `verb` says what was tried with them.
        """
        typed = [value for value in values if value.type != "null"]
        if any(value.is_moment for value in typed):
            values = [self.moment(value) for value in values]
            typed = [value for value in values if value.type != "null"]
        families = {value.family for value in typed}
        if not families:
            return list(values), "null"
        if families <= NUMBERS:
            return list(values), widest_number(typed)
        if families <= set(MOMENTS):
            target = max((value.type for value in typed), key=MOMENTS.index)
            return [self.as_moment(value, target) for value in values], target
        first = typed[0]
        for value in typed:
            if value.type != first.type or value.type == "interval":
                hint = "Write CAST(… AS …) to convert one of them."
                number = value if value.is_number else first
                if {"string"} < families and number.is_number and any(v.constant for v in typed if v.type == "string"):
                    hint = "Numbers are written without quotes."
                raise self.error(at, f"Cannot {verb} {first.type} with {value.type}.", hint)
        return list(values), first.type

    def as_moment(self, value: Typed, target: str) -> Typed:
        if value.type in {target, "null"}:
            return value
        return replace(value, sql=self.dialect.cast(value.sql, value.type, target), type=target)

    def text_of(self, value: Typed) -> Typed:
        """The value as text, for joining."""
        if value.type in {"string", "null"}:
            return value
        if value.family in {"binary", "list", "interval"}:
            raise self.error(value.at, f"Type {value.type} cannot be joined to text.")
        return replace(value, sql=self.dialect.cast(value.sql, value.type, "string"), type="string")

    def boolean(self, value: Typed, what: str) -> Typed:
        if value.type in {"boolean", "null"}:
            return value
        raise self.error(value.at, f"{what} needs a condition, not {value.type}.", "Compare it, for instance: x > 0.")

    def check_size(self, value: Typed) -> Typed:
        """Refuses what would overwhelm the engine, however short it is to write."""
        if len(value.sql) > MAX_SQL:
            raise self.error(value.at, "The expression is too complicated.", "Divide it among several nodes.")
        if value.growth > MAX_GROWTH:
            hint = f"Texts may grow {MAX_GROWTH:,}-fold at most in one expression."
            raise self.error(value.at, "The text could become too long.", hint)
        return value


def decimal_of(number: Decimal) -> str:
    """The decimal type that a written number has."""
    _, digits, exponent = number.as_tuple()
    scale = max(0, -int(exponent))
    return f"decimal({min(38, max(len(digits), scale + 1, 1))},{scale})"


def widest_number(values: Sequence[Typed]) -> str:
    """The numeric type that holds all of them; integers become bigint as soon as they are not all integer."""
    families = {value.family for value in values}
    if "float" in families:
        return "float"
    if "decimal" in families:
        sizes = [
            tuple(int(size) for size in value.type[8:-1].split(",")) if value.family == "decimal" else (19, 0)
            for value in values
        ]
        scale = max(scale for _, scale in sizes)
        return f"decimal({min(38, max(precision - s for precision, s in sizes) + scale)},{scale})"
    return "integer" if families == {"integer"} else "bigint"

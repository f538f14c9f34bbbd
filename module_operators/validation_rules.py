"""The rules of Data Validation, checked against their columns, and written as SQL that is true for a bad row."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from pydantic import model_validator

from module_operators.casts import refusal
from module_operators.config import ColumnName, ModuleConfig, field
from module_operators.expressions import checked_expression
from module_operators.patterns import PatternRefused, whole
from module_operators.problems import Findings
from module_operators.relation import Column, Relation
from module_operators.values import Scalar, literal, typed_value

if TYPE_CHECKING:
    from module_operators.engines.dialect import Dialect

Kind = Literal["not_null", "unique", "min", "max", "between", "in", "regex", "email", "type", "expression"]
_WITHOUT_VALUE = {"not_null", "unique", "email"}
_TEXT_RULES = {"regex", "email"}
_VALUE_KINDS = {
    **dict.fromkeys(sorted(_WITHOUT_VALUE), "none"),
    "min": "scalar",
    "max": "scalar",
    "between": "list",
    "in": "list",
    "regex": "text",
    "type": "column-type",
    "expression": "expression",
}
"""What the form asks for as the value of each rule."""
_TYPES = "integer, bigint, decimal(p,s), float, boolean, string, date, timestamp or timestamptz"
_PART = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_EMAIL = rf"[A-Za-z0-9.!#$%&'*+/=?^_`{{|}}~-]{{1,64}}@{_PART}(?:\.{_PART})+"


class Rule(ModuleConfig):
    """One rule; a null breaks none but not_null, as in a database's checks."""

    column: ColumnName | None = field(
        None, "Column", "The column that the rule is about; none for an expression.", "age"
    )
    rule: Kind = field(..., "Rule", "What must hold for each row. Only not_null fails for a null.")
    value: Scalar | list[Scalar] | None = field(
        None,
        "Value",
        "For min and max the limit; for between both limits, for in the allowed values (lists); for regex a pattern "
        f"that the whole text must match; for type one of {_TYPES}; for expression a condition over the row.",
        18,
        [0, 120],
        "[A-Z]{2}-[0-9]+",
        "end_date >= start_date",
        hints={"by": {"rule": _VALUE_KINDS}},
    )
    name: str | None = field(
        None,
        "Name",
        "What the rule is called in counts and messages; null for one made from it.",
        "adult",
        max_length=200,
    )

    @model_validator(mode="after")
    def _complete(self) -> Rule:
        if self.column is None and self.rule != "expression":
            raise ValueError(f"The rule {self.rule} needs a column.")
        if self.rule in _WITHOUT_VALUE and self.value is not None:
            raise ValueError(f"The rule {self.rule} takes no value.")
        if self.rule not in _WITHOUT_VALUE and self.value in (None, []):
            raise ValueError(f"The rule {self.rule} needs a value.")
        wants_list = self.rule in {"between", "in"}
        if isinstance(self.value, list) is not wants_list and self.value is not None:
            raise ValueError(f"The rule {self.rule} needs {'a list' if wants_list else 'one value'}.")
        if self.rule == "between" and isinstance(self.value, list) and len(self.value) != 2:
            raise ValueError("The rule between needs two values: the smallest and the largest.")
        if isinstance(self.value, list) and len(self.value) > 1000:
            raise ValueError("A list has at most 1,000 values.")
        if self.rule in {"regex", "type", "expression"} and not isinstance(self.value, str):
            raise ValueError(f"The rule {self.rule} needs text as its value.")
        return self

    @property
    def label(self) -> str:
        """`age min 18`, unless it has a name."""
        if self.name:
            return self.name
        value = self.value
        shown = ", ".join(map(str, value)) if isinstance(value, list) else "" if value is None else str(value)
        parts = [self.column or "", "" if self.rule == "expression" else self.rule, shown]
        return " ".join(part for part in parts if part)[:200]


def broken(rule: Rule, source: Relation, sql: Dialect, path: str, findings: Findings) -> str | None:
    """SQL that is true for a row that breaks the rule, never null; None and problems when the rule does not fit."""
    column = findings.column(source, rule.column, f"{path}/column") if rule.column is not None else None
    if rule.rule == "expression":
        return _expression(rule, source, sql, path, findings)
    if column is None:
        return None
    if rule.rule in _TEXT_RULES and column.type != "string":
        message = f"{rule.rule} needs text; '{column.name}' is {column.type}."
        findings.add(f"{path}/column", message, "Cast Data Types can make it a string.", "wrong-type")
        return None
    check = _Check(rule, column, sql, path, findings)
    condition = _CONDITIONS[rule.rule](check)
    if condition is None or rule.rule == "not_null":
        return condition
    return f"({check.name} IS NOT NULL AND {condition})"


@dataclass(frozen=True, slots=True)
class _Check:
    """A rule about a column that exists."""

    rule: Rule
    column: Column
    sql: Dialect
    path: str
    findings: Findings

    @property
    def name(self) -> str:
        return self.sql.quote(self.column.name)

    def refuse(self, place: str, message: str, hint: str | None, code: str = "wrong-type") -> None:
        self.findings.add(f"{self.path}/{place}", message, hint, code)

    def values(self) -> list[Any] | None:
        """The rule's values as the column's type; a limit of whole numbers may have a fraction."""
        given = self.rule.value if isinstance(self.rule.value, list) else [self.rule.value]
        values: list[Any] = []
        for index, each in enumerate(given):
            value = typed_value(each, self.column.type)
            if value is None and self.rule.rule != "in" and self.column.is_numeric:
                value = typed_value(each, "float")
            if value is None:
                place = f"value/{index}" if isinstance(self.rule.value, list) else "value"
                message = f"{each!r:.100} is no value of '{self.column.name}', which is {self.column.type}."
                self.refuse(place, message, "Write a value of that type.")
            values.append(value)
        return None if None in values else values

    def literal(self, value: Any) -> str:
        fraction = isinstance(value, float) and self.column.type != "float"
        return literal(value, "float" if fraction else self.column.type, self.sql)


def _expression(rule: Rule, source: Relation, sql: Dialect, path: str, findings: Findings) -> str | None:
    condition = checked_expression(str(rule.value), source, sql, f"{path}/value", findings)
    if condition is None:
        return None
    if condition.type != "boolean":
        message = f"The expression gives {condition.type}, not true or false."
        findings.add(f"{path}/value", message, "Compare it, for instance: amount > 0.", "bad-expression")
        return None
    return f"coalesce(NOT ({condition.sql}), FALSE)"


def _not_null(check: _Check) -> str:
    return f"{check.name} IS NULL"


def _unique(check: _Check) -> str:
    """All rows that share a value break it: nothing says which of them is right."""
    return f"count(*) OVER (PARTITION BY {check.name}) > 1"


def _limit(check: _Check) -> str | None:
    rule, column, name = check.rule, check.column, check.name
    if not (column.is_numeric or column.is_temporal):
        message = f"{rule.rule} needs numbers or dates; '{column.name}' is {column.type}."
        check.refuse("column", message, "Cast Data Types or Parse Dates can make it one.")
        return None
    values = check.values()
    if values is None:
        return None
    limits = [check.literal(value) for value in values]
    if rule.rule == "between":
        if values[0] > values[1]:
            check.refuse("value", "The first value is larger than the second.", "Swap them.", "invalid-option")
        return f"({name} < {limits[0]} OR {name} > {limits[1]})"
    return f"{name} {'<' if rule.rule == 'min' else '>'} {limits[0]}"


def _in(check: _Check) -> str | None:
    values = check.values()
    return None if values is None else f"{check.name} NOT IN ({', '.join(map(check.literal, values))})"


def _regex(check: _Check) -> str | None:
    try:
        pattern = whole(str(check.rule.value))
    except PatternRefused as error:
        check.refuse("value", str(error), None, "bad-pattern")
        return None
    return f"NOT {check.sql.matches(check.name, pattern)}"


def _email(check: _Check) -> str:
    return f"NOT {check.sql.matches(check.name, whole(_EMAIL))}"


def _type(check: _Check) -> str | None:
    from module_operators.transformers.cast_types import TYPE_NAME  # noqa: PLC0415

    try:
        target = TYPE_NAME.validate_python(check.rule.value)
    except ValueError:
        check.refuse(
            "value", f"There is no type '{check.rule.value!s:.100}'.", f"Types are {_TYPES}.", "invalid-option"
        )
        return None
    if refused := refusal(check.column.type, target):
        message, hint = refused
        check.refuse("column", f"Column '{check.column.name}': {message}", hint)
        return None
    return f"({check.sql.cast(check.name, check.column.type, target, on_error='null')}) IS NULL"


_CONDITIONS: dict[str, Callable[[_Check], str | None]] = {
    "not_null": _not_null,
    "unique": _unique,
    "min": _limit,
    "max": _limit,
    "between": _limit,
    "in": _in,
    "regex": _regex,
    "email": _email,
    "type": _type,
}

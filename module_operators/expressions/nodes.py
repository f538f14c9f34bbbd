"""What an expression is made of once parsed. There are no other nodes: the grammar is the allow-list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

MAX_DEPTH = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A part of an expression, its offset in the text and its height."""

    at: int
    depth: int = 1


@dataclass(frozen=True, slots=True)
class Constant(Node):
    value: bool | int | Decimal | float | str | date | datetime | None


@dataclass(frozen=True, slots=True)
class Interval(Node):
    """A length of time; months, days and microseconds do not convert into each other."""

    months: int
    days: int
    microseconds: int


@dataclass(frozen=True, slots=True)
class Name(Node):
    """A column."""

    name: str
    quoted: bool


@dataclass(frozen=True, slots=True)
class Call(Node):
    name: str
    arguments: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Operation(Node):
    """`operator` is its lower-case SQL (`and`, `+`, `not like`, `is null`, `at time zone`, `neg`)."""

    operator: str
    operands: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Case(Node):
    subject: Node | None
    branches: tuple[tuple[Node, Node], ...]
    otherwise: Node | None


@dataclass(frozen=True, slots=True)
class Cast(Node):
    operand: Node
    target: str
    or_null: bool


def height(parts: Sequence[Node | None]) -> int:
    return 1 + max((part.depth for part in parts if part), default=0)

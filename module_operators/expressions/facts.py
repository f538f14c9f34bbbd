"""What a rewrite of the graph has to know of an expression: where it reads which column, and how it can end a run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

from module_operators.expressions.functions import find
from module_operators.expressions.grammar import parse
from module_operators.expressions.nodes import Call, Case, Cast, Constant, Name, Node, Operation
from module_operators.expressions.tokens import ExpressionError, tokens

Risk = Literal["none", "overflow", "data"]
"""How it can end a run: never; by a number or a moment that becomes too large; by a value that its author checks."""

_NOW = {"current_date", "current_timestamp"}
_CAN_OVERFLOW = frozenset(
    "lpad rpad repeat abs power exp div mod date_add date_diff from_epoch round concat concat_ws replace".split()  # noqa: SIM905
)
_COMPARED = frozenset({"=", "<>", "<", "<=", ">", ">="})
_MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
_CALM = _COMPARED | frozenset({"and", "or", "not", "/", "pos", "||"})
_CALM_WORDS = frozenset({"between", "in", "like", "ilike"})


def facts(text: str, columns: Sequence[str]) -> dict[str, Any] | None:
    """The facts of an expression over columns of these names; None when it cannot be read there.

    `reads` tells each place where a column is named (`column`, `at`, `end`); `risk` how it can end a run; `is_timed`
    whether it looks at the clock; `terms`, of a condition that is plain comparisons joined by AND, those comparisons
    (`column`, `operator`, `values` each with `type` and `text`).
    """
    try:
        node = parse(text)
        ends = {token.at: token.end for token in tokens(text)}
        reads = []
        for name in _names(node):
            column = _column(name, columns)
            if column is None:
                return None
            reads.append({"column": column, "at": name.at, "end": ends[name.at]})
    except (ExpressionError, RecursionError, KeyError):
        return None
    return {
        "reads": sorted(reads, key=lambda read: read["at"]),
        "risk": _risk(node),
        "is_timed": any(isinstance(part, Call) and _function(part) in _NOW for part in _parts(node)),
        "terms": _terms(node, columns),
    }


def all_facts(requested: Iterable[Mapping[str, Any]]) -> list[dict[str, Any] | None]:
    """The facts of several expressions, each asked for as `{"text", "columns"}`."""
    return [facts(each["text"], each["columns"]) for each in requested]


def _inner(node: Node) -> tuple[Node, ...]:
    match node:
        case Call():
            return node.arguments
        case Operation():
            return node.operands
        case Cast():
            return (node.operand,)
        case Case():
            pairs = [part for branch in node.branches for part in branch]
            return tuple(part for part in (node.subject, *pairs, node.otherwise) if part is not None)
    return ()


def _parts(node: Node) -> Iterator[Node]:
    yield node
    for part in _inner(node):
        yield from _parts(part)


def _names(node: Node) -> Iterator[Name]:
    return (part for part in _parts(node) if isinstance(part, Name))


def _function(call: Call) -> str:
    """The function's own name, whichever of its names is written; empty when there is none."""
    function = find(call.name)
    return function.name if function else ""


def _column(name: Name, columns: Sequence[str]) -> str | None:
    """The column that the compiler would take for this name."""
    if name.name in columns:
        return name.name
    alike = [column for column in columns if column.lower() == name.name.lower()]
    return alike[0] if len(alike) == 1 and not name.quoted and name.name.isascii() else None


def _risk(node: Node) -> Risk:
    risks = {_risk(part) for part in _inner(node)}
    match node:
        case Cast() if not node.or_null and node.target != "string":
            risks.add("data")
        case Call() if _function(node) in _CAN_OVERFLOW:
            risks.add("overflow")
        case Operation() if not _is_calm(node.operator) and any(_names(node)):
            risks.add("overflow")
    return "data" if "data" in risks else "overflow" if "overflow" in risks else "none"


def _is_calm(operator: str) -> bool:
    return operator in _CALM or operator.startswith("is ") or operator.removeprefix("not ") in _CALM_WORDS


def _terms(node: Node, columns: Sequence[str]) -> list[dict[str, Any]] | None:
    """The comparisons of columns with constants that, all true, are the condition; None when it is anything else."""
    if isinstance(node, Operation) and node.operator == "and":
        several = [_terms(part, columns) for part in node.operands]
        return [term for terms in several for term in terms or ()] if all(several) else None
    term = _term(node, columns) if isinstance(node, Operation) else None
    return None if term is None else [term]


def _term(node: Operation, columns: Sequence[str]) -> dict[str, Any] | None:
    operator, (first, *others) = node.operator, node.operands
    if operator in _COMPARED and isinstance(first, Constant):
        operator, first, others = _MIRRORED.get(operator, operator), others[0], [first]
    if not isinstance(first, Name) or not all(isinstance(other, Constant) for other in others):
        return None
    if operator not in {*_COMPARED, "is null", "is not null", "in", "between"}:
        return None
    values = [_value(other) for other in others if isinstance(other, Constant)]
    return {"column": _column(first, columns), "operator": operator, "values": values}


def _value(constant: Constant) -> dict[str, str]:  # noqa: PLR0911 - one return a type
    value = constant.value
    match value:
        case bool():
            return {"type": "boolean", "text": str(value).lower()}
        case int():
            return {"type": "integer", "text": str(value)}
        case Decimal():
            return {"type": "decimal", "text": format(value, "f")}
        case datetime():
            return {"type": "timestamptz" if value.tzinfo else "timestamp", "text": value.isoformat(" ")}
        case date():
            return {"type": "date", "text": value.isoformat()}
        case str():
            return {"type": "string", "text": value}
    return {"type": "float" if isinstance(value, float) else "null", "text": str(value)}

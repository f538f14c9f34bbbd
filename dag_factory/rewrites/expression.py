"""An expression as a rewrite sees it: which columns it reads where, and what could go wrong in it.

The parser of expressions is the operators'; what it knows comes here as facts (`module_operators.expressions.facts`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from dag_factory.compile import Schemas
from dag_factory.graph import PipelineGraph

Risk = Literal["none", "overflow", "data"]
_RISKS: tuple[Risk, ...] = ("none", "overflow", "data")

LONGEST = 10_000
"""Characters that an expression may have."""

OPTION = {"filter-transformer": "condition", "add-column-transformer": "expression"}
"""The option that holds a module's one expression."""


@dataclass(frozen=True, slots=True)
class Read:
    """One place in the text that names a column."""

    column: str
    at: int
    end: int


@dataclass(frozen=True, slots=True)
class Term:
    """A comparison of a column with constants, each as its type and its text."""

    column: str
    operator: str
    values: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Expression:
    """A text and what is known of it; `terms` is None unless it is plain comparisons joined by AND."""

    text: str
    reads: tuple[Read, ...]
    risk: Risk
    is_timed: bool
    terms: tuple[Term, ...] | None

    @property
    def columns(self) -> frozenset[str]:
        """The columns that it reads."""
        return frozenset(read.column for read in self.reads)

    def over(self, names: Mapping[str, str]) -> "Expression":
        """The same over an input that calls its columns otherwise: each is named exactly, whatever else there is."""
        text, reads, shift = self.text, [], 0
        for read in self.reads:
            column = names.get(read.column, read.column)
            start, end = read.at + shift, read.end + shift
            written = text[start:end]
            if written not in {column, quoted(column)}:
                written = quoted(column)
            text = text[:start] + written + text[end:]
            reads.append(Read(column, start, start + len(written)))
            shift += len(written) - (end - start)
        terms = self.terms and tuple(replace(term, column=names.get(term.column, term.column)) for term in self.terms)
        return replace(self, text=text, reads=tuple(reads), terms=terms)

    def both(self, other: "Expression") -> "Expression":
        """True where both are."""
        before = f"({self.text}) AND ("
        reads = [Read(read.column, read.at + 1, read.end + 1) for read in self.reads]
        reads += [Read(read.column, read.at + len(before), read.end + len(before)) for read in other.reads]
        both_plain = self.terms is not None and other.terms is not None
        return Expression(
            f"{before}{other.text})",
            tuple(reads),
            _worse(self.risk, other.risk),
            self.is_timed or other.is_timed,
            (*(self.terms or ()), *(other.terms or ())) if both_plain else None,
        )


def _worse(one: Risk, other: Risk) -> Risk:
    return one if _RISKS.index(one) > _RISKS.index(other) else other


def quoted(name: str) -> str:
    """The column as an expression names it exactly."""
    return '"' + name.replace('"', '""') + '"'


def expression_requests(graph: PipelineGraph, schemas: Schemas) -> dict[str, dict[str, Any]]:
    """By node id, what to ask of the expressions whose input's columns are known."""
    asked: dict[str, dict[str, Any]] = {}
    for node in graph.order:
        option, edges = OPTION.get(node.data.module_id), graph.inputs(node.id)
        text = node.data.config.get(option or "")
        if isinstance(text, str) and len(edges) == 1 and edges[0].source in schemas:
            columns = [column["name"] for column in schemas[edges[0].source]]
            asked[node.id] = {"text": text, "columns": columns}
    return asked


def read_expressions(
    asked: Mapping[str, Mapping[str, Any]], facts: Sequence[Mapping[str, Any] | None]
) -> dict[str, Expression]:
    """The expressions by node id; one that could not be read is missing."""
    pairs = zip(asked.items(), facts, strict=True)
    return {node_id: _read(request["text"], known) for (node_id, request), known in pairs if known is not None}


def _read(text: str, known: Mapping[str, Any]) -> Expression:
    terms = known["terms"]
    return Expression(
        text,
        tuple(Read(**read) for read in known["reads"]),
        known["risk"],
        known["is_timed"],
        None
        if terms is None
        else tuple(
            Term(term["column"], term["operator"], tuple((value["type"], value["text"]) for value in term["values"]))
            for term in terms
        ),
    )

"""Which columns a node's columns are made of, read from the SQL that the node writes; nothing runs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from module_operators.relation import Query, Relation


@dataclass(frozen=True, slots=True, order=True)
class ColumnOf:
    """A column of a node's output."""

    node_id: str
    column: str


Derivation = Mapping[str, Sequence[ColumnOf]]
"""By a node's columns, those of its inputs that their values are made of."""


class Untraceable(Exception):
    """A query that cannot be read; its columns are known, not what they are made of."""


@dataclass(frozen=True)
class Lineage:
    """What the columns of a graph's nodes are made of; `nodes` come after those that they read."""

    nodes: Mapping[str, Derivation]

    @cached_property
    def sources(self) -> Mapping[str, Derivation]:
        """The same, traced back through all nodes to columns that are made of no other."""
        traced: dict[str, dict[str, tuple[ColumnOf, ...]]] = {}
        for node_id, derivation in self.nodes.items():
            traced[node_id] = {
                column: tuple(sorted({root for one in origins for root in self._roots(one, traced)}))
                for column, origins in derivation.items()
            }
        return traced

    @staticmethod
    def _roots(one: ColumnOf, traced: Mapping[str, Mapping[str, Sequence[ColumnOf]]]) -> Iterable[ColumnOf]:
        return traced.get(one.node_id, {}).get(one.column) or (one,)


def unchanged(node_id: str, columns: Iterable[str]) -> Derivation:
    """Of what takes every column as it is."""
    return {column: (ColumnOf(node_id, column),) for column in columns}


def derivation(query: Query, inputs: Mapping[str, Relation], engine: str = "duckdb") -> Derivation:
    """What each column of a query is made of: the columns that its expression reads, in whatever sub-query.

    Args:
        query: a node's.
        inputs: the relations that it reads, by the id of the node that yields them.
        engine: whose SQL it is; both names are SQLGlot's own.

    Raises:
        Untraceable: SQLGlot does not understand the query.
    """
    from sqlglot import MappingSchema, exp, parse_one  # noqa: PLC0415
    from sqlglot.errors import SqlglotError  # noqa: PLC0415
    from sqlglot.lineage import Node, to_node  # noqa: PLC0415
    from sqlglot.optimizer import build_scope, qualify  # noqa: PLC0415

    # SQLGlot folds names as the engine does, and no relation has two that differ in nothing else.
    named = {relation.name.casefold(): (node_id, relation) for node_id, relation in inputs.items()}

    def origin(leaf: Node) -> ColumnOf | None:
        if not isinstance(leaf.source, exp.Table) or leaf.source.name.casefold() not in named:
            return None  # a literal, or what numbers rows
        node_id, relation = named[leaf.source.name.casefold()]
        column = parse_one(leaf.name).name.casefold()
        return next((ColumnOf(node_id, name) for name in relation.names if name.casefold() == column), None)

    schema = MappingSchema(dialect=engine)
    for relation in inputs.values():
        every = (*relation.columns, *relation.hidden)
        columns = {exp.to_identifier(each.name, quoted=True).sql(engine): "text" for each in every}
        schema.add_table(exp.to_table(relation.name, dialect=engine), columns, dialect=engine)
    try:
        tree = qualify.qualify(
            parse_one(query.sql, dialect=engine),
            dialect=engine,
            schema=schema,
            validate_qualify_columns=False,
            identify=False,
        )
        scope = build_scope(tree)
        if scope is None:
            raise Untraceable("no SELECT")
        found: dict[str, Sequence[ColumnOf]] = {}
        for position, column in enumerate(query.columns):
            leaves = [node for node in to_node(position, scope, engine, schema).walk() if not node.downstream]
            found[column.name] = sorted({one for leaf in leaves if (one := origin(leaf))})
    except (SqlglotError, RecursionError) as error:
        raise Untraceable(str(error)) from error
    return found

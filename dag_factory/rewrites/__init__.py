"""Rewrites of a graph that give the same result: found, explained, and applied one after the other.

`proposals` finds them, `applied` draws the graph with some of them. What counts as the same result:
docs/decisions/what-a-rewrite-may-change.md.
"""

from dag_factory.rewrites.drawing import Drawing
from dag_factory.rewrites.expression import Expression, expression_requests, read_expressions
from dag_factory.rewrites.proposal import Declined, Proposal
from dag_factory.rewrites.search import applied, declined, proposals

__all__ = [
    "Declined",
    "Drawing",
    "Expression",
    "Proposal",
    "applied",
    "declined",
    "expression_requests",
    "proposals",
    "read_expressions",
]

"""All rewrites of a graph, and the graph with some of them."""

from collections.abc import Callable, Iterator, Sequence
from itertools import islice

from dag_factory.rewrites.columns import unused_columns
from dag_factory.rewrites.drawing import Drawing
from dag_factory.rewrites.duplicates import useless_deduplications
from dag_factory.rewrites.filters import earlier_filters, merged_filters
from dag_factory.rewrites.order import useless_sorts
from dag_factory.rewrites.proposal import Declined, Proposal
from dag_factory.rewrites.pushdown import declined_pushes, pushed_aggregations, pushed_filters, pushed_projections
from dag_factory.validate import validate

_FINDERS: dict[str, Callable[[Drawing, str | None], Iterator[Proposal]]] = {
    "remove-sort": useless_sorts,
    "remove-deduplicate": useless_deduplications,
    "merge-filters": merged_filters,
    "filter-earlier": earlier_filters,
    "push-filter": pushed_filters,
    "push-aggregation": pushed_aggregations,
    "push-projection": pushed_projections,
    "drop-columns": unused_columns,
}
"""In the order in which they are applied; the last two change the columns that later nodes have."""


def proposals(drawing: Drawing, most: int | None = None) -> list[Proposal]:
    """Every rewrite, each on its own, of a graph without errors; or the first ones."""
    found = (proposal for find in _FINDERS.values() for proposal in find(drawing, None) if _is_sound(proposal))
    return list(islice(found, most))


def applied(drawing: Drawing, wanted: Sequence[str]) -> tuple[Drawing, list[Proposal], list[str]]:
    """The graph with some rewrites, one after the other.

    Returns:
        The graph, the rewrites as they were found on the way to it, and the ids of those that were not: another one
        has made them impossible or needless.
    """
    found: list[Proposal] = []
    for kind, find in _FINDERS.items():
        for proposal_id in dict.fromkeys(each for each in wanted if each.startswith(f"{kind}:")):
            proposal = next(filter(_is_sound, find(drawing, proposal_id.removeprefix(f"{kind}:"))), None)
            if proposal is not None:
                found.append(proposal)
                drawing = proposal.after
    done = {each.id for each in found}
    return drawing, found, [each for each in dict.fromkeys(wanted) if each not in done]


def declined(drawing: Drawing) -> list[Declined]:
    """What one might expect to be proposed and is not, with the reasons."""
    return list(declined_pushes(drawing))


def _is_sound(proposal: Proposal) -> bool:
    """Whether the graph after it can be published: what a rewrite draws is judged as what a person draws."""
    problems = validate(proposal.after.graph, proposal.after.catalog)
    return not any(problem.severity == "error" for problem in problems)

"""Rewrites of a graph that load the same rows: found, checked on a sample of its sources, and applied."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from api.clients.previewer import NobodyWaits, PreviewerProcess
from api.clients.worker import WorkerUnavailable
from api.errors import GraphNotInOrder, OptimizeUnavailable
from api.services.columns import described
from api.services.validation import WHILE_EDITING, Validator
from dag_factory.diff import GraphDiff, diff
from dag_factory.graph import PipelineGraph
from dag_factory.rewrites import (
    Declined,
    Drawing,
    Proposal,
    applied,
    declined,
    expression_requests,
    proposals,
    read_expressions,
)

MOST = 30
"""Proposals of one answer; when they are applied, the next ones are found."""

SECONDS = 8.0
"""For the check of one proposal."""

SECONDS_OF_ALL = 25.0
"""For the checks of one answer; what is not checked by then is told to be unchecked."""

AT_ONCE = 2
"""Checks of one answer that run at a time; others preview meanwhile."""

FACTS_SECONDS = 5.0

IsGone = Callable[[], Awaitable[bool]]
Status = Literal["equal", "unchecked", "differs"]

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Checked:
    """What a sample said of a rewrite."""

    status: Status
    rows: int | None
    message: str


@dataclass(frozen=True)
class Improvement:
    """A proposal with what it changes, and what a sample said."""

    proposal: Proposal
    diff: GraphDiff
    checked: Checked


@dataclass(frozen=True)
class Found:
    """What could be improved, and what could not."""

    improvements: list[Improvement]
    declined: list[Declined]
    more: bool
    """There are others, found when some of these are applied."""


@dataclass(frozen=True)
class Improved:
    """The graph with some improvements."""

    graph: PipelineGraph
    diff: GraphDiff
    applied: list[str]
    skipped: list[str]
    checked: Checked


@dataclass(frozen=True)
class Optimizer:
    """Looks for rewrites and has them checked by the process that previews."""

    validator: Validator
    previewer: PreviewerProcess

    async def find(self, graph: PipelineGraph, is_gone: IsGone) -> Found:
        """All proposals, each checked on its own; one that loads other rows is a bug, and told to the log alone.

        Raises:
            GraphNotInOrder: it has errors.
            OptimizeUnavailable: the process that reads expressions is starting or away.
        """
        drawing = await asyncio.to_thread(self._drawing, graph)
        found = await asyncio.to_thread(proposals, drawing, MOST + 1)
        asked = found[:MOST]
        checks = await self._all_checked(drawing, asked, is_gone)
        improvements = [
            Improvement(proposal, diff(drawing.graph, proposal.after.graph), checked)
            for proposal, checked in zip(asked, checks, strict=True)
            if checked.status != "differs"
        ]
        return Found(improvements, declined(drawing), len(found) > len(asked))

    async def improve(self, graph: PipelineGraph, wanted: Sequence[str], is_gone: IsGone) -> Improved:
        """The graph with these proposals, one after the other; the result is checked as a whole.

        Raises:
            GraphNotInOrder: it has errors.
            OptimizeUnavailable: the process that reads expressions is starting or away.
        """
        drawing = await asyncio.to_thread(self._drawing, graph)
        after, done, skipped = await asyncio.to_thread(applied, drawing, wanted)
        touched = {node for proposal in done for node in proposal.touched}
        alike = all(proposal.is_sampled_alike for proposal in done)
        ids = [proposal.id for proposal in done]
        checked = await self._checked(drawing, after, touched, alike=alike, is_gone=is_gone)
        if checked.status == "differs":
            _report(drawing, ids)
        return Improved(after.graph, diff(drawing.graph, after.graph), ids, skipped, checked)

    def _drawing(self, graph: PipelineGraph) -> Drawing:
        """What rewrites need to know of a graph; no database connection is held while sources are asked."""
        # Without what only a save has, such as its message.
        graph = PipelineGraph.model_construct(**{name: getattr(graph, name) for name in PipelineGraph.model_fields})
        verdict = self.validator.check(graph, timeout=WHILE_EDITING)
        if not verdict.valid:
            raise GraphNotInOrder([row for row in verdict.rows() if row["severity"] == "error"])
        asked = expression_requests(graph, verdict.schemas)
        try:
            answer = self.validator.checker.check({"expressions": list(asked.values())}, FACTS_SECONDS)
        except WorkerUnavailable as error:
            raise OptimizeUnavailable(str(error)) from error
        return Drawing(graph, self.validator.catalog, verdict.schemas, read_expressions(asked, answer["facts"]))

    async def _all_checked(self, drawing: Drawing, found: Sequence[Proposal], is_gone: IsGone) -> list[Checked]:
        turn, end = asyncio.Semaphore(AT_ONCE), asyncio.get_running_loop().time() + SECONDS_OF_ALL

        async def check(proposal: Proposal) -> Checked:
            async with turn:
                if asyncio.get_running_loop().time() > end:
                    return _unchecked(f"The checks of all proposals took longer than {SECONDS_OF_ALL:g} seconds.")
                alike, touched = proposal.is_sampled_alike, set(proposal.touched)
                checked = await self._checked(drawing, proposal.after, touched, alike=alike, is_gone=is_gone)
                if checked.status == "differs":
                    _report(drawing, [proposal.id])
                return checked

        tasks = [asyncio.create_task(check(proposal)) for proposal in found]
        try:
            return list(await asyncio.gather(*tasks))
        finally:
            for task in tasks:
                task.cancel()

    async def _checked(
        self, before: Drawing, after: Drawing, touched: set[str], *, alike: bool, is_gone: IsGone
    ) -> Checked:
        """Both graphs on the same sample, compared where they are loaded."""
        ends = [end for end in _loaders(before) if before.graph.upstream(end) & touched]
        pairs = [[_loaded(before.graph, end), _loaded(after.graph, end)] for end in ends]
        if not ends:
            return Checked("equal", 0, "Nothing that is loaded is touched.")
        compare = {
            "before": _requested(before, ends),
            "after": _requested(after, ends),
            "ends": pairs,
            "same_sources": alike,
        }
        request = {"compare": compare, "params": before.graph.default_params}
        try:
            answer = await self.previewer.rows(request, timeout=SECONDS, is_gone=is_gone)
        except NobodyWaits as error:
            raise OptimizeUnavailable(str(error)) from error
        except WorkerUnavailable as error:
            return _unchecked(f"It could not be checked on a sample now: {error}.")
        return _told(answer)


def _told(answer: dict[str, Any]) -> Checked:
    if answer.get("equal") is True:
        rows = answer["rows"]
        counted = "1 row is" if rows == 1 else f"{rows:,} rows are"
        return Checked("equal", rows, f"On a sample of the sources the {counted} the same.")
    if answer.get("equal") is False:
        return Checked("differs", None, answer["message"])
    if answer.get("error") == "time-out":
        return _unchecked(f"It could not be checked: a sample took longer than {SECONDS:g} seconds.")
    problems = answer.get("problems")
    reason = problems[0]["message"] if problems else answer.get("unchecked") or answer.get("error")
    return _unchecked(f"It could not be checked: {reason}")


def _unchecked(message: str) -> Checked:
    return Checked("unchecked", None, message)


def _report(drawing: Drawing, ids: Sequence[str]) -> None:
    modules = sorted({node.data.module_id for node in drawing.graph.nodes})
    log.error("Bug: rewrites that load other rows are withheld: %s, in a graph of %s", ids, modules)


def _loaders(drawing: Drawing) -> list[str]:
    modules = ((node.id, drawing.module(node.id)) for node in drawing.graph.order)
    return [node_id for node_id, module in modules if module is not None and module.type == "loader"]


def _loaded(graph: PipelineGraph, loader: str) -> str:
    return graph.inputs(loader)[0].source


def _requested(drawing: Drawing, loaders: Sequence[str]) -> list[dict[str, Any]]:
    """The nodes before these loaders as the previewer takes them, sources first."""
    needed = drawing.graph.upstream(*loaders) - set(loaders)
    asked: set[str] = set()
    requested = []
    for node in drawing.graph.order:
        if node.id in needed:
            request = described(drawing.graph, node, drawing.catalog, asked)
            assert request is not None, "the graph has no errors"
            asked.add(node.id)
            requested.append(request)
    return requested

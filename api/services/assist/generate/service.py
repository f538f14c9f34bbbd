"""Asks for a draft, sends it back with its problems until none is left, and answers what passed."""

import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from anyio import to_thread
from limits import RateLimitItemPerMinute

from api.clients.assistant import AnswersWrong, Assistant, AssistantFailed, AssistantSlow, Objection
from api.clients.previewer import PreviewerProcess
from api.errors import AssistantAway, AssistantMissing, AssistantTooSlow, NoDraft, TooManyCalls
from api.services import modules
from api.services.assist.generate import briefing
from api.services.assist.generate.draft import Draft
from api.services.files import Files
from api.services.rate_limit import RateLimiter
from api.services.validation import WHILE_EDITING, Validator, Verdict
from dag_factory.graph import PipelineGraph
from dag_factory.problems import Problem

PER_MINUTE = 10
"""Drafts that one account may ask for."""
TOLD = 20
"""Problems at most that the model is told of at once."""
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Generated:
    """A draft that can be saved and run as it is; nothing is saved."""

    graph: PipelineGraph
    verdict: Verdict
    tries: int
    """Answers that it took."""
    model: str


def check_limits(assistant: Assistant, limiter: RateLimiter, account: str) -> None:
    """Refuse before anything is asked.

    Raises:
        AssistantMissing: none is configured here, or the library is not installed.
        TooManyCalls: the account has asked too often.
    """
    if not assistant.is_configured or not assistant.is_installed:
        raise AssistantMissing(is_configured=assistant.is_configured)
    seconds = limiter.wait({f"assist:{account}": RateLimitItemPerMinute(PER_MINUTE)})
    if seconds is not None:
        raise TooManyCalls(PER_MINUTE, seconds)


async def generate(
    sentence: str,
    assistant: Assistant,
    validator: Validator,
    files: Files,
    previewer: PreviewerProcess,
    *,
    is_gone: Callable[[], Awaitable[bool]],
) -> Generated:
    """A draft of what the sentence asks for.

    Raises:
        AssistantAway: the endpoint cannot be reached, refused or failed.
        AssistantTooSlow: it took too long.
        NoDraft: what it answered never passed; the last problems are told.
    """
    passed: list[tuple[PipelineGraph, Verdict]] = []
    last: list[Problem] = []
    tries = 0

    async def check(draft: Draft) -> None:
        nonlocal tries, last
        tries += 1
        try:
            graph = draft.graph(validator.catalog)
        except ValueError as error:
            raise Objection(str(error)) from None
        verdict = await to_thread.run_sync(lambda: validator.check(graph, timeout=WHILE_EDITING))
        last = [problem for problem in verdict.problems if problem.severity == "error"]
        if last:
            raise Objection(_told(last, verdict.schemas))
        passed.append((graph, verdict))

    instructions = await to_thread.run_sync(_instructions, validator)
    about = await to_thread.run_sync(briefing.sources, sentence, validator, files, previewer)
    try:
        await assistant.ask(instructions, f"{about}\n\nThe task: {sentence}", Draft, check, is_gone=is_gone)
    except AssistantSlow as error:
        raise AssistantTooSlow(str(error)) from None
    except AnswersWrong as error:
        raise NoDraft(str(error), [problem.model_dump(mode="json") for problem in last[:TOLD]]) from None
    except AssistantFailed as error:
        log.warning("no draft: %s", error)
        raise AssistantAway(str(error)) from None
    graph, verdict = passed[-1]
    return Generated(graph, verdict, tries, assistant.model)


def _instructions(validator: Validator) -> str:
    with validator.sessions() as session:
        inactive = modules.inactive_ids(session)
    return briefing.instructions(validator.catalog, inactive)


def _told(problems: Sequence[Problem], schemas: Any) -> str:
    """The problems, and the columns that there are, as the model reads them."""
    lines = ["The pipeline has these problems; answer with the whole pipeline again, put right:"]
    for problem in problems[:TOLD]:
        place = f"node {problem.node_id}" if problem.node_id else "the pipeline"
        place += f"{problem.path or ''}{f' ({problem.place})' if problem.place else ''}"
        lines.append(f"- {place}: {problem.message} {problem.hint or ''}".rstrip())
    shown = list(schemas.items())[:TOLD]
    lines += [f"Columns after {node}: {', '.join(column['name'] for column in columns)}" for node, columns in shown]
    return "\n".join(lines)

"""A language model behind any endpoint that speaks OpenAI's chat completions, asked for a structured answer."""

from __future__ import annotations

import asyncio
import importlib.util
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from pydantic import BaseModel, SecretStr

STILL_THERE = 0.2
"""Seconds between two looks whether somebody still waits."""
TRIES = 4
"""Answers that the model may give until one passes."""
LONGEST_ANSWER = 8_000
"""Tokens of one answer."""
MAX_BYTES = 2_000_000
"""Of one answer of the endpoint, whatever it means to send."""

Answer = TypeVar("Answer", bound=BaseModel)


class AssistantFailed(Exception):
    """The endpoint gave no answer that can be used; says what to do, and quotes nothing that it said."""


class AssistantSlow(AssistantFailed):
    """No answer in time."""


class NobodyWaits(AssistantFailed):
    """Whoever asked has gone, and the request was given up."""


class AnswersWrong(AssistantFailed):
    """The model answered, but never with what was asked for."""


class Objection(Exception):
    """What is wrong with an answer, as the model is told before its next try."""


@dataclass(frozen=True)
class Assistant:
    """Where the model is, and its name there."""

    url: str
    model: str
    key: SecretStr
    seconds: float

    @property
    def is_configured(self) -> bool:
        """Whether an installation wants one."""
        return bool(self.url and self.model)

    @property
    def is_installed(self) -> bool:
        """Whether the library that asks it is there."""
        return importlib.util.find_spec("pydantic_ai") is not None

    async def ask(
        self,
        instructions: str,
        request: str,
        shape: type[Answer],
        check: Callable[[Answer], Awaitable[None]],
        *,
        is_gone: Callable[[], Awaitable[bool]],
    ) -> Answer:
        """The first answer of this shape that passes the check; it is told what was wrong with those before.

        Args:
            instructions: what it is to do, the same for all requests.
            request: what a person wrote.
            shape: what an answer must be.
            check: raises an `Objection` to an answer that will not do.
            is_gone: whether nobody waits for it any more; then the request is given up.

        Raises:
            AssistantSlow: all tries together took too long.
            AnswersWrong: no answer passed.
            AssistantFailed: the endpoint cannot be reached, refused or failed.
            NobodyWaits: whoever asked has gone.
        """
        asked = asyncio.create_task(self._asked(instructions, request, shape, check))
        deadline = asyncio.get_running_loop().time() + self.seconds
        try:
            while not asked.done():
                await asyncio.wait({asked}, timeout=STILL_THERE)
                if not asked.done() and asyncio.get_running_loop().time() > deadline:
                    message = f"The model took longer than {self.seconds:g} seconds. Ask for less, or raise"
                    raise AssistantSlow(f"{message} LOGIDATA_ASSIST_SECONDS.")
                if not asked.done() and await is_gone():
                    raise NobodyWaits("nobody waits for it")
            return asked.result()
        finally:
            asked.cancel()
            await asyncio.gather(asked, return_exceptions=True)

    async def _asked(
        self, instructions: str, request: str, shape: type[Answer], check: Callable[[Answer], Awaitable[None]]
    ) -> Answer:
        from openai import AsyncOpenAI  # noqa: PLC0415 - seconds of imports, for those who ask only
        from pydantic_ai import Agent, ModelRetry, ModelSettings, PromptedOutput, UnexpectedModelBehavior  # noqa: PLC0415
        from pydantic_ai.exceptions import AgentRunError, ModelConnectionError  # noqa: PLC0415
        from pydantic_ai.models.openai import OpenAIChatModel  # noqa: PLC0415
        from pydantic_ai.providers.openai import OpenAIProvider  # noqa: PLC0415

        from api.clients.assistant_http import AnswerTooLarge, client_of  # noqa: PLC0415

        async with client_of(MAX_BYTES, self.seconds) as http:
            key = self.key.get_secret_value() or "none"
            client = AsyncOpenAI(base_url=self.url, api_key=key, http_client=http, max_retries=0)
            agent = Agent(
                OpenAIChatModel(self.model, provider=OpenAIProvider(openai_client=client)),
                output_type=PromptedOutput(shape),
                instructions=instructions,
                retries={"output": TRIES - 1},
                model_settings=ModelSettings(max_tokens=LONGEST_ANSWER, temperature=0.0),
            )

            @agent.output_validator
            async def passes(answer: Answer) -> Answer:
                try:
                    await check(answer)
                except Objection as objection:
                    raise ModelRetry(str(objection)) from None
                return answer

            try:
                return (await agent.run(request)).output
            except UnexpectedModelBehavior:
                message = f"The model gave no answer that could be used in {TRIES} tries. Say it otherwise, or in steps"
                raise AnswersWrong(f"{message}; or set LOGIDATA_ASSIST_MODEL to a more able one.") from None
            except AnswerTooLarge:
                raise AssistantFailed(f"The endpoint's answer was longer than {MAX_BYTES:,} bytes.") from None
            except ModelConnectionError:
                message = "The endpoint cannot be reached: is LOGIDATA_ASSIST_URL right, and does it run?"
                raise AssistantFailed(message) from None
            except AgentRunError as error:
                raise AssistantFailed(_told(getattr(error, "status_code", None))) from None
            except ValueError:  # of the library's own reading
                raise AssistantFailed(_told(None)) from None


def _told(status: int | None) -> str:
    """What to do, by the status of the answer; its text is the endpoint's and may repeat the key."""
    if status in {401, 403}:
        return f"The endpoint refused the key (status {status}): set LOGIDATA_ASSIST_API_KEY to one that it takes."
    if status in {404, 405}:
        return f"The endpoint knows no such address or model (status {status}): see LOGIDATA_ASSIST_URL and _MODEL."
    if status == 429:
        return "The endpoint takes no more requests now (status 429): wait, or raise its limit."
    if status is None or status < 400:
        return "The endpoint answered no chat completion: does LOGIDATA_ASSIST_URL end where its API begins, in `/v1`?"
    return f"The endpoint failed (status {status}): try again, and see its own log when it fails again."

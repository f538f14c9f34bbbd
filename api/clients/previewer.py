"""The previewer, `module_operators.preview`, in a process of its own: every request in one forked from it."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from typing import Any

from api.clients.worker import WorkerProcess, WorkerUnavailable

STILL_THERE = 0.2
"""Seconds between two looks whether somebody still waits."""

GRACE = 2.0
"""Seconds beyond a request's own time-out, which the previewer keeps itself."""


class NobodyWaits(WorkerUnavailable):
    """Whoever asked has gone, and the work was ended."""


class PreviewerProcess(WorkerProcess):
    """Evaluates nodes on samples of their sources, and stored outputs."""

    def __init__(self) -> None:
        super().__init__("the previewer", (sys.executable, "-m", "module_operators.preview"))

    async def rows(
        self, request: dict[str, Any], *, timeout: float, is_gone: Callable[[], Awaitable[bool]]
    ) -> dict[str, Any]:
        """Columns and rows, or problems (the request's and the answer's form: `module_operators.preview`).

        Args:
            request: what to look at.
            timeout: seconds of work, after which it is ended.
            is_gone: whether nobody waits for the answer any more.

        Raises:
            WorkerUnavailable: no answer in time, the process ended, or nobody waits any more.
        """
        number, future = await asyncio.to_thread(self.submit, {**request, "timeout": timeout})
        deadline = asyncio.get_running_loop().time() + timeout + GRACE
        answer = asyncio.wrap_future(future)
        try:
            while not answer.done():
                await asyncio.wait({answer}, timeout=STILL_THERE)
                if not answer.done() and await is_gone():
                    raise NobodyWaits("nobody waits for it")
                if not answer.done() and asyncio.get_running_loop().time() > deadline:
                    raise WorkerUnavailable("the previewer does not answer")
            return answer.result()
        finally:
            await asyncio.to_thread(self.cancel, number)

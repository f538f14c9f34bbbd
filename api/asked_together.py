"""One look for all who ask meanwhile."""

import asyncio
from collections.abc import Callable, Mapping, Set
from concurrent.futures import Future, ThreadPoolExecutor
from queue import Empty, SimpleQueue
from typing import Generic, TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")


class AskedTogether(Generic[Key, Value]):
    """Whoever asks while a look is under way shares the next one with all others: none began before it was asked for.

    Nothing is remembered, so that what changed is seen by the next who asks, whichever process changed it.
    """

    def __init__(self, find: Callable[[Set[Key]], Mapping[Key, Value]]) -> None:
        """`find` is called in a thread of its own, never twice at once."""
        self._find = find
        self._waiting: SimpleQueue[tuple[Key, Future[Value | None]]] = SimpleQueue()
        self._looks = ThreadPoolExecutor(1, "asked-together")

    async def __call__(self, key: Key) -> Value | None:
        """What there is under this key, or nothing; `find`'s errors are told to all who shared it."""
        found: Future[Value | None] = Future()
        self._waiting.put((key, found))
        self._looks.submit(self._look)
        return await asyncio.wrap_future(found)

    def _look(self) -> None:
        asked: list[tuple[Key, Future[Value | None]]] = []
        try:
            while True:
                asked.append(self._waiting.get_nowait())
        except Empty:
            pass
        waiting = [(key, answer) for key, answer in asked if answer.set_running_or_notify_cancel()]
        if not waiting:
            return
        try:
            found = self._find({key for key, _ in waiting})
        except BaseException as error:  # noqa: BLE001 - theirs to handle
            for _, answer in waiting:
                answer.set_exception(error)
        else:
            for key, answer in waiting:
                answer.set_result(found.get(key))

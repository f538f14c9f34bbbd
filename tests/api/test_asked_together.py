"""One look for all who ask meanwhile."""

import asyncio
import threading
from collections.abc import Set

from api.asked_together import AskedTogether


class Looks:
    """A source whose looks each wait until they are let go on; it answers with the number of the look."""

    def __init__(self) -> None:
        self.asked: list[set[str]] = []
        self.go_on = threading.Semaphore(0)

    def find(self, keys: Set[str]) -> dict[str, int]:
        self.asked.append(set(keys))
        self.go_on.acquire()
        if "broken" in keys:
            raise ConnectionError
        return dict.fromkeys(keys - {"nobody"}, len(self.asked))

    async def begun(self, number: int) -> None:
        while len(self.asked) < number:
            await asyncio.sleep(0)


def test_whoever_asks_during_a_look_shares_the_next_one_and_is_never_answered_by_an_earlier() -> None:
    async def ask() -> None:
        looks = Looks()
        ask = AskedTogether(looks.find)
        first = asyncio.create_task(ask("a"))
        await looks.begun(1)
        during = [asyncio.create_task(ask(key)) for key in ("a", "a", "b", "nobody")]
        gone = asyncio.create_task(ask("c"))
        await asyncio.sleep(0)
        gone.cancel()
        await asyncio.gather(gone, return_exceptions=True)

        looks.go_on.release(2)

        assert await first == 1
        assert await asyncio.gather(*during) == [2, 2, 2, None]
        assert looks.asked == [{"a"}, {"a", "b", "nobody"}]

    asyncio.run(ask())


def test_a_look_that_fails_is_told_to_all_who_shared_it_and_to_nobody_else() -> None:
    async def ask() -> None:
        looks = Looks()
        ask = AskedTogether(looks.find)
        first = asyncio.create_task(ask("a"))
        await looks.begun(1)
        during = [asyncio.create_task(ask(key)) for key in ("b", "broken")]
        await asyncio.sleep(0)

        looks.go_on.release(3)

        assert await first == 1
        assert [type(each) for each in await asyncio.gather(*during, return_exceptions=True)] == [ConnectionError] * 2
        assert await ask("b") == 3

    asyncio.run(ask())

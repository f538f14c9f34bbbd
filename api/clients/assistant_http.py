"""The HTTP client that the model's endpoint is asked with: no redirects, and never more bytes than a limit."""

from collections.abc import AsyncIterator

from httpx2 import AsyncByteStream, AsyncClient, AsyncHTTPTransport, Request, Response, Timeout

LATER = 10.0
"""Seconds."""


class AnswerTooLarge(Exception):
    """The endpoint sends more than anybody asked for."""


class _Limited(AsyncByteStream):
    def __init__(self, stream: AsyncByteStream, max_bytes: int) -> None:
        self._stream, self._left = stream, max_bytes

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for block in self._stream:
            self._left -= len(block)
            if self._left < 0:
                raise AnswerTooLarge
            yield block

    async def aclose(self) -> None:
        await self._stream.aclose()


class _LimitedTransport(AsyncHTTPTransport):
    def __init__(self, max_bytes: int) -> None:
        super().__init__()
        self._max_bytes = max_bytes

    async def handle_async_request(self, request: Request) -> Response:
        response = await super().handle_async_request(request)
        assert isinstance(response.stream, AsyncByteStream)
        response.stream = _Limited(response.stream, self._max_bytes)
        return response


def client_of(max_bytes: int, seconds: float) -> AsyncClient:
    """A client of its own, closed by whoever uses it; a key is sent to the address that was set, and nowhere else.

    Args:
        max_bytes: of one answer.
        seconds: after which whoever uses it gives up, before the client does, so that it can say why.
    """
    return AsyncClient(transport=_LimitedTransport(max_bytes), timeout=Timeout(seconds + LATER, connect=10.0))

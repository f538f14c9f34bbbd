"""The live stream of an execution; the protocol is told in docs/live.md."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from enum import IntEnum
from uuid import UUID

from fastapi import APIRouter, WebSocket, WebSocketDisconnect
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, ValidationError

from api.errors import DomainError, ExecutionNotFound, Invalid, Unauthenticated, Unavailable
from api.routes.stream_messages import as_message
from api.schemas.stream import ErrorMessage, PingMessage, StreamRequest, StreamStart, StreamToken
from api.security import Account, Authenticator
from api.services import executions
from api.services.live.feed import Feed
from api.services.live.hub import Hub
from api.services.live.viewer import End, Viewer

FIRST_MESSAGE_WITHIN = 10.0
PING_EVERY = 15.0
ASK_AGAIN_EVERY = 15.0  # seconds between two looks whether the token still holds
SEND_WITHIN = 30.0
MAX_MESSAGE = 80_000  # characters of what a client sends
LONGEST_LOG = 0.02  # seconds between two batches of one viewer: a long log must not starve the others

router = APIRouter(tags=["executions"])
log = logging.getLogger(__name__)


class Close(IntEnum):
    """Why the service closes a stream."""

    DONE = 1000
    TOO_SLOW = 1008
    TRY_LATER = 1013
    MALFORMED = 4400
    UNAUTHENTICATED = 4401
    NOT_FOUND = 4404


@router.websocket("/executions/{execution_id}/stream")
async def stream_execution(socket: WebSocket, execution_id: UUID) -> None:
    """Send an execution's events and log lines, each once, until it has ended."""
    await socket.accept()
    try:
        async with _told(socket):
            start = await _start(socket)
            await _authorise(socket, execution_id, start.token)
            hub: Hub = socket.app.state.live
            with hub.feed(execution_id, asyncio.get_running_loop()) as feed:
                if not feed.ready:
                    await run_in_threadpool(feed.load)
                await _serve(socket, feed, start)
    except WebSocketDisconnect:
        return
    except TimeoutError:  # nobody takes what is sent
        await _close(socket, Close.TOO_SLOW)


async def _serve(socket: WebSocket, feed: Feed, start: StreamStart) -> None:
    """Send until the end, and hear the client meanwhile: new tokens, or that it has gone."""
    allowed = Allowed(socket, feed.execution_id, start.token)
    tasks = [
        asyncio.ensure_future(_send_all(socket, feed, Viewer(feed, start.cursor))),
        asyncio.ensure_future(_hear(socket, allowed)),
        asyncio.ensure_future(allowed.watch()),
    ]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        results = await asyncio.gather(*tasks, return_exceptions=True)
    for result in results:
        if isinstance(result, Exception):
            raise result


async def _send_all(socket: WebSocket, feed: Feed, viewer: Viewer) -> None:
    while True:
        seen = feed.version
        batch = await run_in_threadpool(viewer.batch)
        for found in batch:
            await _send(socket, as_message(found))
            if isinstance(found, End):
                return
        if batch:
            await asyncio.sleep(LONGEST_LOG)
            continue
        await feed.changed(seen, PING_EVERY)
        if feed.version == seen:
            await _send(socket, PingMessage(type="ping"))


class Allowed:
    """Whether the client may still look on: tokens expire, sign-ins are ended and pipelines become private."""

    def __init__(self, socket: WebSocket, execution_id: UUID, token: str) -> None:
        self._socket, self._execution_id, self._token = socket, execution_id, token

    async def renew(self, token: str) -> None:
        """Take a new token; raises what an unacceptable one does."""
        await _authorise(self._socket, self._execution_id, token)
        self._token = token

    async def watch(self) -> None:
        """Ask again and again; ends with what refuses the client."""
        while True:
            await asyncio.sleep(ASK_AGAIN_EVERY)
            await self.renew(self._token)


async def _hear(socket: WebSocket, allowed: Allowed) -> None:
    while True:
        request = await _receive(socket)
        if not isinstance(request, StreamToken):
            raise Invalid("After `start`, only `token` is understood.")
        await allowed.renew(request.token)


async def _start(socket: WebSocket) -> StreamStart:
    try:
        request = await asyncio.wait_for(_receive(socket), FIRST_MESSAGE_WITHIN)
    except TimeoutError:
        raise Invalid("Send a `start` message first.") from None
    if not isinstance(request, StreamStart):
        raise Invalid("Send a `start` message first.")
    return request


async def _receive(socket: WebSocket) -> StreamStart | StreamToken:
    message = await socket.receive()
    if message["type"] == "websocket.disconnect":
        raise WebSocketDisconnect(message.get("code", 1005))
    text = message.get("text")
    if text is None or len(text) > MAX_MESSAGE:
        raise Invalid(f"Messages are JSON text of at most {MAX_MESSAGE:,} characters.")
    try:
        return StreamRequest.model_validate_json(text).root
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise Invalid(f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from None


async def _authorise(socket: WebSocket, execution_id: UUID, token: str) -> None:
    authenticator: Authenticator = socket.app.state.authenticator
    account = await authenticator.account(token)
    await run_in_threadpool(_refuse_unless_seen, account, socket, execution_id)


def _refuse_unless_seen(account: Account, socket: WebSocket, execution_id: UUID) -> None:
    with account.session(socket.app.state.sessions) as session:
        executions.check(session, execution_id)


async def _send(socket: WebSocket, message: BaseModel) -> None:
    await asyncio.wait_for(socket.send_text(message.model_dump_json()), SEND_WITHIN)


@asynccontextmanager
async def _told(socket: WebSocket) -> AsyncIterator[None]:
    """Close at the end, and tell the client what went wrong before."""
    code = Close.DONE
    try:
        yield
    except DomainError as error:
        code = _code(error)
        await _send(socket, ErrorMessage(type="error", code=error.code, detail=error.message))
    await _close(socket, code)


def _code(error: DomainError) -> Close:
    match error:
        case Unauthenticated():
            return Close.UNAUTHENTICATED
        case ExecutionNotFound():
            return Close.NOT_FOUND
        case Unavailable():
            return Close.TRY_LATER
        case _:
            return Close.MALFORMED


async def _close(socket: WebSocket, code: Close) -> None:
    try:
        await asyncio.wait_for(socket.close(code), 5)
    except (RuntimeError, TimeoutError, WebSocketDisconnect):
        log.debug("a stream was gone before it was closed")

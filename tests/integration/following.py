"""A client of the live stream."""

import json
import socket
from collections.abc import Iterator
from typing import Any

from websockets.sync.client import ClientConnection, connect

from tests.conftest import RunningStack

Message = dict[str, Any]


def opened(stack: RunningStack, execution_id: str, cursor: str | None = None, **settings: Any) -> ClientConnection:
    """A stream that was started behind a cursor."""
    address = f"{stack.api_url.replace('http', 'ws')}/api/v1/executions/{execution_id}/stream"
    connection = connect(address, **{"max_size": 2**22, "legacy": True} | settings)
    connection.send(json.dumps({"type": "start", "token": stack.token, "cursor": cursor}))
    return connection


def messages(connection: ClientConnection) -> Iterator[Message]:
    """What comes, until the service closes as it should; pings are left out."""
    for text in connection:
        message = json.loads(text)
        if message["type"] != "ping":
            yield message


def cut(connection: ClientConnection) -> None:
    """End the connection without a goodbye."""
    connection.socket.shutdown(socket.SHUT_RDWR)
    connection.socket.close()
    connection.close()


def log_lines(found: list[Message]) -> dict[str, list[str]]:
    """The log of each node, as it arrived."""
    lines: dict[str, list[str]] = {}
    for message in found:
        for line in message.get("lines", []):
            lines.setdefault(line["node_id"], []).append(line["message"])
    return lines

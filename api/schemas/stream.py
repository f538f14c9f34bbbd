"""What travels over `WS executions/{id}/stream`; the protocol is told in docs/live.md."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, RootModel

from api.schemas.execution import Status
from api.schemas.log import LogLineOut
from api.schemas.values import In, Out

Cursor = Annotated[str, Field(description="Send it in `start` of the next connection to go on behind this message.")]


class StreamStart(In):
    """The client's first message."""

    type: Literal["start"]
    token: Annotated[str, Field(max_length=10_000)]
    cursor: Annotated[str, Field(max_length=60_000)] | None = None


class StreamToken(In):
    """The client's new token, sent before the old one expires."""

    type: Literal["token"]
    token: Annotated[str, Field(max_length=10_000)]


class StreamRequest(RootModel[Annotated[StreamStart | StreamToken, Field(discriminator="type")]]):
    """What a client sends."""

    model_config = ConfigDict(frozen=True)


class StatusMessage(Out):
    """The execution as a whole changed."""

    type: Literal["status"]
    cursor: Cursor
    at: datetime
    status: Status
    started_at: datetime | None
    completed_at: datetime | None
    duration_seconds: float | None
    cancel_requested_at: datetime | None
    error_message: str | None
    error_node_id: str | None


class NodeMessage(Out):
    """A node's state or counts changed; a node that no message named is pending."""

    type: Literal["node"]
    cursor: Cursor
    at: datetime
    node_id: str
    status: str
    try_number: int
    started_at: datetime | None
    completed_at: datetime | None
    duration_seconds: float | None
    rows_in: int | None
    rows_out: int | None
    bytes: int | None
    error_message: str | None


class MetricsMessage(Out):
    """The execution's counts, once it has ended."""

    type: Literal["metrics"]
    cursor: Cursor
    at: datetime
    metrics: dict[str, Any]


class LogMessage(Out):
    """Log lines, those of one node in their order; `progress` is the last that they told of each node, from 0 to 1."""

    type: Literal["log"]
    cursor: Cursor
    lines: list[LogLineOut]
    progress: dict[str, float]


class EndMessage(Out):
    """Nothing follows: the execution has ended and its whole log was sent."""

    type: Literal["end"]
    cursor: Cursor
    status: Status


class PingMessage(Out):
    """A sign of life while nothing happens."""

    type: Literal["ping"]


class ErrorMessage(Out):
    """Why the service closes the connection; the close code says the same."""

    type: Literal["error"]
    code: str
    detail: str


ServerMessage = StatusMessage | NodeMessage | MetricsMessage | LogMessage | EndMessage | PingMessage | ErrorMessage


class StreamMessage(RootModel[Annotated[ServerMessage, Field(discriminator="type")]]):
    """What the service sends."""

    model_config = ConfigDict(frozen=True)

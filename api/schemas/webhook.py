"""Webhooks as people make them, and what their callers are told."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import ConfigDict, Field

from api.schemas.values import In, Out, StoredText

Name = Annotated[StoredText, Field(min_length=1, max_length=100, pattern=r"\S")]
ParamName = Annotated[StoredText, Field(min_length=1, max_length=100)]
Mapping = Annotated[dict[ParamName, Annotated[StoredText, Field(min_length=1, max_length=500)]], Field(max_length=50)]
PerMinute = Annotated[int, Field(ge=1, le=6000)]


class WebhookIn(In):
    """A new address; `params` name, by parameter, a path in the payload such as `$.order.id` or `items[0].sku`."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"name": "Shop", "is_signed": True, "params": {"order": "$.order.id"}, "payload_param": None}]
        }
    )

    name: Name
    is_signed: bool = False
    params: Annotated[Mapping, Field(default_factory=dict)]
    payload_param: ParamName | None = "payload"
    calls_per_minute: PerMinute = 60


class WebhookChange(In):
    """What may be changed; a field that is left out stays."""

    name: Name | None = None
    params: Mapping | None = None
    payload_param: ParamName | None = None
    calls_per_minute: PerMinute | None = None


class WebhookOut(Out):
    """A webhook without its token, of which only the last characters are known."""

    id: UUID
    name: str
    token_hint: str
    is_signed: bool
    params: dict[str, str]
    payload_param: str | None
    calls_per_minute: int
    created_at: datetime
    last_used_at: datetime | None
    use_count: int


class NewWebhookOut(WebhookOut):
    """A new webhook; its token and signing secret are shown now and never again."""

    token: str
    url: str
    signing_secret: str | None


class WebhookList(Out):
    """A pipeline's webhooks."""

    items: list[WebhookOut]


class HookAnswerOut(Out):
    """The execution that a call started, or had started before."""

    execution_id: UUID
    status: Literal["pending", "running", "success", "failed", "cancelled"]

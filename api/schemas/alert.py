"""Alerts: rules as clients send and see them, and what was told."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import ConfigDict, model_validator

from api.schemas.values import In, Out
from dag_factory.alerts import AlertRules, Event, Receiver, ReceiverType
from dag_factory.plain import refuse_unless_plain


class AlertRulesIn(AlertRules):
    """What is told to whom of all pipelines that do not turn it off."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "receivers": [{"type": "email", "connection_id": "mail", "to": ["ops@example.com"]}],
                    "late_after_seconds": 3600,
                }
            ]
        }
    )

    @model_validator(mode="before")
    @classmethod
    def _plain(cls, document: Any) -> Any:
        refuse_unless_plain(document)
        return document


class AlertTestIn(In):
    """Who is to get a test."""

    receiver: Receiver

    @model_validator(mode="before")
    @classmethod
    def _plain(cls, document: Any) -> Any:
        refuse_unless_plain(document)
        return document


class AlertTestOut(Out):
    """Whether it was taken, and what the receiver or its refusal says."""

    ok: bool
    message: str


class ReceiverOut(Out):
    """One way to tell people."""

    type: ReceiverType
    connection_id: str
    to: list[str]


class AlertRulesOut(Out):
    """What is told to whom."""

    receivers: list[ReceiverOut]
    on_failure: bool
    on_recovery: bool
    late_after_seconds: int | None
    long_after_seconds: int | None


class AlertsOut(AlertRulesOut):
    """A pipeline's own rules."""

    use_defaults: bool


class AlertOut(Out):
    """One that was noticed; `sent_at` is null until Airflow has taken it over."""

    id: int
    execution_id: UUID
    event: Event
    source: Literal["pipeline", "defaults"]
    receivers: list[ReceiverOut]
    created_at: datetime
    sent_at: datetime | None


class AlertList(Out):
    """The newest first."""

    items: list[AlertOut]

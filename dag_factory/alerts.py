"""Who is told what about a pipeline's runs; addresses that are secrets stay in Airflow's connections."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

ReceiverType = Literal["email", "slack", "webhook"]
Event = Literal["failure", "recovery", "late", "long"]

CONNECTION_TYPES: dict[ReceiverType, str] = {"email": "smtp", "slack": "slackwebhook", "webhook": "http"}
LIMITS = ("late_after_seconds", "long_after_seconds")


class _Rules(BaseModel):
    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")


class Receiver(_Rules):
    """One way to tell people; the connection holds the mail server, or the address that is called."""

    type: ReceiverType
    connection_id: str
    to: Annotated[tuple[str, ...], Field(strict=False)] = ()
    """E-mail addresses."""


class AlertRules(_Rules):
    """What is told to whom; late and long runs are when they have a limit."""

    receivers: Annotated[tuple[Receiver, ...], Field(strict=False)] = ()
    on_failure: bool = True
    on_recovery: bool = True
    late_after_seconds: int | None = None
    """A scheduled run that has not ended so long after its time."""
    long_after_seconds: int | None = None
    """A run that goes on for so long."""


class Alerts(AlertRules):
    """A pipeline's own rules, beside those of the installation or without them."""

    use_defaults: bool = True

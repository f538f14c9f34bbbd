"""Airflow's notifiers for alerts: its own for mail, and ones that keep to the outgoing lists for what is called."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from airflow.sdk.bases.notifier import BaseNotifier

from module_operators.alerts.message import Message
from module_operators.connections.http import Http, Refusal, Request
from module_operators.connections.http_access import Access, checked_url
from module_operators.operator import airflow_connection
from module_operators.problems import ModuleError, TargetError
from module_operators.run import Log

if TYPE_CHECKING:
    import httpx
    from airflow.sdk import Connection

_SECONDS = 15.0


@dataclass(frozen=True, slots=True)
class _Caller:
    """What a request needs to know of who sends it."""

    connection: Callable[[str], Connection]
    time_limit: float = _SECONDS
    log: Log = field(default_factory=lambda: logging.getLogger("logidata.alerts"))


class WebhookNotifier(BaseNotifier):
    """Posts an alert as JSON to the address of an HTTP connection.

    Nothing of it is a template: what people typed is in it.
    """

    def __init__(
        self, message: Message, connection_id: str, find: Callable[[str], Connection] = airflow_connection
    ) -> None:
        super().__init__()
        self.message, self.connection_id = message, connection_id
        self._caller = _Caller(find)

    def notify(self, context: Mapping[str, Any]) -> None:  # noqa: ARG002 - the message knows it all
        """Sends it.

        Raises:
            TargetError: it was not taken; says why, without secrets.
        """
        access = self.access()
        assert access.base is not None, "a connection without a host is refused"
        try:
            with Http(self._caller, access, _SECONDS, 0, TargetError) as http:
                http.send(self._request(access.base), lambda _: None)
        except Refusal as refusal:
            raise self._told(refusal.error) from None
        except TargetError as error:
            raise self._told(error) from None

    def access(self) -> Access:
        """The address and its credentials."""
        return Access.of(self._caller, self.connection_id, TargetError)

    def body(self) -> dict[str, Any]:
        """What is posted."""
        return self.message.payload

    def _request(self, url: httpx.URL) -> Request:
        headers = {"Content-Type": "application/json", "Idempotency-Key": self.message.key}
        return Request("POST", url, headers, json.dumps(self.body()).encode(), "the alert")

    def _told(self, error: Exception) -> TargetError:
        return TargetError(f"Connection '{self.connection_id}': {error}")


class SlackNotifier(WebhookNotifier):
    """Posts an alert to an incoming webhook of Slack's, whose address is a secret as a whole."""

    def access(self) -> Access:
        try:
            return slack_access(self._caller.connection(self.connection_id), TargetError)
        except TargetError as error:
            raise TargetError(f"Connection '{self.connection_id}': {error}") from None

    def body(self) -> dict[str, Any]:
        return self.message.slack

    def _told(self, error: Exception) -> TargetError:
        return TargetError(f"Connection '{self.connection_id}': {without_path(self.access(), str(error))}")


def slack_access(connection: Connection, problem: type[ModuleError]) -> Access:
    """The address of a webhook of Slack's.

    Raises:
        ModuleError: as `problem`, when it is none.
    """
    text = connection.password or ""
    if "://" not in text and connection.host:  # as Airflow's own form splits it
        text = f"{connection.host.rstrip('/')}/{text}"
    return Access(checked_url(text, "The webhook", problem))


def without_path(access: Access, told: str) -> str:
    """A message without the part of the address that is a secret."""
    for path in {access.base.path, access.base.raw_path.decode("ascii")} - {"", "/"} if access.base else ():
        told = told.replace(path, "/***")
    return told


def send(
    receiver: Mapping[str, Any], facts: Mapping[str, Any], find: Callable[[str], Connection] = airflow_connection
) -> None:
    """Tells one receiver.

    Args:
        receiver: `type` (email, slack or webhook), `connection_id` and, for mail, `to`.
        facts: see `Message.of`.
        find: where connections are.

    Raises:
        TargetError: it was not taken; says why, without secrets.
    """
    connection_id = receiver["connection_id"]
    place = hashlib.sha256(json.dumps([connection_id, *receiver.get("to", ())]).encode()).hexdigest()[:12]
    message = Message.of({**facts, "key": f"{facts['key']}-{place}"})
    if receiver["type"] == "email":
        _send_mail(message, receiver, find)
    else:
        kind = SlackNotifier if receiver["type"] == "slack" else WebhookNotifier
        kind(message, connection_id, find).notify({})


def _send_mail(message: Message, receiver: Mapping[str, Any], find: Callable[[str], Connection]) -> None:
    from airflow.providers.smtp.notifications.smtp import SmtpNotifier  # noqa: PLC0415

    connection = find(receiver["connection_id"])
    notifier = SmtpNotifier(
        to=list(receiver["to"]),
        subject=message.subject,
        html_content=message.html,
        smtp_conn_id=receiver["connection_id"],
        custom_headers={"Message-ID": f"<{message.key}@logidata>", "Auto-Submitted": "auto-generated"},
    )
    try:
        # Not called as Airflow calls it: that would render what people typed as templates, with every connection.
        notifier.notify({})
    except Exception as error:  # noqa: BLE001 - whatever a mail server brings about is told as one thing
        told = str(error)
        if connection.password:
            told = told.replace(connection.password, "***")
        raise TargetError(f"The mail server {connection.host} did not take it: {told}") from None

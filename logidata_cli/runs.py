"""A run as it goes on: its log by the live stream, whatever breaks in between."""

import json as jsons
import time
from typing import Any

import typer
from websockets.exceptions import ConnectionClosed, InvalidHandshake
from websockets.sync.client import connect

from logidata_cli.failures import Away, NotSignedIn, Refused
from logidata_cli.service import PAGE, SIGN_IN, Service

ENDED = ("success", "failed", "cancelled")
MOST = 2**22
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 10.0
PATIENCE = 300.0
"""Seconds without a word from the service, after which it is given up."""


def followed(service: Service, execution_id: str, *, json: bool) -> None:
    """Print the log from its beginning until the run has ended; a broken line goes on where it broke."""
    service.get(f"/executions/{execution_id}")
    address = f"{service.url.replace('http', 'ws', 1)}/api/v1/executions/{execution_id}/stream"
    cursor, pause, heard_at = None, FIRST_PAUSE, time.monotonic()
    while True:
        try:
            with connect(address, max_size=MOST) as connection:
                connection.send(jsons.dumps({"type": "start", "token": service.token(), "cursor": cursor}))
                for text in connection:
                    message = jsons.loads(text)
                    cursor, pause, heard_at = message.get("cursor", cursor), FIRST_PAUSE, time.monotonic()
                    if message["type"] == "end":
                        return
                    _print(message, json=json)
        except ConnectionClosed as closed:
            code = closed.rcvd.code if closed.rcvd else 1006
            if code in {4400, 4404}:
                raise Refused(code, {"detail": closed.rcvd.reason if closed.rcvd else ""}) from None
            if code == 4401 and pause > FIRST_PAUSE:  # also with a token that was just renewed
                raise NotSignedIn(f"{service.url} does not take the token.", SIGN_IN) from None
        except (OSError, InvalidHandshake):
            pass
        if time.monotonic() - heard_at > PATIENCE:
            raise Away(f"{service.url} has said nothing for {PATIENCE:.0f} s.", "The run goes on without you.")
        time.sleep(pause)
        pause = min(pause * 2, LONGEST_PAUSE)


def printed_so_far(service: Service, execution_id: str, *, json: bool) -> None:
    """Print the log as far as it is written."""
    cursor: str | None = None
    while True:
        page = service.get(f"/executions/{execution_id}/logs", limit=PAGE, cursor=cursor)
        _print({"lines": page["items"]}, json=json)
        if page["complete"] or not page["items"]:
            return
        cursor = page["cursor"]


def ended(service: Service, execution_id: str) -> dict[str, Any]:
    """The execution once it has ended; a service that restarts meanwhile is waited for."""
    pause, heard_at = FIRST_PAUSE, time.monotonic()
    while True:
        try:
            execution = service.get(f"/executions/{execution_id}")
            heard_at = time.monotonic()
            if execution["status"] in ENDED and execution["completed_at"]:
                return execution
        except Away:
            if time.monotonic() - heard_at > PATIENCE:
                raise
        time.sleep(pause)
        pause = min(pause * 1.3, 3.0)


def _print(message: dict[str, Any], *, json: bool) -> None:
    for each in message.get("lines", []):
        typer.echo(jsons.dumps(each, ensure_ascii=False) if json else _line(each))


def _line(each: dict[str, Any]) -> str:
    place = each["node_id"] if each["try_number"] == 1 else f"{each['node_id']} try {each['try_number']}"
    return f"{each['timestamp'] or '-'} {each['level'].upper():8} [{place}] {each['message']}"

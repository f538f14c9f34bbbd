"""Tries connections to MongoDB, REST APIs and Slack, and says what a MongoDB holds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from module_operators.extras import check_extras
from module_operators.problems import SourceError

if TYPE_CHECKING:
    from airflow.sdk import Connection

    from module_operators.run import Run

_CREDENTIALS_REFUSED = {401, 403, 407}
_MOST_COLLECTIONS = 500
_NO_MESSAGE = 400


def try_mongo(request: Mapping[str, Any], run: Run, _: Connection) -> dict[str, Any]:
    """Signs in and asks for an answer; a login that sees no database is fine."""
    from module_operators.connections.mongo import Server  # noqa: PLC0415

    check_extras(["mongodb"])
    server = Server.named(run, request.get("connection_id") or "unsaved", SourceError)
    with server.client() as opened:
        opened.client.get_database(server.database or "admin").command("ping")
        version = opened.client.server_info()["version"]
    where = f"database “{server.database}” of " if server.database else ""
    return {"message": f"Connected to {where}MongoDB {version}."}


def mongo_collections(request: Mapping[str, Any], run: Run, _: Connection) -> dict[str, Any]:
    """The collections and views of the connection's database."""
    from module_operators.connections.mongo import Server  # noqa: PLC0415

    check_extras(["mongodb"])
    server = Server.named(run, request["connection_id"], SourceError)
    name, wanted = server.database_name(None), (request.get("search") or "").casefold()
    with server.client() as opened:
        found = [
            (each["name"], each.get("type") == "view") for each in opened.client.get_database(name).list_collections()
        ]
    shown = sorted((each, view) for each, view in found if wanted in f"{name}.{each}".casefold())
    tables = [{"schema": name, "name": each, "is_view": view} for each, view in shown if not each.startswith("system.")]
    return {"tables": tables[:_MOST_COLLECTIONS]}


def try_slack(_: Mapping[str, Any], run: Run, connection: Connection) -> dict[str, Any]:
    """Asks whether the webhook is known, without a message in its channel.

    Nothing is posted that Slack would show: of a webhook that it knows it says that this is no message.
    """
    from module_operators.alerts.notifiers import slack_access, without_path  # noqa: PLC0415
    from module_operators.connections.http import Http, Refusal, Request  # noqa: PLC0415

    access = slack_access(connection, SourceError)
    assert access.base is not None, "an address that is none is refused"
    request = Request("POST", access.base, {"Content-Type": "application/json"}, b"{}", "the webhook")
    try:
        with Http(run, access, run.time_limit or 10, 0, SourceError) as http:
            http.send(request, lambda _: None)
    except Refusal as refusal:
        if refusal.status != _NO_MESSAGE:
            raise SourceError(without_path(access, str(refusal.error))) from None
    except SourceError as error:
        raise SourceError(without_path(access, str(error))) from None
    return {"message": "The webhook is known. A test of an alert shows a message in its channel."}


def try_http(request: Mapping[str, Any], run: Run, connection: Connection) -> dict[str, Any]:
    """Gets the base address: an API need not have anything there, but it says when it refuses the credentials."""
    from module_operators.connections.http import Http, Refusal, Request  # noqa: PLC0415
    from module_operators.connections.http_access import Access, shown  # noqa: PLC0415

    if not connection.host and not connection.login and not connection.password and not connection.extra_dejson:
        return {"message": "Nothing to try: the connection names no address and has no credentials."}
    access = Access.of(run, request.get("connection_id") or "unsaved", SourceError)
    url = access.url("", SourceError)
    try:
        with Http(run, access, run.time_limit or 10, 0, SourceError) as http:
            status = http.send(Request("GET", url), lambda answer: answer.status)
    except Refusal as refusal:
        if refusal.status in _CREDENTIALS_REFUSED:
            raise refusal.error from None
        status = refusal.status
    how = (
        ""
        if status < 400
        else " Nothing is at the base address itself, which is fine; nodes name what stands behind it."
    )
    return {"message": f"{shown(url)} answers ({status}) and does not refuse the credentials.{how}"}

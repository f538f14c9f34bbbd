"""Connections: kept by Airflow, encrypted; secrets go in and never come out."""

import json
import os
import re
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from jsonschema import Draft202012Validator
from sqlalchemy.orm import Session

from api.clients.airflow import AirflowClient, AirflowRefused
from api.clients.airflow_types import Connection
from api.errors import ConnectionInUse, ConnectionInvalid, ConnectionNotFound, ConnectionOfAlerts, ConnectionTaken
from api.services import alerts, uses
from api.services.connection_types import PLACES, TYPES, ConnectionType
from api.services.uses import Use
from dag_factory.plain import pointer

ID = re.compile(r"[A-Za-z0-9_.-]{1,200}")
FRESH = 2.0
"""Seconds."""


@dataclass(frozen=True)
class Shown:
    """A connection without its secrets."""

    connection_id: str
    type: str
    description: str
    fields: dict[str, Any]
    secrets: list[str]
    """Names of the secrets that are set."""
    other: list[str]
    """Keys of its extra that the form of its type does not have; they stay as they are."""
    used_by: list[Use]


@dataclass(frozen=True)
class Draft:
    """A connection as it is to be; a secret that is missing stays as it is, and one of its extra that is null goes."""

    connection_id: str
    type: str
    description: str
    fields: Mapping[str, Any]


def listed(
    session: Session, airflow: AirflowClient, *, search: str | None, conn_type: str | None, limit: int, offset: int
) -> tuple[list[Shown], int]:
    """A page by id; those that somebody made in Airflow's own UI too."""
    words = (search or "").lower().split()
    found = [
        connection
        for connection in airflow.connections()
        if (conn_type is None or connection.conn_type == conn_type)
        and all(word in f"{connection.connection_id} {connection.description or ''}".lower() for word in words)
    ]
    page = found[offset : offset + limit]
    used = uses.of_connections(session, [connection.connection_id for connection in page])
    return [_shown(connection, used.get(connection.connection_id, [])) for connection in page], len(found)


def get(session: Session, airflow: AirflowClient, connection_id: str) -> Shown:
    """One, with the pipelines and nodes that use it."""
    return _shown(_existing(airflow, connection_id), uses.of_connection(session, connection_id))


class Connections:
    """The types of all connections, asked of Airflow at most every few seconds: validation follows each key stroke."""

    def __init__(self, airflow: AirflowClient) -> None:
        self._airflow = airflow
        self._known: tuple[float, dict[str, str]] | None = None

    def kinds(self, named: Iterable[str]) -> dict[str, str] | None:
        """The type of every connection by its id; None where Airflow has a backend of its own that cannot be listed.

        Args:
            named: ids that a graph names; one that is not known is asked for again, since it may be new.

        Raises:
            AirflowUnavailable: Airflow cannot be asked.
        """
        if os.environ.get("AIRFLOW__SECRETS__BACKEND"):
            return None
        now = time.monotonic()
        if self._known is None or now - self._known[0] > FRESH or not self._known[1].keys() >= set(named):
            found = {connection.connection_id: connection.conn_type for connection in self._airflow.connections()}
            self._known = now, found | _of_the_environment(named)
        return self._known[1]


def _of_the_environment(named: Iterable[str]) -> dict[str, str]:
    """Those of the ids that Airflow's processes, and so the service, find in `AIRFLOW_CONN_*` variables."""
    given = {each: os.environ.get(f"AIRFLOW_CONN_{each.upper()}") for each in named}
    return {each: _type_of(value) for each, value in given.items() if value}


def _type_of(value: str) -> str:
    """The type that Airflow reads from a connection's JSON or URI."""
    try:
        kind = json.loads(value).get("conn_type", "") if value.lstrip().startswith("{") else urlsplit(value).scheme
    except ValueError:
        return ""
    return "postgres" if kind == "postgresql" else str(kind).replace("-", "_")


def create(session: Session, airflow: AirflowClient, draft: Draft) -> Shown:
    """Make a connection in Airflow."""
    if not ID.fullmatch(draft.connection_id):
        message = "An id is 1 to 200 letters, digits, dots, dashes and underscores; pipelines name it."
        raise ConnectionInvalid([_error("/connection_id", message)])
    conn_type = _checked(draft, ())
    body = {**_own_fields(conn_type, draft), "extra": _extra_text(_extra(conn_type, draft, {}))}
    try:
        airflow.create_connection({"connection_id": draft.connection_id, "conn_type": draft.type, **body})
    except AirflowRefused as refused:
        if refused.status == 409:
            raise ConnectionTaken(draft.connection_id) from refused
        raise
    return get(session, airflow, draft.connection_id)


def update(session: Session, airflow: AirflowClient, draft: Draft) -> Shown:
    """Change a connection; what the form of its type does not have stays."""
    before = _existing(airflow, draft.connection_id)
    if before.conn_type != draft.type:
        raise ConnectionInvalid([_error("/type", f"It is of type {before.conn_type}; make another one instead.")])
    conn_type = _checked(draft, _shown(before, []).secrets)
    for field in conn_type.fields:
        if field.place == "password" and before.password and draft.fields.get(field.name, "kept") is None:
            message = "Airflow cannot take a password away from a connection; make another one instead."
            raise ConnectionInvalid([_error(pointer(["fields", field.name]), message)])
    extra = _extra_text(_extra(conn_type, draft, before.extra_dict))
    body = {"conn_type": draft.type, **_own_fields(conn_type, draft), "extra": extra}
    airflow.update_connection(draft.connection_id, body)
    return get(session, airflow, draft.connection_id)


def delete(session: Session, airflow: AirflowClient, connection_id: str) -> None:
    """Remove a connection that no pipeline names."""
    number = uses.number_of_connection(session, connection_id)
    if number:
        seen = uses.of_connection(session, connection_id)
        raise ConnectionInUse(connection_id, number, [use.as_json() for use in seen])
    if connection_id in {receiver.connection_id for receiver in alerts.defaults(session).receivers}:
        raise ConnectionOfAlerts(connection_id)
    if not airflow.delete_connection(connection_id):
        raise ConnectionNotFound(connection_id)


def probed(draft: Draft) -> dict[str, Any]:
    """An unsaved connection as the process takes it that tries it."""
    conn_type = _checked(draft, ())
    own = _own_fields(conn_type, draft)
    return {"conn_type": draft.type, **own, "extra": _extra_text(_extra(conn_type, draft, {}))}


def _existing(airflow: AirflowClient, connection_id: str) -> Connection:
    connection = airflow.connection(connection_id)
    if connection is None:
        raise ConnectionNotFound(connection_id)
    return connection


def _checked(draft: Draft, set_before: Iterable[str]) -> ConnectionType:
    conn_type = TYPES.get(draft.type)
    if conn_type is None:
        known = ", ".join(TYPES)
        raise ConnectionInvalid([_error("/type", f"There is no type “{draft.type}”; there are {known}.")])
    given = {name: value for name, value in draft.fields.items() if value is not None}
    errors = [
        _error(pointer(["fields", *error.absolute_path]), _told(error, conn_type))
        for error in Draft202012Validator(conn_type.schema).iter_errors({**dict.fromkeys(set_before, "kept"), **given})
    ]
    if errors:
        raise ConnectionInvalid(errors)
    return conn_type


def _told(error: Any, conn_type: ConnectionType) -> str:
    """What is wrong, without repeating a secret."""
    field = conn_type.field(str(error.absolute_path[0])) if error.absolute_path else None
    return f"must be of type {field.kind}" if field is not None and field.secret else error.message


def _own_fields(conn_type: ConnectionType, draft: Draft) -> dict[str, Any]:
    """Airflow's fields as they are to be; a secret that was not given is left out and so stays."""
    body: dict[str, Any] = {"description": draft.description}
    for field in conn_type.fields:
        if field.place is not None and (field.name in draft.fields or not field.secret):
            body[field.place] = draft.fields.get(field.name, field.default)
    return body


def _extra(conn_type: ConnectionType, draft: Draft, before: Mapping[str, Any]) -> dict[str, Any]:
    extra = dict(before)
    for field in conn_type.fields:
        if field.place is not None:
            continue
        if field.name in draft.fields or not field.secret:
            value = draft.fields.get(field.name, field.default)
            extra.pop(field.name, None)
            if value is not None:
                extra[field.name] = value
    return extra


def _extra_text(extra: Mapping[str, Any]) -> str | None:
    return json.dumps(extra) if extra else None


def _shown(connection: Connection, used_by: list[Use]) -> Shown:
    extra = connection.extra_dict
    conn_type = TYPES.get(connection.conn_type)
    fields: dict[str, Any] = {}
    secrets: list[str] = []
    for field in conn_type.fields if conn_type else ():
        value = connection.at(field.place) if field.place else extra.get(field.name)
        if value is None or value in ("", {}):
            continue
        if field.secret:
            secrets.append(field.name)
        else:
            fields[field.name] = value
    if conn_type is None:
        fields = {place: connection.at(place) for place in PLACES if place != "password"}
        secrets = ["password"] if connection.password else []
    known = {field.name for field in conn_type.fields if field.place is None} if conn_type else set()
    other = sorted(extra.keys() - known)
    return Shown(
        connection.connection_id, connection.conn_type, connection.description or "", fields, secrets, other, used_by
    )


def _error(path: str, message: str) -> dict[str, str]:
    return {"pointer": path, "message": message}

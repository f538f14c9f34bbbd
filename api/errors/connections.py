"""Connections."""

from typing import Any

from api.errors.families import Conflict, Invalid, NotFound


class ConnectionNotFound(NotFound):
    code = "connection-not-found"
    title = "Connection not found"

    def __init__(self, connection_id: str) -> None:
        super().__init__(f"There is no connection “{connection_id[:200]}”.")


class ConnectionTaken(Conflict):
    code = "connection-taken"
    title = "The id is taken"

    def __init__(self, connection_id: str) -> None:
        super().__init__(f"There is a connection “{connection_id}” already.")


class ConnectionInUse(Conflict):
    code = "connection-in-use"
    title = "Pipelines use the connection"

    def __init__(self, connection_id: str, number: int, used_by: list[dict[str, Any]]) -> None:
        pipelines = "1 pipeline uses" if number == 1 else f"{number} pipelines use"
        super().__init__(f"{pipelines} “{connection_id}”; let them use another one first.", used_by=used_by)


class ConnectionOfAlerts(Conflict):
    code = "connection-of-alerts"
    title = "Alerts use the connection"

    def __init__(self, connection_id: str) -> None:
        super().__init__(f"The alerts of all pipelines go through “{connection_id}”; let them use another one first.")


class AlertsInvalid(Invalid):
    """Rules by which nobody could be told."""

    code = "alerts-invalid"
    title = "The alerts are wrong"

    def __init__(self, problems: list[dict[str, Any]]) -> None:
        super().__init__(f"{problems[0]['message']} ({problems[0]['path']})", problems=problems)


class ConnectionInvalid(Invalid):
    code = "connection-invalid"
    title = "The connection is not complete or wrong"

    def __init__(self, errors: list[dict[str, str]]) -> None:
        super().__init__(f"{errors[0]['message']} ({errors[0]['pointer']})", errors=errors)


class ProbeFailed(Invalid):
    """A connection cannot say what it holds; the reason is the driver's, without secrets."""

    code = "connection-failed"
    title = "The connection does not work"

    def __init__(self, reason: str) -> None:
        super().__init__(reason)

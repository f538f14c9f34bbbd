"""Connections in Airflow's REST API, which encrypts what they hold."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from api.clients.airflow_session import AirflowSession
from api.clients.airflow_types import Connection


class ConnectionRequests(AirflowSession):
    """What this service asks about connections."""

    def connections(self) -> Iterator[Connection]:
        """Every connection by its id, secrets masked; not those of environment variables and secrets backends."""
        rows = self.offset_pages("/connections", "connections", {"order_by": "connection_id"})
        return (Connection.model_validate(row) for row in rows)

    def connection(self, connection_id: str) -> Connection | None:
        """One connection, secrets masked."""
        return self.one(Connection, _path(connection_id))

    def create_connection(self, body: dict[str, Any]) -> None:
        """Keep a new connection; AirflowRefused (409) when the id is taken."""
        self.call("POST", "/connections", json=body)

    def update_connection(self, connection_id: str, body: dict[str, Any]) -> None:
        """Change the fields that the body has, and no other; a masked value in `extra` stays as it is."""
        params = {"update_mask": list(body)}
        self.call("PATCH", _path(connection_id), params=params, json={"connection_id": connection_id, **body})

    def delete_connection(self, connection_id: str) -> bool:
        """Forget a connection; False when there is none of this id."""
        return self.call("DELETE", _path(connection_id), missing_ok=True) is not None


def _path(connection_id: str) -> str:
    return f"/connections/{quote(connection_id, safe='')}"

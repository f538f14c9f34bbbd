"""What the validator knows of connections besides those that Airflow lists."""

import pytest

from api.clients.airflow import AirflowClient
from api.clients.airflow_types import Connection
from api.services.connections import Connections


class Listing(AirflowClient):
    """Airflow's list as it is at the moment."""

    def __init__(self) -> None:
        self.ids: list[str] = []
        self.asked = 0

    def connections(self):
        self.asked += 1
        return iter(Connection(connection_id=each, conn_type="mysql") for each in self.ids)


def test_airflow_is_asked_again_only_for_what_is_not_known() -> None:
    airflow = Listing()
    known = Connections(airflow)

    assert known.kinds(["new"]) == {}
    airflow.ids = ["new"]

    assert known.kinds(["new"]) == {"new": "mysql"}
    assert known.kinds(["new"]) == {"new": "mysql"}
    assert airflow.asked == 2


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("postgresql://etl:secret@db/sales", "postgres"),
        ("google-cloud-platform://?project=x", "google_cloud_platform"),
        ('{"conn_type": "mongo", "password": "secret"}', "mongo"),
    ],
)
def test_connections_of_the_environment_are_known(monkeypatch: pytest.MonkeyPatch, value: str, kind: str) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_WAREHOUSE", value)

    assert Connections(Listing()).kinds(["warehouse", "other"]) == {"warehouse": kind}


def test_what_a_secrets_backend_holds_cannot_be_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW__SECRETS__BACKEND", "airflow.providers.hashicorp.secrets.vault.VaultBackend")

    assert Connections(Listing()).kinds(["warehouse"]) is None

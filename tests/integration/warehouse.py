"""A database to load into, whose tables stop a load in its middle until the test lets it go on."""

import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress

import psycopg2
import requests
from psycopg2.extensions import connection

from stack.postgres import Cluster
from tests.conftest import RunningStack

DATABASE = "warehouse"
CONNECTION = "warehouse"
GATE = 4711
WAITING = "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND objid = %s AND NOT granted"


class Warehouse:
    """Tables `customer bigint, total bigint` of the stack's own PostgreSQL, known to Airflow as a connection."""

    def __init__(self, stack: RunningStack) -> None:
        self._cluster: Cluster = stack.postgres
        self._cluster.create_database(DATABASE)
        with self._connected() as session, session.cursor() as cursor:
            # Shared, so that a load which got through does not keep its own next try outside.
            cursor.execute(
                "CREATE OR REPLACE FUNCTION at_the_gate() RETURNS trigger LANGUAGE plpgsql AS"
                f" $$ BEGIN PERFORM pg_advisory_xact_lock_shared({GATE}); RETURN NEW; END $$"
            )
        known = {
            "connection_id": CONNECTION,
            "conn_type": "postgres",
            "host": self._cluster.host,
            "port": self._cluster.port,
            "login": self._cluster.user,
            "password": self._cluster.password,
            "schema": DATABASE,
        }
        answer = stack.airflow().post(f"{stack.airflow_url}/api/v2/connections", json=known)
        assert answer.status_code in {requests.codes.created, requests.codes.conflict}, answer.text

    def make_table(self, name: str, *, gate_at: int) -> None:
        """An empty table; the load stops at the row of this customer while the gate is closed."""
        with self._connected() as session, session.cursor() as cursor:
            cursor.execute(f"CREATE TABLE {name} (customer bigint, total bigint)")
            cursor.execute(
                f"CREATE TRIGGER gate BEFORE INSERT ON {name} FOR EACH ROW WHEN (NEW.customer = {gate_at})"
                " EXECUTE FUNCTION at_the_gate()"
            )

    def rows(self, name: str) -> list[tuple[int, int]]:
        """What the table holds, in order."""
        with self._connected() as session, session.cursor() as cursor:
            cursor.execute(f"SELECT customer, total FROM {name} ORDER BY customer, total")
            return cursor.fetchall()

    @contextmanager
    def gate_closed(self) -> Iterator[None]:
        """Loads stop at their gate while this lasts; a PostgreSQL that is killed meanwhile opens it too."""
        with closing(self._cluster.connect(DATABASE)) as session:
            session.autocommit = True
            with session.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_lock(%s)", (GATE,))
            yield
            with suppress(psycopg2.Error), session.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", (GATE,))

    def wait_for_load(self, seconds: float = 60) -> None:
        """Until a load stands at its gate, half of its rows in its transaction."""
        deadline = time.monotonic() + seconds
        while not self._stands_at_gate():
            assert time.monotonic() < deadline, "no load came to the gate"
            time.sleep(0.1)

    def _stands_at_gate(self) -> bool:
        with self._connected() as session, session.cursor() as cursor:
            cursor.execute(WAITING, (GATE,))
            return cursor.fetchone() is not None

    @contextmanager
    def _connected(self) -> Iterator[connection]:
        with closing(self._cluster.connect(DATABASE)) as session, session:
            yield session

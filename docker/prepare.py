"""Makes a cluster ready to start: logins, databases, migrations, our account at Airflow, our own DAGs; repeatable."""

import os
import subprocess
import sys
from contextlib import closing
from pathlib import Path

from psycopg2 import sql
from sqlalchemy import URL, make_url

from dag_factory.history import trim
from dag_factory.publish import Publisher
from stack.airflow_settings import OWN_DAGS
from stack.postgres import Cluster
from stack.settings import REPOSITORY

HISTORY_DAYS = 90  # as in dags/housekeeping.py, which cannot write the published files from a worker
ADDRESSES = ("airflow_database_url", "logidata_database_url", "celery_result_backend")


def prepare(secrets: Path) -> None:
    """Every login and database is named by the address that its user was given: no password is written down twice."""
    administrator = (secrets / "postgres_password").read_text().strip()
    for name in ADDRESSES:
        address = make_url((secrets / name).read_text().strip().removeprefix("db+"))
        make_database(address, administrator)
    for command in ("airflow db migrate", "api.migrations upgrade"):
        subprocess.run([sys.executable, "-m", *command.split()], check=True)
    if os.environ["AIRFLOW__CORE__AUTH_MANAGER"].endswith(".FabAuthManager"):
        account = [sys.executable, Path(__file__).with_name("fab_account.py"), secrets / "airflow_password"]
        subprocess.run(account, check=True)
    folder = Path(os.environ["LOGIDATA_DAGS_FOLDER"])
    for name in OWN_DAGS:
        Publisher(folder).publish(name, (REPOSITORY / "dags" / f"{name}.py").read_text())
    trim(folder, days=HISTORY_DAYS)


def make_database(address: URL, administrator: str) -> None:
    """The address's login (with its password, also when it has changed), and its database, closed to all others."""
    if not (address.username and address.password and address.database and address.host):
        raise SystemExit(f"An address must have a login, a password, a host and a database: {address!r}")
    server = Cluster(Path(), address.port or 5432, administrator, host=address.host)
    server.create_role(address.username, str(address.password))
    server.create_database(address.database, owner=address.username)
    with closing(server.connect(address.database)) as connection, connection.cursor() as cursor:
        cursor.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(address.database)))


if __name__ == "__main__":
    prepare(Path(sys.argv[1]))

"""Brings the two databases to their newest revision, and only then when they are not there yet."""

import os
import subprocess
import sys
from contextlib import closing
from importlib.metadata import version
from pathlib import Path

import psycopg2

from stack.credentials import Credentials
from stack.postgres import Cluster
from stack.programs import Program

_MARK = "airflow/migrated"


class MigrationError(Exception):
    """A database could not be migrated; the message is the migration's output."""


def make_databases(cluster: Cluster, credentials: Credentials) -> None:
    """The databases `airflow` and `logidata`, each with a login of its own that can touch nothing else."""
    logins = {"airflow": credentials.airflow_database_password, "logidata": credentials.logidata_database_password}
    for name, password in logins.items():
        cluster.create_role(name, password)
        cluster.create_database(name, owner=name)
        with closing(cluster.connect(name)) as conn, conn.cursor() as cursor:
            cursor.execute(f"REVOKE ALL ON DATABASE {name} FROM PUBLIC")


def begin_service_migration(home: Path, service: Program) -> subprocess.Popen[str]:
    """Alembic upgrades our database while Airflow is starting; `finish` waits for it."""
    return _begin([sys.executable, "-m", "api.migrations", "upgrade"], service, home)


def migrate_airflow(home: Path, cluster: Cluster, airflow: Program) -> None:
    """Airflow's own migration, which takes 5 s even when there is nothing to do: then it is not started."""
    mark = home / _MARK
    if mark.exists() and mark.read_text() == _state(cluster):
        return
    finish(_begin([sys.executable, "-m", "airflow", "db", "migrate"], airflow, home))
    mark.write_text(_state(cluster))


def finish(migration: subprocess.Popen[str]) -> None:
    """Waits for a migration; MigrationError with its last words when it failed."""
    output, _ = migration.communicate()
    if migration.returncode != 0:
        raise MigrationError(f"{migration.args} failed:\n{output[-4000:]}")


def _state(cluster: Cluster) -> str:
    with closing(cluster.connect("airflow")) as conn, conn.cursor() as cursor:
        try:
            cursor.execute("SELECT version_num FROM alembic_version")
            row = cursor.fetchone()
        except psycopg2.errors.UndefinedTable:
            row = None
    return f"{version('apache-airflow')} {row[0] if row else 'empty'}\n"


def _begin(command: list[str], program: Program, home: Path) -> subprocess.Popen[str]:
    environment = {**os.environ, **program.environment}
    return subprocess.Popen(
        command, env=environment, cwd=home, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )

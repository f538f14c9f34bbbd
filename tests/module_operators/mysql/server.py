"""A MariaDB of the tests' own: started on a free port in a folder of its own, as a user who is not root."""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pymysql
from airflow.sdk import Connection

from stack.ports import free_port
from tests.programs import required


@dataclass
class MariaDB:
    """One running server; `tls` is the folder of its certificates when it offers TLS."""

    tls: Path | None = None
    port: int = field(default_factory=free_port)
    password: str = field(default_factory=lambda: secrets.token_hex(16))

    def start(self) -> None:
        daemon, install = required("mariadbd", "mariadb-server"), required("mariadb-install-db", "mariadb-server")
        # Not below pytest's folder, which only its owner may enter: root's server runs as somebody else.
        self.folder = Path(tempfile.mkdtemp(prefix="mariadb-"))
        user = []
        if os.getuid() == 0:
            owner = pwd.getpwnam("mysql")
            os.chown(self.folder, owner.pw_uid, owner.pw_gid)
            user = ["--user=mysql"]
        data, socket = self.folder / "data", self.folder / "socket"
        common = ["--no-defaults", f"--datadir={data}", *user]
        made = subprocess.run(
            [install, *common, "--auth-root-authentication-method=normal", "--skip-test-db", "--skip-name-resolve"],
            capture_output=True,
            text=True,
            check=False,
        )
        assert made.returncode == 0, made.stdout + made.stderr
        tls = (
            [f"--ssl-ca={self.tls}/ca.pem", f"--ssl-cert={self.tls}/server.pem", f"--ssl-key={self.tls}/server.key"]
            if self.tls
            else []
        )
        with (self.folder / "log").open("w") as log:
            self.process = subprocess.Popen(
                [
                    *(daemon, *common, f"--socket={socket}", f"--port={self.port}", "--bind-address=127.0.0.1"),
                    *("--skip-log-bin", "--innodb-flush-log-at-trx-commit=0", "--skip-name-resolve", *tls),
                    *("--innodb-buffer-pool-size=64M", "--character-set-server=utf8mb4"),
                ],
                stdout=log,
                stderr=log,
            )
        deadline = time.monotonic() + 60
        while True:
            with suppress(pymysql.Error), closing(pymysql.connect(unix_socket=str(socket), user="root")) as connection:
                connection.cursor().execute(f"CREATE USER tester IDENTIFIED BY '{self.password}'")
                connection.cursor().execute("GRANT ALL ON *.* TO tester WITH GRANT OPTION")
                return
            assert self.process.poll() is None, (self.folder / "log").read_text()
            assert time.monotonic() < deadline, (self.folder / "log").read_text()
            time.sleep(0.1)

    def stop(self) -> None:
        if hasattr(self, "process"):
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(60)
            shutil.rmtree(self.folder, ignore_errors=True)


@dataclass(frozen=True)
class Shop:
    """A fresh database on a server."""

    server: MariaDB
    database: str

    def connection(self, extra: str | None = None, **changes: Any) -> Connection:
        settings = {
            "host": "127.0.0.1",
            "port": self.server.port,
            "login": "tester",
            "password": self.server.password,
            "schema": self.database,
        }
        return Connection(conn_id="shop", conn_type="mysql", extra=extra, **(settings | changes))

    def open(self) -> pymysql.Connection[Any]:
        """A session of the test's own; autocommit."""
        return pymysql.connect(
            host="127.0.0.1",
            port=self.server.port,
            user="tester",
            password=self.server.password,
            database=self.database,
            charset="utf8mb4",
            autocommit=True,
        )

    def sql(self, *statements: str) -> list[tuple[Any, ...]]:
        """Runs statements and answers the last one's rows."""
        with closing(self.open()) as connection, connection.cursor() as cursor:
            cursor.execute("SET time_zone = '+00:00'")
            for statement in statements:
                cursor.execute(statement)
            return [tuple(row) for row in cursor.fetchall()]

    def value(self, query: str) -> Any:
        ((value,),) = self.sql(query)
        return value

    def wait_for(self, condition: str, seconds: float = 30) -> None:
        """Waits until a query answers true."""
        deadline = time.monotonic() + seconds
        while not self.value(condition):
            assert time.monotonic() < deadline, f"never true: {condition}"
            time.sleep(0.02)

    def wait_for_statement(self, like: str, state: str = "%") -> None:
        """Waits until a session of somebody else works on a statement."""
        processes = "information_schema.PROCESSLIST WHERE ID <> connection_id()"
        self.wait_for(f"SELECT count(*) > 0 FROM {processes} AND INFO LIKE '{like}' AND STATE LIKE '{state}'")

    def wait_until_alone(self) -> None:
        """Waits until the sessions of a killed process have ended."""
        self.wait_for(
            "SELECT count(*) = 0 FROM information_schema.PROCESSLIST"
            f" WHERE ID <> connection_id() AND DB = '{self.database}'"
        )

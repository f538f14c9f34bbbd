"""Starts and stops supervisord and talks to it over its socket; keeping processes alive is its job, not ours."""

import hashlib
import os
import subprocess
import sys
import tempfile
import time
import xmlrpc.client
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from supervisor.xmlrpc import Faults, SupervisorTransport

from stack.credentials import write_secret
from stack.settings import StackSettings

# A socket's path may have 107 bytes, and supervisord binds it under a longer name first.
_LONGEST_SOCKET_PATH = 95


class SupervisorError(Exception):
    """supervisord does not do what it should; the message has its own words."""


@dataclass(frozen=True)
class ProcessState:
    """A program as supervisord sees it; `since` is the Unix time of its start, `pid` 0 while it does not run."""

    name: str
    state: str
    pid: int
    since: float
    explanation: str


def socket_path(settings: StackSettings) -> Path:
    """In the home folder, or in a short private folder when that path is too long for a socket."""
    path = settings.run / "supervisor.sock"
    if len(os.fsencode(path)) <= _LONGEST_SOCKET_PATH:
        return path
    digest = hashlib.sha256(os.fsencode(settings.root)).hexdigest()[:16]
    folder = Path(tempfile.gettempdir()) / f"logidata-{os.geteuid()}-{digest}"
    folder.mkdir(mode=0o700, exist_ok=True)
    seen = folder.lstat()
    if folder.is_symlink() or seen.st_uid != os.geteuid() or seen.st_mode & 0o077:
        raise SupervisorError(f"{folder} is not ours alone: remove it, or set LOGIDATA_HOME to a shorter path")
    return folder / "s.sock"


class Supervisor:
    """The supervisord of one home folder."""

    def __init__(self, settings: StackSettings) -> None:
        self._settings = settings
        self.configuration = settings.run / "supervisord.conf"
        self._socket = socket_path(settings)

    @property
    def _rpc(self) -> Any:
        """A new connection each time: one that failed once stays unusable."""
        transport = SupervisorTransport(None, None, f"unix://{self._socket}")
        return xmlrpc.client.ServerProxy("http://127.0.0.1", transport=transport).supervisor

    def is_running(self) -> bool:
        """Whether it answers."""
        try:
            return self._rpc.getState()["statename"] in {"RUNNING", "RESTARTING"}
        except (OSError, xmlrpc.client.Error):
            return False

    def start(self, configuration: str) -> None:
        """Runs it in the background with this configuration and waits until it answers."""
        self._settings.run.mkdir(parents=True, exist_ok=True)
        write_secret(self.configuration, configuration)
        command = [sys.executable, "-m", "supervisor.supervisord", "-c", str(self.configuration)]
        done = subprocess.run(command, cwd=self._settings.root, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise SupervisorError(f"supervisord does not start:\n{done.stdout}{done.stderr}")
        deadline = time.monotonic() + 10
        while not self.is_running():
            if time.monotonic() > deadline:
                raise SupervisorError(f"supervisord does not answer; see {self._settings.logs / 'supervisor.log'}")
            time.sleep(0.05)

    def runs_with(self, configuration: str) -> bool:
        """Whether it was started with exactly this configuration."""
        return self.configuration.exists() and self.configuration.read_text() == configuration

    def launch(self, name: str) -> None:
        """Starts a program unless it runs; does not wait."""
        try:
            self._rpc.startProcess(name, False)
        except xmlrpc.client.Fault as fault:
            if fault.faultCode != Faults.ALREADY_STARTED:
                raise SupervisorError(f"{name}: {fault.faultString}") from fault

    def stop(self, name: str, *, wait: bool) -> None:
        """Stops a program; without `wait` it only begins to."""
        try:
            self._rpc.stopProcess(name, wait)
        except xmlrpc.client.Fault as fault:
            if fault.faultCode != Faults.NOT_RUNNING:
                raise SupervisorError(f"{name}: {fault.faultString}") from fault

    def shutdown(self) -> None:
        """Lets it stop every program, the last started first, and then itself; does not wait."""
        self._rpc.shutdown()

    def processes(self) -> list[ProcessState]:
        """All programs in their order of starting; empty when supervisord is away."""
        try:
            found = self._rpc.getAllProcessInfo()
        except (OSError, xmlrpc.client.Error):
            return []
        return [
            ProcessState(info["name"], info["statename"], info["pid"], float(info["start"]), info["spawnerr"])
            for info in found
        ]

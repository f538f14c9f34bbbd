"""Which TCP ports of this machine are free, and who has those that are not."""

import errno
import os
import socket
from dataclasses import dataclass

import psutil


@dataclass(frozen=True)
class Holder:
    """The process that listens on a port; `pid` is None when it belongs to another user and cannot be seen."""

    pid: int | None
    command: str


def is_free(port: int, host: str = "127.0.0.1") -> bool:
    """Whether a server could listen there now (connections that are still closing do not count)."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno in {errno.EADDRINUSE, errno.EACCES}:
                return False
            raise
    return True


def free_port(host: str = "127.0.0.1") -> int:
    """A port that nobody listens on at this moment."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind((host, 0))
        return probe.getsockname()[1]


def holder(port: int) -> Holder:
    """The process that listens on `port`, as far as this user may know."""
    for process in psutil.process_iter(["pid", "cmdline", "name"]):
        try:
            listening = [c.laddr.port for c in process.net_connections("tcp") if c.status == psutil.CONN_LISTEN]
        except (psutil.AccessDenied, psutil.NoSuchProcess):
            continue
        if port in listening and process.pid != os.getpid():
            return Holder(process.pid, " ".join(process.info["cmdline"] or [process.info["name"]])[:120])
    return Holder(None, "a process of another user")

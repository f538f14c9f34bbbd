"""Which TCP ports of this machine are free, and who has those that are not."""

import errno
import os
import random
import socket
from dataclasses import dataclass

import psutil

# Linux takes the local ports of outgoing connections from 32768 on: a server that binds a little later than it asked
# would find its port taken now and then.
SERVER_PORTS = (20_000, 32_768)


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
    """A port that nobody uses at this moment, of those that the kernel does not give to outgoing connections."""
    while not is_free(port := random.randrange(*SERVER_PORTS), host):  # noqa: S311 - no secret
        pass
    return port


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

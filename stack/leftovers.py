"""Finds processes that an earlier life of this stack left behind, without ever trusting a name.

supervisord leads a session, and so its pid is the session id of everything it starts, also after its death; the id is
not given out again while the session has members. With a working directory inside our home folder that is proof enough.
PostgreSQL's backends open sessions of their own: they are known by their binary and their data folder.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import psutil

from stack.postgres import binaries


def recorded_session(home: Path) -> int | None:
    """The pid, and session, of the last supervisord of this home."""
    try:
        return int((home / "run" / "supervisor.pid").read_text())
    except (FileNotFoundError, ValueError):
        return None


def members(home: Path, session: int | None) -> Iterator[psutil.Process]:
    """Every living process of this home's stack, the supervisor included."""
    postgres = str(binaries() / "postgres")
    for process in psutil.process_iter():
        try:
            folder = Path(process.cwd())
            if not folder.is_relative_to(home) or process.pid == os.getpid():
                continue
            if os.getsid(process.pid) == session or process.exe() == postgres:
                yield process
        except (psutil.Error, ProcessLookupError, PermissionError, FileNotFoundError):
            continue


def orphans(home: Path, supervisor: int) -> list[psutil.Process]:
    """Members whose line of parents no longer leads to the running supervisor."""
    return [
        process
        for process in members(home, supervisor)
        if process.pid != supervisor and supervisor not in _ancestors(process)
    ]


def end(processes: list[psutil.Process], *, patience: float = 0) -> list[psutil.Process]:
    """Asks with SIGTERM for `patience` seconds, then kills; returns those that outlived even that."""
    if patience:
        for process in processes:
            _signal(process, kill=False)
        _, processes = psutil.wait_procs(processes, timeout=patience)
    for process in processes:
        _signal(process, kill=True)
    return psutil.wait_procs(processes, timeout=10)[1]


def forget_stale_files(home: Path) -> None:
    """Removes the lock files of a PostgreSQL that is gone: after a reboot its pid may be another program's."""
    lock = home / "postgres" / "postmaster.pid"
    try:
        pid = int(lock.read_text().split("\n", 1)[0])
    except (FileNotFoundError, ValueError):
        return
    try:
        alive = psutil.Process(pid).exe() == str(binaries() / "postgres")
    except psutil.Error:
        alive = False
    if not alive:
        lock.unlink(missing_ok=True)


def _ancestors(process: psutil.Process) -> set[int]:
    try:
        return {parent.pid for parent in process.parents()}
    except psutil.Error:
        return set()


def _signal(process: psutil.Process, *, kill: bool) -> None:
    try:
        process.kill() if kill else process.terminate()
    except psutil.Error:
        return

"""Where a sign-in is kept: a file that only its owner can read, and that one command at a time changes."""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import typer


def path() -> Path:
    """In the user's configuration folder."""
    return Path(typer.get_app_dir("logidata")) / "logins.json"


def read(url: str) -> dict[str, Any] | None:
    """The sign-in at a service, if there is one."""
    return _read().get(url)


def write(url: str, login: dict[str, Any] | None) -> None:
    """Keep a sign-in, or forget it; the file is never readable by others, not even for a moment."""
    logins = {key: value for key, value in _read().items() if key != url}
    if login is not None:
        logins[url] = login
    fresh = path().with_suffix(".new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(logins, file)
    fresh.replace(path())


@contextmanager
def alone() -> Iterator[None]:
    """Other commands wait: a refresh token works once, and its second use would end the sign-in."""
    path().parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (path().parent / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _read() -> dict[str, Any]:
    try:
        found = json.loads(path().read_text())
    except (FileNotFoundError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}

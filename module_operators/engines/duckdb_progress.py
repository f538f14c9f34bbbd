"""Tells how far a long query is, from a thread beside it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb

OnProgress = Callable[[float], None]

FIRST_AFTER, EVERY = 2.0, 2.0  # seconds: a short query says nothing
LEAST_STEP = 0.01


@contextmanager
def told(connection: duckdb.DuckDBPyConnection, tell: OnProgress | None) -> Iterator[None]:
    """While the block runs a query: its progress, from 0 to 1, every other second and never backwards."""
    if tell is None:
        yield
        return
    over = threading.Event()
    watcher = threading.Thread(target=_watch, args=(connection, tell, over), name="progress", daemon=True)
    watcher.start()
    try:
        yield
    finally:
        over.set()
        watcher.join()


def _watch(connection: duckdb.DuckDBPyConnection, tell: OnProgress, over: threading.Event) -> None:
    import duckdb  # noqa: PLC0415

    last, pause = 0.0, FIRST_AFTER
    while not over.wait(pause):
        pause = EVERY
        with suppress(duckdb.Error):  # the engine cannot tell; the query itself goes on
            now = connection.query_progress() / 100
            if last + LEAST_STEP <= now <= 1:
                last = now
                tell(now)

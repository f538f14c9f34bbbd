"""Runs a query so that the task can be stopped meanwhile, and tells how far it is."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    import duckdb

T = TypeVar("T")
OnProgress = Callable[[float], None]

TELL_EVERY = 2.0  # seconds: a short query says nothing
LEAST_STEP = 0.01
LOOK_EVERY = 0.2


def executed(
    connection: duckdb.DuckDBPyConnection, statement: str, tell: OnProgress | None = None
) -> list[tuple[Any, ...]]:
    """The statement's rows, from a thread beside this one, as `beside` runs it."""
    return beside(connection, lambda: connection.execute(statement).fetchall(), tell)


def beside(connection: duckdb.DuckDBPyConnection, query: Callable[[], T], tell: OnProgress | None = None) -> T:
    """What `query` answers, whose work on the connection is done by a thread beside this one.

    Python runs signal handlers between two of the main thread's steps, and a query is one: in this thread it would end
    before a SIGTERM is heard. What a handler raises interrupts the query. `tell` hears its progress, from 0 to 1, every
    other second and never backwards.
    """
    answer: list[T] = []
    failed: list[BaseException] = []
    over = threading.Event()  # not the thread's own join: one that a signal interrupts takes the thread for ended

    def work() -> None:
        try:
            answer.append(query())
        except BaseException as error:  # noqa: BLE001 - raised by the one that waits
            failed.append(error)
        finally:
            over.set()

    threading.Thread(target=work, name="query", daemon=True).start()
    try:
        _wait(over, connection, tell)
    except BaseException:
        while not over.is_set():  # more than once: it may not have begun
            connection.interrupt()
            over.wait(LOOK_EVERY)
        raise
    if failed:
        raise failed[0]
    return answer[0]


def _wait(over: threading.Event, connection: duckdb.DuckDBPyConnection, tell: OnProgress | None) -> None:
    import duckdb  # noqa: PLC0415

    last, next_look = 0.0, time.monotonic() + TELL_EVERY
    while not over.wait(LOOK_EVERY):
        if tell is None or time.monotonic() < next_look:
            continue
        next_look = time.monotonic() + TELL_EVERY
        with suppress(duckdb.Error):  # the engine cannot tell; the query itself goes on
            now = connection.query_progress() / 100
            if last + LEAST_STEP <= now <= 1:
                last = now
                tell(now)

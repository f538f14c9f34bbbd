"""A query that runs long says how far it is, and ends when its task is told to."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from module_operators.engines import duckdb_progress
from module_operators.engines.duckdb import Limits, locked_connection
from module_operators.engines.duckdb_progress import executed
from module_operators.problems import Stopped

ENDLESS = "SELECT sum(hash(a.i, b.i) % 7) FROM range(10_000_000) a(i), range(10_000_000) b(i)"


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with locked_connection(Limits(), [str(tmp_path)]) as connection:
        yield connection


def test_rows_and_errors_come_back(connection: duckdb.DuckDBPyConnection) -> None:
    assert executed(connection, "SELECT i FROM range(3) t(i)") == [(0,), (1,), (2,)]
    with pytest.raises(duckdb.ConversionException):
        executed(connection, "SELECT CAST('x' AS INTEGER)")


def test_what_a_signal_handler_raises_ends_the_query(connection: duckdb.DuckDBPyConnection) -> None:
    def stop(*_: object) -> None:
        raise Stopped

    before = signal.signal(signal.SIGUSR1, stop)
    timer = threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGUSR1))
    begun = time.monotonic()
    try:
        timer.start()
        with pytest.raises(Stopped):
            executed(connection, ENDLESS)
    finally:
        signal.signal(signal.SIGUSR1, before)
    assert time.monotonic() - begun < 30  # it would take hours
    assert executed(connection, "SELECT 1") == [(1,)]


def test_progress_is_told_and_only_grows(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(duckdb_progress, "TELL_EVERY", 0.2)
    told: list[float] = []

    def tell(done: float) -> None:
        told.append(done)
        if len(told) == 2:
            raise Stopped

    with pytest.raises(Stopped):
        executed(
            connection,
            f"COPY (SELECT md5(md5(i::VARCHAR)) FROM range(400_000_000) t(i)) TO '{tmp_path}/out.csv'",
            tell,
        )
    assert told == sorted(told)
    assert all(0 < done < 1 for done in told)

"""A 4 GB input under a 1 GB memory limit: a sort of all its rows, which does not fit, finishes and spills."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb

from benchmarks.files import BYTES_A_ROW, MEMORY_LIMIT, orders_csv, settings
from benchmarks.measure import Figure, alone, tasks_in_process
from benchmarks.tpch.drawing import Drawing

BYTES = 4_000_000_000


def pipeline() -> dict[str, object]:
    """One row for each note, of which there are as many as orders, then all of them in order: two steps that spill."""
    drawing = Drawing("sorted")
    orders = drawing.file("orders.csv")
    totals = drawing.aggregate(orders, "note", orders="count", amount="sum amount", last="max ordered_on")
    drawing.load(drawing.sort(totals, "-amount", "note"))
    return drawing.graph()


def figures() -> Iterator[Figure]:
    with orders_csv(BYTES) as folder:
        size = (folder / "files" / "orders.csv").stat().st_size / 1e9
        measured = tasks_in_process(pipeline(), folder, settings(folder))
        rows, in_order = duckdb.execute(f"""
            SELECT count(*), bool_and(amount <= before) FROM (
                SELECT amount, lag(amount, 1, amount) OVER () AS before
                FROM read_parquet('{folder}/files/sorted.parquet'))""").fetchall()[0]
        assert rows > 0.99 * BYTES // BYTES_A_ROW, rows
        assert in_order
    name = f"group and sort {size:.1f} GB of CSV with a limit of {MEMORY_LIMIT.replace('GB', ' GB')}"
    yield alone(f"{name}, time", measured.seconds, "s", None)
    yield alone(f"{name}, peak memory", measured.peak_mb, "MB", 1200)

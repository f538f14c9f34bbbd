"""Figures: ours beside the other's, medians of alternating runs, so that a machine that drifts drifts for both."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

RESULTS = Path(__file__).with_name("results.json")
RUNS = 10
"""Runs that a median is taken of, unless a figure says otherwise in its name."""


@dataclass(frozen=True)
class Figure:
    """One line of the table; `ratio` is ours / other, `goal` its text, `ok` whether it was met (None: no goal)."""

    name: str
    ours: float
    other: float | None
    ratio: float | None
    unit: str
    goal: str
    ok: bool | None


def beside(
    name: str,
    ours: Sequence[float],
    other: Sequence[float],
    unit: str,
    at_most: float | None = None,
    *,
    at_least: float | None = None,
) -> Figure:
    """Medians of both and their ratio, with the ratio's goal: `at_least` where more is better."""
    mine, theirs = statistics.median(ours), statistics.median(other)
    ratio = mine / theirs
    goal, ok = "", None
    if at_most is not None:
        goal, ok = f"ratio ≤ {at_most:g}", ratio <= at_most
    elif at_least is not None:
        goal, ok = f"ratio ≥ {at_least:g}", ratio >= at_least
    return Figure(name, round(mine, 4), round(theirs, 4), round(ratio, 3), unit, goal, ok)


def alone(name: str, value: float, unit: str, at_most: float | None) -> Figure:
    """A figure with an absolute goal and nothing to compare with."""
    goal = f"≤ {at_most:g} {unit}" if at_most else ""
    return Figure(name, round(value, 4), None, None, unit, goal, value <= at_most if at_most else None)


def alternating(runs: int, *contenders: Callable[[], float]) -> list[list[float]]:
    """Each contender's values over `runs` rounds, in turn, after one round that warms up and does not count."""
    for contender in contenders:
        contender()
    return [list(values) for values in zip(*([c() for c in contenders] for _ in range(runs)), strict=True)]


def percentile(values: Sequence[float], percent: int) -> float:
    """The smallest value that at least `percent` per cent of the values do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * percent // 100) - 1)]


@dataclass(frozen=True)
class ProcessFigures:
    """What one whole process took: wall seconds that it reported or took, and its peak resident memory in MB."""

    seconds: float
    peak_mb: float


_TASKS = """
import json, sys, time
import benchmarks.task_process
from pathlib import Path
from benchmarks.tasks import Tasks
tasks = Tasks.compiled(json.loads(sys.argv[1]), Path(sys.argv[2]))
begun = time.perf_counter()
tasks.extract()
tasks.rest()
print(time.perf_counter() - begun)
"""


def tasks_in_process(pipeline: Mapping[str, object], folder: Path, environment: Mapping[str, str]) -> ProcessFigures:
    """Executes all tasks of a pipeline, in a process like those that Airflow forks."""
    return in_process(_TASKS, json.dumps(pipeline), str(folder), environment=environment)


def in_process(
    code: str, *arguments: str, python: Path | None = None, environment: Mapping[str, str] | None = None
) -> ProcessFigures:
    """Runs Python code in a process of its own; the code prints the seconds of its work as its last line."""
    command = [str(python or sys.executable), "-c", code, *arguments]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
    peak = 0
    ended = threading.Event()

    def watch() -> None:
        nonlocal peak
        while not ended.is_set():
            try:
                peak = max(peak, psutil.Process(process.pid).memory_info().rss)
            except psutil.Error:
                return
            time.sleep(0.01)

    watcher = threading.Thread(target=watch)
    watcher.start()
    output, _ = process.communicate()
    ended.set()
    watcher.join()
    if process.returncode != 0:
        raise RuntimeError(f"the measured process ended with {process.returncode}")
    return ProcessFigures(float(output.strip().splitlines()[-1]), peak / 1e6)


def keep(figures: Sequence[Figure]) -> None:
    """Replaces the figures of these names in the committed results, leaving the others."""
    kept = {entry["name"]: entry for entry in json.loads(RESULTS.read_text())} if RESULTS.exists() else {}
    kept |= {figure.name: asdict(figure) for figure in figures}
    RESULTS.write_text(json.dumps(list(kept.values()), indent=1, ensure_ascii=False) + "\n")


def show(figures: Sequence[Figure]) -> None:
    """Prints the figures as a table."""
    width = max((len(figure.name) for figure in figures), default=0)
    print(f"{'':{width}}  {'ours':>10} {'other':>10} {'ratio':>7}  {'unit':6} goal")
    for figure in figures:
        other = "" if figure.other is None else f"{figure.other:,.3f}"
        ratio = "" if figure.ratio is None else f"{figure.ratio:.2f}"
        verdict = {None: "", True: "met", False: "missed"}[figure.ok]
        columns = f"{figure.ours:>10,.3f} {other:>10} {ratio:>7}  {figure.unit:6}"
        print(f"{figure.name:{width}}  {columns} {figure.goal} {verdict}")

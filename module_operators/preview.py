"""Previews: a node's first rows, from a sample of its sources, by the code that a run uses, beside the service.

`python -m module_operators.preview` speaks JSON lines: a request a line on standard input, an answer a line on standard
output, matched by `id`, in any order. Each request is worked on in a process forked from this one, which is warm, so
that it can be ended at any moment: when it takes too long, uses too much memory or when nobody waits for it any more.
"""

from __future__ import annotations

import os
import resource
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

# Connections are read as Airflow's own services read them; a task would ask the execution API.
os.environ.setdefault("_AIRFLOW_PROCESS_CONTEXT", "server")

from module_operators.comparison import Comparison
from module_operators.connections.probe import ConnectionProbe
from module_operators.engines.duckdb import DuckDBEngine, Limits
from module_operators.file_preview import FilePreview
from module_operators.forked import serve
from module_operators.preload import OPERATORS
from module_operators.problems import ModuleError, reported
from module_operators.relation import Plan
from module_operators.rows import first_rows
from module_operators.sample import FAILED, MEMORY, SAMPLE_ROWS, NodeFailed, Sample
from module_operators.settings import Settings
from module_operators.stored_output import StoredOutput, StoredPlans

BESIDE_THE_ENGINE = 2 << 30
"""Bytes of address space that a preview may take beyond what this process has and its engine may use."""


class Preview:
    """One request being answered."""

    def __init__(self, request: Mapping[str, Any], settings: Settings, scratch: Path) -> None:
        self._request = request
        self._sample = Sample(settings, scratch, request.get("params"), request["timeout"])

    def answer(self) -> dict[str, Any]:
        """`{"columns", "rows", "sample_rows", "engine"}` of the node asked for, or `{"problems"}`, each of its node."""
        with self._sample.engine() as engine:
            try:
                for node in self._request["nodes"]:
                    self._sample.planned(node, engine)
                asked = self._request["nodes"][-1]["id"]
                plan = self._sample.plans[asked]
                rows = self._rows(engine, plan, asked)
            except NodeFailed as error:
                return {"problems": error.problems}
        columns = [{"name": column.name, "type": column.type} for column in plan.result.columns]
        return {"columns": columns, "rows": rows, "sample_rows": SAMPLE_ROWS, "engine": engine.dialect.name}

    def _rows(self, engine: DuckDBEngine, plan: Plan, node_id: str) -> list[list[Any]]:
        try:
            return first_rows(engine, plan, self._request["limit"])
        except ModuleError as error:
            raise NodeFailed.of(error, node_id) from error


class FileHead(Preview):
    """The first rows of a file of the store, with the options that they were read with."""

    def answer(self) -> dict[str, Any]:
        """What `module_operators.file_preview` finds, or `{"problems"}`."""
        node = {"id": "file", "label": "file"}
        with self._sample.engine() as engine:
            try:
                return FilePreview(OPERATORS).preview(self._request, self._sample.run(node, engine))
            except ModuleError as error:
                return {"problems": [reported(None, str(error), code=FAILED)]}


_KINDS = {
    "plan": StoredOutput,
    "plans": StoredPlans,
    "path": FileHead,
    "ask": ConnectionProbe,
    "compare": Comparison,
}


def answer(request: Mapping[str, Any], scratch: Path) -> dict[str, Any]:
    """Answers a request in the process that was forked for it.

    Args:
        request: `nodes`, the asked-for one last, its ancestors before it, each as the column checker takes them, with
            `params` and `timeout` in seconds; or `plan`, the URI of a stored one; or `plans`, the URIs of several, to
            learn what became of them; or `ask`, for a connection; or `compare`, for two ways to the same rows. `limit`
            is the number of rows.
        scratch: a folder that is removed afterwards.
    """
    pages = Path("/proc/self/statm")
    if pages.exists():
        used = int(pages.read_text().split()[0]) * resource.getpagesize()
        most = used + BESIDE_THE_ENGINE
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
    settings = Settings.from_environment()
    kind = next((kind for sign, kind in _KINDS.items() if sign in request), Preview)
    try:
        return kind(request, settings, scratch).answer()
    except MemoryError:
        told = f"The preview needs more memory than it may use ({MEMORY})."
        return {"problems": [reported(None, told, code=FAILED)]}


def main() -> None:
    """The process: it does as little as possible itself, so that what is forked from it is warm and undisturbed."""
    _warm_up()
    serve(answer)


def _warm_up() -> None:
    """What every preview would otherwise do first: the engine's first connection loads its time zones."""
    with tempfile.TemporaryDirectory() as scratch, DuckDBEngine(Limits(MEMORY, 1), [Path(scratch)]) as engine:
        engine.connection.execute("SELECT 1").fetchall()


if __name__ == "__main__":
    main()

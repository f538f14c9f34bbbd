"""What nodes of a run have handed on, looked at afterwards: their first rows, and whether they can still be read."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from module_operators.engines.duckdb import DuckDBEngine, Limits, check_unchanged
from module_operators.engines.runners import stored_rows
from module_operators.files import FileStore
from module_operators.problems import ModuleError, SourceError, reported
from module_operators.relation import Plan
from module_operators.rows import first_rows
from module_operators.settings import Settings
from module_operators.staging import Staging

MEMORY = "512MB"


class StoredOutput:
    """The first rows of what a node of a run has handed on: its plan in staging, evaluated as the next task would."""

    def __init__(self, request: Mapping[str, Any], settings: Settings, scratch: Path) -> None:
        self._request = request
        self._settings = settings
        self._scratch = scratch

    def answer(self) -> dict[str, Any]:
        """`{"columns", "rows"}`, or `{"problems"}`."""
        staging = Staging(self._settings.staging_url, "preview", "preview", "preview", 1)
        files = FileStore(self._settings.files_url, self._scratch).local_root
        allowed = [self._scratch, staging.local_root, *([files] if files else [])]
        with DuckDBEngine(Limits(MEMORY, 2, str(self._scratch / "spill")), allowed) as engine:
            try:
                plan = _readable(staging.load_plan(self._request["plan"]), staging)
                rows = first_rows(engine, plan, self._request["limit"])
            except ModuleError as error:
                return {"problems": [reported(None, str(error), code="preview-failed")]}
        return {
            "columns": [{"name": column.name, "type": column.type} for column in plan.result.columns],
            "rows": rows,
        }


def _readable(plan: Plan, staging: Staging) -> Plan:
    """The plan as DuckDB runs it; what only Spark can evaluate is not asked of it for a look.

    Raises:
        SourceError: says how the rows become visible.
    """
    readable = plan if plan.engine == "duckdb" else stored_rows(plan, staging, DuckDBEngine.dialect)
    if readable is None:
        raise SourceError(
            "Spark has not stored this node's rows: it computes them where they are loaded. "
            "Run up to this node, or with “every_step”, to see them."
        )
    return readable


class StoredPlans:
    """What of the outputs that nodes of a run have handed on can still be read."""

    def __init__(self, request: Mapping[str, Any], settings: Settings, _scratch: Path) -> None:
        self._plans: list[str] = request["plans"]
        self._staging = Staging(settings.staging_url, "preview", "preview", "preview", 1)

    def answer(self) -> dict[str, Any]:
        """`{"states": {plan URI: "intact", "changed" (a file that it reads in place) or "gone"}}`."""
        return {"states": {uri: self._state(uri) for uri in self._plans}}

    def _state(self, uri: str) -> str:
        try:
            plan = self._staging.load_plan(uri)
            if not all(self._staging.exists(output) for output in plan.staged):
                return "gone"
        except SourceError:
            return "gone"
        try:
            check_unchanged(plan.files)
        except SourceError:
            return "changed"
        return "intact"

"""Nodes evaluated on a sample of their sources, outside of any run, for somebody who waits. Nothing is written."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from module_operators.base import Extractor, ModuleOperator, Transformer
from module_operators.engines.duckdb import DuckDBEngine, Limits
from module_operators.files import FileStore
from module_operators.operator import airflow_connection
from module_operators.preload import OPERATORS
from module_operators.problems import DataError, InvalidNode, ModuleError, reported
from module_operators.relation import Plan
from module_operators.run import Run
from module_operators.settings import Settings

log = logging.getLogger("logidata.preview")

FAILED = "preview-failed"

SAMPLE_ROWS = 10_000
"""Rows of each source that are read at most."""

MEMORY = "512MB"


class NodeFailed(Exception):
    """A node cannot be evaluated; carries its problems as they are reported."""

    def __init__(self, problems: list[dict[str, Any]]) -> None:
        super().__init__(problems[0]["message"])
        self.problems = problems

    @classmethod
    def of(cls, error: ModuleError, node_id: str) -> NodeFailed:
        """What went wrong in this node, or in the one before it that is to blame."""
        if isinstance(error, InvalidNode):
            return cls(
                [
                    reported(node_id, p.message, path=p.path, hint=p.hint, code=p.code, place=p.place)
                    for p in error.problems
                ]
            )
        guilty = (error.node_id if isinstance(error, DataError) else None) or node_id
        return cls([reported(guilty, str(error), code=FAILED)])


class Sample:
    """The plans of nodes, by the code of runs, over the first rows of their sources."""

    def __init__(self, settings: Settings, scratch: Path, params: Mapping[str, Any] | None, time_limit: float) -> None:
        self._settings = settings
        self._scratch = scratch
        self._params = params
        self._time_limit = time_limit
        self.plans: dict[str, Plan] = {}

    def engine(self) -> DuckDBEngine:
        """One that may read the file store and what is staged here."""
        files = FileStore(self._settings.files_url, self._scratch).local_root
        limits = Limits(MEMORY, 2, str(self._scratch / "spill"))
        return DuckDBEngine(limits, [self._scratch, *([files] if files else [])])

    def run(self, node: Mapping[str, Any], engine: DuckDBEngine) -> Run:
        """What a node sees of its run here."""
        return Run.aside(
            node,
            self._scratch,
            self._settings.files_url,
            engine,
            log=log,
            connection=airflow_connection,
            params=self._params,
            time_limit=self._time_limit,
        )

    def planned(self, node: Mapping[str, Any], engine: DuckDBEngine) -> Plan:
        """The plan of a node whose inputs have theirs.

        Raises:
            NodeFailed: its options do not fit, or its source cannot be read.
        """
        try:
            self.plans[node["id"]] = plan = self._plan(node, engine)
        except ModuleError as error:
            raise NodeFailed.of(error, node["id"]) from error
        return plan

    def _plan(self, node: Mapping[str, Any], engine: DuckDBEngine) -> Plan:
        operator: type[ModuleOperator] = OPERATORS[node["module_id"]]
        config, run = operator.options(node["config"]), self.run(node, engine)
        inputs = {handle: [self.plans[source] for source in sources] for handle, sources in node["inputs"].items()}
        if issubclass(operator, Extractor):
            extracted = operator.sample(config, run, SAMPLE_ROWS)
            staged = (run.staging.uri,) if extracted.staged else ()
            return Plan((run.step(extracted.query),), extracted.files, staged)
        assert issubclass(operator, Transformer), "a loader is never sampled into"
        return operator.planned(config, inputs, run)

"""A pipeline's tasks in one process: compiled and read as Airflow does it, then executed one after the other."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from airflow.dag_processing.dagbag import DagBag
from airflow.sdk.bases.operator import ExecutorSafeguard

from dag_factory.catalog import load_catalog
from dag_factory.compile import compile_dag
from dag_factory.graph import PipelineGraph
from dag_factory.validate import validate
from module_operators.base import Extractor
from module_operators.operator import ModuleOperator


@dataclass
class Tasks:
    """The operators of a compiled pipeline, each before those that read from it, and what they have handed on."""

    operators: list[ModuleOperator]
    references: dict[str, Any] = field(default_factory=dict)
    """By task id, what a task has answered: Airflow would keep it as its XCom."""

    @classmethod
    def compiled(cls, document: Mapping[str, Any], folder: Path) -> Tasks:
        """Validates a graph, compiles it to a file in `folder` and reads that as Airflow's DAG processor would."""
        graph, catalog = PipelineGraph.model_validate(document), load_catalog()
        problems = [problem for problem in validate(graph, catalog) if problem.severity == "error"]
        assert not problems, problems
        file = folder / f"{graph.name}.py"
        source = compile_dag(graph, catalog, pipeline_id=uuid5(NAMESPACE_URL, graph.name), version=1, builder_url=None)
        file.write_text(source)
        bag = DagBag(str(file), collect_dags=False)
        bag.process_file(str(file))
        assert not bag.import_errors, bag.import_errors
        (dag,) = bag.dags.values()
        by_task: Any = dag.task_dict
        return cls([by_task[node.id] for node in graph.order])

    def extract(self, landed: dict[str, Any] | None = None) -> None:
        """Runs the extractors. With `landed` each brings its rows to staging, and one that did so before is not run."""
        for operator in self.operators:
            if isinstance(operator, Extractor) and landed is not None:
                if operator.task_id not in landed:
                    operator.materialize = True
                    landed[operator.task_id] = self._executed(operator)
                self.references[operator.task_id] = landed[operator.task_id]
            elif isinstance(operator, Extractor):
                self.references[operator.task_id] = self._executed(operator)

    def rest(self) -> None:
        """Runs all that comes after the extractors."""
        for operator in self.operators:
            if not isinstance(operator, Extractor):
                self.references[operator.task_id] = self._executed(operator)

    def _executed(self, operator: ModuleOperator) -> dict[str, Any]:
        """What a task's process does with its operator: renders its fields, executes it and keeps the answer."""
        context: Any = {
            "params": {},
            "run_id": "bench",
            "ti": _Instance(self.references),
            "dag_run": SimpleNamespace(conf={}, run_after=datetime.now(UTC)),
        }
        task = operator.prepare_for_execution()
        task.render_template_fields(context)
        with _outside_of_airflow():
            return task.execute(context)


class _Instance:
    """What operators use of a task instance."""

    try_number = 1

    def __init__(self, references: dict[str, Any]) -> None:
        self._references = references

    def xcom_pull(self, task_ids: str, **_: Any) -> Any:
        return self._references[task_ids]

    def xcom_push(self, **_: Any) -> None:
        """A failure's report; the failure itself is raised."""


@contextmanager
def _outside_of_airflow() -> Iterator[None]:
    """Airflow refuses to execute an operator that it has not started itself, and tells of each that it has."""
    before, log = ExecutorSafeguard.test_mode, logging.getLogger("airflow.task")
    level = log.level
    ExecutorSafeguard.test_mode = True
    log.setLevel(logging.WARNING)
    try:
        yield
    finally:
        ExecutorSafeguard.test_mode = before
        log.setLevel(level)

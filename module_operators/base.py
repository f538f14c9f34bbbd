"""The operators' base: how a node becomes an Airflow task, and what tasks hand to each other.

ModuleOperator
├── Extractor      `extract`: no input, one output
├── Transformer    `transform`: a pure function from relations and options to a query
└── Loader         `load`: one input, no output
"""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, cast

from airflow.sdk import BaseHook, BaseOperator
from airflow.sdk import literal as unrendered
from airflow.sdk.exceptions import AirflowNotFoundException
from pydantic import ValidationError

from module_operators.problems import DataError, InvalidNode, ModuleError, ModuleProblem, SourceError, pointer
from module_operators.relation import Column, Inputs, Plan, Query, Relation, SourceFile
from module_operators.run import Run
from module_operators.settings import Settings

if TYPE_CHECKING:
    from airflow.sdk import Connection, Context

    from module_operators.config import ModuleConfig
    from module_operators.engines.dialect import Dialect

FAILURE_KEY = "failure"


@dataclass(frozen=True, slots=True)
class Handle:
    """Where edges arrive at a node; `most` is None for any number."""

    name: str = "input"
    least: int = 1
    most: int | None = 1


@dataclass(frozen=True, slots=True)
class Preset:
    """A ready-made set of options that the builder offers."""

    name: str
    title: str
    description: str
    config: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Extracted:
    """What an extractor answers: the query that reads its rows, and the files that it reads in place."""

    query: Query
    files: tuple[SourceFile, ...] = ()
    rows: int | None = None
    bytes: int | None = None
    staged: bool = False
    """The query reads what this task wrote to staging."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a loader answers: rows that are in the target because of this run, and the bytes written when known."""

    rows: int
    bytes: int | None = None


class ModuleOperator(BaseOperator):
    """One node of a pipeline.

    A module's class attributes and its `Config` are all that the catalogue, the builder's form, the validator and the
    database row are made from.
    """

    template_fields: Collection[str] = ("inputs", "config")
    ui_color = "#e0e7ff"

    display_name: ClassVar[str]
    category: ClassVar[str]
    icon: ClassVar[str]
    version: ClassVar[str] = "1.0.0"
    tags: ClassVar[tuple[str, ...]] = ()
    presets: ClassVar[tuple[Preset, ...]] = ()
    handles: ClassVar[tuple[Handle, ...]] = (Handle(),)
    has_output: ClassVar[bool] = True
    connection_types: ClassVar[tuple[str, ...]] = ()
    Config: ClassVar[type[ModuleConfig]]

    def __init__(
        self,
        *,
        node_id: str,
        config: Mapping[str, Any],
        inputs: Mapping[str, Sequence[Any]] | None = None,
        materialize: bool = False,
        engine: str = "duckdb",
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.graph_node_id = node_id  # Airflow's own `node_id` is the task's
        self.inputs = inputs or {}
        self.materialize = materialize
        self.engine = engine
        # Part of the serialised DAG, so that an edit makes a new DAG version, but never a Jinja template.
        self.config = unrendered(config)

    def execute(self, context: Context) -> dict[str, Any]:
        """Runs the node and answers its reference for the next tasks (plan, columns, counts)."""
        started = time.monotonic()
        with ExitStack() as cleanup:
            run = self._run(context, cleanup)
            try:
                outcome = self._work(self.options(self.config), run)
            except ModuleError as error:
                self._report(context, error)
                raise
        seconds = round(time.monotonic() - started, 3)
        self._log_outcome(outcome, seconds)
        return {"node_id": self.graph_node_id, **outcome, "seconds": seconds}

    @classmethod
    def options(cls, config: Any) -> Any:
        """A node's options, parsed.

        Raises:
            InvalidNode: with a problem for each option that is wrong.
        """
        try:
            return cls.Config.model_validate(config)
        except ValidationError as error:
            found = error.errors(include_url=False, include_input=False)
            problems = (
                ModuleProblem(pointer(*each["loc"]), each["msg"].removeprefix("Value error, ")) for each in found
            )
            raise InvalidNode(problems) from None

    def _work(self, config: Any, run: Run) -> dict[str, Any]:
        raise NotImplementedError

    def _run(self, context: Context, cleanup: ExitStack) -> Run:
        from module_operators.engines.duckdb import DuckDBEngine, Limits  # noqa: PLC0415
        from module_operators.files import FileStore  # noqa: PLC0415
        from module_operators.parameters import RunParameters  # noqa: PLC0415
        from module_operators.staging import Staging  # noqa: PLC0415

        settings = Settings.from_environment()
        instance: Any = context.get("ti")
        run_id = cast("str", context.get("run_id"))
        staging = Staging(settings.staging_url, self.dag_id, run_id, self.task_id, instance.try_number)
        scratch = staging.scratch(cleanup)
        files = FileStore(settings.files_url, scratch)
        allowed = [staging.local_root, scratch, *([files.local_root] if files.local_root else [])]
        limits = Limits(settings.memory_limit, settings.threads, str(scratch / "spill"))
        engine = cleanup.enter_context(DuckDBEngine(limits, cast("list[Path]", allowed)))
        return Run(
            dag_id=self.dag_id,
            run_id=run_id,
            task_id=self.task_id,
            node_id=self.graph_node_id,
            label=self.task_display_name,
            params=RunParameters(context),
            staging=staging,
            files=files,
            engine=engine,
            log=self.log,
            connection=airflow_connection,
        )

    def _plans(self, run: Run) -> dict[str, list[Plan]]:
        """The plans of the tasks before this one, by handle."""
        return {
            handle: [run.staging.load_plan(reference["plan"]) for reference in references]
            for handle, references in self.inputs.items()
        }

    def _report(self, context: Context, error: ModuleError) -> None:
        """Tells the service which node failed and why; a fused query may fail on a node before this one."""
        node_id = (error.node_id if isinstance(error, DataError) else None) or self.graph_node_id
        instance: Any = context.get("ti")
        instance.xcom_push(key=FAILURE_KEY, value={"node_id": node_id, "message": str(error).replace("\0", "\\0")})

    def _log_outcome(self, outcome: Mapping[str, Any], seconds: float) -> None:
        counts = [f"{outcome[key]:,} {text}" for key, text in _COUNTS if outcome.get(key) is not None]
        self.log.info("%s: %s in %.2f s", self.task_display_name, ", ".join(counts) or "query planned", seconds)


_COUNTS = (("rows_in", "rows in"), ("rows_out", "rows out"), ("bytes", "bytes"))


def airflow_connection(connection_id: str) -> Connection:
    """A connection as Airflow keeps it, decrypted; it must not reach a log, a file or an XCom.

    Raises:
        SourceError: Airflow has none of this id.
    """
    try:
        return BaseHook.get_connection(connection_id)
    except AirflowNotFoundException:
        raise SourceError(f"There is no connection '{connection_id}' in Airflow. Make it, or choose another.") from None


def _outcome(
    run: Run,
    plan: Plan,
    *,
    rows_out: int | None = None,
    size: int | None = None,
    nodes: Mapping[str, Mapping[str, int]] | None = None,
) -> dict[str, Any]:
    return {
        "plan": run.staging.save_plan(plan),
        "columns": [{"name": column.name, "type": column.type} for column in plan.result.columns],
        "rows_in": None,
        "rows_out": rows_out,
        "bytes": size,
        "nodes": nodes or {},
    }


class Extractor(ModuleOperator):
    """Brings rows in."""

    handles: ClassVar[tuple[Handle, ...]] = ()
    ui_color = "#dbeafe"

    @classmethod
    def extract(cls, config: Any, run: Run) -> Extracted:
        """Lands the source's rows in staging, or points at files that can be read in place."""
        raise NotImplementedError

    @classmethod
    def schema(cls, config: Any, run: Run) -> tuple[Column, ...]:
        """The columns that `extract` would yield, without moving data."""
        raise NotImplementedError

    def _work(self, config: Any, run: Run) -> dict[str, Any]:
        extracted = self.extract(config, run)
        staged = (run.staging.uri,) if extracted.staged else ()
        plan = Plan((run.step(extracted.query),), extracted.files, staged)
        if self.materialize and not extracted.staged:
            plan, written = run.materialized(plan)
            return _outcome(run, plan, rows_out=written.rows, size=written.bytes)
        return _outcome(run, plan, rows_out=extracted.rows, size=extracted.bytes)


class Transformer(ModuleOperator):
    """Turns relations into a relation."""

    ui_color = "#ede9fe"

    @classmethod
    def transform(cls, config: Any, inputs: Inputs, sql: Dialect) -> Query:
        """The module's SELECT over its inputs.

        Raises:
            InvalidNode: the options do not fit the inputs' columns; carries every problem.
        """
        raise NotImplementedError

    @classmethod
    def reads_data(cls, config: Any) -> bool:  # noqa: ARG003 - modules that fail on data look at their options
        """Whether the rows must be looked at here, not at the loader (a rule that fails the run)."""
        return False

    def _work(self, config: Any, run: Run) -> dict[str, Any]:
        plans = self._plans(run)
        inputs = Inputs({handle: [plan.result for plan in several] for handle, several in plans.items()})
        query = self.transform(config, inputs, run.engine.dialect)
        plan = run.extended([plan for several in plans.values() for plan in several], query)
        if self.materialize or self.reads_data(config):
            materialized, written = run.materialized(plan)
            nodes = run.engine.node_rows(plan)
            return _outcome(run, materialized, rows_out=written.rows, size=written.bytes, nodes=nodes)
        run.log.debug("%s", query.sql)
        return _outcome(run, plan)


class Loader(ModuleOperator):
    """Brings rows to their target, all of them once."""

    has_output: ClassVar[bool] = False
    ui_color = "#dcfce7"

    @classmethod
    def load(cls, config: Any, plan: Plan, run: Run) -> Loaded:
        """Runs the plan into the target: all rows or none, and once however often it is tried."""
        raise NotImplementedError

    @classmethod
    def check(cls, config: Any, source: Relation, run: Run) -> None:
        """Refuses a target that the input's columns do not fit, before a row is written.

        Raises:
            InvalidNode: names both sides.
        """

    def _work(self, config: Any, run: Run) -> dict[str, Any]:
        (plan,) = self._plans(run)["input"]
        self.check(config, plan.result, run)
        loaded = self.load(config, plan, run)
        nodes = run.engine.node_rows(plan)
        return {"rows_in": loaded.rows, "rows_out": None, "bytes": loaded.bytes, "plan": None, "nodes": nodes}

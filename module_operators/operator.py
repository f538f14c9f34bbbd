"""A node as an Airflow task: what it is told, the run that it works in, and what it reports."""

from __future__ import annotations

import inspect
import os
import sys
import time
from collections.abc import Collection, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, cast

from airflow.sdk import BaseHook, BaseOperator
from airflow.sdk import literal as unrendered
from airflow.sdk.exceptions import AirflowNotFoundException, AirflowSkipException, AirflowTaskTimeout
from pydantic import ValidationError

from module_operators.engines.runners import InProcess, OnSpark, Runner
from module_operators.extras import check_extras
from module_operators.problems import (
    DataError,
    EngineError,
    InvalidNode,
    ModuleError,
    ModuleProblem,
    SourceError,
    Stopped,
    pointer,
)
from module_operators.relation import Plan
from module_operators.run import Run
from module_operators.settings import Settings
from module_operators.text_place import BadText
from module_operators.tracing import tell_span

if TYPE_CHECKING:
    from airflow.sdk import Connection, Context
    from pydantic_core import ErrorDetails

    from module_operators.config import ModuleConfig

FAILURE_KEY = "failure"
PART = "logidata_part"
"""Key in a DAG run's conf: `{"until": node id, "nodes": [that node and all before it]}`."""
PROGRESS = "logidata_progress"
"""Key of a log line that tells how far the task is, from 0 to 1."""


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
    tested_against: ClassVar[str]
    """The real systems and versions that the module's tests run on."""
    needs: ClassVar[tuple[str, ...]] = ()
    """The extras (module_operators.extras) that it cannot work without."""
    Config: ClassVar[type[ModuleConfig]]

    def __init__(
        self,
        *,
        node_id: str,
        config: Mapping[str, Any],
        inputs: Mapping[str, Sequence[Any]] | None = None,
        columns: Mapping[str, str] | None = None,
        materialize: bool = False,
        engine: str = "duckdb",
        **kwargs: Any,
    ) -> None:
        if "doc_md" not in kwargs:
            kwargs["doc_md"] = self.documentation()
        super().__init__(**kwargs)
        self.graph_node_id = node_id  # Airflow's own `node_id` is the task's
        self.inputs = inputs or {}
        self.columns = columns
        self.materialize = materialize
        self.engine = engine
        if engine not in {"duckdb", "spark"}:
            raise ValueError(f"There is no engine '{engine}'; choose duckdb or spark in the pipeline's settings.")
        # Part of the serialised DAG, so that an edit makes a new DAG version, but never a Jinja template.
        self.config = unrendered(config)

    @classmethod
    def documentation(cls) -> str:
        """What Airflow's page of a task shows of its module: what it does, and where its options are explained."""
        return _documentation(cls, os.environ.get("LOGIDATA_BUILDER_URL", "").rstrip("/"))

    def execute(self, context: Context) -> dict[str, Any]:
        """Runs the node and answers its reference for the next tasks (plan, columns, counts)."""
        started = time.monotonic()
        conf: Mapping[str, Any] = getattr(context.get("dag_run"), "conf", None) or {}
        tell_span(self.graph_node_id, conf)
        self._keep_to_the_part(conf)
        with ExitStack() as cleanup:
            run = self._run(context, cleanup)
            try:
                config = self.options(self.config)
                self.check_installed(config)
                outcome = self.work(config, run)
            except ModuleError as error:
                self._report(context, error)
                raise
        seconds = round(time.monotonic() - started, 3)
        self._log_outcome(outcome, seconds)
        return {"node_id": self.graph_node_id, **outcome, "seconds": seconds}

    def get_openlineage_facets_on_complete(self, task_instance: Any) -> Any:
        """What OpenLineage is told of this task, where Airflow's provider is given somebody to tell."""
        from module_operators.open_lineage import of_task  # noqa: PLC0415

        return of_task(self, task_instance.get_template_context()["params"])

    def on_kill(self) -> None:
        """Ends the work from within Airflow's signal handler, so that temporary files and transactions are undone."""
        if isinstance(sys.exc_info()[1], AirflowTaskTimeout):
            return  # that one is on its way out already
        raise Stopped("The run was cancelled.")

    def _keep_to_the_part(self, conf: Mapping[str, Any]) -> None:
        """A run may be of a part only, up to one node: the others are skipped, and that one's rows are stored."""
        part = conf.get(PART)
        if not isinstance(part, dict):
            return
        if self.graph_node_id not in part.get("nodes", ()):
            raise AirflowSkipException(f"This run goes up to another node, and does not need {self.task_display_name}.")
        self.materialize = self.materialize or self.graph_node_id == part.get("until")

    @classmethod
    def options(cls, config: Any) -> Any:
        """A node's options, parsed.

        Raises:
            InvalidNode: with a problem for each option that is wrong.
        """
        try:
            return cls.Config.model_validate(config)
        except ValidationError as error:
            raise InvalidNode(map(_of_option, error.errors(include_url=False, include_input=False))) from None

    @classmethod
    def check_installed(cls, config: Any) -> None:  # noqa: ARG003 - modules whose options decide look at them
        """Refuses options that need an extra which is not installed here.

        Raises:
            InvalidNode: says how to install it.
        """
        check_extras(cls.needs)

    def work(self, config: Any, run: Run) -> dict[str, Any]:
        """What this kind of module does with its run; answers counts and the plan for the next tasks."""
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
        engine = cleanup.enter_context(DuckDBEngine(limits, cast("list[Path]", allowed), self._tell_progress))
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
            runner=self._runner(settings, cleanup),
        )

    def _runner(self, settings: Settings, cleanup: ExitStack) -> Runner:
        """The pipeline's engine; nothing of Spark is imported, and nobody asked, before a plan has to run there."""
        if self.engine == "duckdb":
            return InProcess()
        from module_operators.engines.availability import engine_problems  # noqa: PLC0415
        from module_operators.engines.spark import SparkEngine  # noqa: PLC0415
        from module_operators.engines.spark_session import SparkServer  # noqa: PLC0415

        if problems := engine_problems(self.engine, settings):
            raise EngineError(" ".join(f"{problem.message} {problem.hint}" for problem in problems))
        server = SparkServer(settings.spark_remote, settings.spark_token)
        return OnSpark(cleanup.enter_context(SparkEngine(server)))

    def _tell_progress(self, done: float) -> None:
        self.log.info(f"{done:.0%} done", **{PROGRESS: round(done, 3)})

    def plans(self, run: Run) -> dict[str, list[Plan]]:
        """The plans of the tasks before this one, by handle."""
        return {
            handle: [run.staging.load_plan(reference["plan"]) for reference in references]
            for handle, references in self.inputs.items()
        }

    def _report(self, context: Context, error: ModuleError) -> None:
        """Tells the service which node failed and why; a fused query may fail on a node before this one."""
        node_id = (error.node_id if isinstance(error, DataError) else None) or self.graph_node_id
        metrics = error.metrics if isinstance(error, DataError) else {}
        told = {"node_id": node_id, "message": str(error).replace("\0", "\\0"), "metrics": metrics}
        instance: Any = context.get("ti")
        instance.xcom_push(key=FAILURE_KEY, value=told)

    def _log_outcome(self, outcome: Mapping[str, Any], seconds: float) -> None:
        counts = [f"{outcome[key]:,} {text}" for key, text in _COUNTS if outcome.get(key) is not None]
        self.log.info("%s: %s in %.2f s", self.task_display_name, ", ".join(counts) or "query planned", seconds)


@cache
def _documentation(cls: type[ModuleOperator], builder: str) -> str:
    kind, stem = cls.__module__.split(".")[-2:]
    module_id = f"{stem}-{kind.removesuffix('s')}".replace("_", "-")
    link = f"\n\n[Its options]({builder}/modules?module={module_id})" if builder else ""
    return f"**{cls.display_name}**\n\n{inspect.getdoc(cls)}{link}\n"


_COUNTS = (("rows_in", "rows in"), ("rows_out", "rows out"), ("bytes", "bytes"))


def _of_option(error: ErrorDetails) -> ModuleProblem:
    """What pydantic says of an option; a text that cannot be read tells its place and a hint."""
    path, cause = pointer(*error["loc"]), error.get("ctx", {}).get("error")
    if isinstance(cause, BadText):
        return ModuleProblem(path, cause.message, cause.hint, place=cause.place)
    return ModuleProblem(path, error["msg"].removeprefix("Value error, "))


def airflow_connection(connection_id: str) -> Connection:
    """A connection as Airflow keeps it, decrypted; it must not reach a log, a file or an XCom.

    Raises:
        SourceError: Airflow has none of this id.
    """
    try:
        return BaseHook.get_connection(connection_id)
    except AirflowNotFoundException:
        raise SourceError(f"There is no connection '{connection_id}' in Airflow. Make it, or choose another.") from None

"""Column checking: every node's schema and problems, derived without moving data."""

from __future__ import annotations

import logging
import tempfile
import time
from collections.abc import Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from module_operators.base import Extractor, Loader, ModuleOperator, Transformer
from module_operators.engines.availability import dialect_of, engine_problems
from module_operators.engines.dialect import Dialect
from module_operators.engines.duckdb import DuckDBEngine, Limits
from module_operators.files import FileStore
from module_operators.lineage import Derivation, Lineage, Untraceable, derivation, unchanged
from module_operators.operator import airflow_connection
from module_operators.problems import InvalidNode, ModuleError, ModuleProblem, pointer, reported
from module_operators.relation import ROW_ID, Column, Inputs, Query, Relation
from module_operators.run import Run, step_name
from module_operators.schema_change import SchemaChange
from module_operators.settings import Settings
from module_operators.text_place import Place

log = logging.getLogger("logidata.checker")

PATIENCE = 5.0
"""Seconds that a check may take when its request does not say."""

FOR_THE_REST = 0.8
"""The part of that time which sources have to tell their columns; then the remembered ones are used."""


@dataclass(slots=True)
class Check:
    """One graph under check: what is known of its nodes so far."""

    request: Mapping[str, Any]
    sql: Dialect
    """What the pipeline's engine is written to: what it cannot say is found here."""
    deadline: float
    """When sources that have not answered are given up, by the monotonic clock."""
    schemas: dict[str, tuple[Column, ...]] = field(default_factory=dict)
    relations: dict[str, Relation] = field(default_factory=dict)
    problems: list[dict[str, Any]] = field(default_factory=list)
    lineage: dict[str, Derivation] = field(default_factory=dict)

    def report(
        self,
        node_id: str | None,
        message: str,
        *,
        path: str = "",
        hint: str | None = None,
        code: str,
        severity: str = "error",
        place: Place | None = None,
    ) -> None:
        self.problems.append(
            reported(node_id, message, path=path, hint=hint, code=code, severity=severity, place=place)
        )

    def report_all(self, node_id: str | None, problems: Iterable[ModuleProblem]) -> None:
        for problem in problems:
            self.report(
                node_id, problem.message, path=problem.path, hint=problem.hint, code=problem.code, place=problem.place
            )

    def settle(self, node_id: str, relation: Relation) -> None:
        self.relations[node_id] = relation
        self.schemas[node_id] = relation.columns

    def trace(self, node: Mapping[str, Any], query: Query | None) -> None:
        """What the node's columns are made of, for who asks; an extractor's node and a loader's have no query."""
        if not self.request.get("lineage"):
            return
        sources = [source for several in node["inputs"].values() for source in several]
        if query is None and sources:
            self.lineage[node["id"]] = unchanged(sources[0], self.relations[sources[0]].names)
        elif query is None:
            self.lineage[node["id"]] = dict.fromkeys(self.relations[node["id"]].names, ())
        else:
            try:
                inputs = {source: self.relations[source] for source in sources}
                self.lineage[node["id"]] = derivation(query, inputs, self.request.get("engine", "duckdb"))
            except Untraceable:
                log.warning("columns of %s could not be traced", node["module_id"], exc_info=True)


class ColumnChecker:
    """Derives schemas for whole graphs; sources are asked in parallel, each within a time limit."""

    def __init__(self, settings: Settings, modules: Mapping[str, type[ModuleOperator]]) -> None:
        self._settings = settings
        self._modules = modules
        self._sources = ThreadPoolExecutor(max_workers=8, thread_name_prefix="source")

    def check(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Schemas and problems of a graph.

        Args:
            request: `nodes` in topological order, each `{id, label, module_id, config, inputs: {handle: [node id]}}`;
                `engine`, duckdb when it does not say; `params`, the pipeline's defaults; `timeout`, seconds that the
                asker waits; `known`, schemas remembered from the last save, by node id; `given`, schemas of nodes that
                are read by others but stand in no list; `options`, nodes of which only the options are looked at;
                `lineage`, whether columns are traced.

        Returns:
            `{"schemas": {node id: [{name, type}]}, "problems": […]}`; without a schema are the nodes whose columns
            cannot be known. `lineage`, `{node id: {column: {"inputs": […], "sources": […]}}}`, tells what each
            column is made of in the nodes before, and in the end: lists of `[node id, column]`.
        """
        patience = FOR_THE_REST * float(request.get("timeout", PATIENCE))
        engine = request.get("engine", "duckdb")
        check = Check(request, dialect_of(engine), time.monotonic() + patience)
        check.report_all(None, engine_problems(engine, self._settings))
        with ExitStack() as cleanup:
            scratch = Path(cleanup.enter_context(tempfile.TemporaryDirectory(prefix="logidata-check-")))
            nodes = [node for node in request["nodes"] if node["module_id"] in self._modules]
            configs = {node["id"]: self._config(check, node) for node in nodes}
            for node in request.get("options", ()):
                self._config(check, node)
            for node_id, columns in request.get("given", {}).items():
                check.settle(
                    node_id, _as_source(node_id, tuple(Column(each["name"], each["type"]) for each in columns))
                )
            asked = {
                node["id"]: self._sources.submit(self._source_schema, node, configs[node["id"]], request, scratch)
                for node in nodes
                if configs[node["id"]] is not None and issubclass(self._modules[node["module_id"]], Extractor)
            }
            for node in nodes:
                config = configs[node["id"]]
                if config is not None:
                    self._node(check, node, config, asked.get(node["id"]), scratch)
        return {
            "schemas": {
                node_id: [{"name": column.name, "type": column.type} for column in columns]
                for node_id, columns in check.schemas.items()
            },
            "problems": check.problems,
            "lineage": _described(Lineage(check.lineage)),
        }

    def _config(self, check: Check, node: Mapping[str, Any]) -> Any:
        """The node's parsed options, or None and a problem for each that is wrong."""
        operator = self._modules[node["module_id"]]
        try:
            config = operator.options(node["config"])
            operator.check_installed(config)
            return config
        except InvalidNode as error:
            check.report_all(node["id"], error.problems)
            return None

    def _node(
        self, check: Check, node: Mapping[str, Any], config: Any, asked: Future[Any] | None, scratch: Path
    ) -> None:
        operator = self._modules[node["module_id"]]
        if any(source not in check.relations for sources in node["inputs"].values() for source in sources):
            return  # the problem is further up, and reported there
        by_handle = {handle: [check.relations[s] for s in sources] for handle, sources in node["inputs"].items()}
        try:
            if asked is not None:
                check.settle(node["id"], self._source(check, node, asked))
                check.trace(node, None)
            elif issubclass(operator, Transformer):
                if operator.lookup(config, Inputs(by_handle), check.sql) is not None:
                    check.report(
                        node["id"],
                        "The columns of this node are found in the data when it runs: what follows it is not checked.",
                        hint="Name the values that become columns, and everything is checked before.",
                        code="unknown-columns",
                        severity="warning",
                    )
                    return
                query = operator.transform(config, Inputs(by_handle), check.sql)
                check.settle(
                    node["id"],
                    Relation(step_name(node["id"]), query.columns, query.hidden, query.order, query.row_id),
                )
                check.trace(node, query)
            elif issubclass(operator, Loader):
                check.trace(node, None)
                with self._engine(scratch) as engine:
                    operator.check(config, by_handle["input"][0], self._run(node, check.request, scratch, engine))
        except InvalidNode as error:
            check.report_all(node["id"], error.problems)
        except ModuleError as error:
            option = next((n for n in (error.option, "file_path", "connection_id") if n in node["config"]), None)
            check.report(
                node["id"],
                f"The columns could not be checked: {error}",
                path=pointer(option) if option else "",
                hint="Put it right before the pipeline runs; it can be saved meanwhile.",
                code="unchecked-columns",
                severity="warning",
                place=error.place,
            )
        except Exception:
            log.exception("column check of %s", node["module_id"])
            check.report(
                node["id"],
                "The columns of this node could not be checked.",
                code="unchecked-columns",
                severity="warning",
            )

    def _source(self, check: Check, node: Mapping[str, Any], asked: Future[Any]) -> Relation:
        """The source's relation; when the source is away, as it was at the last save. Differences are warnings."""
        known = check.request.get("known", {}).get(node["id"])
        try:
            columns = asked.result(timeout=max(0.05, check.deadline - time.monotonic()))
        except (ModuleError, TimeoutError) as error:
            if isinstance(error, InvalidNode):
                raise
            reason = str(error) or "the source did not answer in time"
            option, place = (error.option, error.place) if isinstance(error, ModuleError) else (None, None)
            if not known:
                unknown = ModuleError(reason)
                unknown.option, unknown.place = option, place
                raise unknown from None
            columns = tuple(Column(column["name"], column["type"]) for column in known)
            check.report(
                node["id"],
                f"The source could not be read, so the columns of the last save are used: {reason}",
                path=pointer(option) if option else "",
                code="remembered-columns",
                severity="warning",
                place=place,
            )
        if known:
            _compare(check, node, {column["name"]: column["type"] for column in known}, columns)
        return _as_source(node["id"], columns)

    def _source_schema(
        self, node: Mapping[str, Any], config: Any, request: Mapping[str, Any], scratch: Path
    ) -> tuple[Column, ...]:
        operator = self._modules[node["module_id"]]
        assert issubclass(operator, Extractor)
        with self._engine(scratch) as engine:
            return operator.schema(config, self._run(node, request, scratch, engine))

    def _engine(self, scratch: Path) -> DuckDBEngine:
        files = FileStore(self._settings.files_url, scratch).local_root
        return DuckDBEngine(Limits("512MB", 1), [scratch, *([files] if files else [])])

    def _run(self, node: Mapping[str, Any], request: Mapping[str, Any], scratch: Path, engine: DuckDBEngine) -> Run:
        return Run.aside(
            node,
            scratch,
            self._settings.files_url,
            engine,
            log=log,
            connection=airflow_connection,
            params=request.get("params"),
            time_limit=FOR_THE_REST * float(request.get("timeout", PATIENCE)),
        )


def _as_source(node_id: str, columns: tuple[Column, ...]) -> Relation:
    return Relation(step_name(node_id), columns, (Column(ROW_ID, "bigint"),), (), ROW_ID)


def _described(lineage: Lineage) -> dict[str, Any]:
    return {
        node_id: {
            column: {
                "inputs": [[one.node_id, one.column] for one in inputs],
                "sources": [[one.node_id, one.column] for one in lineage.sources[node_id][column]],
            }
            for column, inputs in columns.items()
        }
        for node_id, columns in lineage.nodes.items()
    }


def _compare(check: Check, node: Mapping[str, Any], saved: Mapping[str, str], columns: tuple[Column, ...]) -> None:
    """Says how a source differs from the last save, and what a run would do."""
    change = SchemaChange.between(saved, columns)
    if change:
        policy = node["config"].get("on_schema_change", "adapt")
        stops = change.is_refused(policy)
        check.report(
            node["id"],
            f"The source has changed since the last save. {' '.join(change.sentences)}",
            hint=f"{'Runs stop here until the pipeline is saved again' if stops else 'Save to accept the change'}.",
            code="source-changed",
            severity="warning",
        )

"""The three kinds of modules: what a module file implements, and what its task hands on.

ModuleOperator
├── Extractor      `extract`: no input, one output
├── Transformer    `transform`: a pure function from relations and options to a query
└── Loader         `load`: one input, no output
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

from module_operators.operator import Handle, ModuleOperator, Preset
from module_operators.relation import Column, Inputs, Plan, Query, Relation, SourceFile
from module_operators.run import Run
from module_operators.schema_change import SchemaChange, accepted

if TYPE_CHECKING:
    from module_operators.engines.dialect import Dialect

__all__ = [
    "Extracted",
    "Extractor",
    "Handle",
    "Loaded",
    "Loader",
    "ModuleOperator",
    "Preset",
    "Transformer",
    "outcome",
]


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


def outcome(
    run: Run,
    plan: Plan,
    *,
    rows_out: int | None = None,
    size: int | None = None,
    nodes: Mapping[str, Mapping[str, int]] | None = None,
    metrics: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """What a task hands on: its plan, and what it knows of its rows."""
    return {
        "plan": run.staging.save_plan(plan),
        "columns": [{"name": column.name, "type": column.type} for column in plan.result.columns],
        "rows_in": None,
        "rows_out": rows_out,
        "bytes": size,
        "nodes": nodes or {},
        "metrics": metrics or {},
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
    def sample(cls, config: Any, run: Run, rows: int) -> Extracted:
        """At most the first `rows` rows, for a preview: by `extract`; what has a limit is not read whole."""
        if "limit" in cls.Config.model_fields:
            config = config.model_copy(update={"limit": min(config.limit or rows, rows)})
        extracted = cls.extract(config, run)
        query = replace(extracted.query, sql=f"SELECT * FROM ({extracted.query.sql}) LIMIT {int(rows)}")
        return replace(extracted, query=query)

    @classmethod
    def schema(cls, config: Any, run: Run) -> tuple[Column, ...]:
        """The columns that `extract` would yield, without moving data."""
        raise NotImplementedError

    def work(self, config: Any, run: Run) -> dict[str, Any]:
        extracted = self.extract(config, run)
        query, metrics = self._as_saved(extracted.query, config, run)
        staged = (run.staging.uri,) if extracted.staged else ()
        plan = Plan((run.step(query),), extracted.files, staged)
        if self.materialize and not extracted.staged:
            plan, landed = run.materialized(plan)
            plan, again = run.runner.adopted(run, plan, staged=True)
            written = again or landed
        else:
            plan, written = run.runner.adopted(run, plan, staged=extracted.staged)
        if written is not None:
            return outcome(run, plan, rows_out=written.rows, size=written.bytes, metrics=metrics)
        return outcome(run, plan, rows_out=extracted.rows, size=extracted.bytes, metrics=metrics)

    def _as_saved(self, query: Query, config: Any, run: Run) -> tuple[Query, dict[str, Any]]:
        """The query with the columns that a change of the source leaves, and what is told about that change."""
        change = SchemaChange.between(self.columns, query.columns) if self.columns else SchemaChange()
        if not change:
            return query, {}
        query, what_then = accepted(query, change, config.on_schema_change, run.engine.dialect)
        told = [*change.sentences, what_then]
        run.log.warning("The source has changed since the pipeline was saved. %s", " ".join(told))
        return query, {"schema_changes": told}


class Transformer(ModuleOperator):
    """Turns relations into a relation."""

    tested_against: ClassVar[str] = "DuckDB 2.0."
    ui_color = "#ede9fe"

    @classmethod
    def transform(cls, config: Any, inputs: Inputs, sql: Dialect) -> Query:
        """The module's SELECT over its inputs.

        Raises:
            InvalidNode: the options do not fit the inputs' columns; carries every problem.
        """
        raise NotImplementedError

    @classmethod
    def lookup(cls, config: Any, inputs: Inputs, sql: Dialect) -> Query | None:  # noqa: ARG003 - most know without
        """What must be read from the input before the columns are known; None when the options tell them.

        Raises:
            InvalidNode: as `transform` does.
        """
        return None

    @classmethod
    def completed(cls, config: Any, found: Sequence[tuple[Any, ...]]) -> Any:
        """The options with what `lookup` found.

        Raises:
            DataError: it cannot be used.
        """
        raise NotImplementedError

    @classmethod
    def planned(cls, config: Any, plans: Mapping[str, Sequence[Plan]], run: Run) -> Plan:
        """The inputs' plans, by handle, extended by this node; the input is read when its columns depend on it."""
        inputs = Inputs({handle: [plan.result for plan in several] for handle, several in plans.items()})
        before = [plan for several in plans.values() for plan in several]
        sql = run.runner.dialect(run)
        lookup = cls.lookup(config, inputs, sql)
        if lookup is not None:
            config = cls.completed(config, run.runner.rows(run, run.extended(before, lookup)))
        return run.extended(before, cls.transform(config, inputs, sql))

    def work(self, config: Any, run: Run) -> dict[str, Any]:
        plan = self.planned(config, self.plans(run), run)
        if self.materialize:
            materialized, written = run.runner.materialized(run, plan)
            nodes = run.runner.node_rows(run, plan)
            return outcome(run, materialized, rows_out=written.rows, size=written.bytes, nodes=nodes)
        run.log.debug("%s", plan.steps[-1].query.sql)
        return outcome(run, plan)


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

    def work(self, config: Any, run: Run) -> dict[str, Any]:
        (plan,) = self.plans(run)["input"]
        self.check(config, plan.result, run)
        loaded = self.load(config, run.runner.loadable(run, plan), run)
        nodes = run.runner.node_rows(run, plan)
        return {"rows_in": loaded.rows, "rows_out": None, "bytes": loaded.bytes, "plan": None, "nodes": nodes}

"""How the plans of a pipeline become rows: in the task's own process, or on Spark, as the pipeline chose."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol

from module_operators.problems import EngineError
from module_operators.relation import HIDDEN_PREFIX, ROW_ID, Column, Plan, Query

if TYPE_CHECKING:
    from module_operators.engines.dialect import Dialect
    from module_operators.engines.duckdb import Written
    from module_operators.engines.spark import SparkEngine
    from module_operators.run import Run
    from module_operators.staging import Staging

_ROWS = "rows"
"""The folder of what Spark writes, beside the plan's file, which is no Parquet."""


class Runner(Protocol):
    """A pipeline's engine as its tasks see it. Sources are read, and targets written, by DuckDB whatever it is."""

    def dialect(self, run: Run) -> Dialect:
        """What transformers write their queries in."""
        ...

    def adopted(self, run: Run, plan: Plan, *, staged: bool) -> tuple[Plan, Written | None]:
        """An extractor's plan in this engine's dialect; its rows where the engine can read them."""
        ...

    def materialized(self, run: Run, plan: Plan) -> tuple[Plan, Written]:
        """Runs a plan into staging; the answer reads what was written."""
        ...

    def rows(self, run: Run, plan: Plan) -> list[tuple[Any, ...]]:
        """The few rows of a plan that a task has to look at, in its order."""
        ...

    def loadable(self, run: Run, plan: Plan) -> Plan:
        """The plan as one that DuckDB can run into a target."""
        ...

    def node_rows(self, run: Run, plan: Plan) -> Mapping[str, Mapping[str, int]]:
        """Exact row counts of the nodes of the plan that ran last."""
        ...


class InProcess:
    """DuckDB: every plan is its own already."""

    def dialect(self, run: Run) -> Dialect:
        return run.engine.dialect

    def adopted(self, run: Run, plan: Plan, *, staged: bool) -> tuple[Plan, Written | None]:  # noqa: ARG002
        return plan, None

    def materialized(self, run: Run, plan: Plan) -> tuple[Plan, Written]:
        return run.materialized(plan)

    def rows(self, run: Run, plan: Plan) -> list[tuple[Any, ...]]:
        return run.engine.run(plan, run.engine.compose(plan))

    def loadable(self, run: Run, plan: Plan) -> Plan:  # noqa: ARG002
        return plan

    def node_rows(self, run: Run, plan: Plan) -> Mapping[str, Mapping[str, int]]:
        return run.engine.node_rows(plan)


@dataclass(frozen=True, slots=True)
class OnSpark:
    """Spark Connect: it reads and writes Parquet in a staging folder that its server shares with the workers."""

    engine: SparkEngine

    def dialect(self, run: Run) -> Dialect:  # noqa: ARG002
        return self.engine.dialect

    def adopted(self, run: Run, plan: Plan, *, staged: bool) -> tuple[Plan, Written | None]:
        """Landed by DuckDB, unless it wrote exactly these columns already."""
        _check_shared(run)
        result, written = plan.result, None
        if not (staged and _columns_of_the_file(run) == (*result.columns, *result.hidden)):
            _, written = run.materialized(plan)
        return self._scanned(run, plan, "part-0.parquet"), written

    def materialized(self, run: Run, plan: Plan) -> tuple[Plan, Written]:
        written = self._write(run, plan, hidden=True)
        return self._scanned(run, plan, _ROWS), written

    def rows(self, run: Run, plan: Plan) -> list[tuple[Any, ...]]:  # noqa: ARG002
        return self.engine.rows(plan)

    def loadable(self, run: Run, plan: Plan) -> Plan:
        """Spark runs it into staging, in order; the loader reads the files one after the other."""
        self._write(run, plan, hidden=False)
        quote, literal, result = run.engine.dialect.quote, run.engine.dialect.literal, plan.result
        has_order = bool(result.order or result.row_id)
        number = f", row_number() OVER () AS {quote(ROW_ID)}" if has_order else ""
        files = literal(str(run.staging.final_path(_ROWS) / "part-*.parquet"))
        query = Query(
            f"SELECT {run.engine.dialect.columns(result.columns)}{number} "
            f"FROM read_parquet({files}, hive_partitioning = false)",
            result.columns,
            (Column(ROW_ID, "bigint"),) if has_order else (),
            (),
            ROW_ID if has_order else None,
            "scan",
        )
        return Plan((run.step(query),), (), (run.staging.uri,))

    def node_rows(self, run: Run, plan: Plan) -> Mapping[str, Mapping[str, int]]:  # noqa: ARG002
        return self.engine.node_rows()

    def _write(self, run: Run, plan: Plan, *, hidden: bool) -> Written:
        from module_operators.engines.duckdb import Written  # noqa: PLC0415

        _check_shared(run)
        with run.landing() as folder:
            target = folder / _ROWS
            self.engine.write(plan, f"file://{target}", hidden=hidden)
            files = sorted(target.glob("part-*.parquet"))
            if not files:
                raise EngineError(
                    f"Spark wrote nothing that can be seen in '{run.staging.local_root}': "
                    "its server has to share this folder with the workers."
                )
            count = run.engine.connection.execute(
                "SELECT sum(num_rows) FROM parquet_file_metadata(?)", [[str(file) for file in files]]
            ).fetchone()
            return Written(int(count[0]) if count else 0, sum(file.stat().st_size for file in files))

    def _scanned(self, run: Run, plan: Plan, name: str) -> Plan:
        """What lies in staging as this node's result, its order and hidden columns as they were."""
        result, dialect = plan.result, self.engine.dialect
        query = Query(
            f"SELECT {dialect.everything(result)} FROM {self.engine.files(f'file://{run.staging.final_path(name)}')}",
            result.columns,
            result.hidden,
            result.order,
            result.row_id,
            "scan",
        )
        return Plan((run.step(query),), (), (run.staging.uri,), self.engine.dialect.name)


def stored_rows(plan: Plan, staging: Staging, sql: Dialect) -> Plan | None:
    """A plan of Spark's that only reads what lies in staging, as DuckDB reads it; None when Spark would have to work.

    Args:
        plan: as a task handed it on.
        staging: where it lies.
        sql: DuckDB's.
    """
    step = plan.steps[-1]
    if len(plan.steps) != 1 or len(plan.staged) != 1 or step.query.shape != "scan":
        return None
    folder = staging.folder(plan.staged[0])
    files = sql.literal(str((folder / _ROWS if (folder / _ROWS).is_dir() else folder) / "part-*.parquet"))
    query = replace(
        step.query,
        sql=f"SELECT {sql.everything(plan.result)} FROM read_parquet({files}, hive_partitioning = false)",
        diagnosis=None,
    )
    return Plan((replace(step, query=query),), (), plan.staged)


def _columns_of_the_file(run: Run) -> tuple[Column, ...] | None:
    """The columns of a landed file, when every type in it is one that all engines read alike."""
    files = sorted(run.staging.final_path("").glob("*.parquet"))
    if [file.name for file in files] != ["part-0.parquet"]:
        return None
    described = run.engine.scan(
        f"SELECT * FROM read_parquet({run.engine.dialect.literal(str(files[0]))}, hive_partitioning = false)",
        row_id=None,
    )
    is_plain = f"CAST({run.engine.dialect.quote('')[0]}" not in described.sql
    hidden_last = sorted(described.columns, key=lambda column: column.name.startswith(HIDDEN_PREFIX))
    return tuple(hidden_last) if is_plain else None


def _check_shared(run: Run) -> None:
    if not run.staging.is_local:
        raise EngineError(
            "Spark works with a staging folder that its server shares with the workers; "
            "LOGIDATA_STAGING_URL is an object store. Choose duckdb, or a shared folder."
        )

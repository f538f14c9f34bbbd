"""What a module sees of the run that it works in."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from module_operators.engines.runners import InProcess, Runner
from module_operators.problems import DataError
from module_operators.relation import HIDDEN_PREFIX, Plan, Query, Step

if TYPE_CHECKING:
    from airflow.sdk import Connection

    from module_operators.engines.duckdb import DuckDBEngine, Written
    from module_operators.files import FileStore
    from module_operators.staging import Staging

# Row groups small enough for several threads, and to keep a sorted write within a small memory limit.
STAGING_FORMAT = "FORMAT parquet, COMPRESSION snappy, ROW_GROUP_SIZE 122880"

SOURCE_ROW = f"{HIDDEN_PREFIX}source_row"
MOST_ROWS_OF_A_FILE = 2**40
"""Rows of several files are numbered apart by it: file by file, in the order of their names."""


class Log(Protocol):
    """The task's log: Airflow's, or the standard library's."""

    def debug(self, event: str, /, *args: Any) -> Any: ...
    def info(self, event: str, /, *args: Any) -> Any: ...
    def warning(self, event: str, /, *args: Any) -> Any: ...


_PLACEHOLDER = re.compile(r"\$(?:\$|\{([^{}]*)\})")


@dataclass(frozen=True, slots=True)
class Run:
    """One try of one node: its parameters, places, engine and log."""

    dag_id: str
    run_id: str
    task_id: str
    node_id: str
    label: str
    params: Mapping[str, Any]
    staging: Staging
    files: FileStore
    engine: DuckDBEngine
    log: Log
    connection: Callable[[str], Connection]
    time_limit: float | None = None
    """Seconds that a source or target may take to answer, while somebody waits for a check; None in a task."""
    runner: Runner = field(default_factory=InProcess)
    """The pipeline's engine; `engine` reads sources and writes targets whatever it is."""

    @classmethod
    def aside(
        cls,
        node: Mapping[str, Any],
        scratch: Path,
        files_url: str,
        engine: DuckDBEngine,
        *,
        log: Log,
        connection: Callable[[str], Connection],
        params: Mapping[str, Any] | None = None,
        time_limit: float,
    ) -> Run:
        """A node's work outside of any DAG run, for somebody who waits: a check, a preview.

        Args:
            node: its `id` and `label`.
            scratch: what it stages lies there.
            files_url: the file store.
            engine: may read both.
            log: where it tells what it does.
            connection: where it finds connections.
            params: the pipeline's defaults.
            time_limit: seconds.
        """
        from module_operators.files import FileStore  # noqa: PLC0415
        from module_operators.staging import Staging  # noqa: PLC0415

        return cls(
            dag_id="aside",
            run_id="aside",
            task_id=node["id"],
            node_id=node["id"],
            label=node["label"],
            params=params or {},
            staging=Staging(str(scratch), "aside", "aside", node["id"], 1),
            files=FileStore(files_url, scratch),
            engine=engine,
            log=log,
            connection=connection,
            time_limit=time_limit,
        )

    @property
    def load_key(self) -> str:
        """What marks a load as done, the same for every try: dag id, run id and task id."""
        return "\n".join((self.dag_id, self.run_id, self.task_id))

    @property
    def short_load_key(self) -> str:
        """The same where a name or an id has to be short and of letters and digits."""
        return short_key(self.load_key)

    def substitute(self, text: str) -> str:
        """`${name}` replaced by the run's parameters; `$$` is a dollar sign.

        Raises:
            DataError: a name that has no value.
        """

        return substituted(text, self.params, self.node_id)

    def step(self, query: Query, inputs: Iterable[Plan] = ()) -> Step:
        """The query as this node's step of a plan."""
        names = tuple(dict.fromkeys(plan.result.name for plan in inputs))
        return Step(step_name(self.node_id), self.node_id, self.label, query, names)

    def extended(self, inputs: Sequence[Plan], query: Query) -> Plan:
        """The plans of this node's inputs side by side, and its query over their results."""
        return Plan.merged(inputs).extended(self.step(query, inputs))

    @contextmanager
    def landing(self) -> Iterator[Path]:
        """A local staging folder to write Parquet files to; complete or absent for whoever reads."""
        with self.staging.writing() as folder:
            yield folder

    def landed(self) -> Query:
        """The Parquet files that were written in `landing`, as the first query of a plan, file after file."""
        files = self.engine.dialect.literal(str(self.staging.final_path("*.parquet")))
        number = f"CAST(file_index AS BIGINT) * {MOST_ROWS_OF_A_FILE} + file_row_number"
        return self.engine.scan(
            f"SELECT *, {number} AS {SOURCE_ROW} FROM read_parquet({files}, hive_partitioning = false)",
            row_id=SOURCE_ROW,
        )

    def materialized(self, plan: Plan) -> tuple[Plan, Written]:
        """Runs a plan into staging; the answer reads what was written."""
        with self.landing() as folder:
            written = self.engine.copy(plan, str(folder / "part-0.parquet"), STAGING_FORMAT, hidden=True)
        result = plan.result
        quote = self.engine.dialect.quote
        columns = ", ".join(quote(column.name) for column in (*result.columns, *result.hidden))
        source = self.engine.dialect.literal(str(self.staging.final_path("part-0.parquet")))
        query = Query(
            f"SELECT {columns} FROM read_parquet({source}, hive_partitioning = false)",
            result.columns,
            result.hidden,
            result.order,
            result.row_id,
            "scan",
        )
        return Plan((self.step(query),), (), (self.staging.uri,)), written


def substituted(text: str, params: Mapping[str, Any], node_id: str) -> str:
    """As `Run.substitute` does."""

    def value(match: re.Match[str]) -> str:
        name = match[1]
        if name is None:
            return "$"
        if params.get(name) is None:
            raise DataError(f"'{text}' needs the parameter '{name}', which this run does not have.", node_id)
        return str(params[name])

    return _PLACEHOLDER.sub(value, text)


def step_name(node_id: str) -> str:
    """A node's name inside SQL; names that SQL engines fold or that collide become a hash."""
    import hashlib  # noqa: PLC0415

    if re.fullmatch(r"[a-z][a-z0-9_]{0,40}", node_id):
        return node_id
    return f"node_{hashlib.sha256(node_id.encode('utf-8', 'surrogatepass')).hexdigest()[:12]}"


def short_key(load_key: str) -> str:
    """A load's key as `Run.short_load_key` has it."""
    return hashlib.sha256(load_key.encode("utf-8", "surrogatepass")).hexdigest()[:32]

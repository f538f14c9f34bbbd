"""Spark: for data that outgrows one machine. Plans run on a Spark Connect server, which writes Parquet."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self

from module_operators.engines.spark_session import SparkServer, is_away, message_of
from module_operators.engines.spark_sql import SparkDialect, logical_type
from module_operators.problems import DataError, EngineError, Stopped
from module_operators.relation import Column, Plan, SortKey, Step

if TYPE_CHECKING:
    from pyspark.sql import DataFrame
    from pyspark.sql.connect.session import SparkSession

_log = logging.getLogger("logidata.spark")

_COUNTED_LEVELS = 8
"""Steps above each other whose rows are counted: each lies inside the next, and messages nest 100 levels deep."""


class SparkEngine:
    """Runs plans on a server. A context manager: the session lives as long as the task needs it."""

    dialect = SparkDialect()

    def __init__(self, server: SparkServer) -> None:
        self._server = server
        self._session: SparkSession | None = None
        self._rows: dict[str, dict[str, int]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None = None, *_: object) -> None:
        if self._session is None:
            return
        session, self._session = self._session, None
        try:
            if kind is not None:
                session.interruptAll()
            session.stop()
        except Exception as error:  # noqa: BLE001 - the work is done, or its failure is what has to be told
            _log.info("Spark did not end the session, which it forgets by itself: %s", message_of(error))

    def _interrupt(self) -> None:
        """Ends what the server does for this session; a server that is away does nothing any more."""
        from pyspark.errors import PySparkException  # noqa: PLC0415

        try:
            self.session.interruptAll()  # what the client has let go already is stopped by that, and not told here
        except PySparkException as error:
            _log.warning("Spark could not be told to stop: %s", message_of(error))
        else:
            _log.info("Spark was told to stop.")

    @property
    def session(self) -> SparkSession:
        if self._session is None:
            self._session = self._server.connected()
        return self._session

    def describe(self, plan: Plan) -> tuple[Column, ...]:
        """The plan's visible columns as Spark types them; runs nothing."""
        fields = self.session.sql(self.compose(plan)).schema.fields
        return tuple(Column(field.name, logical_type(field.dataType.simpleString())) for field in fields)

    def compose(self, plan: Plan, *, hidden: bool = False) -> str:
        """The plan as one query over its last step, in no order."""
        columns = self._columns(plan, hidden=hidden)
        return f"WITH {self._steps(plan.steps)}\nSELECT {columns} FROM {self.dialect.quote(plan.result.name)}"

    def write(self, plan: Plan, target: str, *, hidden: bool = False) -> None:
        """Runs the plan into Parquet files in the folder `target`, an address that the server knows.

        Their names sort as the rows do: by the relation's sort keys, then by its row id, so that ties are decided.
        """
        from pyspark.errors import PySparkException  # noqa: PLC0415

        self._rows = {}
        session = self.session
        try:
            frame = self._counted(plan, plan.steps[-1], _COUNTED_LEVELS)
            keys = [*plan.result.order, *([SortKey(plan.result.row_id)] if plan.result.row_id else [])]
            if keys:
                # Rebalanced first: to sort, Spark reads its input twice; it would compute and count it twice.
                everything = _braces(self.dialect.everything(plan.result))
                rows = f"(SELECT /*+ REBALANCE */ {everything} FROM {{rows}})"
                query = _braces(f"SELECT {self._columns(plan, hidden=hidden)} FROM ") + rows
                query += _braces(f" {self.dialect.order_by(keys)}")
            else:
                query = _braces(f"SELECT {self._columns(plan, hidden=hidden)} FROM ") + "{rows}"
            answer = session.sql(query, rows=frame)
            answer.write.mode("append").parquet(target)
        except PySparkException as error:
            raise self.attributed(plan, error) from error
        except Stopped:
            self._interrupt()  # at once, before the folder is removed that Spark writes to
            raise
        info = answer.executionInfo
        counts = {flow[0]: dict(flow[1]).get("rows") for flow in (info.flows if info else [])}
        self._rows = {
            step.node_id: {"rows_out": int(rows)} for step in plan.steps if (rows := counts.get(step.name)) is not None
        }

    def rows(self, plan: Plan) -> list[tuple[Any, ...]]:
        """The few rows of a plan that a task has to look at, in its order."""
        from pyspark.errors import PySparkException  # noqa: PLC0415

        try:
            found = self.session.sql(f"{self.compose(plan)} {self.dialect.order_by(plan.result.order)}").collect()
        except PySparkException as error:
            raise self.attributed(plan, error) from error
        return [tuple(row) for row in found]

    def node_rows(self) -> Mapping[str, dict[str, int]]:
        """Exact row counts of the nodes of the last plan that was written, as far as they were counted."""
        return self._rows

    def count(self, folder: str) -> int:
        """Rows of the Parquet files in a folder, by their footers."""
        from pyspark.errors import PySparkException  # noqa: PLC0415

        try:
            ((rows,),) = self.session.sql(f"SELECT count(*) FROM {self.files(folder)}").collect()
        except PySparkException as error:
            raise self._server.unusable(error) from error
        return int(rows)

    def files(self, address: str) -> str:
        """FROM clause of the Parquet files at an address."""
        return f"parquet.{self.dialect.quote(address)}"

    def attributed(self, plan: Plan, error: Exception) -> DataError | EngineError:
        """The error with the node that caused it: prefixes of the plan run until the first one fails."""
        from pyspark.errors import PySparkException  # noqa: PLC0415

        if is_away(error):
            return self._server.unusable(error)
        for length in range(1, len(plan.steps) + 1):
            prefix = plan.prefix(length)
            columns = self.dialect.everything(prefix.result)
            if not columns:
                continue
            # A checksum over every column makes the engine evaluate all of them and keep none.
            probe = f"SELECT bit_xor(xxhash64({columns})) FROM ({self.compose(prefix, hidden=True)})"
            try:
                self.session.sql(probe).collect()
            except PySparkException as found:
                if is_away(found):
                    return self._server.unusable(found)
                return DataError(self._diagnosed(prefix) or message_of(found), prefix.steps[-1].node_id)
        return DataError(message_of(error))

    def _diagnosed(self, plan: Plan) -> str | None:
        """What the failed last step itself can tell about its first bad row."""
        from pyspark.errors import PySparkException  # noqa: PLC0415

        *before, step = plan.steps
        if step.query.diagnosis is None:
            return None
        named = f"WITH {self._steps(tuple(before))}\n" if before else ""
        try:
            rows = self.session.sql(f"{named}{step.query.diagnosis}").collect()
        except PySparkException:
            return None
        return str(rows[0][0]) if rows else None

    def _counted(self, plan: Plan, step: Step, levels: int) -> DataFrame:
        """A step over its inputs, each counting its rows where it stands; deeper ones than `levels` do not."""
        from pyspark.sql.connect import functions  # noqa: PLC0415

        by_name = {each.name: each for each in plan.steps}
        if levels == 0 or step.query.shape == "scan" or not step.inputs:
            before = _needed(step, by_name)
            rows = self.session.sql(f"WITH {self._steps(before)} SELECT * FROM {self.dialect.quote(step.name)}")
        else:
            inputs: dict[str, Any] = {
                f"input_{number}": self._counted(plan, by_name[name], levels - 1)
                for number, name in enumerate(step.inputs)
            }
            named = ", ".join(
                f"{_braces(self.dialect.quote(name))} AS (SELECT * FROM {{input_{number}}})"
                for number, name in enumerate(step.inputs)
            )
            rows = self.session.sql(f"WITH {named} {_braces(step.query.sql)}", **inputs)
        if levels == 0 or step.query.shape == "scan":  # how many a scan reads is known; counted, it could not skip any
            return rows
        return rows.observe(step.name, functions.count(functions.lit(1)).alias("rows"))

    def _steps(self, steps: tuple[Step, ...]) -> str:
        return ",\n".join(f"{self.dialect.quote(step.name)} AS (\n  {step.query.sql}\n)" for step in steps)

    def _columns(self, plan: Plan, *, hidden: bool) -> str:
        return self.dialect.everything(plan.result) if hidden else self.dialect.columns(plan.result.columns)


def _needed(step: Step, by_name: Mapping[str, Step]) -> tuple[Step, ...]:
    """The step after all that it reads, directly or not."""
    found: dict[str, Step] = {}
    for name in step.inputs:
        found.update((each.name, each) for each in _needed(by_name[name], by_name))
    return (*found.values(), step)


def _braces(sql: str) -> str:
    """The SQL inside a template, whose braces name frames."""
    return sql.replace("{", "{{").replace("}", "}}")

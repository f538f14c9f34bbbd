from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

from pydantic import model_validator

from module_operators.base import Preset, Transformer
from module_operators.config import ColumnName, ModuleConfig, NewColumnName, field
from module_operators.engines.dialect import Argument, Dialect
from module_operators.problems import Findings
from module_operators.relation import HIDDEN_PREFIX, Column, Inputs, Query, Relation, SortKey

Function = Literal["sum", "mean", "min", "max", "count", "count_distinct", "median", "stddev", "first", "last"]
_OF_NUMBERS = {"sum", "mean", "median", "stddev"}
_BY_ORDER = {"first", "last"}


class Aggregation(ModuleConfig):
    function: Function = field(
        ...,
        "Function",
        "What is computed for each group. Nulls are left out, but first and last take their row's value as it is.",
    )
    column: ColumnName | None = field(None, "Column", "What it is computed from; count without a column counts rows.")
    alias: NewColumnName | None = field(
        None, "Name", "The new column; empty for <function>_<column>, or count.", "total_amount"
    )

    @model_validator(mode="after")
    def _column_when_needed(self) -> "Aggregation":
        if self.column is None and self.function != "count":
            raise ValueError(f"{self.function} needs a column.")
        return self

    @property
    def name(self) -> str:
        return self.alias or (f"{self.function}_{self.column}" if self.column else self.function)


class AggregateConfig(ModuleConfig):
    group_by: list[ColumnName] = field(
        [],
        "Group by",
        "One row for each combination of these columns, null being a value like others; empty: one row for all.",
        ["region"],
        max_length=100,
    )
    aggregations: list[Aggregation] = field(
        ...,
        "Aggregations",
        "The columns to compute for each group.",
        [{"function": "sum", "column": "amount", "alias": "total_amount"}],
        min_length=1,
        max_length=200,
    )


class AggregateTransformer(Transformer):
    """Group rows and compute sums, counts, averages and more, ordered by the groups."""

    display_name: ClassVar = "Aggregate"
    category: ClassVar = "rows"
    icon: ClassVar = "sigma"
    presets: ClassVar = (
        Preset(
            "sales-by-region",
            "Sales by region",
            "Orders and revenue of each region.",
            {
                "group_by": ["region"],
                "aggregations": [
                    {"function": "sum", "column": "amount", "alias": "total_sales"},
                    {"function": "count", "alias": "orders"},
                    {"function": "mean", "column": "amount", "alias": "average_order"},
                ],
            },
        ),
        Preset(
            "daily-metrics",
            "Daily metrics",
            "Rows, sum, smallest and largest value of each day.",
            {
                "group_by": ["date"],
                "aggregations": [
                    {"function": "count", "alias": "events"},
                    {"function": "sum", "column": "value", "alias": "total"},
                    {"function": "min", "column": "value", "alias": "smallest"},
                    {"function": "max", "column": "value", "alias": "largest"},
                ],
            },
        ),
        Preset(
            "user-activity",
            "User activity",
            "How often each user came, on how many days, first and last.",
            {
                "group_by": ["user_id"],
                "aggregations": [
                    {"function": "count", "alias": "events"},
                    {"function": "count_distinct", "column": "date", "alias": "active_days"},
                    {"function": "min", "column": "created_at", "alias": "first_seen"},
                    {"function": "max", "column": "created_at", "alias": "last_seen"},
                ],
            },
        ),
    )
    Config: ClassVar = AggregateConfig

    @classmethod
    def transform(cls, config: AggregateConfig, inputs: Inputs, sql: Dialect) -> Query:
        source, findings = inputs.one, Findings()
        keys = findings.columns(source, config.group_by, "/group_by")
        for index, aggregation in enumerate(config.aggregations):
            _check(aggregation, source, f"/aggregations/{index}", findings)
        findings.distinct(
            [
                *((name, f"/group_by/{index}") for index, name in enumerate(config.group_by)),
                *((a.name, f"/aggregations/{index}/alias") for index, a in enumerate(config.aggregations)),
            ]
        )
        findings.raise_if_any()
        query = _Grouped(source, keys, sql, [])
        computed = [query.aggregate(aggregation) for aggregation in config.aggregations]
        items = [sql.quote(key.name) for key in keys]
        items += [f"{expression} AS {sql.quote(column.name)}" for column, expression in computed]
        group = f" GROUP BY {sql.columns(keys)}" if keys else ""
        return Query(
            f"SELECT {', '.join(items)} FROM {query.rows()}{group}",
            (*keys, *(column for column, _ in computed)),
            order=tuple(SortKey(key.name) for key in keys),
            # Distinct values are an aggregation of their own to the engine: its profile counts those, not the rows.
            shape="other" if any(a.function == "count_distinct" for a in config.aggregations) else "aggregate",
        )


def _check(aggregation: Aggregation, source: Relation, path: str, findings: Findings) -> None:
    function = aggregation.function
    if aggregation.column is None:
        return
    column = findings.column(source, aggregation.column, f"{path}/column")
    if column is None:
        return
    problem = None
    if function in _OF_NUMBERS and not column.is_numeric:
        problem = f"{function} needs numbers; '{column.name}' is {column.type}.", "Cast Data Types can make it one."
    elif function in {"min", "max"} and column.type.startswith(("list(", "binary")):
        problem = f"{function} needs values that can be ordered; '{column.name}' is {column.type}.", None
    if problem:
        findings.add(f"{path}/column", *problem, "wrong-type")
    if function in _BY_ORDER and not source.order and not source.row_id:
        findings.add(
            f"{path}/function", f"The rows have no order for '{function}'.", "Put a Sort in front.", "no-order"
        )


@dataclass(frozen=True, slots=True)
class _Grouped:
    """The source's rows with the row numbers within their group that median, first and last need."""

    source: Relation
    keys: Sequence[Column]
    sql: Dialect
    numbers: list[str]

    def aggregate(self, aggregation: Aggregation) -> tuple[Column, str]:
        """The new column and its SQL."""
        if aggregation.column is None:
            return Column(aggregation.name, "bigint"), "count(*)"
        column = self.source[aggregation.column]
        quoted = self.sql.quote(column.name)
        kind, expression = self._computed(aggregation.function, column, quoted)
        return Column(aggregation.name, kind), expression

    def _computed(self, function: Function, column: Column, quoted: str) -> tuple[str, str]:  # noqa: PLR0911
        number = f"CAST({quoted} AS {self.sql.type_name('float')})"
        match function:
            case "count":
                return "bigint", f"count({quoted})"
            case "count_distinct":
                return "bigint", f"count(DISTINCT {quoted})"
            case "sum":
                return self._sum(column, quoted)
            case "mean":
                return "float", f"avg({number})"
            case "stddev":
                return "float", self.sql.function("stddev_of", [Argument(number, "float")])
            case "median":
                return "float", self._median(quoted, number)
            case "first" | "last":
                return column.type, self._at_end(function, column, quoted)
        return column.type, f"{function}({quoted})"

    def _sum(self, column: Column, quoted: str) -> tuple[str, str]:
        if column.type in {"integer", "bigint"}:
            subject = Argument(self.sql.literal(f"The sum of '{column.name}'"), "string")
            return "bigint", self.sql.function("sum_of_integers", [Argument(quoted, column.type), subject])
        if column.type == "float":
            return "float", f"sum({quoted})"
        kind = f"decimal(38,{column.type[8:-1].split(',')[1].strip()})"
        return kind, f"CAST(sum({quoted}) AS {self.sql.type_name(kind)})"

    def _median(self, quoted: str, number: str) -> str:
        """The mean of the middle values, by row numbers: engines spill those, but hold all of a median's values."""
        place = self._numbered(f"row_number() OVER ({self._partition}ORDER BY {quoted} ASC NULLS LAST)")
        count = self._numbered(f"count({quoted}) OVER ({self._partition.rstrip()})")
        middle = f"2 * {place} BETWEEN {count} AND {count} + 2"
        return f"avg(CASE WHEN {middle} THEN {number} END)"

    def _at_end(self, function: Function, column: Column, quoted: str) -> str:
        """The value of the group's first or last row, null or not."""
        if not self.source.order and self.source.row_id and self.source.row_id_type:
            by = Argument(self.sql.quote(self.source.row_id), self.source.row_id_type)
            return self.sql.function(f"{function}_by", [Argument(quoted, column.type), by])
        return f"max(CASE WHEN {self._by_order(function)} = 1 THEN {quoted} END)"

    def _by_order(self, function: Function) -> str:
        """The row's number in its group, from the first or from the last."""
        keys = self.sql.order_keys(self.source)
        if function == "last":
            keys = [key.reversed for key in keys]
        return self._numbered(f"row_number() OVER ({self._partition}{self.sql.order_by(keys)})")

    @property
    def _partition(self) -> str:
        return f"PARTITION BY {self.sql.columns(self.keys)} " if self.keys else ""

    def _numbered(self, window: str) -> str:
        if window not in self.numbers:
            self.numbers.append(window)
        return self.sql.quote(f"{HIDDEN_PREFIX}number_{self.numbers.index(window) + 1}")

    def rows(self) -> str:
        """What the groups are made of."""
        table = self.sql.table(self.source)
        if not self.numbers:
            return table
        windows = [
            f"{window} AS {self.sql.quote(f'{HIDDEN_PREFIX}number_{index}')}"
            for index, window in enumerate(self.numbers, 1)
        ]
        columns = self.sql.everything(self.source)
        return f"(SELECT {columns}, {', '.join(windows)} FROM {table}) AS numbered"

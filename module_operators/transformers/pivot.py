from collections.abc import Sequence
from typing import Any, ClassVar, Literal

from module_operators.base import Preset, Transformer
from module_operators.casts import refusal
from module_operators.column_names import unique_names
from module_operators.config import ColumnName, ModuleConfig, field
from module_operators.engines.dialect import Dialect
from module_operators.problems import DataError, Findings, InvalidNode, ModuleProblem
from module_operators.relation import HIDDEN_PREFIX, Column, Inputs, Query, Relation, SortKey
from module_operators.transformers.aggregate import AggregateConfig, AggregateTransformer
from module_operators.values import Scalar, has_values, literal, typed_value

MOST_COLUMNS = 1000


class PivotConfig(ModuleConfig):
    index: list[ColumnName] = field(
        ...,
        "Rows",
        "One row for each combination of these columns, in their order; null is a value like others.",
        ["country"],
        min_length=1,
        max_length=100,
    )
    columns: ColumnName = field(
        ..., "Columns from", "The column whose values become columns; rows where it is null give none.", "year"
    )
    values: ColumnName = field(..., "Values from", "The column that fills them.", "sales")
    aggregation: Literal["sum", "mean", "min", "max", "count", "first"] = field(
        "sum",
        "Aggregation",
        "What is made of several values of one cell. A cell without values is null, or 0 for count.",
    )
    column_values: list[Scalar] = field(
        [],
        "Values that become columns",
        "In this order; other values are left out. Empty: all that are found in the data, smallest first - then the "
        "columns are known only when it runs, and later steps cannot be checked before.",
        ["2023", "2024"],
        max_length=MOST_COLUMNS,
    )


class PivotTransformer(Transformer):
    """Turn the values of a column into columns of their own."""

    display_name: ClassVar = "Pivot"
    category: ClassVar = "reshape"
    icon: ClassVar = "fold-horizontal"
    presets: ClassVar = (
        Preset(
            "sales-by-year",
            "Sales by year",
            "A row for each country, a column for each year.",
            {"index": ["country"], "columns": "year", "values": "sales", "column_values": [2023, 2024]},
        ),
        Preset(
            "counts",
            "Counts",
            "How often each status occurs.",
            {"index": ["customer_id"], "columns": "status", "values": "order_id", "aggregation": "count"},
        ),
    )
    Config: ClassVar = PivotConfig

    @classmethod
    def lookup(cls, config: PivotConfig, inputs: Inputs, sql: Dialect) -> Query | None:
        if config.column_values:
            return None
        source, (key, _) = inputs.one, _checked(config, inputs, sql)
        name, value, text = (sql.quote(each) for each in (key.name, f"{HIDDEN_PREFIX}value", "value"))
        query = (
            f"SELECT {sql.cast(name, key.type, 'string')} AS {text}, {name} AS {value} FROM {sql.table(source)} "
            f"WHERE {name} IS NOT NULL GROUP BY {name} ORDER BY {name} LIMIT {MOST_COLUMNS + 1}"
        )
        hidden = Column(f"{HIDDEN_PREFIX}value", key.type)
        return Query(query, (Column("value", "string"),), (hidden,), (SortKey(hidden.name),))

    @classmethod
    def completed(cls, config: PivotConfig, found: Sequence[tuple[Any, ...]]) -> PivotConfig:
        if len(found) > MOST_COLUMNS:
            raise DataError(
                f"Column '{config.columns}' has more than {MOST_COLUMNS:,} values, too many to become columns. "
                "Name those that should under 'Values that become columns'."
            )
        return config.model_copy(update={"column_values": [row[0] for row in found]})

    @classmethod
    def transform(cls, config: PivotConfig, inputs: Inputs, sql: Dialect) -> Query:
        key, cells = _checked(config, inputs, sql)
        values = [typed_value(given, key.type) for given in config.column_values]
        texts = [_text(value) for value in values]
        names = unique_names([*config.index, *texts])[len(config.index) :]
        found, cell = sql.quote(key.name), cells.columns[-1]
        items = [sql.quote(name) for name in config.index]
        columns = [inputs.one[name] for name in config.index]
        for value, name in zip(values, names, strict=True):
            one = f"max(CASE WHEN {found} = {literal(value, key.type, sql)} THEN {sql.quote(cell.name)} END)"
            one = f"coalesce({one}, 0)" if config.aggregation == "count" else one
            items.append(f"{one} AS {sql.quote(name)}")
            columns.append(Column(name, cell.type))
        index = ", ".join(sql.quote(name) for name in config.index)
        query = f"SELECT {', '.join(items)} FROM ({cells.sql}) AS cells GROUP BY {index}"
        return Query(query, tuple(columns), order=tuple(SortKey(name) for name in config.index))


def _checked(config: PivotConfig, inputs: Inputs, sql: Dialect) -> tuple[Column, Query]:
    """The column that is turned, and one row for each cell.

    Raises:
        InvalidNode: with every problem of the options.
    """
    source, findings = inputs.one, Findings()
    findings.columns(source, config.index, "/index")
    key = findings.column(source, config.columns, "/columns")
    values = findings.column(source, config.values, "/values")
    findings.distinct((name, f"/index/{number}") for number, name in enumerate(config.index))
    if config.columns in config.index:
        findings.add(
            "/columns", f"Column '{config.columns}' is an index column, too.", "Remove it from one of the two."
        )
    if key is not None:
        _check_values(config, key, findings)
    if key is None or values is None:
        findings.raise_if_any()
    assert key is not None
    cells = _cells(config, source, sql, findings)
    findings.raise_if_any()
    assert cells is not None
    return key, cells


def _check_values(config: PivotConfig, key: Column, findings: Findings) -> None:
    if not has_values(key.type) or refusal(key.type, "string"):
        findings.add("/columns", f"Values of type {key.type} cannot become columns.", None, "wrong-type")
        return
    taken: list[Any] = []
    for index, given in enumerate(config.column_values):
        value, path = typed_value(given, key.type), f"/column_values/{index}"
        if value is None:
            message = f"{given!r:.100} is no value of '{key.name}', which is {key.type}."
            findings.add(path, message, "Write a value of that type.", "wrong-type")
        elif value in taken:
            findings.add(path, f"{given!r:.100} is listed twice.", "Remove one of the two.")
        taken.append(value)


def _cells(config: PivotConfig, source: Relation, sql: Dialect, findings: Findings) -> Query | None:
    """The aggregate of each cell, by Aggregate itself; its problems are told at our options."""
    name = "value"
    while name in {taken.lower() for taken in (*config.index, config.columns)}:
        name += "_"
    aggregation = {"function": config.aggregation, "column": config.values, "alias": name}
    options = AggregateConfig.model_validate(
        {"group_by": [*config.index, config.columns], "aggregations": [aggregation]}
    )
    try:
        return AggregateTransformer.transform(options, Inputs({"input": [source]}), sql)
    except InvalidNode as error:
        places = {"/aggregations/0/column": "/values", "/aggregations/0/function": "/aggregation"}
        known = {problem.path for problem in findings.problems}
        for problem in error.problems:
            path = places.get(problem.path)
            if path is not None and path not in known:
                findings.problems.append(ModuleProblem(path, problem.message, problem.hint, problem.code))
        return None


def _text(value: Any) -> str:
    """The value as the name of its column."""
    if isinstance(value, bool):
        return str(value).lower()
    return format(value, "f") if hasattr(value, "quantize") else str(value)

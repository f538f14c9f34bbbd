from collections.abc import Sequence
from typing import ClassVar, Literal

from module_operators.base import Preset, Transformer
from module_operators.config import ColumnName, ModuleConfig, field
from module_operators.engines.dialect import Dialect
from module_operators.problems import Findings
from module_operators.relation import HIDDEN_PREFIX, Column, Inputs, Query, Relation, SortKey
from module_operators.values import Scalar, literal, typed_value

_VALUE, _STATISTICS = f"{HIDDEN_PREFIX}fill", f"{HIDDEN_PREFIX}statistics"
_BY_ORDER = {"forward", "backward"}


class FillNullsConfig(ModuleConfig):
    strategy: Literal["constant", "mean", "median", "forward", "backward"] = field(
        ...,
        "Fill with",
        "A constant; the mean or the median of the column's other values, rounded to the column's type; the last value "
        "before (forward) or the next one after (backward).",
        "constant",
    )
    columns: list[ColumnName] = field(
        [],
        "Columns",
        "The columns to fill; empty: all that fit (for a constant those of its kind, for mean and median the numbers).",
        ["amount"],
        max_length=1000,
    )
    fill_value: Scalar | None = field(
        None, "Constant", "What is put in place of nulls.", 0, "unknown", hints={"when": {"strategy": ["constant"]}}
    )
    order_by: list[ColumnName] = field(
        [],
        "Order by",
        "What before and after mean, for forward and backward: smallest first, nulls last. Rows that are equal here "
        "keep the order of the input.",
        ["measured_at"],
        max_length=100,
        hints={"when": {"strategy": ["forward", "backward"]}},
    )
    partition_by: list[ColumnName] = field(
        [],
        "For each",
        "Mean, median and neighbours are taken among rows that are equal in these columns; empty: among all.",
        ["sensor_id"],
        max_length=100,
    )


class FillNullsTransformer(Transformer):
    """Put values in place of nulls."""

    display_name: ClassVar = "Fill Nulls"
    category: ClassVar = "quality"
    icon: ClassVar = "paint-bucket"
    presets: ClassVar = (
        Preset("zero", "Zero", "0 for missing numbers.", {"strategy": "constant", "fill_value": 0}),
        Preset("unknown", "Unknown", "A word for missing texts.", {"strategy": "constant", "fill_value": "unknown"}),
        Preset(
            "last-known",
            "Last known value",
            "Each sensor's value before, by time.",
            {"strategy": "forward", "columns": ["value"], "order_by": ["measured_at"], "partition_by": ["sensor_id"]},
        ),
    )
    Config: ClassVar = FillNullsConfig

    @classmethod
    def transform(cls, config: FillNullsConfig, inputs: Inputs, sql: Dialect) -> Query:
        source, findings = inputs.one, Findings()
        _check_options(config, source, findings)
        filled = _columns(config, source, findings)
        findings.raise_if_any()
        if config.strategy == "constant":
            values = {c.name: literal(typed_value(config.fill_value, c.type), c.type, sql) for c in filled}
            return _projected(source, values, sql)
        if config.strategy in _BY_ORDER:
            window = _window(config, source, sql)
            return _projected(source, {c.name: sql.last_value(sql.quote(c.name), window) for c in filled}, sql)
        names = {column.name: f"{_VALUE}_{number}" for number, column in enumerate(filled)}
        values = {name: f"{sql.quote(_STATISTICS)}.{sql.quote(value)}" for name, value in names.items()}
        return _projected(source, values, sql, _with_statistics(config, source, filled, names, sql))


def _check_options(config: FillNullsConfig, source: Relation, findings: Findings) -> None:
    strategy = config.strategy
    findings.columns(source, config.order_by, "/order_by")
    findings.columns(source, config.partition_by, "/partition_by")
    if strategy in _BY_ORDER and not config.order_by:
        findings.add("/order_by", f"{strategy} needs an order.", "Name the columns that put the rows in order.")
    if strategy not in _BY_ORDER and config.order_by:
        findings.add("/order_by", f"An order means nothing for {strategy}.", "Remove it, or fill forward or backward.")
    if strategy == "constant" and config.partition_by:
        findings.add("/partition_by", "A constant is the same for all rows.", "Remove 'For each', or choose mean.")
    if strategy == "constant" and config.fill_value is None:
        findings.add("/fill_value", "A constant is missing.", "Write the value that nulls become.")
    if strategy != "constant" and config.fill_value is not None:
        findings.add("/fill_value", f"A constant means nothing for {strategy}.", "Remove it, or fill with a constant.")


def _columns(config: FillNullsConfig, source: Relation, findings: Findings) -> list[Column]:
    """The columns to fill: the named ones, each with a problem when it does not fit, or all that fit."""
    if config.strategy == "constant" and config.fill_value is None:
        findings.columns(source, config.columns, "/columns")
        return []
    fixed = {*config.order_by, *config.partition_by}
    if not config.columns:
        found = [c for c in source.columns if c.name not in fixed and _fits(config, c, named=False)]
        if not found:
            findings.add("/columns", "No column fits.", _all_that_fit(config), "wrong-type")
        return found
    columns = []
    for index, name in enumerate(config.columns):
        column, path = findings.column(source, name, f"/columns/{index}"), f"/columns/{index}"
        if name in config.columns[:index]:
            findings.add(path, f"Column '{name}' is listed twice.", "Remove one of the two.")
        elif name in fixed:
            findings.add(path, f"Column '{name}' puts the rows in order or in groups.", "It cannot be filled as well.")
        elif column is not None and not _fits(config, column, named=True):
            findings.add(path, *_misfit(config, column), "wrong-type")
        elif column is not None:
            columns.append(column)
    return columns


def _fits(config: FillNullsConfig, column: Column, *, named: bool) -> bool:
    if config.strategy in _BY_ORDER:
        return True
    if config.strategy != "constant":
        return column.is_numeric
    if not named and isinstance(config.fill_value, str) and column.type != "string":
        return False  # '0' could be a number, a date a text: only where it was asked for
    return typed_value(config.fill_value, column.type) is not None


def _misfit(config: FillNullsConfig, column: Column) -> tuple[str, str]:
    if config.strategy == "constant":
        shown = repr(config.fill_value)[:100]
        return f"{shown} is no value of '{column.name}', which is {column.type}.", "Write a value of that type."
    return f"{config.strategy} needs numbers; '{column.name}' is {column.type}.", "Cast Data Types can make it one."


def _all_that_fit(config: FillNullsConfig) -> str:
    if config.strategy != "constant":
        return f"{config.strategy.capitalize()} fills columns of numbers only."
    return f"{config.fill_value!r:.100} fills columns of its own kind; name others to fill them too."


def _projected(source: Relation, values: dict[str, str], sql: Dialect, rows: str | None = None) -> Query:
    """The source with each null of a column replaced by what `values` has for it."""
    items = []
    for column in source.columns:
        name = sql.quote(column.name)
        items.append((column, f"coalesce({name}, {values[column.name]})" if column.name in values else name))
    return sql.projected(source, items, rows)


def _window(config: FillNullsConfig, source: Relation, sql: Dialect) -> str:
    """Rows up to this one, from the first or from the last."""
    named = dict.fromkeys(config.order_by)
    keys = [SortKey(name) for name in named] + [key for key in sql.order_keys(source) if key.column not in named]
    if config.strategy == "backward":
        keys = [key.reversed for key in keys]
    partition = ", ".join(sql.quote(name) for name in dict.fromkeys(config.partition_by))
    groups = f"PARTITION BY {partition} " if partition else ""
    return f"{groups}{sql.order_by(keys)} ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW"


def _with_statistics(
    config: FillNullsConfig, source: Relation, filled: Sequence[Column], names: dict[str, str], sql: Dialect
) -> str:
    """The source's rows beside the mean or median of each column in their group."""
    table, keys = sql.table(source), [sql.quote(name) for name in dict.fromkeys(config.partition_by)]
    groups = [f"{key} AS {sql.quote(f'{HIDDEN_PREFIX}key_{number}')}" for number, key in enumerate(keys)]
    rows, computed = table, []
    if config.strategy == "median":
        rows = _numbered(keys, filled, table, sql)
    for number, column in enumerate(filled):
        statistic = _median(column, number, sql) if config.strategy == "median" else _mean(column, sql)
        computed.append(f"{_of_type(statistic, column, sql)} AS {sql.quote(names[column.name])}")
    grouped = f" GROUP BY {', '.join(keys)}" if keys else ""
    statistics = f"(SELECT {', '.join([*groups, *computed])} FROM {rows}{grouped}) AS {sql.quote(_STATISTICS)}"
    if not keys:
        return f"{table} CROSS JOIN {statistics}"
    same = " AND ".join(
        f"{table}.{key} IS NOT DISTINCT FROM {sql.quote(_STATISTICS)}.{sql.quote(f'{HIDDEN_PREFIX}key_{number}')}"
        for number, key in enumerate(keys)
    )
    return f"{table} INNER JOIN {statistics} ON {same}"


def _numbered(keys: Sequence[str], filled: Sequence[Column], table: str, sql: Dialect) -> str:
    """Rows with each value's place among the values of its group: engines spill those, but hold a median's values."""
    partition = f"PARTITION BY {', '.join(keys)}" if keys else ""
    select = [*keys]
    for number, column in enumerate(filled):
        name = sql.quote(column.name)
        order = f"{partition} ORDER BY {name} ASC NULLS LAST".lstrip()
        select += [
            name,
            f"row_number() OVER ({order}) AS {sql.quote(f'{HIDDEN_PREFIX}place_{number}')}",
            f"count({name}) OVER ({partition}) AS {sql.quote(f'{HIDDEN_PREFIX}count_{number}')}",
        ]
    return f"(SELECT {', '.join(dict.fromkeys(select))} FROM {table}) AS numbered"


def _mean(column: Column, sql: Dialect) -> str:
    return f"avg({_number(column, sql)})"


def _median(column: Column, number: int, sql: Dialect) -> str:
    place, count = sql.quote(f"{HIDDEN_PREFIX}place_{number}"), sql.quote(f"{HIDDEN_PREFIX}count_{number}")
    return f"avg(CASE WHEN 2 * {place} BETWEEN {count} AND {count} + 2 THEN {_number(column, sql)} END)"


def _number(column: Column, sql: Dialect) -> str:
    return f"CAST({sql.quote(column.name)} AS {sql.type_name('float')})"


def _of_type(statistic: str, column: Column, sql: Dialect) -> str:
    """A float as the column's type, halves away from zero; what rounding makes too large becomes the largest value."""
    if column.type == "float":
        return statistic
    name = sql.quote(column.name)
    rounded = f"round({statistic})" if column.type in {"integer", "bigint"} else statistic
    cast = sql.cast(rounded, "float", column.type, on_error="null")
    return f"coalesce({cast}, CASE WHEN {statistic} > 0 THEN max({name}) ELSE min({name}) END)"

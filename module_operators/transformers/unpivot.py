from collections.abc import Sequence
from typing import ClassVar

from module_operators.base import Preset, Transformer
from module_operators.common_types import common_type, converted
from module_operators.config import ColumnName, ModuleConfig, NewColumnName, field
from module_operators.engines.dialect import Dialect
from module_operators.problems import Findings
from module_operators.relation import HIDDEN_PREFIX, Column, Inputs, Query, Relation

_PLACE, _NAME = f"{HIDDEN_PREFIX}place", f"{HIDDEN_PREFIX}name"


class UnpivotConfig(ModuleConfig):
    id_vars: list[ColumnName] = field(
        ..., "Columns to keep", "Repeated on each new row; may be none.", ["country"], max_length=1000
    )
    value_vars: list[ColumnName] = field(
        [],
        "Columns to turn into rows",
        "Each gives one row; empty: all columns that are not kept. They need types that fit together.",
        ["2022", "2023", "2024"],
        max_length=1000,
    )
    variable_name: NewColumnName = field(
        "variable", "Column for the names", "Holds the name of the column that the value is from.", "year"
    )
    value_name: NewColumnName = field("value", "Column for the values", "Holds the values, nulls included.", "sales")


class UnpivotTransformer(Transformer):
    """Turn columns into rows: one row for each value, with the name of its column."""

    display_name: ClassVar = "Unpivot"
    category: ClassVar = "reshape"
    icon: ClassVar = "unfold-vertical"
    presets: ClassVar = (
        Preset(
            "months",
            "Columns per month",
            "One row for each month instead of one column.",
            {
                "id_vars": ["product"],
                "value_vars": ["jan", "feb", "mar"],
                "variable_name": "month",
                "value_name": "sales",
            },
        ),
    )
    Config: ClassVar = UnpivotConfig

    @classmethod
    def transform(cls, config: UnpivotConfig, inputs: Inputs, sql: Dialect) -> Query:
        source, findings = inputs.one, Findings()
        kept = findings.columns(source, config.id_vars, "/id_vars")
        values = findings.columns(source, config.value_vars, "/value_vars")
        if not config.value_vars:
            values = [column for column in source.columns if column.name not in config.id_vars]
        _check_lists(config, values, findings)
        logical = _common_type(config, values, findings)
        findings.distinct(
            [
                *((name, f"/id_vars/{index}") for index, name in enumerate(config.id_vars)),
                (config.variable_name, "/variable_name"),
                (config.value_name, "/value_name"),
            ]
        )
        findings.raise_if_any()
        whens = " ".join(
            f"WHEN {place} THEN {converted(column, logical, sql, 'the unpivot')}"
            for place, column in enumerate(values, 1)
        )
        items = [(column, sql.quote(column.name)) for column in kept]
        items.append((Column(config.variable_name, "string"), sql.quote(_NAME)))
        items.append((Column(config.value_name, logical), f"CASE {sql.quote(_PLACE)} {whens} END"))
        return sql.projected(*_repeated(source, values, sql, items))


def _check_lists(config: UnpivotConfig, values: Sequence[Column], findings: Findings) -> None:
    for index, name in enumerate(config.value_vars):
        if name in config.id_vars:
            findings.add(f"/value_vars/{index}", f"Column '{name}' is kept, too.", "Remove it from one of the two.")
        elif name in config.value_vars[:index]:
            findings.add(f"/value_vars/{index}", f"Column '{name}' is listed twice.", "Remove one of the two.")
    if not values and not findings.problems:
        findings.add("/id_vars", "All columns are kept: none is left to turn into rows.", "Keep fewer columns.")


def _common_type(config: UnpivotConfig, values: Sequence[Column], findings: Findings) -> str:
    """The type that all values fit; each column that does not fit those before it is a problem."""
    logical = values[0].type if values else "string"
    for index, column in enumerate(values[1:], 1):
        common = common_type(logical, column.type)
        if common is None:
            findings.add(
                f"/value_vars/{index}" if config.value_vars else "/value_vars",
                f"Column '{column.name}' is {column.type}, which does not fit {logical} of '{values[0].name}'.",
                "Make them the same type with Cast Data Types before, or keep the column.",
                "types-differ",
            )
        logical = common or logical
    return logical


def _repeated(
    source: Relation, values: Sequence[Column], sql: Dialect, items: Sequence[tuple[Column, str]]
) -> tuple[Relation, Sequence[tuple[Column, str]], str]:
    """What `projected` takes: each row once for each value column, numbered by row and, in it, by place."""
    place, name = sql.quote(_PLACE), sql.quote(_NAME)
    select = [sql.quote(column.name) for column in source.columns]
    hidden = []
    for column in source.hidden:
        quoted = sql.quote(column.name)
        if column.name == source.row_id:
            key = sql.row_key([(quoted, column.type), (place, "bigint")])
            select.append(f"{key} AS {quoted}")
            hidden.append(Column(column.name, "list(bigint)"))
        else:
            select.append(quoted)
            hidden.append(column)
    places = " UNION ALL ".join(
        f"SELECT CAST({number} AS {sql.type_name('bigint')}) AS {place}, {sql.literal(column.name)} AS {name}"
        for number, column in enumerate(values, 1)
    )
    rows = (
        f"(SELECT {', '.join(select)}, {place}, {name} FROM {sql.table(source)} CROSS JOIN ({places}) AS places) "
        "AS repeated"
    )
    return Relation(source.name, source.columns, tuple(hidden), source.order, source.row_id), items, rows

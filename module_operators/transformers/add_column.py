from typing import ClassVar

from module_operators.base import Preset, Transformer
from module_operators.config import Expression, ModuleConfig, NewColumnName, field
from module_operators.engines.dialect import Dialect
from module_operators.expressions import checked_expression
from module_operators.problems import Findings
from module_operators.relation import Column, Inputs, Query


class AddColumnConfig(ModuleConfig):
    column_name: NewColumnName = field(
        ..., "Column name", "The new column; one that exists is replaced and keeps its place.", "total"
    )
    expression: Expression = field(
        ...,
        "Expression",
        "What the column holds, computed from the row's other columns.",
        "price * quantity",
        "first_name || ' ' || last_name",
        "CASE WHEN amount >= 1000 THEN 'large' ELSE 'small' END",
    )


class AddColumnTransformer(Transformer):
    """Compute a column from others; one of the same name is replaced."""

    display_name: ClassVar = "Add Column"
    category: ClassVar = "columns"
    icon: ClassVar = "columns-3-cog"
    presets: ClassVar = (
        Preset("total", "Total", "Price times quantity.", {"column_name": "total", "expression": "price * quantity"}),
        Preset(
            "full-name",
            "Full name",
            "First and last name as one text.",
            {"column_name": "full_name", "expression": "concat_ws(' ', first_name, last_name)"},
        ),
        Preset(
            "month",
            "Month",
            "The month of a date.",
            {"column_name": "month", "expression": "date_trunc('month', order_date)"},
        ),
    )
    Config: ClassVar = AddColumnConfig

    @classmethod
    def transform(cls, config: AddColumnConfig, inputs: Inputs, sql: Dialect) -> Query:
        source, findings = inputs.one, Findings()
        computed = checked_expression(config.expression, source, sql, "/expression", findings)
        replaces = config.column_name in source
        if not replaces:
            findings.distinct(
                [*((name, "/column_name") for name in source.names), (config.column_name, "/column_name")]
            )
        findings.raise_if_any()
        assert computed is not None
        column = Column(config.column_name, computed.type)
        items = [
            (column, computed.sql) if other.name == column.name else (other, sql.quote(other.name))
            for other in source.columns
        ]
        return sql.projected(source, items if replaces else [*items, (column, computed.sql)])

from typing import ClassVar

from module_operators.base import Preset, Transformer
from module_operators.config import Expression, ModuleConfig, field
from module_operators.engines.dialect import Dialect
from module_operators.expressions import checked_expression
from module_operators.problems import Findings
from module_operators.relation import Inputs, Query


class FilterConfig(ModuleConfig):
    condition: Expression = field(
        ...,
        "Condition",
        "Rows for which this is true are kept; a row for which it is false or null is not.",
        "amount > 100 AND status = 'active'",
        "email IS NOT NULL",
        "order_date >= CURRENT_DATE - INTERVAL '30 days'",
        hints={"condition": True},
    )


class FilterTransformer(Transformer):
    """Keep the rows that meet a condition."""

    display_name: ClassVar = "Filter Rows"
    category: ClassVar = "rows"
    icon: ClassVar = "filter"
    presets: ClassVar = (
        Preset("active-only", "Active only", "Rows whose status is active.", {"condition": "status = 'active'"}),
        Preset("not-null", "Not empty", "Rows that have a value.", {"condition": "email IS NOT NULL"}),
        Preset(
            "date-range",
            "Last 30 days",
            "Rows of the last 30 days.",
            {"condition": "created_at >= CURRENT_DATE - INTERVAL '30 days'"},
        ),
        Preset(
            "numeric-range", "Number range", "Rows between two numbers.", {"condition": "amount BETWEEN 0 AND 1000"}
        ),
    )
    Config: ClassVar = FilterConfig

    @classmethod
    def transform(cls, config: FilterConfig, inputs: Inputs, sql: Dialect) -> Query:
        source, findings = inputs.one, Findings()
        condition = checked_expression(config.condition, source, sql, "/condition", findings)
        if condition is not None and condition.type != "boolean":
            findings.add(
                "/condition",
                f"The condition gives {condition.type}, not true or false.",
                "Compare it, for instance: amount > 100.",
                "bad-expression",
            )
        findings.raise_if_any()
        assert condition is not None
        return sql.filtered(source, condition.sql)

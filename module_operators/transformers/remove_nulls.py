from typing import ClassVar, Literal

from module_operators.base import Preset, Transformer
from module_operators.config import ColumnName, ModuleConfig, field
from module_operators.engines.dialect import Dialect
from module_operators.problems import Findings
from module_operators.relation import Inputs, Query


class RemoveNullsConfig(ModuleConfig):
    columns: list[ColumnName] = field(
        [],
        "Columns",
        "The columns to look at; empty: all. An empty text and 'not a number' are values, not nulls.",
        ["email", "amount"],
        max_length=1000,
    )
    strategy: Literal["any", "all"] = field(
        "any", "Remove a row when", "Any of the columns is null, or only when all of them are."
    )


class RemoveNullsTransformer(Transformer):
    """Drop rows that miss values."""

    display_name: ClassVar = "Remove Nulls"
    category: ClassVar = "quality"
    icon: ClassVar = "eraser"
    presets: ClassVar = (
        Preset("complete-rows", "Complete rows", "Keep rows without any null.", {"columns": [], "strategy": "any"}),
        Preset("empty-rows", "Empty rows", "Remove rows of nothing but nulls.", {"columns": [], "strategy": "all"}),
    )
    Config: ClassVar = RemoveNullsConfig

    @classmethod
    def transform(cls, config: RemoveNullsConfig, inputs: Inputs, sql: Dialect) -> Query:
        source, findings = inputs.one, Findings()
        columns = findings.columns(source, config.columns, "/columns") if config.columns else source.columns
        findings.raise_if_any()
        glue = " AND " if config.strategy == "any" else " OR "
        return sql.filtered(source, glue.join(f"{sql.quote(column.name)} IS NOT NULL" for column in columns))

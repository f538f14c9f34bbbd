from typing import ClassVar

from module_operators.base import Transformer
from module_operators.config import ColumnName, ModuleConfig, field
from module_operators.engines.dialect import Dialect
from module_operators.problems import Findings
from module_operators.relation import Inputs, Query


class SelectColumnsConfig(ModuleConfig):
    columns: list[ColumnName] = field(
        ...,
        "Columns",
        "The columns to keep, in this order; all others are dropped.",
        ["order_id", "amount"],
        min_length=1,
        max_length=1000,
    )


class SelectColumnsTransformer(Transformer):
    """Keep some columns, in the order you name them."""

    display_name: ClassVar = "Select Columns"
    category: ClassVar = "columns"
    icon: ClassVar = "columns-3"
    Config: ClassVar = SelectColumnsConfig

    @classmethod
    def transform(cls, config: SelectColumnsConfig, inputs: Inputs, sql: Dialect) -> Query:
        source = inputs.one
        findings = Findings()
        for index, name in enumerate(config.columns):
            if name in config.columns[:index]:
                findings.add(f"/columns/{index}", f"Column '{name}' is listed twice.", "Remove one of the two.")
        columns = findings.columns(source, config.columns, "/columns")
        findings.raise_if_any()
        return sql.projected(source, [(column, sql.quote(column.name)) for column in columns])

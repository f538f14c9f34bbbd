from typing import ClassVar

from module_operators.base import Transformer
from module_operators.config import ColumnName, ModuleConfig, NewColumnName, field
from module_operators.engines.dialect import Dialect
from module_operators.problems import Findings, pointer
from module_operators.relation import Column, Inputs, Query


class RenameColumnsConfig(ModuleConfig):
    rename_mapping: dict[ColumnName, NewColumnName] = field(
        ...,
        "New names",
        "The new name of each column that gets one; all at once, so that two columns can swap theirs.",
        {"cust_id": "customer_id", "amt": "amount"},
        min_length=1,
        max_length=1000,
    )


class RenameColumnsTransformer(Transformer):
    """Give columns other names; their order and their values stay."""

    display_name: ClassVar = "Rename Columns"
    category: ClassVar = "columns"
    icon: ClassVar = "pencil"
    Config: ClassVar = RenameColumnsConfig

    @classmethod
    def transform(cls, config: RenameColumnsConfig, inputs: Inputs, sql: Dialect) -> Query:
        source, findings, mapping = inputs.one, Findings(), config.rename_mapping
        for name in mapping:
            findings.column(source, name, pointer("rename_mapping", name))
        kept = [(name, "") for name in source.names if name not in mapping]
        new = [(mapping[name], pointer("rename_mapping", name)) for name in source.names if name in mapping]
        findings.distinct([*kept, *new])  # kept ones first: the problem is at the new name
        findings.raise_if_any()
        return sql.projected(
            source,
            [
                (Column(mapping.get(column.name, column.name), column.type), sql.quote(column.name))
                for column in source.columns
            ],
        )

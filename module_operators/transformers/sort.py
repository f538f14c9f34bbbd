from dataclasses import replace
from typing import ClassVar, Literal

from module_operators.base import Preset, Transformer
from module_operators.config import ColumnName, ModuleConfig, field
from module_operators.engines.dialect import Dialect
from module_operators.problems import Findings
from module_operators.relation import Inputs, Query, SortKey


class SortKeyConfig(ModuleConfig):
    column: ColumnName = field(..., "Column", "The column to sort by.", "order_date")
    direction: Literal["asc", "desc"] = field("asc", "Direction", "Smallest first (asc) or largest first (desc).")
    nulls: Literal["first", "last"] = field("last", "Nulls", "Where rows without a value come.")


class SortConfig(ModuleConfig):
    sort_by: list[SortKeyConfig] = field(
        ...,
        "Sort by",
        "The columns to sort by, the most important first. Rows that are equal in all of them keep their order.",
        [{"column": "order_date", "direction": "desc"}],
        min_length=1,
        max_length=100,
    )


class SortTransformer(Transformer):
    """Put the rows in order. The order goes with the rows through later steps and is applied where they are written."""

    display_name: ClassVar = "Sort"
    category: ClassVar = "rows"
    icon: ClassVar = "arrow-down-up"
    presets: ClassVar = (
        Preset(
            "newest-first",
            "Newest first",
            "By a time, the latest first.",
            {"sort_by": [{"column": "created_at", "direction": "desc", "nulls": "last"}]},
        ),
    )
    Config: ClassVar = SortConfig

    @classmethod
    def transform(cls, config: SortConfig, inputs: Inputs, sql: Dialect) -> Query:
        source, findings = inputs.one, Findings()
        for index, key in enumerate(config.sort_by):
            findings.column(source, key.column, f"/sort_by/{index}/column")
            if any(key.column == earlier.column for earlier in config.sort_by[:index]):
                findings.add(
                    f"/sort_by/{index}/column", f"Column '{key.column}' is listed twice.", "Remove one of the two."
                )
        findings.raise_if_any()
        keys = [SortKey(key.column, key.direction, key.nulls) for key in config.sort_by]
        # Equal rows keep the order that they had: an earlier sort's, then the source's.
        sorted_by = {key.column for key in keys}
        for key in sql.order_keys(source):
            if key.column not in sorted_by:
                sorted_by.add(key.column)
                keys.append(key)
        same = sql.projected(source, [(column, sql.quote(column.name)) for column in source.columns])
        return replace(same, order=tuple(keys))

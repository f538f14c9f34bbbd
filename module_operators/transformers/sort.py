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
    limit: int | None = field(None, "Limit", "Keep this many rows, the first ones; empty keeps all.", 10, ge=1)


class SortTransformer(Transformer):
    """Put the rows in order, and keep the first of them if wanted.

    The order goes with the rows through later steps and is applied where they are written.
    """

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
        Preset(
            "top-ten",
            "Top ten",
            "The ten rows with the largest value.",
            {"sort_by": [{"column": "amount", "direction": "desc", "nulls": "last"}], "limit": 10},
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
        rows = sql.table(source)
        if config.limit is not None:
            rows = (
                f"(SELECT {sql.everything(source)} FROM {rows} {sql.order_by(keys)} LIMIT {config.limit}) AS first_rows"
            )
        same = sql.projected(source, [(column, sql.quote(column.name)) for column in source.columns], rows)
        return replace(same, order=tuple(keys), shape="other" if config.limit else same.shape)

from typing import ClassVar, Literal

from module_operators.base import Preset, Transformer
from module_operators.config import ColumnName, ModuleConfig, field
from module_operators.engines.dialect import Dialect
from module_operators.problems import Findings
from module_operators.relation import HIDDEN_PREFIX, Inputs, Query, Relation, SortKey

_NUMBER = f"{HIDDEN_PREFIX}number"


class DeduplicateConfig(ModuleConfig):
    columns: list[ColumnName] = field(
        [],
        "Columns",
        "Rows that are equal in these are duplicates; empty: in all columns. Nulls are equal to each other.",
        ["email"],
        max_length=1000,
    )
    keep: Literal["first", "last"] = field("first", "Keep", "Which of the duplicates stays, in its place.")
    order_by: list[ColumnName] = field(
        [],
        "Order by",
        "What makes a row the first or last of its duplicates: smallest first, nulls last. Empty: the order of the "
        "input; it also decides between rows that are equal here.",
        ["updated_at"],
        max_length=100,
    )


class DeduplicateTransformer(Transformer):
    """Keep one of rows that are equal."""

    display_name: ClassVar = "Deduplicate"
    category: ClassVar = "quality"
    icon: ClassVar = "copy-minus"
    presets: ClassVar = (
        Preset("equal-rows", "Equal rows", "Rows that are equal in every column, once.", {"columns": []}),
        Preset(
            "latest",
            "Latest of each",
            "The newest row of each key.",
            {"columns": ["id"], "keep": "last", "order_by": ["updated_at"]},
        ),
    )
    Config: ClassVar = DeduplicateConfig

    @classmethod
    def transform(cls, config: DeduplicateConfig, inputs: Inputs, sql: Dialect) -> Query:
        source, findings = inputs.one, Findings()
        columns = findings.columns(source, config.columns, "/columns") if config.columns else list(source.columns)
        findings.columns(source, config.order_by, "/order_by")
        if config.columns and not sql.order_keys(source) and not config.order_by:
            findings.add("/keep", "The rows have no order.", "Name columns to order by.", "no-order")
        findings.raise_if_any()
        keys = _keys(config, source, sql) or [SortKey(column.name) for column in columns]
        window = f"PARTITION BY {sql.columns(columns)} {sql.order_by(keys)}"
        number = f"row_number() OVER ({window}) AS {sql.quote(_NUMBER)}"
        everything = sql.everything(source)
        numbered = f"(SELECT {everything}, {number} FROM {sql.table(source)}) AS numbered"
        query = f"SELECT {everything} FROM {numbered} WHERE {sql.quote(_NUMBER)} = 1"
        return Query(query, source.columns, source.hidden, source.order, source.row_id, "filter")


def _keys(config: DeduplicateConfig, source: Relation, sql: Dialect) -> list[SortKey]:
    """What numbers the rows that are equal: the first or, keys reversed, the last one gets 1."""
    named = dict.fromkeys(config.order_by)
    keys = [SortKey(name) for name in named] + [key for key in sql.order_keys(source) if key.column not in named]
    return [key.reversed for key in keys] if config.keep == "last" else keys

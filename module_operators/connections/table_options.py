"""What the loaders into tables have in common: their options, and which keys an upsert may have."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import ConfigDict, StringConstraints

from module_operators.base import Preset
from module_operators.config import ColumnName, ModuleConfig, field, shown_as
from module_operators.problems import Findings
from module_operators.relation import Relation

_UPSERT_NEEDS_KEYS: dict[str, Any] = {
    "if": {"properties": {"if_exists": {"const": "upsert"}}, "required": ["if_exists"]},
    "then": {"properties": {"key_columns": {"minItems": 1}}, "required": ["key_columns"]},
}

IfExists = Literal["append", "replace", "fail", "upsert"]
TableNameText = Annotated[str, StringConstraints(min_length=1, max_length=300), shown_as("table")]

TABLE_PRESETS = (
    Preset("append", "Append", "Add the rows to a table.", {"if_exists": "append"}),
    Preset("replace", "Replace", "Put the rows in the place of all others.", {"if_exists": "replace"}),
    Preset("upsert", "Upsert", "Update by key, add what is new.", {"if_exists": "upsert", "key_columns": ["id"]}),
)


class TableOptions(ModuleConfig):
    """Options of a loader into a table; each loader says in its own words what its connection and names are."""

    model_config: ClassVar[ConfigDict] = ConfigDict(json_schema_extra=_UPSERT_NEEDS_KEYS)

    connection_id: Any
    table_name: Any
    if_exists: IfExists = field(
        "append",
        "If the table exists",
        "append adds the rows; replace puts them in the place of all others; fail refuses to load; upsert updates the "
        "rows with the same key and adds the others.",
    )
    key_columns: list[ColumnName] = field(
        [],
        "Key columns",
        "For upsert: the columns that identify a row.",
        ["order_id"],
        max_length=32,
        hints={"when": {"if_exists": ["upsert"]}},
    )


def check_keys(config: TableOptions, source: Relation, findings: Findings) -> None:
    """Adds a problem for keys that an upsert lacks or the input does not have."""
    if config.if_exists == "upsert":
        findings.columns(source, config.key_columns, "/key_columns")
        if not config.key_columns:
            findings.add("/key_columns", "Upsert needs key columns.", "Name the columns that identify a row.")

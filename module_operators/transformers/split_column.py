from typing import ClassVar

from module_operators.base import Preset, Transformer
from module_operators.config import ColumnName, ModuleConfig, NewColumnName, field
from module_operators.engines.dialect import Dialect
from module_operators.problems import Findings
from module_operators.relation import Column, Inputs, Query


class SplitColumnConfig(ModuleConfig):
    column: ColumnName = field(..., "Column", "The text column to split.", "full_name")
    separator: str = field(
        ...,
        "Separator",
        "The characters between the parts, taken as they are.",
        " ",
        ", ",
        min_length=1,
        max_length=100,
    )
    new_columns: list[NewColumnName] = field(
        ...,
        "New columns",
        "The columns that take the parts, in order. A part that is missing is null; what is left over stays in the "
        "last one, its separators included.",
        ["first_name", "last_name"],
        min_length=1,
        max_length=100,
    )
    keep_original: bool = field(False, "Keep the column", "Keep the column that is split, in front of its parts.")


class SplitColumnTransformer(Transformer):
    """Split a text column at a separator into several."""

    display_name: ClassVar = "Split Column"
    category: ClassVar = "columns"
    icon: ClassVar = "split"
    presets: ClassVar = (
        Preset(
            "full-name",
            "First and last name",
            "A name at its first space.",
            {"column": "full_name", "separator": " ", "new_columns": ["first_name", "last_name"]},
        ),
        Preset(
            "email",
            "E-mail address",
            "Who and where.",
            {"column": "email", "separator": "@", "new_columns": ["user", "domain"], "keep_original": True},
        ),
    )
    Config: ClassVar = SplitColumnConfig

    @classmethod
    def transform(cls, config: SplitColumnConfig, inputs: Inputs, sql: Dialect) -> Query:
        source, findings = inputs.one, Findings()
        column = findings.column(source, config.column, "/column")
        if column is not None and column.type != "string":
            findings.add(
                "/column",
                f"Column '{column.name}' is {column.type}, not text.",
                "Cast Data Types can make it a string.",
                "wrong-type",
            )
        kept = [name for name in source.names if name != config.column or config.keep_original]
        findings.distinct(
            [
                *((name, "/column") for name in kept),
                *((name, f"/new_columns/{index}") for index, name in enumerate(config.new_columns)),
            ]
        )
        findings.raise_if_any()
        items: list[tuple[Column, str]] = []
        for each in source.columns:
            if each.name != config.column or config.keep_original:
                items.append((each, sql.quote(each.name)))
            if each.name == config.column:
                items += _parts(config, sql)
        return sql.projected(source, items)


def _parts(config: SplitColumnConfig, sql: Dialect) -> list[tuple[Column, str]]:
    text, last = sql.quote(config.column), len(config.new_columns)
    return [
        (Column(name, "string"), sql.part_of(text, config.separator, place, rest=place == last))
        for place, name in enumerate(config.new_columns, 1)
    ]

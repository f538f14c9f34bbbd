from collections.abc import Callable
from typing import ClassVar, Literal

from module_operators.base import Preset, Transformer
from module_operators.config import ColumnName, ModuleConfig, field
from module_operators.engines.dialect import Argument, Dialect
from module_operators.patterns import SPACES
from module_operators.problems import Findings
from module_operators.relation import Column, Inputs, Query

Operation = Literal["lowercase", "uppercase", "trim", "collapse_spaces", "remove_special", "strip_accents"]


class NormalizeConfig(ModuleConfig):
    columns: list[ColumnName] = field(
        ..., "Columns", "The text columns to normalize.", ["email", "city"], min_length=1, max_length=1000
    )
    operations: list[Operation] = field(
        ...,
        "Operations",
        "What is done, in this order. Trim removes white space around the text, collapse_spaces makes each run of it "
        "one space; remove_special keeps letters, digits and white space; strip_accents makes é an e (Latin, Greek and "
        "Cyrillic letters; other scripts stay as they are).",
        ["trim", "lowercase"],
        min_length=1,
        max_length=20,
    )


class NormalizeTransformer(Transformer):
    """Bring text into one form: case, spaces, special characters, accents."""

    display_name: ClassVar = "Normalize Text"
    category: ClassVar = "columns"
    icon: ClassVar = "case-sensitive"
    presets: ClassVar = (
        Preset(
            "tidy", "Tidy", "Without needless spaces.", {"columns": ["name"], "operations": ["trim", "collapse_spaces"]}
        ),
        Preset(
            "email",
            "E-mail addresses",
            "Comparable addresses.",
            {"columns": ["email"], "operations": ["trim", "lowercase"]},
        ),
        Preset(
            "search-key",
            "Search key",
            "Names as they are compared: no case, accents or punctuation.",
            {
                "columns": ["name"],
                "operations": ["strip_accents", "lowercase", "remove_special", "collapse_spaces", "trim"],
            },
        ),
    )
    Config: ClassVar = NormalizeConfig

    @classmethod
    def transform(cls, config: NormalizeConfig, inputs: Inputs, sql: Dialect) -> Query:
        source, findings = inputs.one, Findings()
        for index, name in enumerate(config.columns):
            column = findings.column(source, name, f"/columns/{index}")
            if column is not None and column.type != "string":
                findings.add(
                    f"/columns/{index}",
                    f"Column '{name}' is {column.type}, not text.",
                    "Cast Data Types can make it a string.",
                    "wrong-type",
                )
        if config.operations.count("strip_accents") > 1:
            findings.add("/operations", "strip_accents is listed twice.", "Once is enough.")
        findings.raise_if_any()
        return sql.projected(source, [(column, _normalized(column, config, sql)) for column in source.columns])


def _normalized(column: Column, config: NormalizeConfig, sql: Dialect) -> str:
    text = sql.quote(column.name)
    if column.name in config.columns:
        for operation in config.operations:
            text = _OPERATIONS[operation](text, sql)
    return text


def _replaced(text: str, pattern: str, replacement: str, sql: Dialect) -> str:
    constants = [Argument(sql.literal(value), "string", value) for value in (pattern, replacement)]
    return sql.function("regexp_replace", [Argument(text, "string"), *constants])


_OPERATIONS: dict[Operation, Callable[[str, Dialect], str]] = {
    "lowercase": lambda text, sql: sql.function("lower", [Argument(text, "string")]),
    "uppercase": lambda text, sql: sql.function("upper", [Argument(text, "string")]),
    "trim": lambda text, sql: _replaced(text, f"^[{SPACES}]+|[{SPACES}]+\\z", "", sql),
    "collapse_spaces": lambda text, sql: _replaced(text, f"[{SPACES}]+", " ", sql),
    "remove_special": lambda text, sql: _replaced(text, f"[^\\p{{L}}\\p{{M}}\\p{{N}}{SPACES}]", "", sql),
    "strip_accents": lambda text, sql: sql.strip_accents(text),
}

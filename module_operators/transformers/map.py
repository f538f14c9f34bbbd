from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import StringConstraints

from module_operators.base import Preset, Transformer
from module_operators.common_types import common_type
from module_operators.config import ColumnName, ModuleConfig, NewColumnName, field
from module_operators.engines.dialect import Dialect
from module_operators.problems import Findings, pointer
from module_operators.relation import Column, Inputs, Query
from module_operators.values import Scalar, has_values, literal, typed_value

_LARGEST_INTEGER = 2**31


class MapConfig(ModuleConfig):
    column: ColumnName = field(..., "Column", "The column whose values are looked up.", "country_code")
    mapping: dict[Annotated[str, StringConstraints(max_length=10_000)], Scalar | None] = field(
        ...,
        "Mapping",
        "What each value becomes. The values on the left are read as the column's type (true, 42, 2024-12-31); those "
        "on the right are text, numbers or booleans, all of one kind, or null.",
        {"NL": "Netherlands", "DE": "Germany"},
        min_length=1,
        max_length=1000,
    )
    otherwise: Literal["keep", "null", "value"] = field(
        "keep",
        "Other values",
        "What becomes of values that are not in the mapping, null being one of them: they stay, become null, or become "
        "one value.",
    )
    otherwise_value: Scalar | None = field(
        None, "Other values become", "For 'value'.", "other", hints={"when": {"otherwise": ["value"]}}
    )
    target_column: NewColumnName | None = field(
        None,
        "Into column",
        "Where the result goes; null for the column itself. One that exists is replaced.",
        "country",
    )


class MapTransformer(Transformer):
    """Replace values by others, from a list."""

    display_name: ClassVar = "Map Values"
    category: ClassVar = "columns"
    icon: ClassVar = "replace"
    presets: ClassVar = (
        Preset(
            "codes-to-names",
            "Codes to names",
            "Country codes spelt out in a new column.",
            {
                "column": "country_code",
                "mapping": {"NL": "Netherlands", "DE": "Germany", "FR": "France"},
                "otherwise": "value",
                "otherwise_value": "other",
                "target_column": "country",
            },
        ),
        Preset(
            "yes-no",
            "Yes and no",
            "Words as true and false.",
            {"column": "active", "mapping": {"yes": True, "no": False}, "otherwise": "null"},
        ),
    )
    Config: ClassVar = MapConfig

    @classmethod
    def transform(cls, config: MapConfig, inputs: Inputs, sql: Dialect) -> Query:
        source, findings = inputs.one, Findings()
        column = findings.column(source, config.column, "/column")
        if config.otherwise == "value" and config.otherwise_value is None:
            findings.add("/otherwise_value", "The value for other values is missing.", "Write it, or choose null.")
        if config.otherwise != "value" and config.otherwise_value is not None:
            findings.add("/otherwise_value", f"It means nothing for '{config.otherwise}'.", "Remove it.")
        target = config.target_column or config.column
        replaces = target in source
        if not replaces:
            findings.distinct([*((name, "") for name in source.names), (target, "/target_column")])
        if column is None:
            findings.raise_if_any()
        assert column is not None
        keys = _keys(column, config.mapping, findings)
        logical = _result_type(column, config, findings)
        findings.raise_if_any()
        assert logical is not None
        computed = Column(target, logical), _case(column, keys, config, logical, sql)
        items = [computed if each.name == target else (each, sql.quote(each.name)) for each in source.columns]
        return sql.projected(source, items if replaces else [*items, computed])


def _keys(column: Column, mapping: Mapping[str, Any], findings: Findings) -> dict[str, Any]:
    """The values that are looked up, each as the column's type."""
    if not has_values(column.type):
        findings.add("/column", f"Values of type {column.type} cannot be mapped.", None, "wrong-type")
        return {}
    keys: dict[str, Any] = {}
    for given in mapping:
        value, path = typed_value(given, column.type), pointer("mapping", given)
        same = next((key for key, other in keys.items() if value is not None and _same(other, value)), None)
        if value is None:
            message = f"'{given[:100]}' is no value of '{column.name}', which is {column.type}."
            findings.add(path, message, "Write it as a value of that type.", "wrong-type")
        elif same is not None:
            findings.add(path, f"'{same}' and '{given}' are the same {column.type}.", "Remove one of the two.")
        keys[given] = value
    return keys


def _same(one: Any, other: Any) -> bool:
    return one == other or (one != one and other != other)  # noqa: PLR0124 - not-a-number equals itself here


def _result_type(column: Column, config: MapConfig, findings: Findings) -> str | None:
    """The type of the values on the right; with 'keep' that of the column, which they must fit."""
    results = [(value, pointer("mapping", key)) for key, value in config.mapping.items() if value is not None]
    if config.otherwise_value is not None:
        results.append((config.otherwise_value, "/otherwise_value"))
    if config.otherwise == "keep":
        for value, path in results:
            if typed_value(value, column.type) is None:
                message = (
                    f"{value!r:.100} is no value of '{column.name}', which is {column.type} and keeps other values."
                )
                findings.add(
                    path, message, "Write a value of that type, or let other values become null.", "wrong-type"
                )
        return column.type
    logical = _type_of(results[0][0]) if results else column.type
    for value, path in results[1:]:
        common = common_type(logical, _type_of(value))
        if common is None:
            message = f"{value!r:.100} is {_type_of(value)}, others are {logical}."
            findings.add(path, message, "Let all values be of one kind.", "types-differ")
        logical = common or logical
    return logical


def _type_of(value: Scalar) -> str:
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int):
        return "integer" if -_LARGEST_INTEGER <= value < _LARGEST_INTEGER else "bigint"
    return "float" if isinstance(value, float) else "string"


def _case(column: Column, keys: Mapping[str, Any], config: MapConfig, logical: str, sql: Dialect) -> str:
    name = sql.quote(column.name)
    whens = " ".join(
        f"WHEN {literal(value, column.type, sql)} THEN {literal(_made(config.mapping[key], logical), logical, sql)}"
        for key, value in keys.items()
    )
    other = name if config.otherwise == "keep" else literal(_made(config.otherwise_value, logical), logical, sql)
    return f"CASE {name} {whens} ELSE {other} END"


def _made(value: Any, logical: str) -> Any:
    return None if value is None else typed_value(value, logical)

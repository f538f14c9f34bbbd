from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, StringConstraints, TypeAdapter

from module_operators.base import Preset, Transformer
from module_operators.casts import refusal
from module_operators.config import ColumnName, ModuleConfig, field, shown_as
from module_operators.engines.dialect import DECIMAL, Dialect
from module_operators.problems import Findings, pointer
from module_operators.relation import Column, Inputs, Query, Relation

_PATTERN = r"^(integer|bigint|float|boolean|string|date|timestamp|timestamptz|decimal\([0-9]{1,2}, ?[0-9]{1,2}\))$"


def _possible(name: str) -> str:
    """The type's only spelling; a decimal that no engine has is refused."""
    match = DECIMAL.fullmatch(name)
    if match is None:
        return name
    precision, scale = int(match[1]), int(match[2])
    if not (1 <= precision <= 38 and scale <= precision):
        raise ValueError("A decimal has 1 to 38 digits, and no more of them after the point than in all.")
    return f"decimal({precision},{scale})"


TypeName = Annotated[str, StringConstraints(pattern=_PATTERN), AfterValidator(_possible), shown_as("column-type")]
TYPE_NAME = TypeAdapter(TypeName)


class CastTypesConfig(ModuleConfig):
    type_mapping: dict[ColumnName, TypeName] = field(
        ...,
        "Types",
        "The new type of each column: integer, bigint, decimal(p,s), float, boolean, string, date, timestamp or "
        "timestamptz. A float loses its fraction when it becomes an integer; text must be exactly of the type "
        "('3.7' is no integer, dates are ISO 8601).",
        {"amount": "decimal(12,2)", "order_date": "date"},
        min_length=1,
        max_length=1000,
    )
    on_error: Literal["fail", "null"] = field(
        "fail", "When a value does not fit", "Fail the run, naming column and value, or put null in its place."
    )


class CastTypesTransformer(Transformer):
    """Change the types of columns."""

    display_name: ClassVar = "Cast Data Types"
    category: ClassVar = "columns"
    icon: ClassVar = "binary"
    presets: ClassVar = (
        Preset(
            "money-and-dates",
            "Money and dates",
            "Amounts as exact decimals, dates as dates.",
            {"type_mapping": {"amount": "decimal(12,2)", "order_date": "date"}, "on_error": "fail"},
        ),
    )
    Config: ClassVar = CastTypesConfig

    @classmethod
    def transform(cls, config: CastTypesConfig, inputs: Inputs, sql: Dialect) -> Query:
        source, findings = inputs.one, Findings()
        for name, target in config.type_mapping.items():
            path = pointer("type_mapping", name)
            column = findings.column(source, name, path)
            if column is not None and (refused := refusal(column.type, target)):
                message, hint = refused
                findings.add(path, f"Column '{name}': {message}", hint, "wrong-type")
        findings.raise_if_any()
        query = sql.projected(source, [cls._cast(column, config, sql) for column in source.columns])
        return query if config.on_error == "null" else sql.diagnosed(query, source, cls._checks(config, source, sql))

    @staticmethod
    def _cast(column: Column, config: CastTypesConfig, sql: Dialect) -> tuple[Column, str]:
        target = config.type_mapping.get(column.name, column.type)
        quoted = sql.quote(column.name)
        cast = sql.cast(quoted, column.type, target, on_error=config.on_error, subject=f"Column '{column.name}'")
        return Column(column.name, target), cast

    @staticmethod
    def _checks(config: CastTypesConfig, source: Relation, sql: Dialect) -> list[tuple[str, str]]:
        """What is wrong with a row, and how that is told, for each column."""
        checks = []
        for name, target in config.type_mapping.items():
            quoted, kind = sql.quote(name), source[name].type
            if not refusal(kind, "string"):
                cast = sql.cast(quoted, kind, target, on_error="null")
                text = sql.cast(quoted, kind, "string")
                checks.append(
                    (
                        f"{quoted} IS NOT NULL AND ({cast}) IS NULL",
                        sql.shown(f"Column '{name}' cannot be cast to {target}", text),
                    )
                )
        return checks

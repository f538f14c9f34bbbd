from typing import ClassVar, Literal

from module_operators.base import Preset, Transformer
from module_operators.config import ColumnName, ModuleConfig, NewColumnName, TimeZone, field
from module_operators.engines.dialect import Argument, Dialect
from module_operators.problems import Findings
from module_operators.relation import Column, Inputs, Query

Part = Literal["year", "quarter", "month", "week", "day", "weekday", "hour", "minute", "second"]


class ExtractDatePartsConfig(ModuleConfig):
    date_column: ColumnName = field(..., "Column", "A date or timestamp.", "order_date")
    parts: list[Part] = field(
        ...,
        "Parts",
        "The parts to add, each as a column of whole numbers. Weeks are ISO 8601 weeks, weekday 1 is Monday; a date "
        "has hour, minute and second 0.",
        ["year", "month", "weekday"],
        min_length=1,
        max_length=9,
    )
    prefix: NewColumnName | Literal[""] | None = field(
        None, "Prefix", "In front of each part's name; null for the column's name and _.", "ordered_"
    )
    timezone: TimeZone | None = field(
        None, "Time zone", "Where the clock of a timestamptz is read; null for UTC.", "Europe/Amsterdam"
    )


class ExtractDatePartsTransformer(Transformer):
    """Add year, month, weekday and other parts of a date as columns."""

    display_name: ClassVar = "Extract Date Parts"
    category: ClassVar = "columns"
    icon: ClassVar = "calendar-days"
    presets: ClassVar = (
        Preset(
            "calendar",
            "Calendar",
            "Year, quarter, month and day.",
            {"date_column": "order_date", "parts": ["year", "quarter", "month", "day"]},
        ),
        Preset(
            "time-of-week",
            "Time of the week",
            "Weekday and hour, to see when things happen.",
            {"date_column": "created_at", "parts": ["weekday", "hour"]},
        ),
    )
    Config: ClassVar = ExtractDatePartsConfig

    @classmethod
    def transform(cls, config: ExtractDatePartsConfig, inputs: Inputs, sql: Dialect) -> Query:
        source, findings = inputs.one, Findings()
        column = findings.column(source, config.date_column, "/date_column")
        if column is not None:
            _check(column, config, findings)
        prefix = f"{config.date_column}_" if config.prefix is None else config.prefix
        for index, part in enumerate(config.parts):
            if part in config.parts[:index]:
                findings.add(f"/parts/{index}", f"Part '{part}' is listed twice.", "Remove one of the two.")
        names = {part: f"{prefix}{part}" for part in config.parts}
        findings.distinct([*((name, "") for name in source.names), *((name, "/prefix") for name in names.values())])
        findings.raise_if_any()
        assert column is not None
        moment = Argument(sql.quote(column.name), column.type)
        if config.timezone:
            zone = Argument(sql.literal(config.timezone), "string", config.timezone)
            moment = Argument(sql.function("at time zone", [moment, zone]), "timestamp")
        items = [(each, sql.quote(each.name)) for each in source.columns]
        items += [(Column(name, "bigint"), sql.function(part, [moment])) for part, name in names.items()]
        return sql.projected(source, items)


def _check(column: Column, config: ExtractDatePartsConfig, findings: Findings) -> None:
    if not column.is_temporal:
        hint = "Parse Dates can make it one." if column.type == "string" else None
        message = f"Column '{column.name}' is {column.type}, not a date or timestamp."
        findings.add("/date_column", message, hint, "wrong-type")
    elif config.timezone and column.type != "timestamptz":
        message = f"Column '{column.name}' is {column.type}: it has no time zone to be changed."
        findings.add("/timezone", message, "Remove the time zone.", "wrong-type")

from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, StringConstraints

from module_operators.base import Preset, Transformer
from module_operators.config import ColumnName, ModuleConfig, TimeZone, field
from module_operators.date_formats import COMMON, DIRECTIVES, DateFormat
from module_operators.engines.dialect import Argument, Dialect
from module_operators.problems import Findings
from module_operators.relation import HIDDEN_PREFIX, Column, Inputs, Query, Relation

_OFFSET = r"[0-9][ ]?(Z|[+-][0-9]{2}(:?[0-9]{2})?)[\x09-\x0D\x20]*\z"
_COMPACT = r"\A([0-9]{4})([0-9]{2})([0-9]{2})\z"


def _understood(text: str) -> str:
    DateFormat.parse(text)
    return text


class ParseDateConfig(ModuleConfig):
    columns: list[ColumnName] = field(
        ..., "Columns", "The text columns to read as dates.", ["order_date"], min_length=1, max_length=1000
    )
    format: Annotated[str, StringConstraints(min_length=1, max_length=100), AfterValidator(_understood)] | None = field(
        None,
        "Format",
        f"How the texts are written: {DIRECTIVES}. Without time the result is a date, with %z a timestamptz, else a "
        "timestamp. Null: ISO 8601 and common forms (2024-02-29 13:05:00+01:00, 20240229, 2024/02/29, "
        "29.02.2024 13:05, 29 Feb 2024, Feb 29, 2024), giving timestamps; an offset is counted to UTC. "
        "What could be day or month first "
        "(02/03/2024) needs a format.",
        "%d.%m.%Y",
        "%m/%d/%Y %I:%M %p",
    )
    timezone: TimeZone | None = field(
        None,
        "Time zone",
        "Where the clock of texts without an offset hangs; the result is a timestamptz. Null: texts are taken as they "
        "are.",
        "Europe/Amsterdam",
    )
    on_error: Literal["fail", "null"] = field(
        "fail", "When a text is no date", "Fail the run, naming column and text, or put null in its place."
    )


class ParseDateTransformer(Transformer):
    """Read texts as dates and times."""

    display_name: ClassVar = "Parse Dates"
    category: ClassVar = "columns"
    icon: ClassVar = "calendar-search"
    presets: ClassVar = (
        Preset("iso", "ISO 8601", "Dates and times in the usual forms.", {"columns": ["created_at"]}),
        Preset("european", "Day first", "29.02.2024", {"columns": ["order_date"], "format": "%d.%m.%Y"}),
        Preset("american", "Month first", "02/29/2024", {"columns": ["order_date"], "format": "%m/%d/%Y"}),
    )
    Config: ClassVar = ParseDateConfig

    @classmethod
    def transform(cls, config: ParseDateConfig, inputs: Inputs, sql: Dialect) -> Query:
        source, findings = inputs.one, Findings()
        columns = findings.columns(source, config.columns, "/columns")
        for column in columns:
            if column.type != "string":
                hint = (
                    "It needs no parsing; Cast Data Types changes its type."
                    if column.is_temporal
                    else "Cast Data Types can make it a string."
                )
                path = f"/columns/{config.columns.index(column.name)}"
                findings.add(path, f"Column '{column.name}' is {column.type}, not text.", hint, "wrong-type")
        findings.raise_if_any()
        return _parsed(config, source, _Reader(config, sql), sql)


def _parsed(config: ParseDateConfig, source: Relation, reader: "_Reader", sql: Dialect) -> Query:
    """The source with the moments of its texts, computed once a text beside it."""
    items: list[tuple[Column, str]] = []
    checks: list[tuple[str, str]] = []
    computed: list[str] = []
    for column in source.columns:
        text = sql.quote(column.name)
        if column.name not in config.columns:
            items.append((column, text))
            continue
        message = f"Column '{column.name}' holds what is no {reader.described}"
        moment, parsed = sql.quote(f"{HIDDEN_PREFIX}moment_{len(computed)}"), reader.parsed(text)
        computed.append(f"{parsed} AS {moment}")
        checks.append((f"{text} IS NOT NULL AND ({parsed}) IS NULL", sql.shown(message, text)))
        fails = config.on_error == "fail"
        items.append(
            (Column(column.name, reader.logical), sql.fail_unless_null(text, moment, message) if fails else moment)
        )
    rows = f"(SELECT {sql.everything(source)}, {', '.join(computed)} FROM {sql.table(source)}) AS parsed"
    query = sql.projected(source, items, rows)
    return sql.diagnosed(query, source, checks) if config.on_error == "fail" else query


class _Reader:
    """Writes the SQL that reads one text, by the options."""

    def __init__(self, config: ParseDateConfig, sql: Dialect) -> None:
        self._config, self._sql = config, sql
        self._format = DateFormat.parse(config.format) if config.format else None

    @property
    def logical(self) -> str:
        if self._config.timezone:
            return "timestamptz"
        return self._format.logical if self._format else "timestamp"

    @property
    def described(self) -> str:
        return f"date of the form {self._config.format}" if self._format else "date in a common form"

    def parsed(self, text: str) -> str:
        """The moment that the text means; null when it means none."""
        trimmed = self._sql.function("trim", [Argument(text, "string")])
        if self._format is not None:
            return self._moment(self._format.iso(trimmed, self._sql), has_offset="z" in self._format.groups)
        compact = self._sql.rearranged(trimmed, _COMPACT, r"\1-\2-\3")
        local = [compact, *(self._iso(form, trimmed) for form in COMMON if "%z" not in form)]
        zoned = [self._iso(form, trimmed) for form in COMMON if "%z" in form]
        iso = self._either(trimmed)
        return f"coalesce({', '.join([iso, *map(self._local, local), *map(self._zoned, zoned)])})"

    def _iso(self, form: str, text: str) -> str:
        return DateFormat.parse(form).iso(text, self._sql)

    def _moment(self, iso: str, *, has_offset: bool) -> str:
        if has_offset:
            return self._zoned(iso)
        return self._local(iso)

    def _either(self, text: str) -> str:
        """An ISO 8601 text, whose offset counts when it has one."""
        if self.logical != "timestamptz":
            return self._cast(text, "timestamp")
        has_offset = self._sql.matches(text, _OFFSET)
        has_time = self._sql.matches(text, ":")
        return f"CASE WHEN {has_time} AND {has_offset} THEN {self._zoned(text)} ELSE {self._local(text)} END"

    def _local(self, iso: str) -> str:
        if not self._config.timezone:
            return self._cast(iso, self.logical)
        zone = Argument(self._sql.literal(self._config.timezone), "string", self._config.timezone)
        return self._sql.function("at time zone", [Argument(self._cast(iso, "timestamp"), "timestamp"), zone])

    def _zoned(self, iso: str) -> str:
        return self._cast(iso, self.logical)

    def _cast(self, text: str, logical: str) -> str:
        return self._sql.cast(text, "string", logical, on_error="null")

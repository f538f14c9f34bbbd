import csv
from collections.abc import Sequence
from typing import Annotated, ClassVar, Literal

from pydantic import StringConstraints

from module_operators.base import Extracted, Extractor
from module_operators.config import ADVANCED, ColumnName, FilePath, field
from module_operators.csv_layout import CsvForm, CsvLayout, laid_out, sniffed_type
from module_operators.csv_scan import CsvScan
from module_operators.files import StoredFile
from module_operators.late_values import GivenType, SniffedType, given_type
from module_operators.problems import Findings, SourceError, pointer
from module_operators.relation import Column, Relation
from module_operators.run import Run
from module_operators.schema_change import SourceConfig
from module_operators.text_files import (
    LONGEST_LINE,
    SAMPLE,
    Encoding,
    are_compressed,
    extracted,
    head,
    is_utf8,
    readable_as_utf8,
    stamps,
)

SAMPLED_FILES = 16


class CsvExtractorConfig(SourceConfig):
    file_path: FilePath = field(
        ...,
        "File",
        "A file of the file store, or several of the same columns by a glob. `${name}` takes run parameters. "
        "Files compressed with gzip are read too.",
        "sales.csv",
        "sales/2024-*.csv",
    )
    delimiter: Literal[",", ";", "\t", "|"] | None = field(
        None, "Delimiter", "The character between two values; empty: found in the file.", ",", ";"
    )
    has_header: bool = field(
        True, "Header", "The first line holds the column names; otherwise they are column_1, column_2, …"
    )
    encoding: Encoding = field(
        "utf-8", "Encoding", "Text encoding of the file.", "utf-8", "windows-1252", "utf-16", hints=ADVANCED
    )
    null_values: list[Annotated[str, StringConstraints(max_length=100)]] = field(
        ["", "NA", "N/A", "null"],
        "Null values",
        "Values that mean 'no value', quoted or not.",
        max_length=50,
        hints=ADVANCED,
    )
    quote_char: Literal['"', "'", ""] = field(
        '"',
        "Quote character",
        "What surrounds a value that holds delimiters or line ends; empty: nothing does.",
        hints=ADVANCED,
    )
    skip_rows: int = field(
        0, "Skip lines", "Lines to leave out at the start of the file.", 3, ge=0, le=1_000_000, hints=ADVANCED
    )
    column_types: dict[ColumnName, GivenType] = field(
        {},
        "Column types",
        "Types by column, for those that the first rows do not show: integer, bigint, decimal(p,s), float, boolean, "
        "string, date, timestamp or timestamptz. All other types are found in the first megabyte of the file.",
        {"postcode": "string", "amount": "decimal(12,2)"},
        max_length=1000,
    )


class CsvExtractor(Extractor):
    """Read CSV files: delimiter, names and types are found in the file, values that would lose something stay text."""

    display_name: ClassVar = "CSV file"
    category: ClassVar = "files"
    icon: ClassVar = "file-spreadsheet"
    tags: ClassVar = ("file",)
    tested_against: ClassVar = "files of a local file store, DuckDB 2.0."
    Config: ClassVar = CsvExtractorConfig

    @classmethod
    def extract(cls, config: CsvExtractorConfig, run: Run) -> Extracted:
        files = run.files.matching(run.substitute(config.file_path))
        seen = stamps(run, files)
        layout = _common_layout(config, run, files)
        types = _types(config, layout)
        paths = readable_as_utf8(run, files, config.encoding)
        scan = CsvScan(
            paths=tuple(paths),
            layout=layout,
            types=tuple(types),
            quote=config.quote_char,
            has_header=config.has_header,
            null_values=tuple(config.null_values),
            is_gzip=is_utf8(config.encoding) and are_compressed(run.files, files),
        )
        return extracted(run, scan.query(run.engine), paths, seen)

    @classmethod
    def schema(cls, config: CsvExtractorConfig, run: Run) -> tuple[Column, ...]:
        files = run.files.matching(run.substitute(config.file_path))
        layout = _common_layout(config, run, files)
        types = _types(config, layout)
        return tuple(Column(name, kind.logical) for name, kind in zip(layout.names, types, strict=True))


def _common_layout(config: CsvExtractorConfig, run: Run, files: Sequence[StoredFile]) -> CsvLayout:
    """The first file's layout with samples of several files; all must have the same columns."""
    form = CsvForm(config.delimiter, config.quote_char, config.has_header, config.skip_rows)
    first = _layout(config, run, files[0], form)
    form = CsvForm(first.delimiter, form.quote, form.has_header, form.skip)
    step = max(1, len(files) // SAMPLED_FILES)
    samples, newline, is_plain = list(first.samples), first.newline, first.is_plain
    for number, file in enumerate(files[1:], 1):
        other = _layout(config, run, file, form)
        if len(other.names) != len(first.names) or (config.has_header and other.names != first.names):
            raise SourceError(_difference(files[0].name, first, file.name, other))
        newline, is_plain = newline or other.newline, is_plain and other.is_plain
        if other.newline not in {None, newline} or other.skip != first.skip:
            raise SourceError(
                f"'{file.name}' has other line ends or blank lines than '{files[0].name}'. Read them as separate nodes."
            )
        if number % step == 0:
            samples = [(*one, *more) for one, more in zip(samples, other.samples, strict=True)]
    return CsvLayout(first.delimiter, newline, first.skip, first.names, first.header, tuple(samples), is_plain)


def _layout(config: CsvExtractorConfig, run: Run, file: StoredFile, form: CsvForm) -> CsvLayout:
    size = SAMPLE
    while True:
        text, is_whole = head(run.files, file, config.encoding, size)
        try:
            if layout := laid_out(text, form, is_whole=is_whole):
                return layout
        except csv.Error as error:
            raise SourceError(f"'{file.name}' is not well-formed CSV: {error}.") from None
        if is_whole:
            what = "is empty" if not text.strip() else f"has no line after the {config.skip_rows} skipped ones"
            raise SourceError(f"'{file.name}' {what}; there are no columns to read.")
        if size > LONGEST_LINE:
            raise SourceError(f"'{file.name}' has a line longer than {LONGEST_LINE >> 20} MB: is it a CSV file?")
        size *= 4


def _difference(name: str, first: CsvLayout, other_name: str, other: CsvLayout) -> str:
    if len(first.names) != len(other.names):
        return (
            f"'{other_name}' has {len(other.names)} columns where '{name}' has {len(first.names)}; "
            "files that are read together need the same columns."
        )
    index = next(i for i, names in enumerate(zip(first.names, other.names, strict=True)) if len(set(names)) > 1)
    return (
        f"Column {index + 1} of '{other_name}' is '{other.names[index]}' where '{name}' has '{first.names[index]}'; "
        "files that are read together need the same columns."
    )


def _types(config: CsvExtractorConfig, layout: CsvLayout) -> list[SniffedType]:
    findings = Findings()
    known = Relation("file", tuple(Column(name, "string") for name in layout.names))
    for name in config.column_types:
        findings.column(known, name, pointer("column_types", name))
    findings.raise_if_any()
    types = []
    for name, values in zip(layout.names, layout.samples, strict=True):
        given = config.column_types.get(name)
        types.append(given_type(given) if given else sniffed_type(values, config.null_values))
    return types

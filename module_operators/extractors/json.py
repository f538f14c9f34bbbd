import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, StringConstraints

from module_operators.base import Extracted, Extractor
from module_operators.column_names import unique_names
from module_operators.config import ADVANCED, ColumnName, FilePath, field
from module_operators.files import StoredFile
from module_operators.json_path import NotFound, copy_value, is_path, parsed_path
from module_operators.json_records import Form, JsonSample, NotRecords, keys_of, sampled, type_of
from module_operators.json_scan import JsonColumn, JsonScan
from module_operators.late_values import GivenType, given_type
from module_operators.problems import Findings, SourceError, pointer
from module_operators.relation import Column
from module_operators.run import Run
from module_operators.schema_change import SourceConfig
from module_operators.text_files import (
    LONGEST_LINE,
    SAMPLE,
    Encoding,
    are_compressed,
    decoded,
    extracted,
    readable_as_utf8,
    stamps,
)

SAMPLED_FILES = 16


class JsonExtractorConfig(SourceConfig):
    file_path: FilePath = field(
        ...,
        "File",
        "A file of the file store, or several by a glob. `${name}` takes run parameters. Files compressed with gzip "
        "are read too.",
        "orders.json",
        "events/2024-*.jsonl",
    )
    format: Literal["auto", "records", "lines"] = field(
        "auto", "Format", "One list of records, one record a line (JSON Lines), or as found in the file."
    )
    json_path: Annotated[str, StringConstraints(max_length=1000), AfterValidator(is_path)] | None = field(
        None, "Path to the records", "Where in the document the list of records is; empty: at its top.", "data.items"
    )
    encoding: Encoding = field("utf-8", "Encoding", "Text encoding of the file.", "utf-8", "utf-16", hints=ADVANCED)
    column_types: dict[ColumnName, GivenType] = field(
        {},
        "Column types",
        "Types by column, for those that the first records do not show: integer, bigint, decimal(p,s), float, "
        "boolean, string, date, timestamp or timestamptz. All other types are found in the first records. A column "
        "that they lack is added by giving it a type.",
        {"created_at": "timestamptz"},
        max_length=1000,
    )


class JsonExtractor(Extractor):
    """Read JSON files of records. Nested objects and lists become text columns that hold their JSON."""

    display_name: ClassVar = "JSON file"
    category: ClassVar = "files"
    icon: ClassVar = "file-json"
    tags: ClassVar = ("file",)
    tested_against: ClassVar = "files of a local file store, DuckDB 2.0."
    Config: ClassVar = JsonExtractorConfig

    @classmethod
    def extract(cls, config: JsonExtractorConfig, run: Run) -> Extracted:
        files = run.files.matching(run.substitute(config.file_path))
        seen = stamps(run, files)
        layout = _layout(config, run, files)
        paths, is_gzip = _readable(config, run, files)
        scan = JsonScan(tuple(paths), layout.form, layout.columns, is_gzip)
        return extracted(run, scan.query(run.engine), paths, seen)

    @classmethod
    def schema(cls, config: JsonExtractorConfig, run: Run) -> tuple[Column, ...]:
        layout = _layout(config, run, run.files.matching(run.substitute(config.file_path)))
        return tuple(Column(column.name, column.kind.logical) for column in layout.columns)


@dataclass(frozen=True, slots=True)
class _Layout:
    form: Form
    columns: tuple[JsonColumn, ...]


def _readable(config: JsonExtractorConfig, run: Run, files: Sequence[StoredFile]) -> tuple[list[Path], bool]:
    """Local files that hold records at their top, and whether they are compressed."""
    path = parsed_path(config.json_path or "")
    if not path:
        paths = readable_as_utf8(run, files, config.encoding, keep_mark=False)
        is_gzip = paths == [Path(file.location) for file in files] and are_compressed(run.files, files)
        return paths, is_gzip
    paths = []
    for number, file in enumerate(files):
        target = run.files.scratch / "records" / str(number) / Path(file.name).name.removesuffix(".gz")
        target.parent.mkdir(parents=True, exist_ok=True)
        with decoded(run.files, file, config.encoding) as source, target.open("wb") as out:
            _copied(file, source, path, out)
        paths.append(target)
    return paths, False


def _layout(config: JsonExtractorConfig, run: Run, files: Sequence[StoredFile]) -> _Layout:
    """The files' columns by the records that several of them start with."""
    step = -(-len(files) // SAMPLED_FILES)
    samples = [_sample(config, run, file) for file in files[::step]]
    forms: set[Form] = {sample.form for sample in samples if sample.records} or {samples[0].form}
    if forms == {"newline_delimited", "unstructured"}:
        forms = {"unstructured"}
    if len(forms) > 1:
        raise SourceError("Some of the files hold one list and some hold records by line. Read them as separate nodes.")
    records = [record for sample in samples for record in sample.records]
    given = config.column_types
    keys = keys_of(records)
    names = unique_names(keys)
    added = [name for name in given if name not in names]
    if not keys and not added:
        raise SourceError(f"'{files[0].name}' holds no records, so that there are no columns to read.")
    findings = Findings()
    findings.distinct([(name, "") for name in names] + [(name, pointer("column_types", name)) for name in added])
    findings.raise_if_any()
    columns = [
        JsonColumn(key, name, given_type(given[name]) if name in given else type_of([r.get(key) for r in records]))
        for key, name in zip(keys, names, strict=True)
    ]
    columns += [JsonColumn(name, name, given_type(given[name])) for name in added]
    return _Layout(forms.pop(), tuple(columns))


def _sample(config: JsonExtractorConfig, run: Run, file: StoredFile) -> JsonSample:
    path = parsed_path(config.json_path or "")
    size = SAMPLE
    while True:
        with decoded(run.files, file, config.encoding) as source:
            start = io.BytesIO()
            if path:
                is_whole = _copied(file, source, path, start, size)
            else:
                start.write(source.read(size + 1))
                is_whole = start.tell() <= size
        text = start.getvalue()[: None if path else size].decode("utf-8", "ignore")
        try:
            sample = sampled(text, config.format, is_whole=is_whole)
        except NotRecords as error:
            raise SourceError(f"'{file.name}', {error}.") from None
        if sample:
            return sample
        if size > LONGEST_LINE:
            raise SourceError(f"'{file.name}' has a record longer than {LONGEST_LINE >> 20} MB: is it a JSON file?")
        size *= 4


def _copied(file: StoredFile, source: Any, path: Sequence[str | int], target: Any, limit: int | None = None) -> bool:
    try:
        return copy_value(source, path, target, limit)
    except NotFound as error:
        raise SourceError(f"'{file.name}' has no records at that path: {error}.") from None
    except ValueError as error:
        raise SourceError(f"'{file.name}' is not valid JSON: {error}.") from None

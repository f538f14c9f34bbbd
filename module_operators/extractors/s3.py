from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, StringConstraints

from module_operators.base import Extracted, Extractor, Preset
from module_operators.config import ADVANCED, ColumnName, ConnectionId, ObjectKey, field
from module_operators.connections.s3 import Bucket, StoredObject
from module_operators.connections.s3_files import BucketFiles, found_objects
from module_operators.extractors.csv import CsvExtractor, CsvExtractorConfig
from module_operators.extractors.json import JsonExtractor, JsonExtractorConfig
from module_operators.json_path import is_path
from module_operators.late_values import GivenType
from module_operators.problems import SourceError
from module_operators.relation import Column
from module_operators.run import Run
from module_operators.s3_parquet import ParquetObjects
from module_operators.schema_change import SourceConfig
from module_operators.text_files import Encoding

Format = Literal["parquet", "csv", "json"]

_ENDINGS: dict[str, Format] = {
    "parquet": "parquet",
    "csv": "csv",
    "tsv": "csv",
    "txt": "csv",
    "json": "json",
    "jsonl": "json",
    "ndjson": "json",
}


class S3ExtractorConfig(SourceConfig):
    bucket: Annotated[str, StringConstraints(min_length=3, max_length=255)] = field(
        ..., "Bucket", "The bucket to read from. `${name}` takes run parameters.", "sales-data"
    )
    path: ObjectKey = field(
        ...,
        "Path",
        "A key, a folder, or a glob over keys (`*` within one folder, `**` through all). `${name}` takes run "
        "parameters.",
        "orders/2024-01.parquet",
        "orders/**/*.parquet",
        "exports/${logical_date}/*.csv.gz",
    )
    connection_id: ConnectionId | None = field(
        None, "Connection", "An Amazon connection; empty: the credentials of the machine (its role, its environment)."
    )
    format: Literal["auto", "parquet", "csv", "json"] = field("auto", "Format", "auto: by the ending of the name.")
    delimiter: Literal[",", ";", "\t", "|"] | None = field(
        None, "Delimiter", "CSV: the character between two values; empty: found in the file.", ",", ";"
    )
    has_header: bool = field(True, "Header", "CSV: the first line holds the column names.")
    encoding: Encoding = field(
        "utf-8", "Encoding", "CSV and JSON: text encoding.", "utf-8", "windows-1252", hints=ADVANCED
    )
    json_path: Annotated[str, StringConstraints(max_length=1000), AfterValidator(is_path)] | None = field(
        None, "Path to the records", "JSON: where in the document the list of records is; empty: at its top.", "data"
    )
    column_types: dict[ColumnName, GivenType] = field(
        {},
        "Column types",
        "CSV and JSON: types by column, for those that the first rows do not show.",
        {"postcode": "string"},
        max_length=1000,
        hints=ADVANCED,
    )


class S3Extractor(Extractor):
    """Read Parquet, CSV or JSON objects from S3, MinIO or another server that speaks S3.

    Objects are copied to staging, and a run fails that finds one changed between its look and its copy. Folders named
    `column=value` become columns of Parquet. In a folder that S3 Loader has written, only the objects of its last load
    are read. Keys with a part that begins with `.` or `_` are left out unless the path names them. The connection takes
    login and password (the keys), and in its extra `endpoint_url`, `region_name` and `aws_session_token`.
    """

    display_name: ClassVar = "S3 / MinIO"
    category: ClassVar = "cloud"
    icon: ClassVar = "cloud-download"
    tags: ClassVar = ("file", "cloud")
    tested_against: ClassVar = "SeaweedFS 4.48's S3, DuckDB 2.0."
    connection_types: ClassVar = ("aws", "s3")
    Config: ClassVar = S3ExtractorConfig
    presets: ClassVar = (
        Preset(
            "parquet-folder", "Parquet folder", "Every Parquet file below a folder.", {"path": "orders/**/*.parquet"}
        ),
        Preset(
            "csv-exports", "CSV exports", "The CSV files of one folder.", {"path": "exports/*.csv", "format": "csv"}
        ),
    )

    @classmethod
    def extract(cls, config: S3ExtractorConfig, run: Run) -> Extracted:
        bucket, objects = _found(config, run)
        kind = _format(config, objects)
        if kind == "parquet":
            with run.landing() as folder:
                found = ParquetObjects.downloaded(bucket, objects, folder, run.engine)
            query = found.query(run.staging.final_path(""), run.engine)
            return Extracted(query, bytes=sum(each.size for each in objects), staged=True)
        within = _within(bucket, run)
        if kind == "csv":
            return CsvExtractor.extract(_csv(config), within)
        return JsonExtractor.extract(_json(config), within)

    @classmethod
    def schema(cls, config: S3ExtractorConfig, run: Run) -> tuple[Column, ...]:
        bucket, objects = _found(config, run)
        kind = _format(config, objects)
        if kind == "parquet":
            folder = run.files.scratch / f"footers-{run.node_id}"
            return ParquetObjects.outlined(bucket, objects, folder, run.engine).query(folder, run.engine).columns
        within = _within(bucket, run)
        if kind == "csv":
            return CsvExtractor.schema(_csv(config), within)
        return JsonExtractor.schema(_json(config), within)


def _found(config: S3ExtractorConfig, run: Run) -> tuple[Bucket, Sequence[StoredObject]]:
    bucket = Bucket.named(run, run.substitute(config.bucket), config.connection_id, SourceError)
    return bucket, found_objects(bucket, run.substitute(config.path))


def _within(bucket: Bucket, run: Run) -> Run:
    """The run with the bucket as its file store."""
    return replace(run, files=BucketFiles(f"s3://{bucket.name}", run.files.scratch, bucket))


def _format(config: S3ExtractorConfig, objects: Sequence[StoredObject]) -> Format:
    if config.format != "auto":
        return config.format
    kinds: dict[Format | None, str] = {}
    for each in objects:
        ending = each.key.casefold().removesuffix(".gz").rpartition(".")[2]
        kinds.setdefault(_ENDINGS.get(ending), each.key)
    if None in kinds:
        raise SourceError(f"The ending of '{kinds[None]}' does not tell its format; choose it in 'Format'.")
    if len(kinds) > 1:
        named = " and ".join(f"'{key}'" for key in list(kinds.values())[:2])
        raise SourceError(f"{named} are of different formats; read them as separate nodes.")
    return next(kind for kind in kinds if kind)


def _csv(config: S3ExtractorConfig) -> CsvExtractorConfig:
    return CsvExtractorConfig(
        file_path=config.path,
        delimiter=config.delimiter,
        has_header=config.has_header,
        encoding=config.encoding,
        column_types=config.column_types,
    )


def _json(config: S3ExtractorConfig) -> JsonExtractorConfig:
    return JsonExtractorConfig(
        file_path=config.path,
        json_path=config.json_path,
        encoding=config.encoding,
        column_types=config.column_types,
    )

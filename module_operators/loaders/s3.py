import tempfile
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

from pydantic import StringConstraints

from module_operators.base import Loaded, Loader, Preset
from module_operators.config import ADVANCED, ColumnName, ConnectionId, ModuleConfig, ObjectKey, field
from module_operators.connections.s3 import Bucket
from module_operators.connections.s3_files import checked_key
from module_operators.loaders.json import write_json
from module_operators.loaders.parquet import check_partitions
from module_operators.problems import Findings, TargetError
from module_operators.relation import Plan, Relation
from module_operators.run import Run
from module_operators.s3_folder import MANIFEST, Folder, replace_folder

_LOAD, _ROWS = "logidata-load", "logidata-rows"
_TYPES = {"parquet": "application/vnd.apache.parquet", "csv": "text/csv", "json": "application/json"}


class S3LoaderConfig(ModuleConfig):
    bucket: Annotated[str, StringConstraints(min_length=3, max_length=255)] = field(
        ..., "Bucket", "The bucket to write to; it must exist. `${name}` takes run parameters.", "sales-data"
    )
    path: ObjectKey = field(
        ...,
        "Path",
        "The key to write, or the folder when partitioned; what an earlier load wrote there is replaced. `${name}` "
        "takes run parameters. A name of CSV or JSON that ends in .gz is compressed.",
        "out/sales.parquet",
        "out/sales-${logical_date}.csv.gz",
    )
    connection_id: ConnectionId | None = field(
        None, "Connection", "An Amazon connection; empty: the credentials of the machine (its role, its environment)."
    )
    format: Literal["parquet", "csv", "json"] = field(
        "parquet", "Format", "json: one object a line (JSON Lines); csv: UTF-8 with a header and commas."
    )
    compression: Literal["snappy", "zstd", "gzip", "brotli", "none"] = field(
        "snappy",
        "Compression",
        "Parquet: snappy is fastest to read and write, zstd about a third smaller.",
        hints=ADVANCED,
    )
    partition_by: list[ColumnName] = field(
        [],
        "Partition by",
        "Parquet: write a folder with objects for each value of these columns (`region=north/…`); their values are in "
        "the keys only.",
        ["region"],
        max_length=10,
    )


class S3Loader(Loader):
    """Write the rows to an object of S3, MinIO or another server that speaks S3, there only when whole, and once.

    One object is replaced in one step and remembers the load that wrote it in its metadata. A partitioned folder gets
    new objects, then `_logidata_manifest.json`, which names them and is the commit, and then loses the objects of the
    load before: S3 Extractor reads by the manifest and sees one load whole; a reader that lists the folder may see the
    objects of two loads for a moment. A folder that holds other things than Parquet is refused.
    """

    display_name: ClassVar = "S3 / MinIO"
    category: ClassVar = "cloud"
    icon: ClassVar = "cloud-upload"
    tags: ClassVar = ("file", "cloud")
    tested_against: ClassVar = "SeaweedFS 4.48's S3, DuckDB 2.0."
    connection_types: ClassVar = ("aws", "s3")
    Config: ClassVar = S3LoaderConfig
    presets: ClassVar = (
        Preset("parquet", "Parquet", "One Parquet object.", {"format": "parquet", "path": "out/data.parquet"}),
        Preset("csv-gz", "Compressed CSV", "One CSV object, compressed.", {"format": "csv", "path": "out/data.csv.gz"}),
    )

    @classmethod
    def check(cls, config: S3LoaderConfig, source: Relation, run: Run) -> None:  # noqa: ARG003 - the input's columns tell it
        findings = Findings()
        check_partitions(config.partition_by, source, findings)
        if config.partition_by and config.format != "parquet":
            findings.add("/partition_by", "Only Parquet can be partitioned.", "Choose parquet, or remove the columns.")
        findings.raise_if_any()

    @classmethod
    def load(cls, config: S3LoaderConfig, plan: Plan, run: Run) -> Loaded:
        bucket = Bucket.named(run, run.substitute(config.bucket), config.connection_id, TargetError)
        key = checked_key(run.substitute(config.path), TargetError)
        if config.partition_by:
            options = _options(config, key)
            columns = ", ".join(run.engine.dialect.quote(name) for name in config.partition_by)

            def write(folder: Path, names: str) -> int:
                told = f"{options}, PARTITION_BY ({columns}), FILENAME_PATTERN {run.engine.dialect.literal(names)}"
                return run.engine.copy(plan, str(folder), told).rows

            done = replace_folder(
                Folder(bucket, key), run.short_load_key, Path(tempfile.mkdtemp(dir=run.files.scratch)), write, run.log
            )
            return Loaded(done.rows, done.bytes)
        return _replace_object(bucket, key, config, plan, run)


def _replace_object(bucket: Bucket, key: str, config: S3LoaderConfig, plan: Plan, run: Run) -> Loaded:
    there: Any = bucket.attributes(key) or {}
    load = run.short_load_key
    if there.get(_LOAD) == load:
        run.log.info("An earlier try of this task has written '%s'; nothing to do.", key)
        return Loaded(int(there[_ROWS]))
    if bucket.look(f"{key}/{MANIFEST}"):
        raise TargetError(f"'{key}' is a folder that a load wrote; choose another name or delete it.")
    path = run.files.scratch / f"object.{config.format}"
    if config.format == "json":
        rows = write_json("lines", plan, run, path, indent=False, is_gzip=key.endswith(".gz"))
    else:
        rows = run.engine.copy(plan, str(path), _options(config, key)).rows
    size = path.stat().st_size
    bucket.put(key, path, {"Content-Type": _TYPES[config.format], _LOAD: load, _ROWS: str(rows)})
    path.unlink()
    return Loaded(rows, size)


def _options(config: S3LoaderConfig, key: str) -> str:
    if config.format == "csv":
        compression = "gzip" if key.endswith(".gz") else "none"
        return f"FORMAT csv, HEADER true, QUOTE '\"', ESCAPE '\"', COMPRESSION {compression}"
    return f"FORMAT parquet, COMPRESSION {'uncompressed' if config.compression == 'none' else config.compression}"

from collections.abc import Sequence
from typing import ClassVar, Literal

from module_operators.base import Loaded, Loader
from module_operators.config import ADVANCED, ColumnName, FilePath, ModuleConfig, field
from module_operators.problems import Findings
from module_operators.relation import Plan, Relation
from module_operators.run import Run


class ParquetLoaderConfig(ModuleConfig):
    file_path: FilePath = field(
        ...,
        "File",
        "Where to write, relative to the file store: a file, or a folder when partitioned. One that an earlier load "
        "wrote is replaced. `${name}` takes run parameters.",
        "out/sales.parquet",
        "out/sales",
    )
    compression: Literal["snappy", "zstd", "gzip", "brotli", "none"] = field(
        "snappy", "Compression", "snappy is fastest to read and write, zstd about a third smaller.", hints=ADVANCED
    )
    partition_by: list[ColumnName] = field(
        [],
        "Partition by",
        "Write a folder with one file for each value of these columns (`region=north/data_0.parquet`); their values "
        "are in the folders' names only.",
        ["region"],
        max_length=10,
    )


class ParquetLoader(Loader):
    """Write the rows to a Parquet file or a partitioned folder, which appears under its name only when it is whole.

    In a remote file store (LOGIDATA_FILES_URL is an address) a partitioned folder is replaced file by file, the old
    files last: readers may see those of two loads for a moment. S3 Loader replaces such a folder in one step.
    """

    display_name: ClassVar = "Parquet file"
    category: ClassVar = "files"
    icon: ClassVar = "file-box"
    tags: ClassVar = ("file",)
    tested_against: ClassVar = "a local file store, DuckDB 2.0."
    Config: ClassVar = ParquetLoaderConfig

    @classmethod
    def check(cls, config: ParquetLoaderConfig, source: Relation, run: Run) -> None:  # noqa: ARG003 - the input's columns tell it
        findings = Findings()
        check_partitions(config.partition_by, source, findings)
        findings.raise_if_any()

    @classmethod
    def load(cls, config: ParquetLoaderConfig, plan: Plan, run: Run) -> Loaded:
        compression = "uncompressed" if config.compression == "none" else config.compression
        options = ["FORMAT parquet", f"COMPRESSION {compression}"]
        if config.partition_by:
            columns = ", ".join(run.engine.dialect.quote(name) for name in config.partition_by)
            options.append(f"PARTITION_BY ({columns})")
        with run.files.replacing(run.substitute(config.file_path)) as path:
            if config.partition_by:
                path.mkdir()  # also when there are no rows
            written = run.engine.copy(plan, str(path), ", ".join(options))
        return Loaded(written.rows, written.bytes)


def check_partitions(partition_by: Sequence[str], source: Relation, findings: Findings) -> None:
    """Reports partition columns that do not exist, are named twice, or leave nothing to write."""
    findings.columns(source, partition_by, "/partition_by")
    for index, name in enumerate(partition_by):
        if name in partition_by[:index]:
            findings.add(f"/partition_by/{index}", f"Column '{name}' is listed twice.", "Remove one of the two.")
    if partition_by and set(partition_by) >= set(source.names):
        findings.add("/partition_by", "No column would be left to write to the files.", "Partition by fewer columns.")

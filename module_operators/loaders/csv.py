from typing import ClassVar, Literal

from module_operators.base import Loaded, Loader
from module_operators.config import FilePath, ModuleConfig, field
from module_operators.relation import Plan
from module_operators.run import Run


class CsvLoaderConfig(ModuleConfig):
    file_path: FilePath = field(
        ..., "File", "Where to write, relative to the file store. `${name}` takes run parameters.", "out/sales.csv"
    )
    delimiter: Literal[",", ";", "\t", "|"] = field(",", "Delimiter", "The character between two values.")
    include_header: bool = field(True, "Header", "Write the column names as the first line.")
    encoding: Literal["utf-8"] = field("utf-8", "Encoding", "Text encoding of the file.")


class CsvLoader(Loader):
    """Write the rows to a CSV file, which appears under its name only when it is whole."""

    display_name: ClassVar = "CSV file"
    category: ClassVar = "files"
    icon: ClassVar = "file-spreadsheet"
    Config: ClassVar = CsvLoaderConfig

    @classmethod
    def load(cls, config: CsvLoaderConfig, plan: Plan, run: Run) -> Loaded:
        literal = run.engine.dialect.literal
        header = "true" if config.include_header else "false"
        with run.files.replacing(run.substitute(config.file_path)) as path:
            written = run.engine.copy(
                plan, str(path), f"FORMAT csv, DELIMITER {literal(config.delimiter)}, HEADER {header}"
            )
        return Loaded(written.rows, written.bytes)

import codecs
import gzip
from pathlib import Path
from typing import Annotated, ClassVar, Literal

from pydantic import StringConstraints

from module_operators.base import Loaded, Loader
from module_operators.config import ADVANCED, FilePath, ModuleConfig, field
from module_operators.problems import TargetError
from module_operators.relation import Plan
from module_operators.run import Run
from module_operators.text_files import Encoding

_BLOCK = 1 << 20


class CsvLoaderConfig(ModuleConfig):
    file_path: FilePath = field(
        ...,
        "File",
        "Where to write, relative to the file store; a file that is there is replaced. `${name}` takes run parameters. "
        "A name that ends in .gz is compressed.",
        "out/sales.csv",
        "out/sales-${logical_date}.csv.gz",
    )
    delimiter: Literal[",", ";", "\t", "|"] = field(",", "Delimiter", "The character between two values.")
    include_header: bool = field(True, "Header", "Write the column names as the first line.")
    encoding: Encoding = field(
        "utf-8",
        "Encoding",
        "Text encoding of the file; utf-8-sig is what Excel recognises.",
        "utf-8",
        "utf-8-sig",
        "windows-1252",
        hints=ADVANCED,
    )
    quoting: Literal["minimal", "all"] = field(
        "minimal", "Quotes", "Quote the values that need it, or all that are not null.", hints=ADVANCED
    )
    null_value: Annotated[str, StringConstraints(max_length=100)] = field(
        "",
        "Null value",
        "What stands for a missing value; a text that equals it is quoted.",
        "",
        "NULL",
        hints=ADVANCED,
    )


class CsvLoader(Loader):
    """Write the rows to a CSV file, which appears under its name only when it is whole."""

    display_name: ClassVar = "CSV file"
    category: ClassVar = "files"
    icon: ClassVar = "file-spreadsheet"
    tags: ClassVar = ("file",)
    tested_against: ClassVar = "a local file store, DuckDB 2.0."
    Config: ClassVar = CsvLoaderConfig

    @classmethod
    def load(cls, config: CsvLoaderConfig, plan: Plan, run: Run) -> Loaded:
        literal = run.engine.dialect.literal
        name = run.substitute(config.file_path)
        is_gzip = name.casefold().endswith(".gz")
        options = [
            "FORMAT csv",
            f"DELIMITER {literal(config.delimiter)}",
            f"HEADER {literal(config.include_header)}",
            f"NULLSTR {literal(config.null_value)}",
            "QUOTE '\"'",
            "ESCAPE '\"'",
        ]
        if config.quoting == "all":
            options.append("FORCE_QUOTE *")
        with run.files.replacing(name) as path:
            if config.encoding == "utf-8":
                compression = "gzip" if is_gzip else "none"
                written = run.engine.copy(plan, str(path), ", ".join([*options, f"COMPRESSION {compression}"]))
                return Loaded(written.rows, written.bytes)
            plain = run.files.scratch / "plain.csv"
            written = run.engine.copy(plan, str(plain), ", ".join([*options, "COMPRESSION none"]))
            _encode(plain, path, config.encoding, is_gzip=is_gzip)
            plain.unlink()
            return Loaded(written.rows, path.stat().st_size)


def _encode(plain: Path, target: Path, encoding: str, *, is_gzip: bool) -> None:
    """UTF-8 to another encoding, block by block.

    Raises:
        TargetError: a character that the encoding does not have.
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    encoder = codecs.getincrementalencoder(encoding)()
    with plain.open("rb") as source, (gzip.open if is_gzip else open)(target, "wb") as out:
        line = 1
        while block := source.read(_BLOCK):
            text = decoder.decode(block)
            try:
                out.write(encoder.encode(text))
            except UnicodeEncodeError as error:
                line += text.count("\n", 0, error.start)
                raise TargetError(
                    f"Line {line:,} has the character '{text[error.start]}', which {encoding} cannot write. "
                    "Choose the encoding utf-8, or replace it with Normalize Text."
                ) from None
            line += text.count("\n")
        out.write(encoder.encode(decoder.decode(b"", final=True), final=True))

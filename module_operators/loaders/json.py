import gzip
from pathlib import Path
from typing import BinaryIO, ClassVar, Literal, cast

from module_operators.base import Loaded, Loader, Preset
from module_operators.config import FilePath, ModuleConfig, field
from module_operators.json_rows import BREAK, write_rows
from module_operators.relation import Plan
from module_operators.run import Run

_INDENT = "  "


class JsonLoaderConfig(ModuleConfig):
    file_path: FilePath = field(
        ...,
        "File",
        "Where to write, relative to the file store; a file that is there is replaced. `${name}` takes run parameters. "
        "A name that ends in .gz is compressed.",
        "out/orders.json",
        "out/orders-${logical_date}.jsonl.gz",
    )
    orient: Literal["records", "lines", "index", "values"] = field(
        "records",
        "Form",
        "records: one list of objects; lines: one object a line (JSON Lines); index: one object, with the row's number "
        'from "0" as key; values: a list of lists, without the column names.',
    )
    indent: bool = field(
        True, "Indent", "One member a line, for people; otherwise one row a line. `lines` is never indented."
    )


class JsonLoader(Loader):
    """Write the rows to a JSON file, which appears under its name only when it is whole.

    Numbers are written exactly, whatever their size; NaN and infinite values, which JSON does not have, become null.
    Dates and times are ISO 8601 texts (with `Z` where they have a zone), binary values base64, lists stay lists. A task
    that is tried again writes the same file once more.
    """

    display_name: ClassVar = "JSON file"
    category: ClassVar = "files"
    icon: ClassVar = "file-json"
    tags: ClassVar = ("file",)
    tested_against: ClassVar = "a local file store, DuckDB 2.0."
    Config: ClassVar = JsonLoaderConfig
    presets: ClassVar = (
        Preset("json-lines", "JSON Lines", "One object a line, for other programs.", {"orient": "lines"}),
        Preset("compact", "Compact list", "One list, one row a line.", {"orient": "records", "indent": False}),
    )

    @classmethod
    def load(cls, config: JsonLoaderConfig, plan: Plan, run: Run) -> Loaded:
        name = run.substitute(config.file_path)
        with run.files.replacing(name) as path:
            rows = write_json(config.orient, plan, run, path, indent=config.indent, is_gzip=name.endswith(".gz"))
            return Loaded(rows, path.stat().st_size)


def write_json(orient: str, plan: Plan, run: Run, path: Path, *, indent: bool, is_gzip: bool) -> int:
    """Writes the plan's rows in one of the forms; answers their number. Never holds more than a row in memory."""
    if orient == "lines" and not is_gzip:
        return write_rows(plan, run, path).rows
    spread = _INDENT if indent and orient in {"records", "index"} else None
    rows = run.files.scratch / "rows.jsonl"
    written = write_rows(plan, run, rows, indent=spread, named=orient != "values")
    with rows.open("rb") as source, cast("BinaryIO", (gzip.open if is_gzip else open)(path, "wb")) as out:
        _frame(source, out, orient, _INDENT if indent else "")
    rows.unlink()
    return written.rows


def _frame(rows: BinaryIO, out: BinaryIO, orient: str, indent: str) -> None:
    """The rows, a line each, with what stands around and between them."""
    if orient == "lines":
        out.writelines(rows)
        return
    opening, closing = (b"{", b"}") if orient == "index" else (b"[", b"]")
    line_end, mark, lead = b"\n" + indent.encode(), BREAK.encode(), b"," + b"\n" + indent.encode()
    out.write(opening)
    number = -1
    for number, row in enumerate(rows):
        out.write(lead if number else line_end)
        if orient == "index":
            out.write(b'"%d": ' % number)
        out.write(row[:-1].replace(mark, b"\n"))
    out.write((b"" if number < 0 else b"\n") + closing + b"\n")

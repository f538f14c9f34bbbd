from collections.abc import Iterator, Sequence
from typing import Annotated, ClassVar

from pydantic import StringConstraints

from module_operators.base import Extracted, Extractor
from module_operators.config import ADVANCED, FilePath, field
from module_operators.engines.duckdb import DuckDBEngine, check_unchanged
from module_operators.excel_sheet import Kind, SheetForm, SheetLayout, common_kind, opened_sheet, sheet_rows
from module_operators.files import StoredFile
from module_operators.problems import SourceError
from module_operators.relation import Column
from module_operators.run import STAGING_FORMAT, Run
from module_operators.schema_change import SourceConfig
from module_operators.text_files import stamps


class ExcelExtractorConfig(SourceConfig):
    file_path: FilePath = field(
        ...,
        "File",
        "A workbook of the file store (.xlsx, .xlsm, .xlsb, .xls or .ods), or several with the same columns by a glob. "
        "`${name}` takes run parameters.",
        "sales.xlsx",
        "budget/2024-*.xlsx",
    )
    sheet_name: Annotated[str, StringConstraints(min_length=1, max_length=255)] | None = field(
        None, "Sheet", "The sheet to read; empty: the first.", "Orders"
    )
    has_header: bool = field(
        True, "Header", "The first row holds the column names; otherwise they are column_1, column_2, …"
    )
    skip_rows: int = field(
        0,
        "Skip rows",
        "Rows to leave out at the top of the sheet, a title for instance.",
        3,
        ge=0,
        le=1_000_000,
        hints=ADVANCED,
    )


class ExcelExtractor(Extractor):
    """Read a sheet of Excel workbooks; a column has one type only when all of its cells have.

    A column of numbers and texts, or of any other mixture, becomes text. Whole numbers become bigint; Excel itself
    keeps 15 digits of a number. Cells with an error (#N/A, #DIV/0!) are null, of merged cells the first has the value,
    and rows without any value are left out. Formulas give the values that were saved with them. A sheet is in memory
    while it is read: about 100 MB for a million cells.
    """

    display_name: ClassVar = "Excel"
    category: ClassVar = "files"
    icon: ClassVar = "sheet"
    tags: ClassVar = ("file",)
    tested_against: ClassVar = "workbooks of XlsxWriter 3.3, fastexcel 0.21 (calamine), DuckDB 2.0."
    Config: ClassVar = ExcelExtractorConfig

    @classmethod
    def extract(cls, config: ExcelExtractorConfig, run: Run) -> Extracted:
        files = run.files.matching(run.substitute(config.file_path))
        seen = stamps(run, files)
        form = SheetForm(config.sheet_name, config.has_header, config.skip_rows)
        sheets = _Sheets(run, form, files)
        common = sheets.layout().kinds if len(files) > 1 else None
        rows = size = 0
        with run.landing() as folder:
            for number, layout in enumerate(sheets):
                path = folder / f"part-{number:06}.parquet"
                rows += _land(sheet_rows(layout, common or layout.kinds, run.engine), str(path), run.engine)
                size += path.stat().st_size
            check_unchanged(seen)
        return Extracted(run.landed(), rows=rows, bytes=size, staged=True)

    @classmethod
    def schema(cls, config: ExcelExtractorConfig, run: Run) -> tuple[Column, ...]:
        files = run.files.matching(run.substitute(config.file_path))
        layout = _Sheets(run, SheetForm(config.sheet_name, config.has_header, config.skip_rows), files).layout()
        return tuple(
            Column(name, "string" if kind == "none" else kind)
            for name, kind in zip(layout.names, layout.kinds, strict=True)
        )


class _Sheets:
    """The sheets of several workbooks, one in memory at a time; all must have the same columns."""

    def __init__(self, run: Run, form: SheetForm, files: Sequence[StoredFile]) -> None:
        self._engine, self._form = run.engine, form
        self._files = [(run.files.fetched(file), file.name) for file in files]

    def __iter__(self) -> Iterator[SheetLayout]:
        """Each sheet's layout, its rows readable until the next one."""
        names: tuple[str, ...] | None = None
        for path, name in self._files:
            with opened_sheet(path, name, self._form, self._engine) as layout:
                names = names or layout.names
                if layout.names != names:
                    raise SourceError(_difference(self._files[0][1], names, name, layout.names))
                yield layout

    def layout(self) -> SheetLayout:
        """What holds the values of all sheets."""
        names: tuple[str, ...] = ()
        kinds: tuple[Kind, ...] = ()
        for layout in self:
            names = layout.names
            kinds = tuple(map(common_kind, kinds, layout.kinds)) if kinds else layout.kinds
        return SheetLayout(names, kinds)


def _land(rows: str, path: str, engine: DuckDBEngine) -> int:
    target = engine.dialect.literal(path)
    [(count,)] = engine.connection.execute(f"COPY ({rows}) TO {target} ({STAGING_FORMAT})").fetchall()
    return int(count)


def _difference(first: str, names: Sequence[str], other: str, others: Sequence[str]) -> str:
    told = "files that are read together need the same columns."
    if len(names) != len(others):
        return f"'{other}' has {len(others)} columns where '{first}' has {len(names)}; {told}"
    index = next(i for i, pair in enumerate(zip(names, others, strict=True)) if len(set(pair)) > 1)
    return f"Column {index + 1} of '{other}' is '{others[index]}' where '{first}' has '{names[index]}'; {told}"

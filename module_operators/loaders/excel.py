from typing import Annotated, ClassVar

from pydantic import AfterValidator, StringConstraints

from module_operators.base import Loaded, Loader
from module_operators.config import FilePath, ModuleConfig, field
from module_operators.excel_rows import MOST_COLUMNS, too_long, write_sheet
from module_operators.problems import InvalidNode, ModuleProblem, TargetError
from module_operators.relation import Plan, Relation
from module_operators.run import STAGING_FORMAT, Run

_NOT_IN_SHEET_NAMES = set("[]:*?/\\")


def _is_sheet_name(name: str) -> str:
    if found := _NOT_IN_SHEET_NAMES & set(name):
        raise ValueError(f"A sheet's name cannot have {' '.join(sorted(found))}.")
    if name.startswith("'") or name.endswith("'") or name.casefold() == "history":
        raise ValueError("Excel does not take this name for a sheet.")
    if any(not character.isprintable() for character in name):
        raise ValueError("A sheet's name cannot have control characters.")
    return name


def _is_workbook(path: str) -> str:
    if not path.casefold().endswith(".xlsx"):
        raise ValueError("The name of the file must end in .xlsx.")
    return path


class ExcelLoaderConfig(ModuleConfig):
    file_path: Annotated[FilePath, AfterValidator(_is_workbook)] = field(
        ...,
        "File",
        "Where to write, relative to the file store; a file that is there is replaced. `${name}` takes run parameters.",
        "out/sales.xlsx",
        "out/sales-${logical_date}.xlsx",
    )
    sheet_name: Annotated[str, StringConstraints(min_length=1, max_length=31), AfterValidator(_is_sheet_name)] = field(
        "Sheet1", "Sheet", "The name of the workbook's one sheet.", "Orders"
    )
    include_header: bool = field(True, "Header", "Write the column names into the first row.")


class ExcelLoader(Loader):
    """Write the rows to an Excel workbook, which appears under its name only when it is whole.

    A sheet takes 1,048,576 rows and 16,384 columns; more are refused and nothing is written. Text is never a formula,
    whatever it begins with. Excel keeps 15 digits of a number: an integer or decimal column with a longer one is
    written as text, so that no digit is lost. Times have milliseconds and no zone (those with one are written as UTC),
    dates before 1900 are text, NaN and infinite values are empty cells. A task that is tried again writes the same
    file once more.
    """

    display_name: ClassVar = "Excel"
    category: ClassVar = "files"
    icon: ClassVar = "sheet"
    tags: ClassVar = ("file",)
    tested_against: ClassVar = "XlsxWriter 3.3, read back by fastexcel 0.21 (calamine), DuckDB 2.0."
    Config: ClassVar = ExcelLoaderConfig

    @classmethod
    def check(cls, config: ExcelLoaderConfig, source: Relation, run: Run) -> None:  # noqa: ARG003 - the input's columns tell it
        if len(source.columns) > MOST_COLUMNS:
            message = f"There are {len(source.columns):,} columns, and an Excel sheet takes {MOST_COLUMNS:,}."
            raise InvalidNode([ModuleProblem("", message, "Select those that you need.")])

    @classmethod
    def load(cls, config: ExcelLoaderConfig, plan: Plan, run: Run) -> Loaded:
        rows = run.files.scratch / "rows.parquet"
        written = run.engine.copy(plan, str(rows), STAGING_FORMAT)
        if refusal := too_long(written.rows, config.include_header):
            raise TargetError(refusal)
        source = f"read_parquet({run.engine.dialect.literal(str(rows))}, hive_partitioning = false)"
        with run.files.replacing(run.substitute(config.file_path)) as path:
            texts = write_sheet(
                path, config.sheet_name, plan.result.columns, source, run.engine, header=config.include_header
            )
            size = path.stat().st_size
        rows.unlink()
        if texts:
            run.log.info("Written as text, since Excel keeps 15 digits of a number: %s.", ", ".join(sorted(texts)))
        return Loaded(written.rows, size)

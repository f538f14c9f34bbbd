"""Sheets of Excel files as columns of one type each, decided over all of their cells."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from module_operators.column_names import unique_names
from module_operators.engines.duckdb import DuckDBEngine
from module_operators.problems import ModuleError, SourceError

if TYPE_CHECKING:
    import fastexcel

Kind = str
"""none (no cell has a value), string, boolean, bigint, float, date, timestamp or time."""

LARGEST = 4 << 30
"""Bytes that a workbook may unfold to."""

_STREAM = "logidata_sheet"
_EXACT = 2**53
_MIXED = re.compile(r"\{(?P<kinds>[^}]*)\}.*could not determine dtype for column (?P<name>[^\n]*)", re.DOTALL)
_HOLDS_BOTH: dict[frozenset[str], Literal["float", "datetime"]] = {
    frozenset({"Int", "Float"}): "float",
    frozenset({"Date", "DateTime"}): "datetime",
}
_WIDER: dict[frozenset[str], Kind] = {
    frozenset({"bigint", "float"}): "float",
    frozenset({"date", "timestamp"}): "timestamp",
}
_ENGINE_TYPES = {"bigint": "BIGINT", "date": "DATE", "timestamp": "TIMESTAMP", "time": "TIME", "float": "DOUBLE"}


@dataclass(frozen=True, slots=True)
class SheetForm:
    """What the user said about the sheet."""

    name: str | None
    has_header: bool
    skip: int


@dataclass(frozen=True, slots=True)
class SheetLayout:
    """A sheet's columns: their names, and what each of them holds."""

    names: tuple[str, ...]
    kinds: tuple[Kind, ...]


@contextmanager
def opened_sheet(path: Path, name: str, form: SheetForm, engine: DuckDBEngine) -> Iterator[SheetLayout]:
    """The sheet's layout; while the block lasts `sheet_rows` reads it. The whole sheet is in memory meanwhile.

    Args:
        name: what the file is called in messages.

    Raises:
        SourceError: the file is no workbook, is protected, or has no such sheet or no cells.
    """
    sheet = _sheet(path, name, form)
    names = unique_names("" if c.column_name_from == "generated" else c.name for c in sheet.selected_columns)
    engine.connection.register(_STREAM, sheet)
    try:
        yield SheetLayout(tuple(names), _kinds(len(names), engine))
    finally:
        engine.connection.unregister(_STREAM)


def common_kind(one: Kind, other: Kind) -> Kind:
    """What holds the values of both; text when nothing else does."""
    kinds = frozenset({one, other} - {"none"})
    if len(kinds) == 2:
        return _WIDER.get(kinds, "string")
    return next(iter(kinds), "none")


def sheet_rows(found: SheetLayout, wanted: Sequence[Kind], engine: DuckDBEngine) -> str:
    """A SELECT of the open sheet's rows with the wanted kinds; rows without any value are left out."""
    quote = engine.dialect.quote
    items = (
        f"{_cast(f'c{index}', kind, want)} AS {quote(name)}"
        for index, (name, kind, want) in enumerate(zip(found.names, found.kinds, wanted, strict=True))
    )
    empty = " AND ".join(f"c{index} IS NULL" for index in range(len(found.names)))
    return f"SELECT {', '.join(items)} FROM {_columns(len(found.names))} WHERE NOT ({empty})"


def _columns(width: int) -> str:
    """The open sheet with columns by their place: the engine would rename those that differ only in case."""
    return f"{_STREAM} AS sheet({', '.join(f'c{index}' for index in range(width))})"


def _cast(column: str, kind: Kind, wanted: Kind) -> str:
    if wanted in {"string", "none"}:
        plain = _cast(column, kind, kind) if kind not in {"string", "none"} else column
        return f"CAST({plain} AS VARCHAR)"
    return f"CAST({column} AS {_ENGINE_TYPES[wanted]})" if wanted in _ENGINE_TYPES else column


def _kinds(width: int, engine: DuckDBEngine) -> tuple[Kind, ...]:
    """Numbers that are whole are integers, moments at midnight dates, moments of Excel's day 0 times."""
    rows = engine.connection.execute(f"DESCRIBE SELECT * FROM {_columns(width)}").fetchall()
    checks = []
    for index, (_, engine_type, *_) in enumerate(rows):
        column = f"c{index}"
        first = second = "FALSE"
        if engine_type == "DOUBLE":
            first = f"bool_and({column} = trunc({column}) AND abs({column}) <= {_EXACT})"
        elif engine_type.startswith("TIMESTAMP"):
            first = f"bool_and({column} = date_trunc('day', {column}))"
            second = f"bool_and({column} >= '1899-12-30' AND {column} < '1900-01-01')"
        checks += [f"count({column}) > 0", first, second]
    [answer] = engine.connection.execute(f"SELECT {', '.join(checks)} FROM {_columns(width)}").fetchall()
    return tuple(
        _kind(engine_type, *answer[3 * index : 3 * index + 3]) for index, (_, engine_type, *_) in enumerate(rows)
    )


def _kind(engine_type: str, has_values: bool, first: bool, second: bool) -> Kind:
    if not has_values:
        return "none"
    if engine_type.startswith("TIMESTAMP"):
        return "time" if second else "date" if first else "timestamp"
    if engine_type == "DOUBLE":
        return "bigint" if first else "float"
    known: dict[str, Kind] = {"BIGINT": "bigint", "BOOLEAN": "boolean", "DATE": "date"}
    return known.get(engine_type, "string")


def _sheet(path: Path, name: str, form: SheetForm) -> fastexcel.ExcelSheet:
    import fastexcel  # noqa: PLC0415

    _check_size(path, name)
    try:
        workbook = fastexcel.read_excel(path)
        sheet = _loaded(workbook, _sheet_name(workbook.sheet_names, name, form.name), form)
    except ModuleError:
        raise
    except fastexcel.FastExcelError as error:
        raise _unreadable(name, error) from None
    except BaseException as error:  # the reader's panics are not Exceptions
        if isinstance(error, Exception) or type(error).__name__ == "PanicException":
            raise SourceError(f"'{name}' cannot be read: the workbook is damaged.") from None
        raise
    if not sheet.selected_columns:
        raise SourceError(f"Sheet '{sheet.name}' of '{name}' is empty; there are no columns to read.")
    return sheet


def _loaded(workbook: Any, sheet_name: str, form: SheetForm) -> Any:
    """The sheet, with text in every column whose cells are of several kinds.

    The reader alone would make 1 of a TRUE among numbers; told to be strict it names such a column, and is told again.
    """
    import fastexcel  # noqa: PLC0415

    position: dict[str, Any] = (
        {"header_row": form.skip} if form.has_header else {"header_row": None, "skip_rows": form.skip or None}
    )
    told: dict[str, Any] = {}
    while True:
        try:
            return workbook.load_sheet(
                sheet_name, **position, schema_sample_rows=None, dtype_coercion="strict", dtypes=told or None
            )
        except fastexcel.UnsupportedColumnTypeCombinationError as error:
            mixed = _MIXED.search(str(error))
            if not mixed or mixed["name"] in told:
                raise
            told[mixed["name"]] = _HOLDS_BOTH.get(frozenset(mixed["kinds"].split(", ")), "string")


def _sheet_name(names: Sequence[str], file: str, wanted: str | None) -> str:
    if not names:
        raise SourceError(f"'{file}' has no sheets.")
    if wanted is None:
        return names[0]
    folded = {name.casefold(): name for name in names}
    if found := folded.get(wanted.casefold()):
        return found
    close = get_close_matches(wanted.casefold(), folded, n=1)
    listed = ", ".join(f"'{name}'" for name in names[:10])
    hint = f"Did you mean '{folded[close[0]]}'?" if close else f"It has {listed}{', …' if len(names) > 10 else ''}."
    raise SourceError(f"'{file}' has no sheet '{wanted}'. {hint}")


def _check_size(path: Path, name: str) -> None:
    """Refuses a workbook that would unfold to more than memory can hold, before a byte of it is unfolded."""
    if path.stat().st_size == 0:
        raise SourceError(f"'{name}' is empty; it is no Excel workbook.")
    try:
        with zipfile.ZipFile(path) as parts:
            size = sum(part.file_size for part in parts.infolist())
    except (zipfile.BadZipFile, OSError, NotImplementedError):
        return  # an old .xls, or damaged: the reader tells
    if size > LARGEST:
        raise SourceError(
            f"'{name}' unfolds to {size >> 20:,} MB; workbooks are read up to {LARGEST >> 20:,} MB. "
            "Save it as CSV, or split it."
        )


def _unreadable(name: str, error: Exception) -> SourceError:
    reason = str(error).split("\n", 1)[0].removeprefix("calamine error: ")
    if "password" in reason.casefold():
        return SourceError(f"'{name}' is protected by a password. Save it without one.")
    if "Zip error" in reason or "Cfb error" in reason:
        return SourceError(f"'{name}' is no Excel workbook, or it is damaged ({reason}).")
    return SourceError(f"'{name}' cannot be read: {reason}")

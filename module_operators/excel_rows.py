"""Rows written to an Excel sheet one after the other: never in memory, never as formulas, numbers never rounded."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from module_operators.engines.dialect import DECIMAL
from module_operators.engines.duckdb import DuckDBEngine
from module_operators.json_rows import json_or_null
from module_operators.problems import TargetError
from module_operators.relation import Column

MOST_ROWS, MOST_COLUMNS = 1_048_576, 16_384
_LONGEST_TEXT = 32_767
_DIGITS = 15
_BATCH = 2_000
_FORMATS = {"date": "yyyy-mm-dd", "timestamp": "yyyy-mm-dd hh:mm:ss", "timestamptz": "yyyy-mm-dd hh:mm:ss"}
_FORMATS["time"] = "hh:mm:ss"
_FIRST_DAY = date(1900, 1, 1)

Writer = Callable[[int, int, Any], object]


def too_long(rows: int, header: bool) -> str | None:
    """Why so many rows do not fit a sheet."""
    most = MOST_ROWS - header
    if rows <= most:
        return None
    return (
        f"There are {rows:,} rows, and an Excel sheet takes {most:,}{' below its header' if header else ''}. "
        "Filter or aggregate them, or write CSV or Parquet."
    )


def columns_as_text(columns: Sequence[Column], rows: str, engine: DuckDBEngine) -> frozenset[str]:
    """The numeric columns with a value of more than the 15 digits that Excel keeps: written as text, all of them.

    Args:
        rows: FROM clause that yields the columns.
    """
    checks = []
    for column in columns:
        decimal = DECIMAL.fullmatch(column.type)
        if (column.type == "bigint") or (decimal and int(decimal[1]) > _DIGITS):
            scale = int(decimal[2]) if decimal else 0
            value = f"CAST({engine.dialect.quote(column.name)} AS DECIMAL(38,{scale}))"
            limit = f"CAST({10 ** (_DIGITS - scale)} AS DECIMAL(38,{scale}))" if scale < _DIGITS else "0"
            checks.append((column.name, f"coalesce(bool_or(abs({value}) >= {limit}), FALSE)"))
    if not checks:
        return frozenset()
    [answer] = engine.connection.execute(f"SELECT {', '.join(check for _, check in checks)} FROM {rows}").fetchall()
    return frozenset(name for (name, _), is_long in zip(checks, answer, strict=True) if is_long)


def write_sheet(
    path: Path, sheet_name: str, columns: Sequence[Column], rows: str, engine: DuckDBEngine, *, header: bool
) -> frozenset[str]:
    """Writes a workbook of one sheet; answers the numeric columns that it holds as text.

    Args:
        rows: FROM clause that yields the columns, in the order of the sheet.

    Raises:
        TargetError: a text is longer than a cell takes.
    """
    import xlsxwriter  # noqa: PLC0415

    texts = columns_as_text(columns, rows, engine)
    options = {"constant_memory": True, "tmpdir": str(path.parent), "use_zip64": True}
    with xlsxwriter.Workbook(str(path), options) as workbook:
        # Without the time of writing, a load that is tried again writes the same file.
        workbook.set_properties({"created": datetime(2000, 1, 1)})  # noqa: DTZ001
        sheet = workbook.add_worksheet(sheet_name)
        writers = [_writer(column, column.name in texts, sheet, workbook) for column in columns]
        if header:
            bold = workbook.add_format({"bold": True})
            for place, column in enumerate(columns):
                sheet.write_string(0, place, column.name, bold)
            sheet.freeze_panes(1, 0)
        selected = ", ".join(_selected(column, column.name in texts, engine) for column in columns)
        answer = engine.connection.execute(f"SELECT {selected} FROM {rows}")
        number = int(header)
        while batch := answer.fetchmany(_BATCH):
            for row in batch:
                for place, value in enumerate(row):
                    if value is not None and writers[place](number, place, value) == -2:
                        raise TargetError(_too_long_text(columns[place].name, number, value))
                number += 1
    return texts


def _selected(column: Column, as_text: bool, engine: DuckDBEngine) -> str:
    name = engine.dialect.quote(column.name)
    if column.type == "timestamptz":
        return f"timezone('UTC', {name})"
    if column.type == "binary":
        return f"to_base64({name})"
    if column.type.startswith("list("):
        return json_or_null(name, column.type, engine.dialect)
    if as_text:
        return f"CAST({name} AS VARCHAR)"
    return f"CAST({name} AS DOUBLE)" if column.type.startswith("decimal(") else name


def _writer(column: Column, as_text: bool, sheet: Any, workbook: Any) -> Writer:  # noqa: PLR0911 - one return a type
    """How a value of the column is written into its cell; -2 is xlsxwriter's word for a text that is too long."""
    if as_text:
        return sheet.write_string
    decimal = DECIMAL.fullmatch(column.type)
    if decimal:
        places = int(decimal[2])
        shown = workbook.add_format({"num_format": "0" + ("." + "0" * places if places else "")})
        return lambda row, place, value: sheet.write_number(row, place, value, shown)
    if column.type in {"integer", "bigint"}:
        return sheet.write_number
    if column.type == "float":
        return lambda row, place, value: sheet.write_number(row, place, value) if math.isfinite(value) else 0
    if column.type == "boolean":
        return sheet.write_boolean
    if column.type in _FORMATS:
        shown = workbook.add_format({"num_format": _FORMATS[column.type]})
        return lambda row, place, value: _write_moment(sheet, row, place, value, shown)
    return sheet.write_string


def _write_moment(sheet: Any, row: int, place: int, value: Any, shown: Any) -> object:
    """Excel's calendar starts in 1900; a moment before it is written as text."""
    day = value.date() if isinstance(value, datetime) else value
    if isinstance(day, date) and day < _FIRST_DAY:
        return sheet.write_string(row, place, value.isoformat(*(" ",) if isinstance(value, datetime) else ()))
    return sheet.write_datetime(row, place, value, shown)


def _too_long_text(column: str, row: int, value: str) -> str:
    return (
        f"Column '{column}' has a text of {len(value):,} characters in row {row + 1:,} of the sheet; "
        f"an Excel cell takes {_LONGEST_TEXT:,}. Shorten it, or write CSV, JSON or Parquet."
    )

"""The head of a file of the store, read by the code that a run would read it with, and the options it was read with."""

from __future__ import annotations

import codecs
import json
from collections.abc import Callable, Mapping
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from module_operators.base import Extractor
from module_operators.problems import DataError, InvalidNode, SourceError
from module_operators.relation import Plan, Query
from module_operators.rows import first_rows

if TYPE_CHECKING:
    from module_operators.files import StoredFile
    from module_operators.operator import ModuleOperator
    from module_operators.run import Run

MODULES = {
    "csv-extractor": {".csv", ".tsv", ".tab", ".txt"},
    "json-extractor": {".json", ".jsonl", ".ndjson", ".geojson"},
    "excel-extractor": {".xlsx", ".xlsm", ".xlsb", ".xls", ".ods"},
    "parquet-extractor": {".parquet", ".pq"},
}
PARQUET = "parquet-extractor"
LOOKED_AT = 1 << 16
PARSED_WHOLE = 1 << 23
"""Bytes of a JSON document up to which it is parsed to find where its records are."""


class FilePreview:
    """Previews of files, one after the other or several at once."""

    def __init__(self, modules: Mapping[str, type[ModuleOperator]]) -> None:
        self._modules = modules

    def preview(self, request: Mapping[str, Any], run: Run) -> dict[str, Any]:
        """The first rows of a file, its columns, and a config that is ready for a node.

        Args:
            request: `path`; `config`, options that the asker chose and that win over the guess; `limit`, rows.
            run: where it is read.

        Returns:
            `{module_id, config, choices, columns, rows, truncated}`, or `{problems: [{path, message, hint}]}` beside
            the module and the config when the file cannot be read so.
        """
        file = run.files.matching(request["path"])[0]
        module_id = self._module_of(file.name)
        if module_id is None:
            return {"module_id": None, "config": {}, "choices": {}, **_unreadable("", _what_is_read(self._modules))}
        guess, choices = _guessed(module_id, file, run)
        config = {"file_path": file.name.replace("$", "$$"), **guess, **request.get("config", {})}
        told = {"module_id": module_id if module_id in self._modules else None, "config": config, "choices": choices}
        try:
            return told | self._head(module_id, config, file, run, int(request["limit"]))
        except InvalidNode as error:
            problems = [{"path": each.path, "message": each.message, "hint": each.hint} for each in error.problems]
            return told | {"problems": problems}
        except (SourceError, DataError) as error:
            return told | _unreadable("", str(error))

    def _module_of(self, name: str) -> str | None:
        suffix = PurePosixPath(name.lower().removesuffix(".gz")).suffix
        found = next((module for module, suffixes in MODULES.items() if suffix in suffixes), None)
        return found if found in self._modules or found == PARQUET else None

    def _head(self, module_id: str, config: dict[str, Any], file: StoredFile, run: Run, limit: int) -> dict[str, Any]:
        operator = self._modules.get(module_id)
        if operator is None:
            query = _parquet(file, run)
            plan = Plan((run.step(query),))
        else:
            assert issubclass(operator, Extractor)
            extracted = operator.sample(operator.options(config), run, limit + 1)
            query = extracted.query
            plan = Plan((run.step(query),), extracted.files)
        rows = first_rows(run.engine, plan, limit + 1)
        return {
            "columns": [{"name": column.name, "type": column.type} for column in query.columns],
            "rows": rows[:limit],
            "truncated": len(rows) > limit,
        }


def _unreadable(path: str, message: str) -> dict[str, Any]:
    return {"problems": [{"path": path, "message": message, "hint": None}]}


def _what_is_read(modules: Mapping[str, Any]) -> str:
    known = sorted(ending for module, endings in MODULES.items() if module in modules for ending in endings)
    return f"No extractor reads files of this kind; there are extractors for {', '.join(known)}."


def _parquet(file: StoredFile, run: Run) -> Query:
    path = run.engine.dialect.literal(str(run.files.fetched(file)))
    return run.engine.scan(f"SELECT * FROM read_parquet({path}, hive_partitioning = false)", row_id=None)


def _guessed(module_id: str, file: StoredFile, run: Run) -> tuple[dict[str, Any], dict[str, list[Any]]]:
    """Options that the file suggests, and what there is to choose from."""
    guess = _GUESSES.get(module_id)
    return guess(file, run) if guess else ({}, {})


def _csv(file: StoredFile, run: Run) -> tuple[dict[str, Any], dict[str, list[Any]]]:
    import csv  # noqa: PLC0415

    from module_operators.csv_layout import DELIMITERS, CsvForm, laid_out  # noqa: PLC0415
    from module_operators.text_files import head  # noqa: PLC0415

    encoding = _encoding(file, run)
    options: dict[str, Any] = {"encoding": encoding}
    text, is_whole = head(run.files, file, encoding, LOOKED_AT)
    try:
        layout = laid_out(text, CsvForm(None, '"', has_header=True, skip=0), is_whole=is_whole)
    except csv.Error:
        layout = None
    if layout is not None:
        options |= {"delimiter": layout.delimiter, "has_header": _is_header(layout.header or ())}
    return options, {"delimiter": list(DELIMITERS)}


def _is_header(names: tuple[str, ...]) -> bool:
    """Names are all there, all different, and none is a number or a date."""
    given = [name.strip() for name in names]
    numbers = any(name.replace(".", "", 1).replace("-", "").replace(":", "").isdigit() for name in given)
    return bool(given) and all(given) and len(set(given)) == len(given) and not numbers


def _encoding(file: StoredFile, run: Run) -> str:
    """By the byte order mark; otherwise UTF-8 unless the bytes are none, which Western European text then explains."""
    import gzip  # noqa: PLC0415
    import zlib  # noqa: PLC0415

    with run.files.open(file) as raw:
        start = raw.read(LOOKED_AT)
    if start.startswith(b"\x1f\x8b"):
        try:
            start = zlib.decompressobj(wbits=31).decompress(start, LOOKED_AT)
        except (zlib.error, gzip.BadGzipFile):
            return "utf-8"
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    try:
        codecs.getincrementaldecoder("utf-8")().decode(start, final=len(start) < LOOKED_AT)
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def _json(file: StoredFile, run: Run) -> tuple[dict[str, Any], dict[str, list[Any]]]:
    """Where the list of records is, when the document is an object."""
    encoding = _encoding(file, run)
    options: dict[str, Any] = {} if encoding in {"utf-8", "cp1252"} else {"encoding": encoding}
    with run.files.open(file) as raw:
        content = raw.read(PARSED_WHOLE + 1)
    if len(content) > PARSED_WHOLE or not content.lstrip().startswith(b"{"):
        return options, {}
    try:
        document = json.loads(content.decode(encoding))
    except (ValueError, RecursionError):
        return options, {}
    lists = [name for name, value in document.items() if isinstance(value, list) and value and name.isidentifier()]
    records = [name for name in lists if all(isinstance(item, dict) for item in document[name][:10])]
    if records:
        options["json_path"] = records[0]
    return options, {"json_path": records}


def _excel(file: StoredFile, run: Run) -> tuple[dict[str, Any], dict[str, list[Any]]]:
    import fastexcel  # noqa: PLC0415

    try:
        names = list(fastexcel.read_excel(run.files.fetched(file)).sheet_names)
    except fastexcel.FastExcelError:
        return {}, {}
    return ({"sheet_name": names[0]} if names else {}), {"sheet_name": names}


_GUESSES: dict[str, Callable[..., tuple[dict[str, Any], dict[str, list[Any]]]]] = {
    "csv-extractor": _csv,
    "json-extractor": _json,
    "excel-extractor": _excel,
}

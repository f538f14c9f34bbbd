"""Parquet objects of a bucket as one relation: their columns, those that their folders name, their row numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self
from urllib.parse import unquote

from module_operators.column_names import unique_names
from module_operators.connections.s3 import Bucket, StoredObject
from module_operators.csv_layout import sniffed_type
from module_operators.engines.duckdb import DuckDBEngine, engine_message
from module_operators.problems import SourceError
from module_operators.relation import Query
from module_operators.run import MOST_ROWS_OF_A_FILE, SOURCE_ROW

_NO_VALUE = "__HIVE_DEFAULT_PARTITION__"
_MAGIC = b"PAR1"
_TAIL = 1 << 16
_OUTLINED = 16


@dataclass(frozen=True, slots=True)
class ParquetObjects:
    """Local copies, one `part-<n>.parquet` an object, and the values that the objects' folders give to columns."""

    partitions: tuple[tuple[str, tuple[str | None, ...]], ...]
    """Column and, by part, its value."""

    @classmethod
    def downloaded(cls, bucket: Bucket, objects: Sequence[StoredObject], folder: Path, engine: DuckDBEngine) -> Self:
        """The objects, whole, in a folder."""
        for number, each in enumerate(objects):
            bucket.download(each, folder / _part(number))
        _check_same([(each.key, folder / _part(number)) for number, each in enumerate(objects)], engine)
        return cls(_partitions(objects))

    @classmethod
    def outlined(cls, bucket: Bucket, objects: Sequence[StoredObject], folder: Path, engine: DuckDBEngine) -> Self:
        """Files of the objects' size that hold only their footers: enough to tell the columns."""
        folder.mkdir(parents=True, exist_ok=True)
        for number, each in enumerate(objects[:_OUTLINED]):
            _outline(bucket, each, folder / _part(number))
        _check_same([(each.key, folder / _part(n)) for n, each in enumerate(objects[:_OUTLINED])], engine)
        return cls(_partitions(objects))

    def query(self, folder: Path, engine: DuckDBEngine) -> Query:
        """The files in `folder` as the first query of a plan."""
        quote, literal = engine.dialect.quote, engine.dialect.literal
        files = f"read_parquet({literal(str(folder / 'part-*.parquet'))}, hive_partitioning = false)"
        found = [row[0] for row in engine.connection.execute(f"DESCRIBE SELECT * FROM {files}").fetchall()]
        told = {name.casefold() for name, _ in self.partitions}
        sources = [name for name in found if name.casefold() not in told]
        names = unique_names([*sources, *(name for name, _ in self.partitions)])
        items = [f"{quote(source)} AS {quote(name)}" for source, name in zip(sources, names, strict=False)]
        for (_, values), name in zip(self.partitions, names[len(sources) :], strict=True):
            kind = sniffed_type([value for value in values if value is not None], ())
            logical = kind.logical if kind.logical in {"bigint", "date"} else "string"
            value = f"list_extract({literal(list(values))}, CAST(file_index AS BIGINT) + 1)"
            items.append(f"CAST({value} AS {engine.dialect.type_name(logical)}) AS {quote(name)}")
        number = f"CAST(file_index AS BIGINT) * {MOST_ROWS_OF_A_FILE} + file_row_number"
        rows = f"SELECT {', '.join(items)}, {number} AS {SOURCE_ROW} FROM {files}"
        return engine.scan(rows, row_id=SOURCE_ROW)


def _part(number: int) -> str:
    return f"part-{number:07}.parquet"


def _partitions(objects: Sequence[StoredObject]) -> tuple[tuple[str, tuple[str | None, ...]], ...]:
    """`region=north/` in every key is a column `region`."""
    found = [
        {
            unquote(name): None if value == _NO_VALUE else unquote(value)
            for name, is_one, value in (part.partition("=") for part in each.key.split("/")[:-1])
            if is_one and name
        }
        for each in objects
    ]
    names = [name for name in found[0] if all(name in each for each in found)]
    return tuple((name, tuple(each[name] for each in found)) for name in names)


def _check_same(files: Sequence[tuple[str, Path]], engine: DuckDBEngine) -> None:
    """Refuses objects of other columns than the first one's, and what is no Parquet."""
    import duckdb  # noqa: PLC0415

    first: list[tuple[str, str]] | None = None
    for key, path in files:
        source = engine.dialect.literal(str(path))
        try:
            sql = f"DESCRIBE SELECT * FROM read_parquet({source}, hive_partitioning = false)"
            columns = [(row[0], row[1]) for row in engine.connection.execute(sql).fetchall()]
        except duckdb.Error as error:
            reason = engine_message(error).replace(str(path), key).split("\n", 1)[0]
            raise SourceError(f"'{key}' is not valid Parquet: {reason}") from None
        first = first or columns
        if columns != first:
            told = _difference(first, columns)
            raise SourceError(
                f"'{key}' has other columns than '{files[0][0]}' ({told}); "
                "objects that are read together need the same columns and types."
            )


def _difference(first: Sequence[tuple[str, str]], other: Sequence[tuple[str, str]]) -> str:
    if len(first) != len(other):
        return f"{len(other)} instead of {len(first)}"
    one, two = next(pair for pair in zip(first, other, strict=True) if pair[0] != pair[1])
    return f"{two[0]} {two[1].lower()} instead of {one[0]} {one[1].lower()}"


def _outline(bucket: Bucket, found: StoredObject, path: Path) -> None:
    """A sparse file with the object's footer at its place."""
    import obstore  # noqa: PLC0415

    def read(start: int) -> bytes:
        with bucket.explained(found.key):
            return bytes(obstore.get_range(bucket.store, found.key, start=start, end=found.size))

    start = max(0, found.size - _TAIL)
    tail = read(start) if found.size else b""
    if len(tail) < 12 or tail[-4:] != _MAGIC:
        raise SourceError(f"'{found.key}' is not valid Parquet.")
    footer = int.from_bytes(tail[-8:-4], "little") + 8
    if footer > len(tail) and footer <= found.size:
        start = found.size - footer
        tail = read(start)
    with path.open("wb") as file:
        file.write(_MAGIC)
        file.truncate(found.size)
        file.seek(start)
        file.write(tail)

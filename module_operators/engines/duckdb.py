"""DuckDB: the default engine, in the task's own process, bounded in memory and locked to the folders of its run."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, TypeVar

from module_operators.engines.duckdb_files import unreadable_file_message
from module_operators.engines.duckdb_profile import node_rows
from module_operators.engines.duckdb_progress import OnProgress, beside, executed
from module_operators.engines.duckdb_sql import DuckDBDialect, logical_type
from module_operators.problems import DataError, SourceError
from module_operators.relation import ROW_ID, Column, Plan, Query, SourceFile, Step

if TYPE_CHECKING:
    import duckdb

T = TypeVar("T")
_BATCH_ROWS = 16_384
"""Rows that are handed on at once: more gain nothing and, when they are wide, take memory."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one task's engine may use."""

    memory: str = "1GB"
    threads: int = 2
    spill_folder: str | None = None


def locked_connection(limits: Limits, allowed: Sequence[str]) -> duckdb.DuckDBPyConnection:
    """A connection that can touch nothing but `allowed` folders, whatever SQL it is given."""
    import duckdb  # noqa: PLC0415

    dialect = DuckDBDialect()
    connection = duckdb.connect(":memory:")
    settings: dict[str, Any] = {
        "memory_limit": limits.memory,
        "threads": limits.threads,
        "TimeZone": "UTC",
        "enable_progress_bar": True,  # counted, for whoever asks; never printed
        "enable_progress_bar_print": False,
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "allow_community_extensions": False,
        "preserve_insertion_order": True,
        "python_enable_replacements": False,
        "enable_profiling": "no_output",
        "temp_directory": limits.spill_folder or "",
        "allowed_directories": [folder.rstrip("/") + "/" for folder in allowed],
        "enable_external_access": False,
        "lock_configuration": True,
    }
    with suppress(duckdb.Error):  # an engine that has no such optimizer refuses its name
        # It would cast a file's text straight to the type of a later cast: '1.50' read as a float, then as a string,
        # stayed '1.50', and a value that is no float passed.
        connection.execute("SET disabled_optimizers = 'type_pushdown'")
    connection.execute("; ".join(f"SET {name} = {dialect.literal(value)}" for name, value in settings.items()))
    return connection


def engine_message(error: Exception) -> str:
    """DuckDB's message without its class prefix, its hints about the SQL text and its caret lines."""
    text = str(error).split("\n\nLINE ")[0].split("\nLINE ")[0].strip()
    if file_message := unreadable_file_message(text):
        return file_message
    return re.sub(r"^[A-Z][A-Za-z ]+ Error: ", "", text)


@dataclass(frozen=True, slots=True)
class Written:
    """What a write produced."""

    rows: int
    bytes: int


class DuckDBEngine:
    """Runs plans. A context manager: the connection lives as long as the task needs it."""

    dialect = DuckDBDialect()

    def __init__(self, limits: Limits, allowed: Sequence[Path], on_progress: OnProgress | None = None) -> None:
        self._limits = limits
        self._on_progress = on_progress
        self._allowed = [str(folder.resolve()) for folder in allowed]
        self._connection: duckdb.DuckDBPyConnection | None = None
        self._profile = "{}"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._connection is not None:
            self._connection.close()

    @property
    def connection(self) -> duckdb.DuckDBPyConnection:
        if self._connection is None:
            self._connection = locked_connection(self._limits, self._allowed)
        return self._connection

    def describe(self, sql: str) -> tuple[Column, ...]:
        """Columns of any SELECT with their logical types; reads no rows."""
        return tuple(Column(name, logical_type(engine_type)) for name, engine_type in self._described(sql))

    def _described(self, sql: str) -> list[tuple[str, str]]:
        return [(row[0], row[1]) for row in self.connection.execute(f"DESCRIBE {sql}").fetchall()]

    def scan(self, sql: str, *, row_id: str | None, known: Sequence[Column] = ()) -> Query:
        """A SELECT over files as a plan's first query: types brought to the logical ones, hidden row number added.

        Args:
            sql: a SELECT that yields the source's columns (and `row_id` when the files bring it).
            row_id: SQL for the row's number in the source; when nobody uses it the engine drops it, at no cost.
            known: the source's columns, when the SELECT yields exactly these; the engine is asked otherwise.
        """
        quote = self.dialect.quote
        items, columns = [], []
        for name, engine_type in (
            [(column.name, self.dialect.type_name(column.type)) for column in known] if known else self._described(sql)
        ):
            if name == row_id:
                continue
            logical = logical_type(engine_type)
            plain = self.dialect.type_name(logical) == engine_type
            items.append(
                quote(name) if plain else f"CAST({quote(name)} AS {self.dialect.type_name(logical)}) AS {quote(name)}"
            )
            columns.append(Column(name, logical))
        hidden = (Column(ROW_ID, "bigint"),) if row_id else ()
        if row_id:
            items.append(f"{row_id} AS {quote(ROW_ID)}")
        return Query(
            f"SELECT {', '.join(items)} FROM ({sql})", tuple(columns), hidden, (), ROW_ID if row_id else None, "scan"
        )

    def compose(self, plan: Plan, *, hidden: bool = False, ordered: bool = True) -> str:
        """The plan as one query over its last step."""
        result = plan.result
        columns = self.dialect.everything(result) if hidden else self.dialect.columns(result.columns)
        order = self.dialect.order_by(result.order) if ordered else ""
        return f"{self._with(plan.steps)}SELECT {columns} FROM {self.dialect.table(result)} {order}".rstrip()

    def copy(self, plan: Plan, path: str, options: str, *, hidden: bool = False) -> Written:
        """Runs the plan into one file (or folder, with PARTITION_BY); `path` must lie in an allowed folder."""
        query = self.compose(plan, hidden=hidden)
        rows = self.run(plan, f"COPY ({query}) TO {self.dialect.literal(path)} ({options})")
        count = int(rows[0][0]) if rows else 0
        target = Path(path)
        files = target.rglob("*") if target.is_dir() else (target,)
        size = sum(file.stat().st_size for file in files if file.is_file())
        return Written(count, size)

    def run(self, plan: Plan, statement: str) -> list[tuple[Any, ...]]:
        """Executes a statement built from the plan; a failure is attributed to the node that caused it."""
        with self._attributing(plan):
            return executed(self.connection, statement, self._on_progress)

    def stream(self, plan: Plan, select: str, take: Callable[[Any, Iterator[Any]], T]) -> T:
        """What `take` makes of the Arrow schema and record batches of a SELECT built from the plan.

        It runs in another thread. A failure of the query is attributed as by `run`.
        """
        import duckdb  # noqa: PLC0415

        def batches(rows: Any) -> Iterator[Any]:
            try:
                yield from rows
            except (OSError, ValueError) as error:  # what the engine says arrives as an error of Arrow's
                raise duckdb.Error(str(error)) from error

        def taken() -> T:
            with self.connection.sql(select).to_arrow_reader(_BATCH_ROWS) as rows:
                return take(rows.schema, batches(rows))

        with self._attributing(plan):
            return beside(self.connection, taken, self._on_progress)

    @contextmanager
    def _attributing(self, plan: Plan) -> Iterator[None]:
        """Notes the profile of the query that runs meanwhile; its failure becomes that of the node that caused it."""
        import duckdb  # noqa: PLC0415

        check_unchanged(plan.files)
        self._profile = "{}"
        try:
            yield
        except duckdb.Error as error:
            check_unchanged(plan.files)
            raise self.attributed(plan, error) from error
        self._profile = self.connection.get_profiling_information()
        check_unchanged(plan.files)

    def node_rows(self, plan: Plan) -> dict[str, dict[str, int]]:
        """Exact row counts of the plan's nodes as far as the profile of its last `run` tells them."""
        return node_rows(plan, self._profile)

    def attributed(self, plan: Plan, error: Exception) -> DataError:
        """The error with the node that caused it: prefixes of the plan run until the first one fails."""
        import duckdb  # noqa: PLC0415

        for length in range(1, len(plan.steps) + 1):
            prefix = plan.prefix(length)
            columns = self.dialect.everything(prefix.result)
            if not columns:
                continue
            # A checksum over every column makes the engine evaluate all of them and keep none.
            rows = self.compose(prefix, hidden=True, ordered=False)
            probe = f"SELECT bit_xor(hash({columns})) FROM ({rows}) AS probe"
            try:
                with suppress(duckdb.InterruptException):
                    self.connection.execute(probe).fetchall()
            except duckdb.Error as found:
                return DataError(self._diagnosed(prefix) or engine_message(found), prefix.steps[-1].node_id)
        return DataError(engine_message(error))

    def _diagnosed(self, plan: Plan) -> str | None:
        """What the failed last step itself can tell about its first bad row."""
        import duckdb  # noqa: PLC0415

        *before, step = plan.steps
        if step.query.diagnosis is not None:
            with suppress(duckdb.Error):
                row = self.connection.execute(f"{self._with(before)}{step.query.diagnosis}").fetchone()
                return str(row[0]) if row else None
        return None

    def _with(self, steps: Sequence[Step]) -> str:
        """The steps as named queries in front of a SELECT."""
        named = ",\n".join(f"{self.dialect.quote(step.name)} AS (\n  {step.query.sql}\n)" for step in steps)
        return f"WITH {named}\n" if named else ""


def stamp(path: Path) -> SourceFile:
    """How a file looks now, to notice when it changed before it was read."""
    status = path.stat()
    return SourceFile(str(path), status.st_size, status.st_mtime_ns)


def check_unchanged(files: Sequence[SourceFile]) -> None:
    """Refuses a read of files that are no longer what the extractor saw.

    Raises:
        SourceError: a file is gone, or its size or time of change differ.
    """
    for file in files:
        path = Path(file.path)
        try:
            now = stamp(path)
        except OSError as error:
            raise SourceError(
                f"'{path.name}' is gone: it was deleted after this run had started. Run again."
            ) from error
        if now != file:
            raise SourceError(f"'{path.name}' changed after this run had started. Run again to read the new file.")

"""What flows between modules: columns, ordered relations and the plans that tasks hand over.

A plan is a chain of named SELECTs. A transformer adds one; nothing runs until data must exist.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from difflib import get_close_matches
from typing import Any, Literal

HIDDEN_PREFIX = "__logidata_"
ROW_ID = f"{HIDDEN_PREFIX}row"

Direction = Literal["asc", "desc"]
Nulls = Literal["first", "last"]
Shape = Literal["scan", "same", "filter", "aggregate", "other"]


@dataclass(frozen=True, slots=True)
class Column:
    """A column and its logical type.

    Types are those of Cast Data Types (integer, bigint, decimal(p,s), float, boolean, string, date, timestamp,
    timestamptz) and, from sources, time, binary and list(<type>).
    """

    name: str
    type: str

    @property
    def is_numeric(self) -> bool:
        return self.type in {"integer", "bigint", "float"} or self.type.startswith("decimal(")

    @property
    def is_temporal(self) -> bool:
        return self.type in {"date", "timestamp", "timestamptz"}


@dataclass(frozen=True, slots=True)
class SortKey:
    """One key of a relation's order; `column` may be a hidden one."""

    column: str
    direction: Direction = "asc"
    nulls: Nulls = "last"

    @property
    def reversed(self) -> SortKey:
        """The key of the opposite order."""
        direction = "desc" if self.direction == "asc" else "asc"
        return SortKey(self.column, direction, "first" if self.nulls == "last" else "last")


@dataclass(frozen=True, slots=True)
class Relation:
    """What a module reads: the name that SQL knows it by, its columns and its order.

    `hidden` columns travel with the rows and are never loaded: the source's row number (`row_id`) and sort keys whose
    column was dropped on the way.
    """

    name: str
    columns: tuple[Column, ...]
    hidden: tuple[Column, ...] = ()
    order: tuple[SortKey, ...] = ()
    row_id: str | None = None

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    @property
    def types(self) -> dict[str, str]:
        return {column.name: column.type for column in self.columns}

    def __contains__(self, name: str) -> bool:
        return any(column.name == name for column in self.columns)

    def __getitem__(self, name: str) -> Column:
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)

    @property
    def row_number(self) -> str | None:
        """`row_id` where it is one number; after a join it is a list of several, compared from left to right."""
        return self.row_id if self.row_id_type == "bigint" else None

    @property
    def row_id_type(self) -> str | None:
        return next((column.type for column in self.hidden if column.name == self.row_id), None)

    def nearest(self, name: str) -> str | None:
        """The existing column that a misspelt name most likely meant."""
        by_folded = {column.casefold(): column for column in self.names}
        close = get_close_matches(name.casefold(), by_folded, n=1, cutoff=0.6)
        return by_folded[close[0]] if close else None


@dataclass(frozen=True, slots=True)
class Query:
    """What a transformer returns: a SELECT over its inputs that yields `columns`, then `hidden`, in that order.

    `shape` tells what becomes of the rows, so that their counts can be read from the profile of a fused query.
    """

    sql: str
    columns: tuple[Column, ...]
    hidden: tuple[Column, ...] = ()
    order: tuple[SortKey, ...] = ()
    row_id: str | None = None
    shape: Shape = "other"
    diagnosis: str | None = None
    """A SELECT of one text: what is wrong with the first bad row. Runs only when the step has failed, and may read the
    steps before it."""


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file that a plan scans in place, with what it must still look like at the read."""

    path: str
    size: int
    mtime_ns: int


@dataclass(frozen=True, slots=True)
class Step:
    """One named SELECT of a plan, and the node that it belongs to."""

    name: str
    node_id: str
    label: str
    query: Query
    inputs: tuple[str, ...] = ()
    """The names of the steps that it reads."""

    @property
    def relation(self) -> Relation:
        query = self.query
        return Relation(self.name, query.columns, query.hidden, query.order, query.row_id)


@dataclass(frozen=True, slots=True)
class Plan:
    """Steps in an order in which each reads earlier ones only; the last one is the result.

    `files` are scanned in place and must not have changed; `staged` are the staging outputs (URIs) that steps scan.
    """

    steps: tuple[Step, ...]
    files: tuple[SourceFile, ...] = ()
    staged: tuple[str, ...] = ()
    engine: str = "duckdb"
    """Whose SQL the steps are."""

    @property
    def result(self) -> Relation:
        return self.steps[-1].relation

    def extended(self, step: Step) -> Plan:
        return replace(self, steps=(*self.steps, step))

    def prefix(self, length: int) -> Plan:
        """The plan up to its n-th step: what attribution of a failure evaluates one by one."""
        return replace(self, steps=self.steps[:length])

    @classmethod
    def merged(cls, plans: Iterable[Plan]) -> Plan:
        """The plans side by side, all of one engine, a step that several share only once."""
        plans = tuple(plans)
        steps: dict[str, Step] = {}
        files: dict[str, SourceFile] = {}
        staged: dict[str, None] = {}
        for plan in plans:
            steps.update((step.name, step) for step in plan.steps)
            files.update((file.path, file) for file in plan.files)
            staged.update(dict.fromkeys(plan.staged))
        (engine,) = {plan.engine for plan in plans} or {"duckdb"}
        return cls(tuple(steps.values()), tuple(files.values()), tuple(staged), engine)

    def to_json(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Plan:
        data = json.loads(text)
        return cls(
            tuple(_step(step) for step in data["steps"]),
            tuple(SourceFile(**file) for file in data["files"]),
            tuple(data["staged"]),
            data.get("engine", "duckdb"),
        )


def _step(data: Mapping[str, Any]) -> Step:
    query = data["query"]
    return Step(
        data["name"],
        data["node_id"],
        data["label"],
        Query(
            query["sql"],
            tuple(Column(**column) for column in query["columns"]),
            tuple(Column(**column) for column in query["hidden"]),
            tuple(SortKey(**key) for key in query["order"]),
            query["row_id"],
            query["shape"],
            query["diagnosis"],
        ),
        tuple(data["inputs"]),
    )


@dataclass(frozen=True, slots=True)
class Inputs:
    """A node's inputs by handle, each in the order of its edges."""

    by_handle: Mapping[str, Sequence[Relation]] = field(default_factory=dict)

    def __getitem__(self, handle: str) -> Relation:
        """The one relation at a handle that takes exactly one."""
        (relation,) = self.by_handle[handle]
        return relation

    @property
    def one(self) -> Relation:
        """The only input of a module that has one."""
        return self["input"]

    @property
    def many(self) -> Sequence[Relation]:
        """All inputs at the handle `input`, for modules that take several."""
        return self.by_handle["input"]

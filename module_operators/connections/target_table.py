"""Whether an input's columns fit the table that they are loaded into."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Protocol

from module_operators.problems import Findings
from module_operators.relation import Column, Relation


def name_parts(text: str, quote: str, most: int = 2) -> list[str]:
    """The parts of `table` or `schema.table`, exactly as written; quotes hold a part with a dot.

    Raises:
        ValueError: it is no name.
    """
    part = f"({quote}(?:[^{quote}]|{quote}{quote})+{quote}|[^{quote}.]+)"
    match = re.fullmatch(rf"(?:{part}\.)?" * (most - 1) + part, text.strip())
    if match is None or "\0" in text:
        raise ValueError(f"'{text}' is not a table name: write table or schema.table.")
    found = [name for name in match.groups() if name is not None]
    return [name[1:-1].replace(quote * 2, quote) if name[0] == quote else name for name in found]


class TargetColumn(Protocol):
    """A column of a table that exists."""

    @property
    def name(self) -> str: ...

    @property
    def type(self) -> str:
        """As the database writes it."""
        ...

    @property
    def required(self) -> bool:
        """It takes no null and has no default."""
        ...

    @property
    def generated(self) -> bool:
        """The database computes it."""
        ...

    def takes(self, logical: str) -> bool:
        """Whether values of a logical type get in without silent loss."""
        ...


class TargetTable(Protocol):
    """A table that exists; as text it is its name, quoted."""

    @property
    def columns(self) -> Sequence[TargetColumn]: ...

    @property
    def is_table(self) -> bool:
        """Not a view or another thing that rows cannot be loaded into."""
        ...


def misfits(table: TargetTable, source: Relation, findings: Findings, *, retyped: bool = False) -> None:
    """Adds a problem for every column that does not fit, naming both sides.

    Args:
        table: the existing table.
        source: the input.
        findings: where problems go.
        retyped: the load may add columns and change types, so only what it cannot cure is a problem.
    """
    if not table.is_table:
        findings.add("/table_name", f"{table} is not a table.", "A view cannot be loaded.", "not-a-table")
        return
    targets = {column.name: column for column in table.columns}
    there = Relation("", tuple(Column(column.name, "string") for column in table.columns))
    for column in source.columns:
        target = targets.get(column.name)
        if target is None:
            if not retyped:
                near = there.nearest(column.name)
                hint = f"Rename it to '{near}'?" if near else "Drop it with Select Columns, or add it to the table."
                findings.add("/table_name", f"Table {table} has no column '{column.name}'.", hint, "misfit-column")
        elif target.generated:
            message = f"Column '{column.name}' of table {table} is computed by the database."
            findings.add("/table_name", message, "Leave it out with Select Columns.", "misfit-column")
        elif not target.takes(column.type) and not retyped:
            message = f"Column '{column.name}' is {column.type} in the input and {target.type} in table {table}."
            findings.add("/table_name", message, "Convert it with Cast Data Types.", "misfit-type")
    for target in table.columns:
        if target.required and not target.generated and target.name not in source:
            message = f"Table {table} needs a value for '{target.name}' ({target.type}), which the input does not have."
            findings.add("/table_name", message, "Add the column, or give it a default.", "misfit-column")

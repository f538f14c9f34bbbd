"""A source whose columns are no longer those that the pipeline was saved with: what of it a run accepts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from pydantic import GetJsonSchemaHandler

from module_operators.config import ADVANCED, ModuleConfig, field
from module_operators.engines.dialect import Dialect
from module_operators.problems import SourceError
from module_operators.relation import Column, Query

Policy = Literal["adapt", "fail", "ignore_new_columns"]


class SourceConfig(ModuleConfig):
    """Options that every extractor has; a form shows them after its own."""

    on_schema_change: Policy = field(
        "adapt",
        "When the source's columns change",
        "What a run does when the columns are no longer those of the last save: adapt: go on with what is there; fail: "
        "stop; ignore_new_columns: leave new columns out, and stop when one is gone or of another type. Each change is "
        "told in the log, on the execution and when the pipeline is validated.",
        hints=ADVANCED,
    )

    @classmethod
    def __get_pydantic_json_schema__(cls, core_schema: Any, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        schema = handler(core_schema)
        options = handler.resolve_ref_schema(schema)["properties"]
        options["on_schema_change"] = options.pop("on_schema_change")
        return schema


@dataclass(frozen=True, slots=True)
class SchemaChange:
    """How a source differs from what was saved."""

    new: tuple[Column, ...] = ()
    gone: tuple[str, ...] = ()
    retyped: tuple[tuple[Column, str], ...] = ()
    """Columns as they are now, each with its type at the last save."""

    @classmethod
    def between(cls, saved: Mapping[str, str], found: Sequence[Column]) -> SchemaChange:
        """What became of the columns that were saved (types by name)."""
        names = {column.name for column in found}
        return cls(
            tuple(column for column in found if column.name not in saved),
            tuple(name for name in saved if name not in names),
            tuple((c, saved[c.name]) for c in found if c.name in saved and saved[c.name] != c.type),
        )

    def __bool__(self) -> bool:
        return bool(self.new or self.gone or self.retyped)

    def is_refused(self, policy: Policy) -> bool:
        """Whether a run stops at it."""
        return bool(self) and (policy == "fail" or (policy == "ignore_new_columns" and bool(self.gone or self.retyped)))

    @property
    def sentences(self) -> list[str]:
        """Each difference, for a person."""
        return [
            *(f"Column '{name}' is gone." for name in self.gone),
            *(f"Column '{column.name}' is {column.type} now; it was {was}." for column, was in self.retyped),
            *(f"Column '{column.name}' ({column.type}) is new." for column in self.new),
        ]


def accepted(query: Query, change: SchemaChange, policy: Policy, sql: Dialect) -> tuple[Query, str]:
    """The source's query as the policy lets it pass, and what becomes of the change in a sentence.

    Raises:
        SourceError: the policy refuses the change; names every difference.
    """
    if change.is_refused(policy):
        remedy = (
            "Look at the columns in the builder and save the pipeline again to accept them, or let this node adapt "
            "('When the source's columns change')."
        )
        raise SourceError(
            f"The source is not as it was when the pipeline was saved. {' '.join(change.sentences)} {remedy}"
        )
    if policy == "adapt":
        return query, "The run goes on with the columns that are there."
    columns = tuple(column for column in query.columns if column not in change.new)
    items = sql.columns((*columns, *query.hidden))
    kept = replace(query, sql=f"SELECT {items} FROM ({query.sql}) AS source", columns=columns)
    return kept, "New columns are left out."

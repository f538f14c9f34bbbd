"""Problems that a module finds in its options, its input columns or its data, told so that a person can act on them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from module_operators.relation import Column, Relation
from module_operators.text_place import Place, said


@dataclass(frozen=True, slots=True)
class ModuleProblem:
    """One thing that is wrong with a node: where (`path`, a JSON pointer into its config), what, and what to do."""

    path: str
    message: str
    hint: str | None = None
    code: str = "invalid-option"
    place: Place | None = None
    """Where in the option's text, for those that are an expression or a query."""

    def __str__(self) -> str:
        return said(self.message, self.place) + (f" ({self.hint})" if self.hint else "")


class ModuleError(Exception):
    """What can go wrong in a module.

    ModuleError
    ├── InvalidNode      its options do not fit its input: known before anything runs
    ├── SourceError      the source is away, changed or holds what cannot be read
    ├── DataError        a row cannot be processed as asked (a `fail` action)
    ├── TargetError      the target is away or does not fit
    └── EngineError      the engine is away, or ended in the middle of a query
    """

    option: str | None = None
    """The option that caused it, where that is known: a query that the server refuses."""
    place: Place | None = None
    """Where in that option's text, when the server tells."""


class Stopped(BaseException):
    """The run was cancelled; whatever is under way unwinds and leaves nothing half done. No module catches it."""


class InvalidNode(ModuleError):
    """A node's options do not fit its input columns; carries every problem, not only the first."""

    def __init__(self, problems: Iterable[ModuleProblem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(str(problem) for problem in self.problems) or "invalid node")


class SourceError(ModuleError):
    """The source cannot be reached or read as configured."""


class DataError(ModuleError):
    """A value cannot be processed as asked; names the node that it happened on, and tells what was counted."""

    def __init__(self, message: str, node_id: str | None = None, metrics: Mapping[str, Any] | None = None) -> None:
        self.node_id = node_id
        self.metrics = metrics or {}
        super().__init__(message)


class TargetError(ModuleError):
    """The target cannot take the load; nothing of it was written."""


class EngineError(ModuleError):
    """The engine cannot be reached, or went away in the middle of a query; another try may succeed."""


@dataclass(slots=True)
class Findings:
    """Collects a node's problems so that all are reported at once."""

    problems: list[ModuleProblem] = field(default_factory=list)

    def add(
        self,
        path: str,
        message: str,
        hint: str | None = None,
        code: str = "invalid-option",
        place: Place | None = None,
    ) -> None:
        self.problems.append(ModuleProblem(path, message, hint, code, place))

    def column(self, source: Relation, name: str, path: str) -> Column | None:
        """The named column, or None and a problem that hints at the nearest existing name."""
        if name in source:
            return source[name]
        nearest = source.nearest(name)
        available = ", ".join(source.names[:20]) + (", …" if len(source.names) > 20 else "")
        self.add(
            path,
            f"There is no column '{name}'.",
            f"Did you mean '{nearest}'?" if nearest else f"Available: {available}",
            "missing-column",
        )
        return None

    def columns(self, source: Relation, names: Iterable[str], path: str) -> list[Column]:
        """The named columns that exist; each missing one is a problem at `path`/<index>."""
        found = (self.column(source, name, f"{path}/{index}") for index, name in enumerate(names))
        return [column for column in found if column is not None]

    def distinct(self, named: Iterable[tuple[str, str]]) -> None:
        """Reports each `(name, path)` whose name an earlier one has too, even when only its case differs."""
        taken: dict[str, str] = {}
        for name, path in named:
            earlier = taken.get(name.lower())
            if earlier is None:
                taken[name.lower()] = name
            elif earlier == name:
                self.add(path, f"There are two columns '{name}'.", "Give one another name.", "column-clash")
            else:
                message = f"Columns '{earlier}' and '{name}' differ only in case, which engines cannot tell apart."
                self.add(path, message, "Give one another name.", "column-clash")

    def raise_if_any(self) -> None:
        if self.problems:
            raise InvalidNode(self.problems)


def pointer(*parts: str | int) -> str:
    """The JSON pointer to an option, whatever characters its keys have."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)


def reported(
    node_id: str | None,
    message: str,
    *,
    path: str = "",
    hint: str | None = None,
    code: str,
    severity: str = "error",
    place: Place | None = None,
) -> dict[str, Any]:
    """A problem as the service reads it from the processes that know the modules (`dag_factory.problems.Problem`)."""
    return {
        "code": code,
        "severity": severity,
        "node_id": node_id,
        "path": path,
        "place": asdict(place) if place else None,
        "message": message,
        "hint": hint,
    }

"""Everything that can be said about a graph before it runs: its problems and its nodes' columns."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from api.services import modules
from dag_factory.catalog import Catalog
from dag_factory.graph import PipelineGraph
from dag_factory.problems import Problem
from dag_factory.validate import validate


@dataclass(frozen=True)
class Column:
    """A column of a node's output."""

    name: str
    type: str


@dataclass(frozen=True)
class Verdict:
    """All problems at once, and the columns of every node whose columns are known."""

    problems: Sequence[Problem]
    schemas: Mapping[str, Sequence[Column]]

    @property
    def valid(self) -> bool:
        """Whether it can be published and run: warnings do not stop it."""
        return all(problem.severity != "error" for problem in self.problems)

    def rows(self) -> list[dict[str, Any]]:
        """The problems as they are stored and answered."""
        return [problem.model_dump(mode="json") for problem in self.problems]


def check(session: Session, graph: PipelineGraph, catalog: Catalog) -> Verdict:
    """Judge a graph, saved or not, by the catalogue and by what administrators switched off.

    This is the one place where verdicts come from: whoever checks columns adds problems and schemas here.
    """
    problems = validate(graph, catalog, inactive=modules.inactive_ids(session))
    return Verdict(problems, schemas={})

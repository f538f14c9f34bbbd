"""Everything that can be said about a graph before it runs: its problems and its nodes' columns."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from api.clients.airflow import AirflowRefused
from api.errors import AirflowUnavailable, LineageUnavailable, PipelineNotFound
from api.models import Pipeline, PipelineVersion
from api.services import modules
from api.services.columns import Checker, check_columns
from api.services.connections import Connections
from dag_factory.catalog import Catalog
from dag_factory.compile import Schemas
from dag_factory.graph import PipelineGraph
from dag_factory.problems import Problem
from dag_factory.uses import connection_ids
from dag_factory.validate import validate

WHILE_SAVING = 3.0
WHILE_EDITING = 8.0
"""Seconds that the column check may take; a save must not wait for a source that hangs."""


@dataclass(frozen=True)
class Verdict:
    """All problems at once, and the columns of every node whose columns are known."""

    problems: Sequence[Problem]
    schemas: Schemas

    @property
    def valid(self) -> bool:
        """Whether it can be published and run: warnings do not stop it."""
        return all(problem.severity != "error" for problem in self.problems)

    def rows(self) -> list[dict[str, Any]]:
        """The problems as they are stored and answered."""
        return [problem.model_dump(mode="json") for problem in self.problems]


@dataclass(frozen=True)
class Validator:
    """The one place where verdicts come from: catalogue, what administrators switched off, and columns."""

    catalog: Catalog
    checker: Checker
    sessions: sessionmaker[Session]
    connections: Connections

    def check(self, graph: PipelineGraph, pipeline_id: UUID | None = None, *, timeout: float) -> Verdict:
        """Judge a graph; no database connection is held while sources are asked for their columns.

        Args:
            graph: what is judged, saved or not.
            pipeline_id: whose last save is compared with the sources, and stands in for those that are away.
            timeout: seconds for the columns.
        """
        with self.sessions() as session:
            inactive = modules.inactive_ids(session)
            known = _last_schemas(session, pipeline_id, graph) if pipeline_id else {}
        kinds, unchecked = self._connections(graph)
        problems = [*validate(graph, self.catalog, inactive=inactive, connections=kinds), *unchecked]
        columns = check_columns(self.checker, graph, self.catalog, found=problems, known=known, timeout=timeout)
        return Verdict([*problems, *columns.problems], columns.schemas)

    def trace(self, graph: PipelineGraph, pipeline_id: UUID, *, timeout: float) -> Mapping[str, Any]:
        """What the columns of a saved graph are made of (`ColumnVerdict.lineage`); a source that is away is as saved.

        Raises:
            LineageUnavailable: the column checker does not answer.
        """
        with self.sessions() as session:
            known = _last_schemas(session, pipeline_id, graph)
        found = validate(graph, self.catalog)
        verdict = check_columns(
            self.checker, graph, self.catalog, found=found, known=known, timeout=timeout, lineage=True
        )
        if verdict.lineage is None:
            raise LineageUnavailable(" ".join(problem.message for problem in verdict.problems))
        return verdict.lineage

    def _connections(self, graph: PipelineGraph) -> tuple[Mapping[str, str] | None, list[Problem]]:
        """The type of each connection by id; None and a warning while Airflow, which keeps them, cannot be asked."""
        named = connection_ids(graph)
        if not named:
            return None, []
        try:
            return self.connections.kinds(named), []
        except (AirflowUnavailable, AirflowRefused) as error:
            message = f"The connections could not be checked: {error}"
            hint = "Validate again in a moment; the pipeline can be saved meanwhile."
            return None, [Problem(code="unchecked-connections", severity="warning", message=message, hint=hint)]


def _last_schemas(session: Session, pipeline_id: UUID, graph: PipelineGraph) -> Schemas:
    """The columns at the last save of those nodes that are as they were then."""
    live = (Pipeline.id == pipeline_id, Pipeline.deleted_at.is_(None), PipelineVersion.version == Pipeline.revision)
    joined = select(PipelineVersion).join(Pipeline, Pipeline.id == PipelineVersion.pipeline_id)
    version = session.scalar(joined.where(*live))
    if version is None:
        raise PipelineNotFound(pipeline_id)
    saved = PipelineGraph.model_validate(version.graph).by_id
    return {
        node_id: schema
        for node_id, schema in version.schemas.items()
        if (before := saved.get(node_id))
        and (now := graph.by_id.get(node_id))
        and (before.data.module_id, before.data.config) == (now.data.module_id, now.data.config)
    }

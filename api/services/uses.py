"""Which pipelines use a connection or a file, so that neither is taken from under them."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from api.models import Pipeline
from api.visibility import TO_COUNT
from dag_factory.graph import Node, PipelineGraph
from dag_factory.uses import is_pattern, names_file, nodes_naming_connection, nodes_naming_file

LIVE = Pipeline.deleted_at.is_(None)


@dataclass(frozen=True)
class Use:
    """A pipeline, and the nodes of its newest version that do; none when only the published version does."""

    pipeline_id: UUID
    name: str
    nodes: list[dict[str, str]] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """For an error's details."""
        return {"pipeline_id": str(self.pipeline_id), "name": self.name, "nodes": self.nodes}


def of_connections(session: Session, ids: Collection[str]) -> dict[str, list[Use]]:
    """By connection, the pipelines that may be seen and name it; without their nodes."""
    query = select(Pipeline.id, Pipeline.name, Pipeline.connection_ids).where(LIVE)
    query = query.where(Pipeline.connection_ids.overlap(list(ids))).order_by(func.lower(Pipeline.name), Pipeline.id)
    uses: dict[str, list[Use]] = {}
    for pipeline_id, name, named in session.execute(query):
        for connection_id in named:
            uses.setdefault(connection_id, []).append(Use(pipeline_id, name))
    return uses


def of_connection(session: Session, connection_id: str) -> list[Use]:
    """The pipelines that may be seen and name it, with their nodes."""
    query = select(Pipeline.id, Pipeline.name, Pipeline.config).where(LIVE)
    query = query.where(Pipeline.connection_ids.contains([connection_id])).order_by(func.lower(Pipeline.name))
    return [
        Use(pipeline_id, name, _nodes(nodes_naming_connection(_graph(config), connection_id)))
        for pipeline_id, name, config in session.execute(query)
    ]


def number_of_connection(session: Session, connection_id: str) -> int:
    """How many pipelines name it, also those that whoever asks may not see."""
    query = select(func.count()).select_from(Pipeline).where(LIVE, Pipeline.connection_ids.contains([connection_id]))
    return session.scalar(query, execution_options=TO_COUNT) or 0


def of_files(session: Session, paths: Collection[str]) -> dict[str, list[Use]]:
    """By path, the pipelines that may be seen and name the file, also by a pattern; without their nodes."""
    query = select(Pipeline.id, Pipeline.name, Pipeline.file_paths).where(LIVE, Pipeline.file_paths != [])
    plain: dict[str, list[Use]] = {}
    patterns: dict[str, list[Use]] = {}
    for pipeline_id, name, named in session.execute(query.order_by(func.lower(Pipeline.name), Pipeline.id)):
        for path in named:
            (patterns if is_pattern(path) else plain).setdefault(path, []).append(Use(pipeline_id, name))
    found = {}
    for path in paths:
        matching = [use for pattern, named in patterns.items() if names_file(pattern, path) for use in named]
        found[path] = _once([*plain.get(path, []), *matching])
    return found


def of_file(session: Session, path: str) -> list[Use]:
    """The pipelines that may be seen and use a file, or one in a folder, with their nodes."""
    query = select(Pipeline.id, Pipeline.name, Pipeline.file_paths).where(LIVE, Pipeline.file_paths != [])
    found = [row for row in session.execute(query) if any(names_file(pattern, path) for pattern in row.file_paths)]
    uses = []
    for pipeline_id, name, _ in sorted(found, key=lambda row: row.name.lower()):
        config = session.scalar(select(Pipeline.config).where(Pipeline.id == pipeline_id))
        uses.append(Use(pipeline_id, name, _nodes(nodes_naming_file(_graph(config), path))))
    return uses


def number_of_file(session: Session, path: str) -> int:
    """How many pipelines use it, also those that whoever asks may not see."""
    query = select(Pipeline.file_paths).where(LIVE, Pipeline.file_paths != [])
    named = session.scalars(query, execution_options=TO_COUNT)
    return sum(any(names_file(pattern, path) for pattern in patterns) for patterns in named)


def _graph(config: dict[str, Any] | None) -> PipelineGraph:
    return PipelineGraph.model_validate({"name": "", "config": config or {}})


def _nodes(nodes: Iterable[Node]) -> list[dict[str, str]]:
    return [{"node_id": node.id, "label": node.title} for node in nodes]


def _once(uses: Iterable[Use]) -> list[Use]:
    return list({use.pipeline_id: use for use in uses}.values())

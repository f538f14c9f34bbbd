"""Save, find and delete pipelines; a save and its DAG file succeed or fail together."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, undefer_group

from api.errors import (
    NameTaken,
    NotPublished,
    PipelineNotFound,
    PipelineNotSchedulable,
    RevisionOutdated,
    VersionNotFound,
)
from api.models import Pipeline, PipelineVersion
from api.services import versions
from api.services.columns import SOURCE_CHANGED
from api.services.publishing import Publishing, announce, files_changed
from api.services.validation import Verdict
from dag_factory.compile import Schemas
from dag_factory.graph import PipelineGraph
from dag_factory.uses import connection_ids, file_paths

GRAPH_FIELDS = frozenset(PipelineGraph.model_fields)


@dataclass(frozen=True)
class Save:
    """What is to become a version: the graph, the verdict on it and what its author says of it."""

    graph: PipelineGraph
    verdict: Verdict
    author_id: UUID | None = None
    message: str | None = None


def create(session: Session, save: Save, publishing: Publishing, visibility: str = "shared") -> Pipeline:
    """Save a new pipeline as its first version."""
    author = {"created_by": save.author_id, "owner_id": save.author_id}
    pipeline = Pipeline(revision=0, published_revision=None, deleted_at=None, visibility=visibility, **author)
    _save(session, pipeline, save, publishing)
    return pipeline


def get(session: Session, pipeline_id: UUID, *, lock: bool = False) -> Pipeline:
    """A pipeline that is not deleted, with its graph; locked, it waits for saves that are under way."""
    query = select(Pipeline).where(Pipeline.id == pipeline_id, Pipeline.deleted_at.is_(None))
    query = query.options(undefer_group("graph"))
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    pipeline = session.scalar(query)
    if pipeline is None:
        raise PipelineNotFound(pipeline_id)
    return pipeline


def update(
    session: Session,
    pipeline_id: UUID,
    save: Save,
    publishing: Publishing,
    *,
    revision: int,
) -> Pipeline:
    """Save the next version of the revision that was edited; the same graph again makes none."""
    pipeline = get(session, pipeline_id, lock=True)
    if pipeline.revision != revision:
        changes = versions.since(session, pipeline_id, revision, pipeline.revision)
        raise RevisionOutdated(revision, pipeline.revision, changes)
    _save(session, pipeline, save, publishing)
    return pipeline


def delete(session: Session, pipeline_id: UUID, publishing: Publishing) -> Pipeline:
    """Hide the pipeline and take its file away; its versions and executions stay on record."""
    pipeline = get(session, pipeline_id, lock=True)
    announce(session)
    pipeline.deleted_at = func.now()
    session.flush()
    publishing.withdraw(pipeline.id)
    files_changed(session)
    return pipeline


def newest_version(session: Session, pipeline: Pipeline) -> PipelineVersion:
    """The version that the pipeline's row shows."""
    return get_version(session, pipeline.id, pipeline.revision)


def newest_problems(session: Session, pipeline: Pipeline) -> list[dict[str, Any]]:
    """What was wrong when the pipeline was last saved; the version's graph is not read again."""
    of_newest = PipelineVersion.pipeline_id == pipeline.id, PipelineVersion.version == pipeline.revision
    return session.scalars(select(PipelineVersion.problems).where(*of_newest)).one()


def served_version(session: Session, pipeline: Pipeline) -> PipelineVersion:
    """The version that Airflow is given: the newest one without errors."""
    if pipeline.published_revision is None:
        raise NotPublished(newest_problems(session, pipeline))
    return get_version(session, pipeline.id, pipeline.published_revision)


def get_version(session: Session, pipeline_id: UUID, version: int) -> PipelineVersion:
    """One version, whole."""
    query = select(PipelineVersion).where(
        PipelineVersion.pipeline_id == pipeline_id, PipelineVersion.version == version
    )
    found = session.scalar(query)
    if found is None:
        raise VersionNotFound(pipeline_id, version)
    return found


def graph_of(version: PipelineVersion) -> PipelineGraph:
    """A stored version as the compiler reads it."""
    return PipelineGraph.model_validate(version.graph)


def graph_to_serve(pipeline: Pipeline, version: PipelineVersion) -> PipelineGraph:
    """The version that Airflow is given; a draft saved since then, or a pause, may have switched its schedule off."""
    graph = graph_of(version)
    runs_by_itself = graph.is_scheduled and pipeline.is_scheduled and pipeline.schedule_paused_at is None
    return graph.model_copy(update={"is_scheduled": runs_by_itself})


def document(graph: PipelineGraph) -> dict[str, Any]:
    """A graph as it is stored, without what the request said beside it."""
    return graph.model_dump(mode="json", by_alias=True, include=set(GRAPH_FIELDS))


def _save(session: Session, pipeline: Pipeline, save: Save, publishing: Publishing) -> None:
    graph, verdict = save.graph, save.verdict
    if graph.is_scheduled and not verdict.valid:
        raise PipelineNotSchedulable(verdict.rows())
    stored = document(graph)
    if pipeline.revision:
        newest = newest_version(session, pipeline)
        same_sources = _sources(graph, newest.schemas) == _sources(graph, {**newest.schemas, **verdict.schemas})
        if newest.graph == stored and newest.valid == verdict.valid and same_sources:
            return
    announce(session)
    _show(pipeline, graph, stored)
    pipeline.status = "active" if verdict.valid else "draft"
    pipeline.revision += 1
    session.add(pipeline)
    flush_name(session, pipeline)
    version = PipelineVersion(
        pipeline_id=pipeline.id,
        version=pipeline.revision,
        graph=stored,
        problems=[problem for problem in verdict.rows() if problem["code"] != SOURCE_CHANGED],  # a save accepts it
        schemas=verdict.schemas,
        valid=verdict.valid,
        message=save.message,
        created_by=save.author_id,
    )
    session.add(version)
    if verdict.valid:
        pipeline.published_revision = version.version
        session.flush()
        published = publishing.publish(pipeline.id, version.version, graph_to_serve(pipeline, version), version.schemas)
        files_changed(session)
        version.bundle_revision = published.bundle_revision
        version.source_sha256 = published.source_sha256
        version.compiler = published.compiler
        version.created_at = func.clock_timestamp()  # not the transaction's start: a parse before now saw the old file
    elif pipeline.published_revision is not None:
        keep_serving(session, pipeline, publishing)
    session.flush()


def _sources(graph: PipelineGraph, schemas: Schemas) -> dict[str, Any]:
    """The columns of what has no inputs: the rest follows from them."""
    return {node.id: schemas[node.id] for node in graph.nodes if node.id in schemas and not graph.inputs(node.id)}


def keep_serving(session: Session, pipeline: Pipeline, publishing: Publishing) -> None:
    """Publish the version that is served again where a draft or a pause changed what its schedule is."""
    served = served_version(session, pipeline)
    graph = graph_to_serve(pipeline, served)
    pipeline.connection_ids = sorted({*pipeline.connection_ids, *connection_ids(graph)})
    pipeline.file_paths = sorted({*pipeline.file_paths, *file_paths(graph)})
    published = publishing.publish(pipeline.id, served.version, graph, served.schemas)
    if published.source_sha256 != served.source_sha256:
        served.source_sha256 = published.source_sha256
        files_changed(session)


def _show(pipeline: Pipeline, graph: PipelineGraph, stored: dict[str, Any]) -> None:
    """Let the pipeline's row show this graph."""
    for column in GRAPH_FIELDS & set(Pipeline.__mapper__.columns.keys()):
        setattr(pipeline, column, stored[column])
    pipeline.connection_ids, pipeline.file_paths = connection_ids(graph), file_paths(graph)
    pipeline.module_ids = [node.data.module_id for node in graph.nodes]
    pipeline.updated_at = func.now()


def flush_name(session: Session, pipeline: Pipeline) -> None:
    """Write the pipeline's row; a name that is taken is told in our words."""
    name = pipeline.name
    try:
        session.flush()
    except IntegrityError as error:
        if "uq_pipeline_name_" in str(error.orig):
            raise NameTaken(name) from error
        raise

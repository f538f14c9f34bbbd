"""What was saved when, and the DAG file that it became."""

import hashlib
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header, Path, Response

from api.database import SessionDep
from api.models import PipelineVersion
from api.routes.answers import CONFLICT, INVALID, NOT_FOUND, UNAVAILABLE
from api.routes.dependencies import PageLimit, PageOffset, PublishingDep, ValidatorDep
from api.routes.pipeline_answers import IfMatch, revision_of, whole
from api.schemas.pipeline import PipelineOut, RestoreIn, VersionDiffOut, VersionOut, VersionPage, VersionSummary
from api.security import EditorDep, ViewerDep
from api.services import audit, pipeline_list, pipelines, versions
from api.services.pipelines import Save
from api.services.validation import WHILE_SAVING

router = APIRouter(prefix="/pipelines/{pipeline_id}", tags=["versions"])

VersionNumber = Annotated[int, Path(ge=1, le=2**31 - 1)]
PYTHON = {200: {"content": {"text/x-python": {"schema": {"type": "string"}}}}, 304: {"description": "Unchanged."}}


@router.get("/versions", responses=NOT_FOUND | INVALID)
def list_versions(
    session: SessionDep, _: ViewerDep, pipeline_id: UUID, limit: PageLimit = 50, offset: PageOffset = 0
) -> VersionPage:
    """List a pipeline's versions, newest first."""
    found, total = pipeline_list.versions(session, pipelines.get(session, pipeline_id), limit=limit, offset=offset)
    items = [VersionSummary.model_validate(version) for version in found]
    return VersionPage(items=items, total=total, limit=limit, offset=offset)


@router.get("/versions/{version}", responses=NOT_FOUND, response_model=VersionOut)
def get_version(session: SessionDep, _: ViewerDep, pipeline_id: UUID, version: VersionNumber) -> PipelineVersion:
    """Get one version with its graph and what was wrong with it then."""
    return pipelines.get_version(session, pipelines.get(session, pipeline_id).id, version)


@router.get("/versions/{version}/diff/{other}", responses=NOT_FOUND)
def diff_versions(
    session: SessionDep, _: ViewerDep, pipeline_id: UUID, version: VersionNumber, other: VersionNumber
) -> VersionDiffOut:
    """Say what changes lead from one version to another: nodes, options, edges and settings, not where things stand."""
    pipeline = pipelines.get(session, pipeline_id)
    before, after = (pipelines.get_version(session, pipeline.id, number) for number in (version, other))
    changes = versions.compare(before, after)
    ends = {"before": VersionSummary.model_validate(before), "after": VersionSummary.model_validate(after)}
    return VersionDiffOut.model_validate(ends | {name: getattr(changes, name) for name in type(changes).model_fields})


@router.post(
    "/versions/{version}/restore", responses=NOT_FOUND | CONFLICT | INVALID | UNAVAILABLE, response_model=PipelineOut
)
def restore_version(
    *,
    session: SessionDep,
    account: EditorDep,
    publishing: PublishingDep,
    validator: ValidatorDep,
    pipeline_id: UUID,
    version: VersionNumber,
    body: RestoreIn | None = None,
    response: Response,
    if_match: IfMatch = None,
) -> PipelineOut:
    """Save an earlier version again as the newest, with the same checks as any save."""
    pipeline = pipelines.get(session, pipeline_id)
    graph = pipelines.graph_of(pipelines.get_version(session, pipeline.id, version))
    revision = (body and body.revision) or (if_match and revision_of(if_match)) or pipeline.revision
    verdict = validator.check(graph, pipeline_id, timeout=WHILE_SAVING)
    message = (body.message if body else None) or f"Restored version {version}"
    save = Save(graph, verdict, account.id, message)
    pipeline = pipelines.update(session, pipeline_id, save, publishing, revision=revision)
    details = {"restored": version, "revision": pipeline.revision}
    audit.record(session, account, "pipeline.restore", "pipeline", pipeline.id, pipeline.name, details)
    return whole(session, pipeline.id, response)


@router.get("/dag", responses=PYTHON | NOT_FOUND | CONFLICT, response_class=Response)
def get_dag(
    session: SessionDep,
    _: ViewerDep,
    publishing: PublishingDep,
    pipeline_id: UUID,
    if_none_match: Annotated[str | None, Header()] = None,
) -> Response:
    """Get the DAG file that Airflow is given: the newest version without errors, compiled."""
    pipeline = pipelines.get(session, pipeline_id)
    version = pipelines.served_version(session, pipeline)
    graph = pipelines.graph_to_serve(pipeline, version)
    source = publishing.source(pipeline_id, version.version, graph, version.schemas)
    etag = f'"{hashlib.sha256(source.encode()).hexdigest()[:32]}"'
    headers = {"ETag": etag, "X-Pipeline-Revision": str(version.version)}
    if if_none_match and etag in if_none_match:
        return Response(status_code=304, headers=headers)
    return Response(source, media_type="text/x-python", headers=headers)

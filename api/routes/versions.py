"""What was saved when, and the DAG file that it became."""

import hashlib
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header, Path, Response

from api.database import SessionDep
from api.models import PipelineVersion
from api.routes.answers import CONFLICT, INVALID, NOT_FOUND
from api.routes.dependencies import PageLimit, PageOffset, PublishingDep
from api.schemas.pipeline import VersionOut, VersionPage, VersionSummary
from api.security import ViewerDep
from api.services import pipeline_list, pipelines

router = APIRouter(prefix="/pipelines/{pipeline_id}", tags=["versions"])

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
def get_version(
    session: SessionDep, _: ViewerDep, pipeline_id: UUID, version: Annotated[int, Path(ge=1, le=2**31 - 1)]
) -> PipelineVersion:
    """Get one version with its graph and what was wrong with it then."""
    return pipelines.get_version(session, pipelines.get(session, pipeline_id).id, version)


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

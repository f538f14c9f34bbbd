"""Who may see a pipeline."""

from uuid import UUID

from fastapi import APIRouter, Response

from api.database import SessionDep
from api.routes.answers import CONFLICT, INVALID, NOT_FOUND
from api.routes.pipeline_answers import whole
from api.schemas.pipeline import PipelineOut, SharingIn
from api.security import EditorDep
from api.services import audit
from api.services.sharing import share
from api.visibility import ACCOUNT

router = APIRouter(prefix="/pipelines", tags=["pipelines"])


@router.patch("/{pipeline_id}/sharing", responses=NOT_FOUND | CONFLICT | INVALID)
def share_pipeline(
    session: SessionDep, account: EditorDep, pipeline_id: UUID, body: SharingIn, response: Response
) -> PipelineOut:
    """Share a pipeline with everyone, keep it private, or give it to somebody; for its owner and admins."""
    pipeline, changed = share(session, pipeline_id, account, body.model_dump(exclude_none=True))
    if changed:
        audit.record(session, account, "pipeline.share", "pipeline", pipeline.id, pipeline.name, {"changed": changed})
    session.info.pop(ACCOUNT, None)  # who gave a private pipeline away is shown once more what it has become
    return whole(session, pipeline.id, response)

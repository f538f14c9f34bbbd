"""Pipelines made from others."""

from uuid import UUID

from fastapi import APIRouter, Response

from api.database import SessionDep
from api.routes.answers import CONFLICT, NOT_FOUND, UNAVAILABLE
from api.routes.dependencies import PublishingDep, ValidatorDep
from api.routes.pipeline_answers import whole
from api.schemas.pipeline import PipelineOut
from api.security import EditorDep
from api.services import audit, copies, pipelines
from api.services.pipelines import Save
from api.services.validation import WHILE_SAVING

router = APIRouter(prefix="/pipelines", tags=["pipelines"])


@router.post("/{pipeline_id}/duplicate", status_code=201, responses=NOT_FOUND | CONFLICT | UNAVAILABLE)
def duplicate_pipeline(
    *,
    session: SessionDep,
    account: EditorDep,
    publishing: PublishingDep,
    validator: ValidatorDep,
    pipeline_id: UUID,
    response: Response,
) -> PipelineOut:
    """Save a copy of the newest version as "… (copy)", without its schedule running; it is owned by who asks."""
    with account.session(validator.sessions) as reading:  # none is held while sources are asked
        original = pipelines.get(reading, pipeline_id)
        graph = pipelines.graph_of(pipelines.newest_version(reading, original))
    graph = graph.model_copy(update={"is_scheduled": False})
    verdict = validator.check(graph, timeout=WHILE_SAVING)
    save = Save(graph, verdict, account.id, "A copy of another pipeline")
    copied = copies.duplicate(session, original, save, publishing)
    details = {"copied": str(pipeline_id)}
    audit.record(session, account, "pipeline.duplicate", "pipeline", copied.id, copied.name, details)
    response.headers["Location"] = f"/api/v1/pipelines/{copied.id}"
    return whole(session, copied.id, response)

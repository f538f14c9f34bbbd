"""What columns are made of."""

from uuid import UUID

from fastapi import APIRouter

from api.routes.answers import NOT_FOUND, UNAVAILABLE
from api.routes.dependencies import ValidatorDep
from api.schemas.lineage import LineageOut
from api.security import ViewerDep
from api.services import lineage, pipelines
from api.services.validation import WHILE_EDITING

router = APIRouter(prefix="/pipelines", tags=["pipelines"])


@router.get("/{pipeline_id}/lineage", responses=NOT_FOUND | UNAVAILABLE)
def get_lineage(account: ViewerDep, validator: ValidatorDep, pipeline_id: UUID) -> LineageOut:
    """Trace every column of the saved graph through its nodes to the columns of sources that it is made of."""
    with account.session(validator.sessions) as session:  # none is held while sources are asked
        pipeline = pipelines.get(session, pipeline_id)
        revision, graph = pipeline.revision, pipelines.graph_of(pipelines.newest_version(session, pipeline))
    found = lineage.described(graph, validator.trace(graph, pipeline_id, timeout=WHILE_EDITING))
    return LineageOut.model_validate({"pipeline_id": pipeline_id, "revision": revision, **found})

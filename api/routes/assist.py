"""Help while drawing."""

from typing import Annotated, Any

from fastapi import APIRouter, Body, Request
from fastapi.openapi.models import Example

from api.routes.answers import INVALID, TOO_LARGE
from api.routes.dependencies import FilesDep, ValidatorDep
from api.routes.examples import GRAPHS
from api.schemas.suggestion import SuggestIn, SuggestionsOut
from api.security import EditorDep
from api.services.assist.suggest import Wanted, known, suggest

router = APIRouter(prefix="/assist", tags=["assist"])

_ORDERS: dict[str, Any] = GRAPHS["pipeline"].get("value") or {}
_COLUMNS = [{"name": "status", "type": "string"}, {"name": "amount", "type": "float"}]
PLACES = {
    "after": Example(
        summary="After a node whose columns are known",
        value={"graph": _ORDERS, "node_id": "n2", "schemas": {"n1": _COLUMNS, "n2": _COLUMNS}, "limit": 5},
    ),
    "source": Example(summary="On an empty canvas", value={"graph": GRAPHS["draft"].get("value")}),
}


@router.post("/suggest", responses=INVALID | TOO_LARGE)
def suggest_next(
    *,
    account: EditorDep,
    validator: ValidatorDep,
    files: FilesDep,
    body: Annotated[SuggestIn, Body(openapi_examples=PLACES)],
    request: Request,
) -> SuggestionsOut:
    """Rank what could come next, each with a config that fits, and say why.

    By the columns at that place, by what the modules offer, and by what was built in the pipelines that you may see.
    No rows are read, and nothing outside of this installation is asked.
    """
    wanted = Wanted(
        body.graph,
        body.node_id,
        body.handle,
        {node_id: [column.model_dump() for column in columns] for node_id, columns in body.schemas.items()}
        if body.schemas is not None
        else None,
        body.limit,
    )
    with account.session(validator.sessions) as session:  # none is held while sources are asked
        learned = known(session, request.app.state.learned, validator.catalog)
    return SuggestionsOut.model_validate(suggest(wanted, learned, validator, files))

"""Help while drawing."""

from typing import Annotated, Any

from fastapi import APIRouter, Body, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.openapi.models import Example

from api.routes.answers import BAD_ANSWER, CONFLICT, INVALID, NO_ANSWER, TOO_LARGE, TOO_MANY
from api.routes.dependencies import FilesDep, PreviewerDep, ValidatorDep
from api.routes.examples import GRAPHS
from api.schemas.generation import DraftOut, GenerateIn
from api.schemas.suggestion import SuggestIn, SuggestionsOut
from api.security import EditorDep
from api.services.assist.generate import check_limits, generate
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


@router.post("/generate", responses=CONFLICT | INVALID | TOO_LARGE | TOO_MANY | BAD_ANSWER | NO_ANSWER)
async def generate_draft(
    *,
    account: EditorDep,
    validator: ValidatorDep,
    files: FilesDep,
    previewer: PreviewerDep,
    body: GenerateIn,
    request: Request,
) -> DraftOut:
    """Draft a pipeline from a sentence by the configured language model; saves nothing.

    The model is told the modules, and the names and columns of files and connections, no rows and no secrets. What it
    answers is judged as a save is, and goes back to it with its problems a few times; only a draft without errors is
    shown. Without a configured model this answers 409; the work ends when the client goes away.
    """
    state = request.app.state
    await run_in_threadpool(check_limits, state.assistant, state.rate_limiter, str(account.id or account.email))
    made = await generate(body.sentence, state.assistant, validator, files, previewer, is_gone=request.is_disconnected)
    graph = made.graph.model_dump(mode="json", by_alias=True)
    return DraftOut.model_validate(
        {
            **{name: graph[name] for name in ("name", "description", "config")},
            "problems": made.verdict.rows(),
            "schemas": made.verdict.schemas,
            "model": made.model,
            "tries": made.tries,
        }
    )

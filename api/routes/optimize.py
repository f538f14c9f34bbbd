"""What could be better in a graph that loads the same rows."""

from typing import Annotated, Any

from fastapi import APIRouter, Body, Request
from fastapi.openapi.models import Example

from api.routes.answers import INVALID, TOO_LARGE, UNAVAILABLE
from api.routes.dependencies import PreviewerDep, ValidatorDep
from api.routes.examples import GRAPHS
from api.schemas.optimize import DeclinedOut, ImprovedOut, ImproveIn, OptimizeIn, ProposalOut, ProposalsOut
from api.security import EditorDep
from api.services.assist.optimize import Optimizer

router = APIRouter(prefix="/assist/optimize", tags=["assist"])

_ORDERS: Any = GRAPHS["pipeline"].get("value")
FOUND = {"orders": Example(summary="CSV → filter → CSV", value={"graph": _ORDERS})}
ACCEPTED = {
    "orders": Example(summary="One that is about node n2", value={"graph": _ORDERS, "accept": ["filter-earlier:n2"]})
}


@router.post("", responses=INVALID | TOO_LARGE | UNAVAILABLE)
async def optimize_graph(
    _: EditorDep,
    validator: ValidatorDep,
    previewer: PreviewerDep,
    body: Annotated[OptimizeIn, Body(openapi_examples=FOUND)],
    request: Request,
) -> ProposalsOut:
    """Propose what could be better in a graph without errors: fewer steps, fewer rows and columns, the same result.

    Each proposal is evaluated before and after on a sample of the sources, by the code that runs use; nothing is
    written. The work is stopped when the client goes away; what cannot be checked in time says so.
    """
    found = await Optimizer(validator, previewer).find(body.graph, request.is_disconnected)
    return ProposalsOut(
        proposals=[ProposalOut.of(each) for each in found.improvements],
        declined=[DeclinedOut.model_validate(each) for each in found.declined],
        more=found.more,
    )


@router.post("/apply", responses=INVALID | TOO_LARGE | UNAVAILABLE)
async def apply_optimizations(
    _: EditorDep,
    validator: ValidatorDep,
    previewer: PreviewerDep,
    body: Annotated[ImproveIn, Body(openapi_examples=ACCEPTED)],
    request: Request,
) -> ImprovedOut:
    """Draw the graph with the accepted proposals, checked together on a sample; nothing is saved."""
    improved = await Optimizer(validator, previewer).improve(body.graph, body.accept, request.is_disconnected)
    return ImprovedOut.of(improved)

"""Executions that run again, and what their nodes have stored and tried."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Query, Request
from fastapi.concurrency import run_in_threadpool
from sqlalchemy.orm import Session

from api.database import SessionDep
from api.routes.answers import CONFLICT, INVALID, NOT_FOUND, UNAVAILABLE
from api.routes.dependencies import AirflowDep, PreviewerDep
from api.routes.executions import execution_out
from api.schemas.execution import ExecutionOut, NodeDataOut, RetryIn, TryOut
from api.security import Account, EditorDep, ViewerDep
from api.services import audit, executions, node_outputs, retry
from api.services.preview import stored_rows, stored_states

router = APIRouter(tags=["executions"])


@router.post(
    "/executions/{execution_id}/retry", status_code=202, responses=NOT_FOUND | CONFLICT | INVALID | UNAVAILABLE
)
async def retry_execution(
    *,
    session: SessionDep,
    account: EditorDep,
    airflow: AirflowDep,
    previewer: PreviewerDep,
    request: Request,
    execution_id: UUID,
    body: Annotated[RetryIn | None, Body()] = None,
) -> ExecutionOut:
    """Run an ended execution again with its revision: what failed, or from one node on; earlier outputs are reused.

    A node before them that reads a file in place is run again too when that file has changed.
    """
    from_node = body.from_node if body else None
    again = await run_in_threadpool(retry.chosen, session, execution_id, from_node)
    more = True
    while more:
        plans = sorted(plan for plan in set(again.reused.values()) if plan)
        states = await stored_states(previewer, plans, is_gone=request.is_disconnected) if plans else {}
        more = retry.extended(again, states)
    await run_in_threadpool(retry.run, session, airflow, again)
    return await run_in_threadpool(_answered, session, account, execution_id, from_node)


@router.get("/executions/{execution_id}/nodes/{node_id}/data", responses=NOT_FOUND | CONFLICT | INVALID | UNAVAILABLE)
async def get_node_data(
    *,
    session: SessionDep,
    _: ViewerDep,
    previewer: PreviewerDep,
    request: Request,
    execution_id: UUID,
    node_id: str,
    limit: Annotated[int, Query(ge=1, le=1000, description="How many rows at most.")] = 100,
) -> NodeDataOut:
    """Get the first rows of what a node has handed on, evaluated as the next task would read it."""
    stored = await run_in_threadpool(node_outputs.stored, session, execution_id, node_id)
    states = await stored_states(previewer, [stored.plan], is_gone=request.is_disconnected)
    node_outputs.refuse_unreadable(stored, states)
    shown = await stored_rows(previewer, stored.plan, limit=limit, is_gone=request.is_disconnected)
    return NodeDataOut(node_id=node_id, columns=shown["columns"], rows=shown["rows"])


@router.get("/executions/{execution_id}/nodes/{node_id}/tries", responses=NOT_FOUND | UNAVAILABLE)
def list_node_tries(
    session: SessionDep, _: ViewerDep, airflow: AirflowDep, execution_id: UUID, node_id: str
) -> list[TryOut]:
    """List every try of a node, the first one first."""
    whole = executions.get(session, execution_id)
    return [TryOut.model_validate(each) for each in node_outputs.tries(airflow, whole, node_id)]


def _answered(session: Session, account: Account, execution_id: UUID, from_node: str | None) -> ExecutionOut:
    whole = execution_out(session, execution_id)
    details = {"from_node": from_node} if from_node is not None else None
    audit.record(session, account, "execution.retry", "execution", execution_id, whole.pipeline_name, details)
    return whole

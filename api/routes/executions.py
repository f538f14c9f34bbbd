"""Executions: started, listed, looked at, cancelled."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Header, Query, Response
from sqlalchemy.orm import Session

from api.database import SessionDep
from api.request_log import request_id
from api.routes.answers import CONFLICT, INVALID, NOT_FOUND, UNAVAILABLE
from api.routes.dependencies import AirflowDep, PageLimit, PageOffset
from api.schemas.execution import ExecuteIn, ExecutionOut, ExecutionPage, NodeOut
from api.schemas.execution import Status as ExecutionStatus
from api.schemas.execution import Trigger as TriggerType
from api.schemas.values import Moment, StoredText
from api.security import EditorDep, ViewerDep
from api.services import audit, execution_list, executions
from dag_factory.compile import dag_id_for

router = APIRouter(tags=["executions"])

IdempotencyKey = Annotated[
    StoredText | None,
    Header(description="Sent again, it answers with the execution that it started.", min_length=1, max_length=200),
]


@router.post("/pipelines/{pipeline_id}/execute", status_code=202, responses=NOT_FOUND | CONFLICT | INVALID)
def execute_pipeline(
    *,
    session: SessionDep,
    account: EditorDep,
    pipeline_id: UUID,
    response: Response,
    body: Annotated[ExecuteIn | None, Body()] = None,
    idempotency_key: IdempotencyKey = None,
) -> ExecutionOut:
    """Run the saved pipeline; it starts once Airflow serves the saved version, about a second after the save."""
    params = body.params if body else {}
    until_node = body.until_node if body else None
    created = executions.create(
        session, pipeline_id, params, idempotency_key, by=account, until_node=until_node, request_id=request_id()
    )
    session.flush()
    execution_id = created.execution.id
    response.headers["Location"] = f"/api/v1/executions/{execution_id}"
    whole = execution_out(session, execution_id)
    if created.is_new:
        details = {"pipeline_id": str(pipeline_id), "revision": whole.pipeline_version}
        audit.record(session, account, "execution.create", "execution", execution_id, whole.pipeline_name, details)
    return whole


@router.get("/executions", responses=INVALID)
def list_executions(
    *,
    session: SessionDep,
    _: ViewerDep,
    pipeline_id: Annotated[UUID | None, Query(description="Only this pipeline's.")] = None,
    dag_run_id: Annotated[StoredText | None, Query(description="Only the one that Airflow knows by this id.")] = None,
    status: Annotated[list[ExecutionStatus] | None, Query(description="Only these; may be given repeatedly.")] = None,
    trigger: Annotated[TriggerType | None, Query(description="Only those started in this way.")] = None,
    created_from: Annotated[Moment | None, Query(alias="from", description="Created then or later.")] = None,
    created_to: Annotated[Moment | None, Query(alias="to", description="Created before then.")] = None,
    limit: PageLimit = 50,
    offset: PageOffset = 0,
) -> ExecutionPage:
    """List executions, the newest first, also those that a schedule or Airflow's own UI started."""
    wanted = execution_list.Wanted(pipeline_id, dag_run_id, status or None, trigger, created_from, created_to)
    page = execution_list.page(session, wanted, limit=limit, offset=offset)
    return ExecutionPage.model_validate({**page, "limit": limit, "offset": offset})


@router.get("/executions/{execution_id}", responses=NOT_FOUND)
def get_execution(session: SessionDep, _: ViewerDep, execution_id: UUID) -> ExecutionOut:
    """Get an execution with the state of every node."""
    return execution_out(session, execution_id)


@router.post("/executions/{execution_id}/cancel", status_code=202, responses=NOT_FOUND | CONFLICT | UNAVAILABLE)
def cancel_execution(session: SessionDep, account: EditorDep, airflow: AirflowDep, execution_id: UUID) -> ExecutionOut:
    """Stop an execution; tasks that run are ended within seconds. Cancelled twice is cancelled once."""
    executions.cancel(session, airflow, execution_id)
    whole = execution_out(session, execution_id)
    audit.record(session, account, "execution.cancel", "execution", execution_id, whole.pipeline_name)
    return whole


def execution_out(session: Session, execution_id: UUID) -> ExecutionOut:
    """An execution whole, as it is answered."""
    whole = executions.get(session, execution_id)
    nodes = [
        NodeOut.model_validate(
            {name: getattr(row, name) for name in NodeOut.model_fields if name != "label"}
            | {"label": whole.nodes.title(row.node_id)}
        )
        for row in whole.rows
    ]
    beside = {
        "nodes": nodes,
        "synced_at": executions.synced_at(session),
        "pipeline_name": whole.pipeline_name,
        "pipeline_version": whole.pipeline_version,
        "airflow_dag_id": dag_id_for(whole.execution.pipeline_id),
    }
    fields = {name: getattr(whole.execution, name) for name in ExecutionOut.model_fields.keys() - beside}
    return ExecutionOut.model_validate(fields | beside)

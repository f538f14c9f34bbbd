"""Executions as clients ask for them and as they come back."""

import json
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, Field

from api.schemas.values import In, JsonObject, Out, StoredText

MAX_PARAMS_BYTES = 64 * 1024
RESERVED = "logidata_part"
Status = Literal["pending", "running", "success", "failed", "cancelled"]
Trigger = Literal["manual", "scheduled", "webhook", "backfill"]


def _small(params: dict[str, Any]) -> dict[str, Any]:
    if RESERVED in params:
        raise ValueError(f"“{RESERVED}” is a name that the service uses itself")
    if len(json.dumps(params)) > MAX_PARAMS_BYTES:
        raise ValueError(f"must not be longer than {MAX_PARAMS_BYTES // 1024} kB as JSON")
    return params


class ExecuteIn(In):
    """What a run is started with; the pipeline's default params apply where nothing is given."""

    params: Annotated[JsonObject, AfterValidator(_small), Field(examples=[{"min_amount": 10}], default_factory=dict)]
    until_node: Annotated[
        StoredText | None, Field(max_length=1000, description="Run this node and those before it only; store its rows.")
    ] = None


class RetryIn(In):
    """From where an ended execution runs again; from the nodes that failed, when nothing is given."""

    from_node: Annotated[
        StoredText | None, Field(max_length=1000, description="This node and all after it; earlier outputs are reused.")
    ] = None


class TryOut(Out):
    """One try of a node; `status` is Airflow's task instance state."""

    try_number: int
    status: str
    started_at: datetime | None
    completed_at: datetime | None
    duration_seconds: float | None


class NodeDataOut(Out):
    """The first rows of a node's stored output; values are JSON's own, or text where JSON would lose digits."""

    node_id: str
    columns: list[dict[str, Any]]
    rows: list[list[Any]]


class NodeOut(Out):
    """One node of an execution; `status` is Airflow's task instance state, or pending."""

    node_id: str
    label: str
    task_id: str
    status: str
    try_number: int
    started_at: datetime | None
    completed_at: datetime | None
    duration_seconds: float | None
    rows_in: int | None
    rows_out: int | None
    bytes: int | None
    columns: list[dict[str, Any]] | None
    error_message: str | None
    metrics: dict[str, Any] = Field(
        description="`schema_changes`: how a source differs from the pipeline's last save; `failing_rows`: by rule."
    )


class ExecutionSummary(Out):
    """An execution in a list."""

    id: UUID
    pipeline_id: UUID
    pipeline_name: str
    pipeline_version: int | None
    bundle_revision: int | None
    airflow_dag_id: str
    airflow_dag_run_id: str
    status: Status
    trigger_type: Trigger
    triggered_by: UUID | None
    triggered_by_name: str | None
    request_id: str | None
    until_node: str | None
    params: dict[str, Any]
    created_at: datetime
    triggered_at: datetime | None
    started_at: datetime | None
    completed_at: datetime | None
    duration_seconds: float | None
    cancel_requested_at: datetime | None
    result: dict[str, Any] | None
    metrics: dict[str, Any]
    error_message: str | None
    error_node_id: str | None


class ExecutionOut(ExecutionSummary):
    """An execution whole; `synced_at` says when Airflow was last heard of."""

    error_trace: str | None
    nodes: list[NodeOut]
    synced_at: datetime | None


class ExecutionPage(Out):
    """One page of executions, the newest first."""

    items: list[ExecutionSummary]
    total: int
    limit: int
    offset: int
    synced_at: datetime | None

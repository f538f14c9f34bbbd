"""Pages of executions beside what is kept in other tables."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, ScalarSelect, Select, Text, bindparam, func, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from api.models import Pipeline, PipelineExecution, PipelineVersion, SyncState
from dag_factory.compile import dag_id_for

OF_EXECUTION = (
    *("id", "pipeline_id", "bundle_revision", "airflow_dag_run_id", "status", "trigger_type", "triggered_by"),
    *("triggered_by_name", "request_id", "until_node", "params", "created_at", "triggered_at", "started_at"),
    *("completed_at", "duration_seconds", "cancel_requested_at", "result", "metrics", "error_message", "error_node_id"),
)
SHOWN = (*OF_EXECUTION, "pipeline_name", "pipeline_version")


@dataclass(frozen=True)
class Wanted:
    """Which executions."""

    pipeline_id: UUID | None = None
    dag_run_id: str | None = None
    status: Sequence[str] | None = None
    trigger_type: str | None = None
    created_from: datetime | None = None
    created_to: datetime | None = None


def page(session: Session, wanted: Wanted, *, limit: int, offset: int) -> dict[str, Any]:
    """One page, the newest first, of each what `ExecutionSummary` shows, with the number of all that fit."""
    given = {name: value for name, value in asdict(wanted).items() if value is not None}
    by = frozenset(given)
    found = session.execute(_page(by), given | {"limit": limit, "offset": offset}).all()
    total, synced_at = found[0][-2:] if found else session.execute(_beside(by), given).one()
    return {"items": [_summary(row) for row in found], "total": total, "synced_at": synced_at}


@lru_cache(maxsize=64)
def _page(by: frozenset[str]) -> Select[*tuple[Any, ...]]:
    """The statement of a page, made once for each kind of filter: that takes milliseconds."""
    total, synced_at = _total(by), _synced_at()
    some = select(PipelineExecution.id).where(*_conditions(by)).order_by(*_newest())
    some = some.limit(bindparam("limit")).offset(bindparam("offset")).subquery()
    return (
        select(
            *(getattr(PipelineExecution, name) for name in OF_EXECUTION),
            *(Pipeline.name.label("pipeline_name"), PipelineVersion.version.label("pipeline_version")),
            *(total.label("total"), synced_at.label("synced_at")),
        )
        .join(some, some.c.id == PipelineExecution.id)
        .join(Pipeline, Pipeline.id == PipelineExecution.pipeline_id)
        .outerjoin(PipelineVersion, PipelineVersion.id == PipelineExecution.pipeline_version_id)
        .order_by(*_newest())
    )


@lru_cache(maxsize=64)
def _beside(by: frozenset[str]) -> Select[*tuple[Any, ...]]:
    """What a page tells besides its executions, when it has none."""
    return select(_total(by), _synced_at())


def _total(by: frozenset[str]) -> ScalarSelect[int]:
    return select(func.count()).select_from(PipelineExecution).where(*_conditions(by)).scalar_subquery()


def _synced_at() -> ScalarSelect[datetime | None]:
    return select(func.min(SyncState.synced_at)).scalar_subquery()


def _summary(row: Row[Any]) -> dict[str, Any]:
    return {**dict(zip(SHOWN, row, strict=False)), "airflow_dag_id": dag_id_for(row.pipeline_id)}


def _newest() -> tuple[ColumnElement[Any], ...]:
    return PipelineExecution.created_at.desc(), PipelineExecution.id.desc()


def _conditions(by: frozenset[str]) -> list[ColumnElement[bool]]:
    created_at = PipelineExecution.created_at
    conditions = {
        "pipeline_id": PipelineExecution.pipeline_id == bindparam("pipeline_id"),
        "dag_run_id": PipelineExecution.airflow_dag_run_id == bindparam("dag_run_id"),
        "status": PipelineExecution.status == func.any(bindparam("status", type_=ARRAY(Text))),
        "trigger_type": PipelineExecution.trigger_type == bindparam("trigger_type"),
        "created_from": created_at >= bindparam("created_from"),
        "created_to": created_at < bindparam("created_to"),
    }
    return [conditions[name] for name in sorted(by)]

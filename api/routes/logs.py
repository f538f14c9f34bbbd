"""Logs of executions: in pages, forwards and backwards, and as a text file."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from fastapi.responses import StreamingResponse

from api.database import SessionDep
from api.routes.answers import INVALID, NOT_FOUND, UNAVAILABLE
from api.routes.dependencies import LogShelfDep
from api.schemas.log import Level, LogPage
from api.schemas.values import StoredText
from api.services import executions
from api.services.logs.line import Filter
from api.services.logs.page import RunLog
from api.services.logs.text import as_text
from dag_factory.compile import dag_id_for

router = APIRouter(tags=["executions"])


def _run_log(
    session: SessionDep,
    shelf: LogShelfDep,
    execution_id: UUID,
    node_id: Annotated[StoredText | None, Query(description="Only this node's.", max_length=1000)] = None,
) -> RunLog:
    whole = executions.get(session, execution_id)
    return RunLog(
        shelf=shelf,
        dag_id=dag_id_for(whole.execution.pipeline_id),
        dag_run_id=whole.execution.airflow_dag_run_id,
        rows=[row for row in whole.rows if node_id in {None, row.node_id}],
        ended=whole.execution.status in executions.FINAL,
        now=datetime.now(UTC),
    )


def _wanted(
    level: Annotated[Level, Query(description="Only lines of this level and above.")] = "debug",
    search: Annotated[StoredText, Query(description="Only lines with this text.", max_length=200)] = "",
) -> Filter:
    return Filter(level, search)


RunLogDep = Annotated[RunLog, Depends(_run_log)]
WantedDep = Annotated[Filter, Depends(_wanted)]
Cursor = Annotated[str | None, Query(max_length=60_000, pattern=r"^[\x00-\x7f]*$")]


@router.get("/executions/{execution_id}/logs", responses=NOT_FOUND | INVALID | UNAVAILABLE)
def get_execution_logs(
    *,
    run_log: RunLogDep,
    wanted: WantedDep,
    cursor: Annotated[Cursor, Query(description="From the page before: only what is new.")] = None,
    tail: Annotated[bool, Query(description="Begin at the end: the last lines.")] = False,
    before: Annotated[Cursor, Query(description="From a page's `before`: the lines before it.")] = None,
    limit: Annotated[int, Query(ge=1, le=5000, description="How many lines at most.")] = 500,
) -> LogPage:
    """Get log lines of all tasks and tries; ask again with the cursor until the log is complete.

    A page may hold fewer lines than there are, or none, when many lines were passed over by a filter.
    """
    if tail or before is not None:
        return LogPage.model_validate(run_log.backwards(before, limit, wanted))
    return LogPage.model_validate(run_log.forwards(cursor, limit, wanted))


@router.get(
    "/executions/{execution_id}/logs/download",
    responses=NOT_FOUND | INVALID | UNAVAILABLE | {200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
    response_class=StreamingResponse,
)
def download_execution_logs(run_log: RunLogDep, wanted: WantedDep, execution_id: UUID) -> StreamingResponse:
    """Get the log as it is now, as a text file, in the order of time."""
    text: Iterator[str] = as_text(run_log, wanted)
    headers = {"Content-Disposition": f'attachment; filename="{execution_id}.log"'}
    return StreamingResponse(text, media_type="text/plain; charset=utf-8", headers=headers)

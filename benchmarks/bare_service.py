"""The service's busiest endpoints stripped to FastAPI and the SQL query: nobody is asked who they are, nothing checked.

`uvicorn benchmarks.bare_service:app` reads the same database as the service beside which it is measured.
"""

from __future__ import annotations

import json
import os
from typing import Any

from fastapi import FastAPI, Response
from sqlalchemy import create_engine, text

app = FastAPI()
engine = create_engine(os.environ["LOGIDATA_DATABASE_URL"], pool_size=20, max_overflow=20)

PIPELINES = text("""
    select p.id, p.name, p.description, p.type, p.status, p.revision, p.published_revision, p.schedule, p.is_scheduled,
        p.timezone, p.tags, p.engine, p.materialize, cardinality(p.module_ids) as node_count, p.created_at,
        p.updated_at, p.visibility, p.owner_id, p.schedule_paused_at, run.id as run_id, run.status as run_status,
        run.trigger_type, run.started_at, run.completed_at, run.duration_seconds
    from pipeline p left join lateral (
        select * from pipeline_execution e where e.pipeline_id = p.id order by e.created_at desc, e.id desc limit 1
    ) run on true
    where p.deleted_at is null order by p.updated_at desc, p.id desc limit :limit offset :offset
""")
LIVE_PIPELINES = text("select count(*) from pipeline where deleted_at is null")
PIPELINE = text("select * from pipeline where id = :id and deleted_at is null")
EXECUTIONS = text("""
    select e.*, p.name as pipeline_name, v.version as pipeline_version
    from pipeline_execution e join pipeline p on p.id = e.pipeline_id
        left join pipeline_version v on v.id = e.pipeline_version_id
    where p.deleted_at is null order by e.created_at desc, e.id desc limit :limit offset :offset
""")
ALL_EXECUTIONS = text("""
    select count(*) from pipeline_execution e join pipeline p on p.id = e.pipeline_id where p.deleted_at is null
""")


@app.get("/api/v1/pipelines")
def list_pipelines(limit: int = 50, offset: int = 0) -> Response:
    """A page of pipelines beside their last runs."""
    return _page(PIPELINES, LIVE_PIPELINES, limit, offset)


@app.get("/api/v1/pipelines/{pipeline_id}")
def get_pipeline(pipeline_id: str) -> Response:
    """A pipeline with its graph."""
    with engine.connect() as connection:
        return _answer(dict(connection.execute(PIPELINE, {"id": pipeline_id}).mappings().one()))


@app.get("/api/v1/executions")
def list_executions(limit: int = 50, offset: int = 0) -> Response:
    """A page of executions, the newest first."""
    return _page(EXECUTIONS, ALL_EXECUTIONS, limit, offset)


def _page(rows: Any, count: Any, limit: int, offset: int) -> Response:
    with engine.connect() as connection:
        items = [dict(row) for row in connection.execute(rows, {"limit": limit, "offset": offset}).mappings()]
        return _answer({"items": items, "total": connection.scalar(count)})


def _answer(content: Any) -> Response:
    return Response(json.dumps(content, default=str), media_type="application/json")

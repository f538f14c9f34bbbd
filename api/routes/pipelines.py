"""Pipelines: saved, listed, validated, run."""

from dataclasses import replace
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Body, Query, Request, Response

from api.database import SessionDep
from api.routes.answers import CONFLICT, INVALID, NOT_FOUND, TOO_LARGE, UNAVAILABLE
from api.routes.dependencies import PageLimit, PageOffset, PreviewerDep, PublishingDep, ValidatorDep
from api.routes.examples import GRAPHS, UPDATES
from api.routes.pipeline_answers import IfMatch, revision_of, whole
from api.schemas.pipeline import (
    NewPipeline,
    PipelineIn,
    PipelineOut,
    PipelinePage,
    PipelineUpdate,
    VerdictOut,
)
from api.schemas.preview import PreviewIn, PreviewOut
from api.schemas.values import Search
from api.security import EditorDep, ViewerDep
from api.services import audit, connection_checks, pipeline_list, pipelines, recent_runs
from api.services.pipelines import Save
from api.services.preview import preview
from api.services.validation import WHILE_EDITING, WHILE_SAVING

router = APIRouter(prefix="/pipelines", tags=["pipelines"])


@router.get("", responses=INVALID)
def list_pipelines(
    *,
    session: SessionDep,
    _: ViewerDep,
    search: Annotated[Search | None, Query(description="Words in the name or the description.")] = None,
    tag: Annotated[Search | None, Query(description="Only pipelines with this tag.")] = None,
    status: Annotated[Literal["draft", "active"] | None, Query(description="Only these.")] = None,
    sort: Annotated[pipeline_list.Sort, Query(description="A leading minus is descending.")] = "-updated_at",
    runs: Annotated[int, Query(ge=0, le=50, description="How many last runs each comes with.")] = 0,
    limit: PageLimit = 50,
    offset: PageOffset = 0,
) -> PipelinePage:
    """List pipelines with their last run, or several, without their graphs."""
    wanted = pipeline_list.Wanted(search, tag, status, sort)
    found, total = pipeline_list.page(session, wanted, limit=limit, offset=offset)
    recent = recent_runs.of_each(session, [each["id"] for each in found], runs)
    items = [{**each, "recent_runs": recent.get(each["id"], [])} for each in found]
    return PipelinePage.model_validate({"items": items, "total": total, "limit": limit, "offset": offset})


@router.post("", status_code=201, responses=CONFLICT | INVALID | TOO_LARGE | UNAVAILABLE)
def create_pipeline(
    *,
    session: SessionDep,
    account: EditorDep,
    publishing: PublishingDep,
    validator: ValidatorDep,
    body: Annotated[NewPipeline, Body(openapi_examples=GRAPHS)],
    response: Response,
) -> PipelineOut:
    """Save a new pipeline; without errors it is published to Airflow, with errors it becomes a draft."""
    verdict = validator.check(body, timeout=WHILE_SAVING)
    pipeline = pipelines.create(session, Save(body, verdict, account.id, body.message), publishing, body.visibility)
    details = {"visibility": pipeline.visibility}
    audit.record(session, account, "pipeline.create", "pipeline", pipeline.id, pipeline.name, details)
    response.headers["Location"] = f"/api/v1/pipelines/{pipeline.id}"
    return whole(session, pipeline.id, response)


@router.post("/validate", responses=NOT_FOUND | INVALID | TOO_LARGE | UNAVAILABLE)
def validate_graph(
    *,
    account: EditorDep,
    validator: ValidatorDep,
    body: Annotated[PipelineIn, Body(openapi_examples=GRAPHS)],
    previewer: PreviewerDep,
    pipeline_id: Annotated[UUID | None, Query(description="The pipeline that is edited.")] = None,
    check_connections: Annotated[bool, Query(description="Whether connections are tried, too: takes seconds.")] = False,
) -> VerdictOut:
    """Say what is wrong with a graph that need not be saved, and which columns its nodes have.

    Beside the pipeline that it is an edit of, sources that have changed since its last save are told, and those that
    are away are taken as they were then.
    """
    if pipeline_id is not None:
        with account.session(validator.sessions) as session:  # none is held while sources are asked
            pipelines.get(session, pipeline_id)
    verdict = validator.check(body, pipeline_id, timeout=WHILE_EDITING)
    if check_connections:
        problems = [*verdict.problems, *connection_checks.failed(previewer, body, list(verdict.problems))]
        verdict = replace(verdict, problems=problems)
    return VerdictOut.model_validate(verdict)


@router.post("/preview", responses=INVALID | TOO_LARGE | UNAVAILABLE)
async def preview_node(
    _: EditorDep, publishing: PublishingDep, previewer: PreviewerDep, body: PreviewIn, request: Request
) -> PreviewOut:
    """Show a node's columns and first rows, from a sample of its sources, by the code that runs use; writes nothing.

    A node of a graph that need not be saved. Of a loader, the rows that it would load are shown. The work is stopped
    when the client goes away, and after 10 seconds.
    """
    catalog, is_gone = publishing.catalog, request.is_disconnected
    shown = await preview(previewer, body.graph, catalog, body.node_id, limit=body.limit, is_gone=is_gone)
    return PreviewOut.model_validate(shown)


@router.get("/{pipeline_id}", responses=NOT_FOUND)
def get_pipeline(session: SessionDep, _: ViewerDep, pipeline_id: UUID, response: Response) -> PipelineOut:
    """Get a pipeline with its graph; the ETag is its revision."""
    return whole(session, pipeline_id, response)


@router.put("/{pipeline_id}", responses=NOT_FOUND | CONFLICT | INVALID | TOO_LARGE | UNAVAILABLE)
def update_pipeline(
    *,
    session: SessionDep,
    account: EditorDep,
    publishing: PublishingDep,
    validator: ValidatorDep,
    pipeline_id: UUID,
    body: Annotated[PipelineUpdate, Body(openapi_examples=UPDATES)],
    response: Response,
    if_match: IfMatch = None,
) -> PipelineOut:
    """Save the next version of the revision that was edited; the same graph again makes none."""
    revision = body.revision or revision_of(if_match)
    verdict = validator.check(body, pipeline_id, timeout=WHILE_SAVING)
    save = Save(body, verdict, account.id, body.message)
    pipeline = pipelines.update(session, pipeline_id, save, publishing, revision=revision)
    if pipeline.revision != revision:
        details = {"revision": pipeline.revision}
        audit.record(session, account, "pipeline.update", "pipeline", pipeline.id, pipeline.name, details)
    return whole(session, pipeline.id, response)


@router.delete("/{pipeline_id}", status_code=204, responses=NOT_FOUND | UNAVAILABLE)
def delete_pipeline(session: SessionDep, account: EditorDep, publishing: PublishingDep, pipeline_id: UUID) -> None:
    """Delete a pipeline and its DAG; its executions stay on record."""
    pipeline = pipelines.delete(session, pipeline_id, publishing)
    audit.record(session, account, "pipeline.delete", "pipeline", pipeline.id, pipeline.name)


@router.post("/{pipeline_id}/validate", responses=NOT_FOUND)
def validate_pipeline(session: SessionDep, validator: ValidatorDep, _: ViewerDep, pipeline_id: UUID) -> VerdictOut:
    """Judge the saved graph again, by the modules as they are now."""
    pipeline = pipelines.get(session, pipeline_id)
    graph = pipelines.graph_of(pipelines.newest_version(session, pipeline))
    return VerdictOut.model_validate(validator.check(graph, pipeline_id, timeout=WHILE_EDITING))

"""Pipelines as text: for Git, and for another installation."""

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from api.database import SessionDep
from api.routes.answers import CONFLICT, INVALID, NOT_FOUND, TOO_LARGE, UNAVAILABLE
from api.routes.dependencies import PublishingDep, ValidatorDep
from api.routes.pipeline_answers import whole
from api.schemas.pipeline import ComparisonOut, PipelineIn, PipelineOut
from api.security import EditorDep, ViewerDep
from api.services import audit, pipelines, portable
from api.services.pipelines import Save
from api.services.validation import WHILE_SAVING
from dag_factory.portable import dump

router = APIRouter(prefix="/pipelines", tags=["pipelines"])

YAML = {200: {"content": {"application/yaml": {"schema": {"type": "object", "additionalProperties": True}}}}}
EXAMPLE = """\
name: Paid orders
nodes:
  - id: orders
    module: csv-extractor
    config:
      file_path: orders.csv
  - id: result
    module: csv-loader
    config:
      file_path: paid.csv
    at: [250, 0]
edges:
  - {from: orders, to: result}
"""
BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/yaml": {"schema": {"type": "string"}, "example": EXAMPLE},
            "application/json": {"schema": {"type": "object"}},
        },
    }
}


async def _body(request: Request) -> bytes:
    return await request.body()


@router.get("/{pipeline_id}/export", responses=YAML | NOT_FOUND, response_class=Response)
def export_pipeline(session: SessionDep, _: ViewerDep, publishing: PublishingDep, pipeline_id: UUID) -> Response:
    """Get the newest version as YAML for Git: no ids of this installation, nodes with sources first, no defaults."""
    pipeline = pipelines.get(session, pipeline_id)
    text = portable.exported(session, pipeline, publishing.catalog)
    headers = {"Content-Disposition": 'attachment; filename="pipeline.yaml"', "ETag": f'"{pipeline.revision}"'}
    return Response(text, media_type="application/yaml", headers=headers)


@router.post("/compare", responses=INVALID | TOO_LARGE, openapi_extra=BODY)
def compare_pipeline(
    session: SessionDep, account: ViewerDep, publishing: PublishingDep, body: Annotated[bytes, Depends(_body)]
) -> ComparisonOut:
    """Say whether the pipeline of this name is as a text says; both as `export` writes them. Nothing is saved."""
    graph = portable.parse(body, PipelineIn)
    after = dump(graph, publishing.catalog)
    named = portable.named(session, graph.name, account.id)
    before = portable.exported(session, named, publishing.catalog) if named else None
    return ComparisonOut(
        pipeline_id=named.id if named else None, name=graph.name, same=before == after, before=before, after=after
    )


@router.post(
    "/import",
    status_code=201,
    responses={200: {"model": PipelineOut, "description": "The pipeline of this name was updated, or is so already."}}
    | CONFLICT
    | INVALID
    | TOO_LARGE
    | UNAVAILABLE,
    openapi_extra=BODY,
)
def import_pipeline(
    *,
    session: SessionDep,
    account: EditorDep,
    publishing: PublishingDep,
    validator: ValidatorDep,
    body: Annotated[bytes, Depends(_body)],
    mode: Annotated[
        Literal["create", "apply"], Query(description="`apply` updates the pipeline of the same name, if there is one.")
    ] = "create",
    response: Response,
) -> PipelineOut:
    """Save a pipeline from YAML or JSON, as `export` writes it; one with problems becomes a draft, as in any save."""
    graph = portable.parse(body, PipelineIn)
    with account.session(validator.sessions) as reading:  # none is held while sources are asked
        named = portable.named(reading, graph.name, account.id) if mode == "apply" else None
        same = named is not None and portable.is_same(reading, named, graph, publishing.catalog)
    if named is not None and same:
        response.status_code = 200
        return whole(session, named.id, response)
    verdict = validator.check(graph, named.id if named else None, timeout=WHILE_SAVING)
    save = Save(graph, verdict, account.id, graph.message or "Imported")
    if named is not None:
        response.status_code = 200
        saved = pipelines.update(session, named.id, save, publishing, revision=named.revision)
    else:
        saved = pipelines.create(session, save, publishing)
        response.headers["Location"] = f"/api/v1/pipelines/{saved.id}"
    details = {"mode": mode, "revision": saved.revision}
    audit.record(session, account, "pipeline.import", "pipeline", saved.id, saved.name, details)
    return whole(session, saved.id, response)

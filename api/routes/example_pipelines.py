"""Pipelines to begin with, on files that come along."""

from fastapi import APIRouter, Response

from api.database import SessionDep
from api.routes.answers import CONFLICT, NO_SPACE, NOT_FOUND, UNAVAILABLE
from api.routes.dependencies import FilesDep, PublishingDep, ValidatorDep
from api.routes.pipeline_answers import whole
from api.schemas.example_pipeline import ExampleList, ExampleOut
from api.schemas.pipeline import PipelineOut
from api.security import EditorDep, ViewerDep
from api.services import audit, example_pipelines, pipelines, portable
from api.services.pipelines import Save
from api.services.validation import WHILE_SAVING

router = APIRouter(prefix="/examples", tags=["pipelines"])


@router.get("")
def list_examples(session: SessionDep, account: ViewerDep) -> ExampleList:
    """List the shipped pipelines, and which of them are here already."""
    items = [
        ExampleOut(
            name=example.name,
            title=example.graph.name,
            description=example.graph.description,
            modules=[node.data.module_id for node in example.graph.config.nodes],
            pipeline_id=found.id if (found := portable.named(session, example.graph.name, account.id)) else None,
        )
        for example in example_pipelines.all_by_name().values()
    ]
    return ExampleList(items=items)


@router.post(
    "/{name}",
    status_code=201,
    responses={200: {"model": PipelineOut, "description": "It is here already, and stays as it is."}}
    | NOT_FOUND
    | CONFLICT
    | NO_SPACE
    | UNAVAILABLE,
)
def create_example(
    *,
    session: SessionDep,
    account: EditorDep,
    publishing: PublishingDep,
    validator: ValidatorDep,
    files: FilesDep,
    name: str,
    response: Response,
) -> PipelineOut:
    """Save a shipped pipeline, ready to run: its files go into `examples/` of the file store."""
    example = example_pipelines.get(name)
    brought = example_pipelines.bring_files(example, files)
    with account.session(validator.sessions) as reading:  # none is held while sources are asked
        named = portable.named(reading, example.graph.name, account.id)
    if named is not None:
        response.status_code = 200
        return whole(session, named.id, response)
    verdict = validator.check(example.graph, timeout=WHILE_SAVING)
    saved = pipelines.create(session, Save(example.graph, verdict, account.id, "An example"), publishing)
    response.headers["Location"] = f"/api/v1/pipelines/{saved.id}"
    details = {"example": name, "files": brought}
    audit.record(session, account, "pipeline.example", "pipeline", saved.id, saved.name, details)
    return whole(session, saved.id, response)

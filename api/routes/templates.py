"""Templates: nodes and parts of graphs that people use again."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from api.database import SessionDep
from api.routes.answers import INVALID, NOT_FOUND, TOO_LARGE
from api.routes.dependencies import PageLimit, PageOffset
from api.schemas.template import (
    ApplyIn,
    ContentIn,
    ContentOut,
    TemplateChange,
    TemplateIn,
    TemplateOut,
    TemplatePage,
    TemplateSummary,
)
from api.schemas.values import Search, StoredText
from api.security import EditorDep, ViewerDep
from api.services import audit, templates
from dag_factory.graph import Canvas

router = APIRouter(prefix="/templates", tags=["templates"])


@router.get("", responses=INVALID)
def list_templates(
    *,
    session: SessionDep,
    _: ViewerDep,
    search: Annotated[Search | None, Query(description="Words in the name or the description.")] = None,
    module_id: Annotated[
        StoredText | None, Query(max_length=200, description="A module: asks for configurations of one node of it.")
    ] = None,
    limit: PageLimit = 50,
    offset: PageOffset = 0,
) -> TemplatePage:
    """List one's own templates and the shared ones, by name."""
    found, total = templates.page(session, search=search, module_id=module_id, limit=limit, offset=offset)
    items = [TemplateSummary.model_validate(template) for template in found]
    return TemplatePage(items=items, total=total, limit=limit, offset=offset)


@router.post("", status_code=201, responses=INVALID | TOO_LARGE)
def create_template(session: SessionDep, account: EditorDep, body: TemplateIn, response: Response) -> TemplateOut:
    """Keep a node's configuration or a part of a graph; connections stay references."""
    fields = body.model_dump(exclude={"content"})
    template = templates.create(session, fields, _canvas(body.content), account.id)
    details = {"visibility": template.visibility}
    audit.record(session, account, "template.create", "template", template.id, template.name, details)
    response.headers["Location"] = f"/api/v1/templates/{template.id}"
    return TemplateOut.model_validate(template)


@router.get("/{template_id}", responses=NOT_FOUND)
def get_template(session: SessionDep, _: ViewerDep, template_id: UUID) -> TemplateOut:
    """Get a template with its nodes."""
    return TemplateOut.model_validate(templates.get(session, template_id))


@router.patch("/{template_id}", responses=NOT_FOUND | INVALID | TOO_LARGE)
def change_template(session: SessionDep, account: EditorDep, template_id: UUID, body: TemplateChange) -> TemplateOut:
    """Rename, describe, share or replace a template; for its owner and admins."""
    fields = body.model_dump(exclude={"content"}, exclude_none=True)
    content = _canvas(body.content) if body.content else None
    template = templates.change(session, template_id, account, fields, content)
    details = {"changed": sorted([*fields, *(["content"] if content else [])])}
    audit.record(session, account, "template.change", "template", template.id, template.name, details)
    return TemplateOut.model_validate(template)


@router.delete("/{template_id}", status_code=204, responses=NOT_FOUND)
def delete_template(session: SessionDep, account: EditorDep, template_id: UUID) -> None:
    """Delete a template; for its owner and admins. What was made from it stays."""
    template = templates.delete(session, template_id, account)
    audit.record(session, account, "template.delete", "template", template_id, template.name)


@router.post("/{template_id}/apply", responses=NOT_FOUND | INVALID)
def apply_template(session: SessionDep, _: ViewerDep, template_id: UUID, body: ApplyIn) -> ContentOut:
    """Get a template's nodes with ids that are free in a graph, ready to be pasted there; saves nothing."""
    at = (body.at.x, body.at.y) if body.at else None
    canvas = templates.applied(templates.get(session, template_id), body.taken, at)
    return ContentOut.model_validate(canvas.model_dump(mode="json", by_alias=True))


def _canvas(content: ContentIn) -> Canvas:
    return Canvas(nodes=content.nodes, edges=content.edges)

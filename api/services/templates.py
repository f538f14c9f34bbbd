"""Templates: kept, found, shared, and put into a graph with ids that are free there."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from api.errors import NotOwner, TemplateNotFound
from api.models import Template
from api.security import Account
from dag_factory.graph import Canvas
from dag_factory.names import fresh_id

KEPT_OF_A_NODE = {"id", "type", "position", "data"}


def page(
    session: Session, *, search: str | None, module_id: str | None, limit: int, offset: int
) -> tuple[Sequence[Template], int]:
    """A page by name of those that the session shows, and the number of all that fit; of one node, if of a module."""
    conditions = [
        or_(Template.name.icontains(word, autoescape=True), Template.description.icontains(word, autoescape=True))
        for word in (search or "").split()
    ]
    if module_id is not None:
        conditions.append(Template.module_ids == [module_id])
    total = session.scalar(select(func.count(Template.id)).where(*conditions)) or 0
    named = select(Template).where(*conditions).order_by(func.lower(Template.name), Template.id)
    return session.scalars(named.limit(limit).offset(offset)).all(), total


def get(session: Session, template_id: UUID) -> Template:
    """One that the session shows."""
    found = session.scalar(select(Template).where(Template.id == template_id))
    if found is None:
        raise TemplateNotFound(template_id)
    return found


def create(session: Session, fields: Mapping[str, Any], content: Canvas, owner_id: UUID | None) -> Template:
    """Keep a template."""
    template = Template(**fields, owner_id=owner_id)
    _hold(template, content)
    session.add(template)
    session.flush()
    session.refresh(template)
    return template


def change(
    session: Session, template_id: UUID, account: Account, fields: Mapping[str, Any], content: Canvas | None
) -> Template:
    """Rename, describe, share or replace one's own template; admins may change any."""
    template = _own(session, template_id, account, "change a template")
    for name, value in fields.items():
        setattr(template, name, value)
    if content is not None:
        _hold(template, content)
    template.updated_at = func.now()
    session.flush()
    session.refresh(template)
    return template


def delete(session: Session, template_id: UUID, account: Account) -> Template:
    """Forget one's own template; what was made from it stays."""
    template = _own(session, template_id, account, "delete a template")
    session.delete(template)
    return template


def applied(template: Template, taken: Collection[str], at: tuple[float, float] | None) -> Canvas:
    """Its nodes with ids of their own, and the edges between them.

    Args:
        template: stays as it is.
        taken: ids of the nodes that are there.
        at: where its upper left corner goes; without it, everything stays where it was.
    """
    canvas = Canvas.model_validate(template.content)
    names: dict[str, str] = {}
    for node in canvas.nodes:
        names[node.id] = fresh_id(node.data.module_id, {*taken, *names.values()})
    left = min(node.position.x for node in canvas.nodes)
    top = min(node.position.y for node in canvas.nodes)
    right, down = (at[0] - left, at[1] - top) if at else (0.0, 0.0)
    nodes = [
        node.model_copy(
            update={
                "id": names[node.id],
                "position": node.position.model_copy(
                    update={"x": node.position.x + right, "y": node.position.y + down}
                ),
            }
        )
        for node in canvas.nodes
    ]
    edges = [
        edge.model_copy(
            update={
                "id": "-".join(filter(None, (names[edge.source], names[edge.target], edge.target_handle))),
                "source": names[edge.source],
                "target": names[edge.target],
            }
        )
        for edge in canvas.edges
    ]
    return Canvas(nodes=tuple(nodes), edges=tuple(edges))


def _hold(template: Template, content: Canvas) -> None:
    """What React Flow adds to a node while it is edited, such as its being selected, is not kept."""
    document = content.model_dump(mode="json", by_alias=True)
    nodes = [{name: node[name] for name in KEPT_OF_A_NODE} for node in document["nodes"]]
    template.content = {"nodes": nodes, "edges": document["edges"]}
    template.module_ids = [node.data.module_id for node in content.nodes]


def _own(session: Session, template_id: UUID, account: Account, what: str) -> Template:
    template = get(session, template_id)
    if not account.is_admin and template.owner_id != account.id:
        raise NotOwner(what)
    return template

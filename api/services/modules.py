"""The palette: list modules, and let administrators switch them off or edit their presets."""

from collections.abc import Sequence
from typing import Any

from jsonschema import Draft202012Validator
from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session, with_expression

from api.errors import ModuleNotFound, PresetInvalid
from api.models import Module, Pipeline


def find(
    session: Session,
    *,
    module_type: str | None = None,
    category: str | None = None,
    search: str | None = None,
    include_inactive: bool = False,
) -> Sequence[Module]:
    """Modules in the palette's order: extractors, transformers, loaders, each by category and name."""
    query = _with_usage()
    if not include_inactive:
        query = query.where(Module.is_active, Module.in_catalog)
    if module_type:
        query = query.where(Module.type == module_type)
    if category:
        query = query.where(Module.category == category)
    for word in (search or "").split():
        texts = (Module.name, Module.display_name, Module.description, Module.category)
        in_tags = func.array_to_string(Module.tags, " ").icontains(word, autoescape=True)
        query = query.where(or_(*(text.icontains(word, autoescape=True) for text in texts), in_tags))
    order = func.array_position(["extractor", "transformer", "loader"], Module.type)
    return session.scalars(query.order_by(order, Module.category, Module.display_name)).all()


def get(session: Session, module_type: str, name: str) -> Module:
    """One module, also an inactive one."""
    module = session.scalar(_with_usage().where(Module.type == module_type, Module.name == name))
    if module is None:
        raise ModuleNotFound(module_type, name)
    return module


def change(session: Session, module_type: str, name: str, changes: dict[str, Any]) -> Module:
    """Apply an administrator's changes; `presets` null takes the catalogue's again."""
    locked = select(Module).where(Module.type == module_type, Module.name == name).with_for_update()
    module = session.scalar(locked)
    if module is None:
        raise ModuleNotFound(module_type, name)
    if "presets" in changes:
        presets = changes["presets"]
        _check_presets(module, presets or [])
        module.presets = module.catalog_presets if presets is None else presets
    if changes.get("is_active") is not None:
        module.is_active = changes["is_active"]
    if "documentation_url" in changes:
        module.documentation_url = changes["documentation_url"]
    module.updated_at = func.now()
    session.flush()
    return get(session, module_type, name)


def inactive_ids(session: Session) -> frozenset[str]:
    """The modules that a new save may not use."""
    return frozenset(session.scalars(select(Module.name).where(~Module.is_active | ~Module.in_catalog)))


def _with_usage() -> Select[Module]:
    used = select(func.unnest(Pipeline.module_ids).label("name")).where(Pipeline.deleted_at.is_(None)).subquery()
    usage = select(used.c.name, func.count().label("nodes")).group_by(used.c.name).subquery()
    return (
        select(Module)
        .outerjoin(usage, usage.c.name == Module.name)
        .options(with_expression(Module.usage_count, func.coalesce(usage.c.nodes, 0)))
        .execution_options(populate_existing=True)
    )


def _check_presets(module: Module, presets: Sequence[dict[str, Any]]) -> None:
    """A preset may leave required options out, but what it sets must fit the module."""
    names = [preset["name"] for preset in presets]
    errors = [
        {"pointer": f"/presets/{index}/name", "message": f"Another preset is called “{name}”."}
        for index, name in enumerate(names)
        if name in names[:index]
    ]
    validator = Draft202012Validator(module.config_schema | {"required": []})
    for index, preset in enumerate(presets):
        for error in validator.iter_errors(preset["config"]):
            place = "".join(f"/{part}" for part in error.absolute_path)
            errors.append({"pointer": f"/presets/{index}/config{place}", "message": error.message[:500]})
    if errors:
        raise PresetInvalid(errors)

"""Bring the module table up to the catalogue without losing what administrators changed."""

from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from api.models import Module
from dag_factory.catalog import Catalog, ModuleSpec

SEEDING = 7_205_759_403_792_794
"""Advisory lock: every worker process seeds when it starts."""


def seed(session: Session, catalog: Catalog) -> int:
    """Insert or update by name where the checksum differs; returns how many rows changed.

    Presets follow the catalogue until somebody edits them. A module that has left the catalogue is kept, but not
    offered; `is_active` is never touched, so that it is what it was if the module returns.
    """
    session.execute(text("select pg_advisory_xact_lock(:key)"), {"key": SEEDING})
    rows = {module.name: module for module in session.scalars(select(Module))}
    changed = 0
    for spec in catalog:
        module = rows.pop(spec.id, None)
        if module is None:
            session.add(Module(**_columns(spec), presets=_presets(spec), documentation_url=None))
        elif module.checksum != spec.checksum or not module.in_catalog:
            if not module.presets_edited:
                module.presets = _presets(spec)
            for column, value in _columns(spec).items():
                setattr(module, column, value)
            module.updated_at = func.now()
        else:
            continue
        changed += 1
    for gone in rows.values():
        changed += gone.in_catalog
        gone.in_catalog = False
    session.flush()
    return changed


def _columns(spec: ModuleSpec) -> dict[str, Any]:
    row = spec.model_dump(mode="json")
    return {
        "name": row["id"],
        "display_name": row["display_name"],
        "description": row["description"],
        "type": row["type"],
        "category": row["category"],
        "version": row["version"],
        "python_class": row["python_class"],
        "config_schema": row["config_schema"],
        "default_config": row["default_config"],
        "inputs": row["inputs"],
        "has_output": row["has_output"],
        "required_connections": row["connection_types"],
        "tags": row["tags"],
        "icon": row["icon"],
        "color": row["color"],
        "catalog_presets": row["presets"],
        "checksum": row["checksum"],
        "in_catalog": True,
    }


def _presets(spec: ModuleSpec) -> list[dict[str, Any]]:
    return spec.model_dump(mode="json")["presets"]

"""The palette's modules."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query

from api.database import SessionDep
from api.models import Module
from api.routes.answers import INVALID, NOT_FOUND
from api.routes.dependencies import PublishingDep
from api.schemas.module import FunctionList, FunctionOut, ModuleChange, ModuleList, ModuleOut, ModuleType
from api.schemas.values import Search, StoredText
from api.security import AdminDep, ViewerDep
from api.services import audit, modules

router = APIRouter(prefix="/modules", tags=["modules"])

ModuleName = Annotated[StoredText, Path(max_length=200, examples=["filter-transformer"])]


@router.get("")
def list_modules(
    session: SessionDep,
    _: ViewerDep,
    type: Annotated[ModuleType | None, Query(description="Only extractors, transformers or loaders.")] = None,  # noqa: A002
    category: Annotated[Search | None, Query(description="Only this category.")] = None,
    search: Annotated[Search | None, Query(description="Words in name, description, category or tags.")] = None,
    include_inactive: Annotated[
        bool, Query(description="Also what is switched off or has left the catalogue.")
    ] = False,
) -> ModuleList:
    """List the modules that pipelines can be built from."""
    found = modules.find(session, module_type=type, category=category, search=search, include_inactive=include_inactive)
    return ModuleList(items=[ModuleOut.model_validate(module) for module in found], total=len(found))


@router.get("/functions")
def list_functions(_: ViewerDep, publishing: PublishingDep) -> FunctionList:
    """List the functions that conditions and formulas may call, by category."""
    return FunctionList(items=[FunctionOut.model_validate(each) for each in publishing.catalog.functions])


@router.get("/{module_type}/{module_name}", responses=NOT_FOUND, response_model=ModuleOut)
def get_module(session: SessionDep, _: ViewerDep, module_type: ModuleType, module_name: ModuleName) -> Module:
    """Get one module, also an inactive one."""
    return modules.get(session, module_type, module_name)


@router.get("/{module_type}/{module_name}/schema", responses=NOT_FOUND)
def get_module_schema(
    session: SessionDep, _: ViewerDep, module_type: ModuleType, module_name: ModuleName
) -> dict[str, Any]:
    """Get the JSON Schema (2020-12) of a module's configuration."""
    return modules.get(session, module_type, module_name).config_schema


@router.patch("/{module_type}/{module_name}", responses=NOT_FOUND | INVALID, response_model=ModuleOut)
def change_module(
    session: SessionDep, account: AdminDep, module_type: ModuleType, module_name: ModuleName, body: ModuleChange
) -> Module:
    """Switch a module on or off, replace its presets, or link its documentation."""
    changes = body.model_dump(mode="json", include=body.model_fields_set)
    module = modules.change(session, module_type, module_name, changes)
    details = {"changed": sorted(changes)}
    audit.record(session, account, "module.change", "module", module.name, module.display_name, details)
    return module

"""Every route of the API under its prefix, with what holds for all of them."""

from functools import cache
from typing import Any

from fastapi import APIRouter, Depends
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute

from api.one_thread import answer_in_one_thread
from api.routes import (
    again,
    alerts,
    assist,
    audit,
    auth,
    connections,
    copies,
    example_pipelines,
    executions,
    files,
    health,
    installation,
    lineage,
    logs,
    metrics,
    modules,
    oidc,
    optimize,
    pipelines,
    portable,
    schedules,
    sharing,
    stream,
    templates,
    users,
    versions,
    webhooks,
)
from api.routes.answers import FORBIDDEN, UNAUTHENTICATED, UNAVAILABLE
from api.security import require_admin, require_editor, require_viewer

PREFIX = "/api/v1"
SIGNED_IN = (
    installation,
    modules,
    pipelines,
    copies,
    example_pipelines,
    portable,
    versions,
    lineage,
    executions,
    again,
    logs,
    schedules,
    files,
    webhooks,
    connections,
    users,
    audit,
    sharing,
    alerts,
    templates,
    assist,
    optimize,
)


@cache
def api_routes() -> list[BaseRoute]:
    """The routes, analysed once a process: it takes a third of a second and is the same for every application."""
    signed_in = _router(dependencies=[Depends(require_viewer)], responses=UNAUTHENTICATED | UNAVAILABLE)
    for routes in SIGNED_IN:
        signed_in.include_router(routes.router)
    api = _router(prefix=PREFIX)
    api.include_router(health.router)
    api.include_router(metrics.router)
    api.include_router(signed_in)
    api.include_router(oidc.router)
    api.include_router(auth.router, responses=UNAVAILABLE)
    api.include_router(webhooks.calls)
    api.include_router(stream.router)  # its token comes in the first message
    for route in api.routes:
        if isinstance(route, APIRoute) and _calls(route.dependant) & {require_editor, require_admin}:
            route.responses = FORBIDDEN | route.responses
        if isinstance(route, APIRoute):
            answer_in_one_thread(route)
    return api.routes


def _router(**settings: Any) -> APIRouter:
    return APIRouter(generate_unique_id_function=lambda route: route.name, **settings)


def _calls(dependant: Dependant) -> set[Any]:
    return {dependant.call}.union(*map(_calls, dependant.dependencies))

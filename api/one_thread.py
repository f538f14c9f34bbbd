"""A route's work in one thread, not in three: what it does, its commit, and its answer as JSON."""

import copy
from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any

from fastapi import Response
from fastapi.datastructures import DefaultPlaceholder
from fastapi.dependencies.models import Dependant
from fastapi.exceptions import ResponseValidationError
from fastapi.routing import APIRoute, request_response
from sqlalchemy.orm import Session

from api.database import finish, request_session

if TYPE_CHECKING:
    from fastapi._compat import ModelField


def answer_in_one_thread(route: APIRoute) -> None:
    """Let the route be answered with the same, faster; what it is described by stays."""
    described = route.dependant
    route.dependant = _each_once(described, set())
    if not described.is_coroutine_callable:
        route.dependant.call = _whole_work(route, described)
    route.app = request_response(route.get_route_handler())
    route.dependant = described


def _each_once(dependant: Dependant, seen: set[Any]) -> Dependant:
    """FastAPI calls a dependency once, but solves what it depends on wherever it is named."""
    if dependant.use_cache and dependant.cache_key in seen:
        found: list[Dependant] = []
    else:
        found = [_each_once(each, seen) for each in dependant.dependencies]
        seen.add(dependant.cache_key)
    lean = copy.copy(dependant)  # with its key, which depends on what it depends on
    lean.dependencies = found
    return lean


def _whole_work(route: APIRoute, described: Dependant) -> Callable[..., Any]:
    endpoint, given = described.call, described.response_param_name
    session_name = next((each.name for each in described.dependencies if each.call is request_session), None)
    as_json = route.response_field if isinstance(route.response_class, DefaultPlaceholder) else None
    assert endpoint is not None

    @wraps(endpoint)
    def work(**values: Any) -> Any:
        session: Session | None = values.get(session_name) if session_name else None
        if session is None:
            return answer(values)
        with session:
            answered = answer(values)
            finish(session)
        return answered

    def answer(values: dict[str, Any]) -> Any:
        content = endpoint(**values)
        if as_json is None or isinstance(content, Response):
            return content
        said: Response | None = values[given] if given else None
        status = said.status_code if said is not None else None
        answered = Response(_json(as_json, content), status or route.status_code or 200, media_type="application/json")
        if said is not None:
            answered.headers.raw.extend(said.headers.raw)
        return answered

    return work


def _json(field: "ModelField", content: Any) -> bytes:
    value, errors = field.validate(content, {}, loc=("response",))
    if errors:
        raise ResponseValidationError(errors=errors, body=content)
    return field.serialize_json(value)

"""Query and projection documents: what they may hold, and a run's parameters bound in them as values only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from module_operators.problems import SourceError

_SCRIPTS = frozenset({"$where", "$function", "$accumulator", "$code", "$scope"})
_PARAMETER = "$param"
_DEFAULT = "$default"
_DEEPEST = 100


def checked_document(document: dict[str, Any]) -> dict[str, Any]:
    """The document, if it holds no script and each parameter is well formed.

    Raises:
        ValueError: names the operator that is refused, or what is wrong with a parameter.
    """
    for part in _parts(document, 0):
        script = next((key for key in part if key in _SCRIPTS), None)
        if script:
            raise ValueError(f"'{script}' runs JavaScript on the server, which is refused. Use query operators.")
        if _PARAMETER in part and (not isinstance(part[_PARAMETER], str) or set(part) - {_PARAMETER, _DEFAULT}):
            raise ValueError('A parameter is written {"$param": "name"}, with "$default" beside it if wanted.')
    return document


def _parts(value: Any, depth: int) -> Iterable[Mapping[str, Any]]:
    if depth > _DEEPEST:
        raise ValueError(f"The document is nested deeper than {_DEEPEST} levels.")
    if isinstance(value, dict):
        yield value
        for each in value.values():
            yield from _parts(each, depth + 1)
    elif isinstance(value, list):
        for each in value:
            yield from _parts(each, depth + 1)


def bound(document: Mapping[str, Any], params: Mapping[str, Any], *, expressions: bool = False) -> Any:
    """The document as the server takes it: Extended JSON made into values, parameters put in.

    Args:
        document: a checked one.
        params: the run's values.
        expressions: its values are aggregation expressions, in which a text that starts with `$` would be a field.

    Raises:
        SourceError: a parameter has no value, or a value cannot be bound.
    """
    from bson.errors import BSONError  # noqa: PLC0415

    try:
        return _bound(document, params, expressions)
    except (BSONError, ValueError, TypeError, OverflowError) as error:
        raise SourceError(f"The query is not valid Extended JSON: {error}.") from None


def _bound(value: Any, params: Mapping[str, Any], literal: bool) -> Any:
    from bson.json_util import JSONOptions, object_hook  # noqa: PLC0415

    if isinstance(value, list):
        return [_bound(each, params, literal) for each in value]
    if not isinstance(value, dict):
        return value
    if _PARAMETER in value:
        found = params.get(value[_PARAMETER])
        if found is None and _DEFAULT in value:
            found = _bound(value[_DEFAULT], params, False)
        if found is None:
            raise SourceError(
                f"The query needs the parameter '{value[_PARAMETER]}', which this run does not have. "
                'Give it a value, or a "$default" in the query.'
            )
        scalar = _scalar(found, value[_PARAMETER])
        return {"$literal": scalar} if literal else scalar
    if set(value) in ({"$date"}, {"$oid"}):  # what is inside is a value, wherever it stands
        inner = _bound(next(iter(value.values())), params, False)
        return (
            inner
            if isinstance(inner, datetime)
            else object_hook({next(iter(value)): inner}, JSONOptions(tz_aware=True))
        )
    made = {key: _bound(each, params, literal or key == "$expr") for key, each in value.items()}
    return object_hook(made, JSONOptions(tz_aware=True))


def _scalar(value: Any, name: str) -> Any:
    """The value as BSON has it; a document is refused, because it could hold operators."""
    from bson import Decimal128, ObjectId  # noqa: PLC0415

    if isinstance(value, list | tuple):
        return [_scalar(each, name) for each in value]
    if isinstance(value, Decimal):
        return Decimal128(value)
    if isinstance(value, date) and not isinstance(value, datetime):
        return datetime.combine(value, time())
    if value is None or isinstance(value, str | bool | int | float | datetime | Decimal128 | ObjectId):
        return value
    raise SourceError(f"Parameter '{name}' is a document; only texts, numbers, booleans, dates and lists are bound.")

"""Says in plain words where a node's options do not fit the JSON Schema of its module."""

from collections.abc import Iterator
from itertools import islice
from typing import Any, cast

from jsonschema import ValidationError

from dag_factory.catalog import ModuleSpec
from dag_factory.checks.wording import option_name, sentence
from dag_factory.graph import Node
from dag_factory.plain import pointer
from dag_factory.problems import Problem, nearest, shown

MAX_PROBLEMS = 50
"""No person reads more of one node, and a hostile config could cause thousands."""

_CODES = {"required": "option-missing", "additionalProperties": "unknown-option"}


def option_problems(node: Node, module: ModuleSpec) -> Iterator[Problem]:
    """Every option that is missing, unknown or of a wrong value."""
    errors = islice(module.options.iter_errors(node.data.config), MAX_PROBLEMS)
    causes = [cause for error in errors for cause in _causes(error)]
    found = [problem for cause in causes for problem in islice(_explained(cause, node, module), MAX_PROBLEMS)]
    unique = {(problem.path, problem.message): problem for problem in found}
    yield from sorted(unique.values(), key=lambda problem: (problem.path or "", problem.code))[:MAX_PROBLEMS]


def _causes(error: ValidationError) -> list[ValidationError]:
    """What lies behind a failed anyOf: the errors of the alternative that was meant, when that is clear."""
    if error.validator not in {"anyOf", "oneOf"} or not error.context:
        return [error]
    branches: dict[Any, list[ValidationError]] = {}
    for inner in error.context:
        branches.setdefault(inner.schema_path[0], []).append(inner)
    meant = [inner for inner in branches.values() if not any(_rules_out(each, error) for each in inner)]
    if len(meant) == 1:
        return [cause for inner in meant[0] for cause in _causes(inner)]
    return _unknown_tag(branches) or [error]


def _rules_out(inner: ValidationError, outer: ValidationError) -> bool:
    """Whether an alternative cannot be meant: it takes another type, or its tag (a const) has another value."""
    depth = len(inner.absolute_path) - len(outer.absolute_path)
    return (inner.validator == "type" and depth == 0) or (inner.validator == "const" and depth <= 1)


def _unknown_tag(branches: dict[Any, list[ValidationError]]) -> list[ValidationError]:
    """For alternatives told apart by a tag, one error that names the tags there are."""
    tags = [next((each for each in inner if each.validator == "const"), None) for inner in branches.values()]
    named = [tag for tag in tags if tag is not None]
    if len(named) < len(tags) or len({pointer([*tag.absolute_path]) for tag in named}) > 1:
        return []
    values = [tag.validator_value for tag in named]
    first = named[0]
    return [
        ValidationError(
            "", validator="enum", validator_value=values, instance=first.instance, path=first.absolute_path, schema={}
        )
    ]


def _explained(error: ValidationError, node: Node, module: ModuleSpec) -> Iterator[Problem]:
    path = [*error.absolute_path]
    keyword, wanted, value = str(error.validator), cast(Any, error.validator_value), cast(Any, error.instance)
    schema: dict[str, Any] = error.schema if isinstance(error.schema, dict) else {}
    known: dict[str, Any] = schema.get("properties", {})

    def problem(path: list[str | int], message: str, hint: str | None) -> Problem:
        code = _CODES.get(keyword, "bad-option")
        return Problem(code=code, node_id=node.id, path=pointer(path), message=message, hint=hint)

    if keyword == "required":
        for name in wanted:
            if name not in value:
                hint = _described(known.get(name, {})) or "Fill it in."
                yield problem([*path, name], f"{option_name([*path, name])} is missing.", hint)
    elif keyword == "additionalProperties" and known:
        owner = option_name(path) if path else module.display_name
        options = ", ".join(f"“{each}”" for each in known)
        for name in sorted(value.keys() - known.keys()):
            hint = nearest(name, list(known)) or f"It has {options}."
            yield problem([*path, name], f"{owner} has no option “{shown(name)}”.", hint)
    else:
        message, hint = sentence(keyword, wanted, value)
        yield problem(path, f"{option_name(path)} {message}.", hint or _described(schema))


def _described(schema: dict[str, Any]) -> str | None:
    description = schema.get("description")
    return shown(description, 300) if isinstance(description, str) else None

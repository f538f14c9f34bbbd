"""Pipelines that come as text, and the ones here that they mean."""

from typing import TypeVar
from uuid import UUID

from pydantic import ValidationError
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from api.errors import ImportInvalid
from api.models import Pipeline
from api.services import pipelines
from dag_factory.catalog import Catalog
from dag_factory.graph import PipelineGraph
from dag_factory.plain import pointer
from dag_factory.portable import FORMAT, dump, line_of, unfold, unknown_keys
from dag_factory.portable_text import Lines, TextInvalid, read
from dag_factory.problems import Problem, problems_of

Graph = TypeVar("Graph", bound=PipelineGraph)
MAX_PROBLEMS = 50


def parse(body: bytes, shape: type[Graph]) -> Graph:
    """The graph that a body holds, or `ImportInvalid` with the line of everything that is wrong."""
    lines: Lines = {}
    unknown: list[Problem] = []
    try:
        document, lines = read(body.decode("utf-8-sig"))
        if document.get("logidata", FORMAT) != FORMAT:
            raise TextInvalid(f"`logidata` names the format, which is {FORMAT}.", lines.get(pointer(("logidata",))))
        unknown = list(unknown_keys(document))
        graph = shape.model_validate(unfold(document))
    except UnicodeDecodeError:
        message = "The body is not UTF-8."
        raise ImportInvalid(message, [Problem(code="import-text", message=message).model_dump()]) from None
    except TextInvalid as error:
        raise ImportInvalid(
            str(error), [Problem(code="import-text", message=str(error)).model_dump() | {"line": error.line}]
        ) from None
    except ValidationError as error:
        raise _invalid([*unknown, *problems_of(error)], lines) from None
    if unknown:
        raise _invalid(unknown, lines)
    return graph


def _invalid(problems: list[Problem], lines: Lines) -> ImportInvalid:
    found = [problem.model_dump() | {"line": line_of(problem.path or "", lines)} for problem in problems[:MAX_PROBLEMS]]
    at = f"Line {line}: " if (line := found[0]["line"]) else ""
    return ImportInvalid(f"{at}{found[0]['message']} ({found[0]['path']})", found)


def named(session: Session, name: str, account_id: UUID | None) -> Pipeline | None:
    """The pipeline that a person means by a name: their own private one, else the shared one."""
    query = select(Pipeline).where(
        Pipeline.name == name,
        Pipeline.deleted_at.is_(None),
        or_(Pipeline.visibility == "shared", Pipeline.owner_id == account_id),
    )
    return session.scalar(query.order_by(Pipeline.visibility).limit(1))


def is_same(session: Session, pipeline: Pipeline, graph: PipelineGraph, catalog: Catalog) -> bool:
    """Whether the newest version says the same, whatever its edges are called."""
    return exported(session, pipeline, catalog) == dump(graph, catalog)


def exported(session: Session, pipeline: Pipeline, catalog: Catalog) -> str:
    """The newest version as text."""
    return dump(pipelines.graph_of(pipelines.newest_version(session, pipeline)), catalog)

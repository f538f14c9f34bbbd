"""A pipeline as routes answer it, and the revision that a request names."""

import re
from typing import Annotated

from fastapi import Header, Response
from sqlalchemy.orm import Session

from api.errors import RevisionMissing
from api.models import Pipeline
from api.schemas.pipeline import PipelineOut
from api.services import pipeline_list, pipelines

IfMatch = Annotated[str | None, Header(description='The revision that was edited, e.g. `"3"`.', max_length=40)]


def whole(session: Session, pipeline: Pipeline, response: Response) -> PipelineOut:
    """The pipeline with its graph; the ETag is its revision."""
    response.headers["ETag"] = f'"{pipeline.revision}"'
    problems = pipelines.newest_problems(session, pipeline)
    last_run = pipeline_list.last_run(session, pipeline)
    return PipelineOut.of(pipeline, last_run=last_run, problems=problems)


def revision_of(if_match: str | None) -> int:
    """The revision that an If-Match header names."""
    match = re.fullmatch(r'(?:W/)?"?(\d{1,9})"?', if_match or "")
    if match is None:
        raise RevisionMissing
    return int(match[1])

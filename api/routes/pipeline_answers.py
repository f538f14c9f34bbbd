"""A pipeline as routes answer it, and the revision that a request names."""

import re
from typing import Annotated
from uuid import UUID

from fastapi import Header, Response
from sqlalchemy.orm import Session

from api.errors import RevisionMissing
from api.schemas.pipeline import PipelineOut
from api.services import pipeline_list

IfMatch = Annotated[str | None, Header(description='The revision that was edited, e.g. `"3"`.', max_length=40)]


def whole(session: Session, pipeline_id: UUID, response: Response) -> PipelineOut:
    """The pipeline with its graph; the ETag is its revision."""
    shown = PipelineOut.model_validate(pipeline_list.whole(session, pipeline_id))
    response.headers["ETag"] = f'"{shown.revision}"'
    return shown


def revision_of(if_match: str | None) -> int:
    """The revision that an If-Match header names."""
    match = re.fullmatch(r'(?:W/)?"?(\d{1,9})"?', if_match or "")
    if match is None:
        raise RevisionMissing
    return int(match[1])

"""Problem documents, as OpenAPI shows them."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict

from api.schemas.pipeline import ProblemOut
from dag_factory.diff import GraphDiff


class FieldError(BaseModel):
    """One thing wrong with a request, and where: `in` is body, query, path or header."""

    model_config = ConfigDict(extra="allow")

    pointer: str
    message: str


class SaveSince(BaseModel):
    """A save that somebody else made meanwhile."""

    version: int
    author_name: str | None
    message: str | None
    created_at: datetime


class ProblemDocument(BaseModel):
    """An RFC 9457 problem; `code` is stable and meant for programs."""

    model_config = ConfigDict(
        extra="allow",
        json_schema_extra={
            "examples": [
                {
                    "type": "urn:logidata:problem:pipeline-not-found",
                    "title": "Pipeline not found",
                    "status": 404,
                    "detail": "There is no pipeline 7f0c….",
                    "code": "pipeline-not-found",
                    "request_id": "5d1e0c…",
                }
            ]
        },
    )

    type: str
    title: str
    status: int
    detail: str
    code: str
    request_id: str | None
    errors: list[FieldError] | None = None
    """For `request-invalid`: every place that is wrong."""
    problems: list[ProblemOut] | None = None
    """For `pipeline-invalid`: what `validate` would list."""
    revision: int | None = None
    """For `revision-outdated`: the newest revision."""
    since: list[SaveSince] | None = None
    """For `revision-outdated`: the saves since the revision that was edited, newest first."""
    diff: GraphDiff | None = None
    """For `revision-outdated`: what they changed, taken together."""

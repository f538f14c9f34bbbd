"""Pipelines to begin with, as clients see them."""

from uuid import UUID

from pydantic import Field

from api.schemas.values import Out


class ExampleOut(Out):
    """A shipped pipeline."""

    name: str
    title: str
    description: str
    modules: list[str] = Field(description="What it is built of, sources first.")
    pipeline_id: UUID | None = Field(description="The pipeline that was made of it and can be seen, if there is one.")


class ExampleList(Out):
    """All of them."""

    items: list[ExampleOut]

"""Pipelines as clients send them and as they come back."""

from datetime import datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import Field, model_validator

from api.schemas.alert import AlertsOut
from api.schemas.graph import SavedCanvas, SavedGraph
from api.schemas.values import In, Out, StoredText
from dag_factory.diff import EdgeChange, NodeChange, ValueChange
from dag_factory.graph import PipelineGraph

Message = Annotated[StoredText, Field(max_length=500, description="What this save is about; kept with the version.")]


class PipelineIn(PipelineGraph):
    """A graph to save. What is drawn wrong is saved as a draft; only what no row can hold is refused here."""

    name: Annotated[str, Field(min_length=1, max_length=200, pattern=r"\S")]
    description: Annotated[str, Field(max_length=20_000)] = ""
    type: Literal["etl", "elt", "streaming"] = "etl"  # pyright: ignore[reportIncompatibleVariableOverride] - frozen
    schedule: Annotated[str, Field(max_length=200)] | None = None
    timezone: Annotated[str, Field(max_length=100)] = "UTC"
    tags: Annotated[tuple[Annotated[str, Field(max_length=200)], ...], Field(max_length=100, strict=False)] = ()
    message: Message | None = None


Visibility = Literal["shared", "private"]


class NewPipeline(PipelineIn):
    """A pipeline to begin with; a private one is seen by its owner and admins only."""

    visibility: Visibility = "shared"


class SharingIn(In):
    """Who may see a pipeline, and whose it is; a field that is left out stays."""

    visibility: Visibility | None = None
    owner_id: UUID | None = None

    @model_validator(mode="after")
    def _something(self) -> Self:
        if self.visibility is None and self.owner_id is None:
            raise ValueError("nothing to change")
        return self


class PipelineUpdate(PipelineIn):
    """The next version of a pipeline."""

    revision: (
        Annotated[int, Field(ge=1, description="The revision that was edited; If-Match says the same.")] | None
    ) = None


class PlaceOut(Out):
    """Where in the text of an option: line and column from 1; `length` characters are meant, 0 at its end."""

    line: int
    column: int
    length: int


class ProblemOut(Out):
    """One thing that is wrong; `path` points into the node's configuration, `place` into the text that is there."""

    code: str
    severity: Literal["error", "warning"]
    node_id: str | None
    edge_id: str | None
    path: str | None
    place: PlaceOut | None
    message: str
    hint: str | None

    @model_validator(mode="before")
    @classmethod
    def _as_stored(cls, problem: Any) -> Any:
        """Problems that were stored with a save before there were places have none."""
        return {"place": None} | problem if isinstance(problem, dict) else problem


class ColumnOut(Out):
    """A column of a node's output."""

    name: str
    type: str


class VerdictOut(Out):
    """All problems at once, and the columns of every node whose columns are known."""

    valid: bool
    problems: list[ProblemOut]
    schemas: dict[str, list[ColumnOut]]


class LastRun(Out):
    """The newest execution of a pipeline, in short."""

    id: UUID
    status: Literal["pending", "running", "success", "failed", "cancelled"]
    trigger_type: Literal["manual", "scheduled", "webhook", "backfill"]
    created_at: datetime
    started_at: datetime | None
    completed_at: datetime | None
    duration_seconds: float | None
    error_message: str | None


class RecentRun(Out):
    """One of a pipeline's last runs, as a strip of them shows it."""

    id: UUID
    status: Literal["pending", "running", "success", "failed", "cancelled"]
    created_at: datetime
    duration_seconds: float | None


class PipelineSummary(Out):
    """A pipeline in a list, without its graph."""

    id: UUID
    name: str
    description: str
    type: str
    status: Literal["draft", "active"]
    version: str
    revision: int
    published_revision: int | None
    schedule: str | None
    is_scheduled: bool
    timezone: str
    tags: list[str]
    node_count: int
    last_run: LastRun | None
    created_by: UUID | None
    owner_id: UUID | None
    owner_name: str | None
    visibility: Literal["shared", "private"]
    created_at: datetime
    updated_at: datetime


class ListedPipeline(PipelineSummary):
    """A pipeline in a list, with as many of its last runs as were asked for."""

    recent_runs: list[RecentRun] = Field(description="The newest first.")


class PipelinePage(Out):
    """One page of pipelines."""

    items: list[ListedPipeline]
    total: int
    limit: int
    offset: int


class PipelineOut(PipelineSummary):
    """A pipeline whole, with what was wrong when it was saved."""

    config: SavedCanvas
    default_params: dict[str, Any]
    engine: Literal["duckdb", "spark"]
    materialize: Literal["auto", "every_step"]
    retries: int
    retry_delay_seconds: int
    retry_exponential_backoff: float
    max_retry_delay_seconds: int | None
    timeout_seconds: int | None
    run_timeout_seconds: int | None
    max_active_runs: int
    catchup: bool
    start_date: str | None
    alerts: AlertsOut | None
    schedule_paused_at: datetime | None
    problems: list[ProblemOut]


class ComparisonOut(Out):
    """A text beside the pipeline of its name, null where there is none."""

    pipeline_id: UUID | None
    name: str
    same: bool
    before: str | None
    after: str


class VersionSummary(Out):
    """One save, without its graph."""

    version: int
    valid: bool
    error_count: int
    bundle_revision: int | None
    message: str | None
    created_by: UUID | None
    author_name: str | None
    created_at: datetime


class VersionPage(Out):
    """One page of versions, newest first."""

    items: list[VersionSummary]
    total: int
    limit: int
    offset: int


class VersionDiffOut(Out):
    """What changed from one version to another; moves on the canvas do not count."""

    before: VersionSummary
    after: VersionSummary
    nodes: list[NodeChange]
    edges: list[EdgeChange]
    settings: list[ValueChange]


class RestoreIn(In):
    """Going back to a version; without `revision` (or If-Match) the newest is replaced, whichever it is."""

    revision: Annotated[int, Field(ge=1)] | None = None
    message: Message | None = None


class VersionOut(VersionSummary):
    """One save, whole."""

    graph: SavedGraph
    problems: list[ProblemOut]

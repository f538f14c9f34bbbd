"""A stored graph in React Flow's shape; fields that React Flow adds come back as they were."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from api.schemas.alert import AlertsOut


class _Drawn(BaseModel):
    model_config = ConfigDict(extra="allow")


class SavedPosition(_Drawn):
    """Where a node stands on the canvas."""

    x: float
    y: float


class SavedNodeData(_Drawn):
    """Which module a node is and its options."""

    moduleId: str  # noqa: N815
    label: str
    config: dict[str, Any]


class SavedNode(_Drawn):
    """One step of a pipeline."""

    id: str
    type: str | None
    position: SavedPosition
    data: SavedNodeData


class SavedEdge(_Drawn):
    """Rows flow from `source` to the input `targetHandle` of `target`."""

    id: str
    source: str
    target: str
    sourceHandle: str | None  # noqa: N815
    targetHandle: str | None  # noqa: N815


class SavedCanvas(_Drawn):
    """The nodes and edges."""

    nodes: list[SavedNode]
    edges: list[SavedEdge]


class SavedGraph(BaseModel):
    """A version's graph, as it would be sent to save it again."""

    name: str
    description: str
    type: str
    schedule: str | None
    is_scheduled: bool
    timezone: str
    tags: list[str]
    default_params: dict[str, Any]
    config: SavedCanvas
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

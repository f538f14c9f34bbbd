"""Schedules and backfills as clients ask for them and as they come back."""

from datetime import datetime
from typing import Annotated, Any, Literal, Self

from pydantic import ConfigDict, Field, model_validator

from api.schemas.execution import ExecuteIn
from api.schemas.pipeline import LastRun, ProblemOut
from api.schemas.values import In, JsonObject, Moment, Out, StoredText


class ScheduleOut(Out):
    """When a pipeline runs by itself.

    `state`: none, off (the newest version does not use it), paused (here), stopped (the DAG is paused in Airflow), on.
    """

    state: Literal["none", "off", "paused", "stopped", "on"]
    schedule: str | None
    timezone: str
    words: str
    catchup: bool
    start_date: str | None
    paused_at: datetime | None
    next_runs: list[datetime]
    source: Literal["airflow", "clock"]
    last_run: LastRun | None


class ScheduleIn(In):
    """A schedule that need not be saved."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"schedule": "30 2 * * *", "timezone": "Europe/Amsterdam", "count": 5}]}
    )

    schedule: Annotated[StoredText, Field(max_length=200)]
    timezone: Annotated[StoredText, Field(max_length=100)] = "UTC"
    count: Annotated[int, Field(ge=1, le=50)] = 5


class SchedulePreviewOut(Out):
    """The next runs of a schedule, or what is wrong with it."""

    valid: bool
    problems: list[ProblemOut]
    words: str
    next_runs: list[datetime]


class BackfillIn(In):
    """A range of the schedule's past; `reprocess` says which times that ran already run again."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"from_date": "2026-01-01T00:00:00Z", "to_date": "2026-01-31T00:00:00Z", "max_active_runs": 2}]
        }
    )

    from_date: Moment
    to_date: Moment
    max_active_runs: Annotated[int, Field(ge=1, le=100)] = 1
    reprocess: Literal["none", "failed", "completed"] = "none"
    run_backwards: bool = False
    params: Annotated[JsonObject, Field(default_factory=dict)]

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.to_date < self.from_date:
            raise ValueError("`to_date` lies before `from_date`")
        ExecuteIn(params=self.params)
        return self


class BackfillRuns(Out):
    """How many of a backfill's runs are in which state."""

    queued: int
    running: int
    success: int
    failed: int


class BackfillOut(Out):
    """A backfill; it has ended when none of its runs waits or runs."""

    id: int
    from_date: datetime
    to_date: datetime
    max_active_runs: int
    status: Literal["running", "success", "failed"]
    runs: BackfillRuns
    created_at: datetime
    completed_at: datetime | None

    @classmethod
    def of(cls, progress: Any) -> Self:
        """Put a backfill and its progress together."""
        names = cls.model_fields.keys() - {"status", "runs"}
        return cls.model_validate(
            {name: getattr(progress.backfill, name) for name in names}
            | {"status": progress.status, "runs": BackfillRuns(**progress.runs)}
        )


class BackfillList(Out):
    """The newest backfills of a pipeline."""

    items: list[BackfillOut]

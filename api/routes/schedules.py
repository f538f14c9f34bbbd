"""Schedules: looked at, tried, paused, and run for their past."""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path

from api.database import SessionDep
from api.routes.answers import CONFLICT, INVALID, NOT_FOUND, UNAVAILABLE
from api.routes.dependencies import AirflowDep, PublishingDep
from api.schemas.schedule import BackfillIn, BackfillList, BackfillOut, ScheduleIn, ScheduleOut, SchedulePreviewOut
from api.security import EditorDep, ViewerDep
from api.services import audit, backfills, schedules
from api.services.backfills import Asked
from api.services.schedules import Look

router = APIRouter(tags=["schedules"])

BackfillId = Annotated[int, Path(ge=0, le=2**31 - 1)]


@router.post("/schedules/preview", responses=INVALID)
def preview_schedule(_: ViewerDep, body: ScheduleIn) -> SchedulePreviewOut:
    """Say in words what a schedule means and when it runs next, exactly as Airflow will."""
    found = schedules.preview(body.schedule, body.timezone, count=body.count, now=datetime.now(UTC))
    return SchedulePreviewOut.model_validate(
        {"valid": not found.problems, "problems": found.problems, "words": found.words, "next_runs": found.next_runs}
    )


@router.get("/pipelines/{pipeline_id}/schedule", responses=NOT_FOUND)
def get_schedule(session: SessionDep, _: ViewerDep, airflow: AirflowDep, pipeline_id: UUID) -> ScheduleOut:
    """Get a pipeline's schedule with its next five runs; none while it is off, paused or stopped."""
    return _schedule(schedules.look(session, airflow, pipeline_id))


@router.post("/pipelines/{pipeline_id}/schedule/pause", responses=NOT_FOUND | CONFLICT | UNAVAILABLE)
def pause_schedule(
    session: SessionDep, account: EditorDep, publishing: PublishingDep, airflow: AirflowDep, pipeline_id: UUID
) -> ScheduleOut:
    """Let the schedule rest without a new version; the pipeline can be run by hand meanwhile. Twice is once."""
    pipeline = schedules.pause(session, pipeline_id, publishing)
    audit.record(session, account, "schedule.pause", "pipeline", pipeline.id, pipeline.name)
    return _schedule(schedules.look(session, airflow, pipeline_id))


@router.post("/pipelines/{pipeline_id}/schedule/resume", responses=NOT_FOUND | CONFLICT | UNAVAILABLE)
def resume_schedule(
    session: SessionDep, account: EditorDep, publishing: PublishingDep, airflow: AirflowDep, pipeline_id: UUID
) -> ScheduleOut:
    """Let the schedule go on, also where somebody paused the DAG in Airflow; a missed time runs once."""
    pipeline = schedules.resume(session, pipeline_id, publishing, airflow)
    audit.record(session, account, "schedule.resume", "pipeline", pipeline.id, pipeline.name)
    return _schedule(schedules.look(session, airflow, pipeline_id))


@router.post("/pipelines/{pipeline_id}/backfill", status_code=202, responses=NOT_FOUND | CONFLICT | UNAVAILABLE)
def start_backfill(
    session: SessionDep, account: EditorDep, airflow: AirflowDep, pipeline_id: UUID, body: BackfillIn
) -> BackfillOut:
    """Run the pipeline for every time of its schedule in a range of the past; the runs appear as executions.

    Of a schedule that has had no run of its own so far, Airflow starts the one that was due last, too.
    """
    asked = Asked(**{name: getattr(body, name) for name in BackfillIn.model_fields})
    started = backfills.start(session, airflow, pipeline_id, asked)
    details = {"backfill": started.backfill.id, "from": body.from_date.isoformat(), "to": body.to_date.isoformat()}
    audit.record(session, account, "backfill.create", "pipeline", pipeline_id, None, details)
    return BackfillOut.of(started)


@router.get("/pipelines/{pipeline_id}/backfills", responses=NOT_FOUND | UNAVAILABLE)
def list_backfills(session: SessionDep, _: ViewerDep, airflow: AirflowDep, pipeline_id: UUID) -> BackfillList:
    """List a pipeline's newest backfills with their progress, the newest first."""
    return BackfillList(items=[BackfillOut.of(each) for each in backfills.listed(session, airflow, pipeline_id)])


@router.get("/pipelines/{pipeline_id}/backfills/{backfill_id}", responses=NOT_FOUND | UNAVAILABLE)
def get_backfill(
    session: SessionDep, _: ViewerDep, airflow: AirflowDep, pipeline_id: UUID, backfill_id: BackfillId
) -> BackfillOut:
    """Get a backfill's progress."""
    return BackfillOut.of(backfills.get(session, airflow, pipeline_id, backfill_id))


@router.post("/pipelines/{pipeline_id}/backfills/{backfill_id}/cancel", responses=NOT_FOUND | CONFLICT | UNAVAILABLE)
def cancel_backfill(
    session: SessionDep, account: EditorDep, airflow: AirflowDep, pipeline_id: UUID, backfill_id: BackfillId
) -> BackfillOut:
    """Start no more of a backfill's runs and stop those that run."""
    cancelled = backfills.cancel(session, airflow, pipeline_id, backfill_id)
    audit.record(session, account, "backfill.cancel", "pipeline", pipeline_id, None, {"backfill": backfill_id})
    return BackfillOut.of(cancelled)


def _schedule(found: Look) -> ScheduleOut:
    pipeline = found.pipeline
    return ScheduleOut.model_validate(
        {
            "state": found.state,
            "schedule": pipeline.schedule,
            "timezone": pipeline.timezone,
            "words": found.words,
            "catchup": pipeline.catchup,
            "start_date": pipeline.start_date,
            "paused_at": pipeline.schedule_paused_at,
            "next_runs": found.next_runs,
            "source": found.source,
            "last_run": found.last_run,
        }
    )

"""What is told of a run, to whom: by the pipeline's own rules and by those that admins set for all."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from api.clients.previewer import PreviewerProcess
from api.errors import AlertsInvalid
from api.models import Alert, Pipeline, PipelineExecution, Setting
from api.services import probes
from dag_factory.alerts import LIMITS, AlertRules, Alerts, Event, Receiver
from dag_factory.checks.alerts import rule_problems

DEFAULTS = "alerts"
STATES = ("failure", "recovery")
"""Events that say how the pipeline is; the last one told decides whether a success is a recovery."""


def defaults(session: Session) -> AlertRules:
    """The installation's rules; nobody is told where admins set none."""
    found = session.get(Setting, DEFAULTS)
    return AlertRules.model_validate(found.value) if found else AlertRules()


def set_defaults(session: Session, rules: AlertRules) -> None:
    """Let these rules hold for all pipelines that do not turn them off, from the next event on."""
    value = rules.model_dump(mode="json")
    statement = insert(Setting).values(name=DEFAULTS, value=value)
    session.execute(statement.on_conflict_do_update(index_elements=[Setting.name], set_={"value": value}))


def note(session: Session, execution: PipelineExecution, now: datetime, builder_url: str) -> None:
    """Write down what is to be told of a run as it is now; the same again adds nothing.

    A run up to one node only is somebody's look at it, and tells nobody.
    """
    pipeline = session.get_one(Pipeline, execution.pipeline_id)
    if execution.until_node is not None or pipeline.deleted_at is not None:
        return
    for source, rules in _rules(session, pipeline):
        told = _last_state(session, pipeline, source)
        for event in events(execution, rules, now, was_failing=told == "failure", makes_up=pipeline.catchup):
            wanted = rules.receivers if event != "failure" or rules.on_failure else ()
            row = {
                "pipeline_id": pipeline.id,
                "execution_id": execution.id,
                "event": event,
                "source": source,
                "receivers": [receiver.model_dump(mode="json") for receiver in wanted],
                "facts": _facts(execution, pipeline, event=event, source=source, rules=rules, builder_url=builder_url),
                "sent_at": None if wanted else now,
            }
            session.execute(insert(Alert).values(**row).on_conflict_do_nothing())


def events(
    execution: PipelineExecution, rules: AlertRules, now: datetime, *, was_failing: bool, makes_up: bool
) -> Iterator[Event]:
    """What there is to tell of a run by one set of rules.

    Args:
        execution: under way or ended.
        rules: what is wanted.
        now: the database's time.
        was_failing: whether the last that was told is a failure; it is noted also where only recoveries are told.
        makes_up: whether the pipeline makes up for missed runs, which are late by nature.
    """
    if not rules.receivers or execution.status == "cancelled":
        return
    if execution.status == "failed":
        if rules.on_failure or rules.on_recovery:
            yield "failure"
        return
    end = execution.completed_at or now
    if execution.status == "success" and was_failing and rules.on_recovery:
        yield "recovery"
    if (late := _seconds(rules.late_after_seconds)) and execution.due_at is not None and end - execution.due_at > late:
        begun_late = execution.created_at - execution.due_at > late
        if not (makes_up and begun_late):
            yield "late"
    if (long := _seconds(rules.long_after_seconds)) and execution.started_at and end - execution.started_at > long:
        yield "long"


def has_limit(rules: AlertRules) -> bool:
    """Whether a run that is under way can become something to tell."""
    return any(getattr(rules, name) is not None for name in LIMITS)


def listed(session: Session, pipeline_id: UUID, *, limit: int) -> list[Alert]:
    """What was told of a pipeline's runs, the newest first; what was only noted is left out."""
    query = select(Alert).where(Alert.pipeline_id == pipeline_id, Alert.receivers != [])
    return list(session.scalars(query.order_by(Alert.id.desc()).limit(limit)))


def try_out(previewer: PreviewerProcess, receiver: Receiver, builder_url: str) -> tuple[bool, str]:
    """Send a test now; whether it was taken, and what the receiver, or its refusal, says."""
    facts = {
        "key": f"test-{uuid4()}",
        "event": "test",
        "pipeline": {"id": None, "name": "your pipelines", "url": f"{builder_url.rstrip('/')}/pipelines"},
    }
    told = {"receiver": receiver.model_dump(mode="json"), "facts": facts}
    return probes.tell(previewer, {"connection_id": receiver.connection_id, **told})


def check(rules: AlertRules, kinds: Mapping[str, str] | None) -> None:
    """Refuse rules by which nobody could be told; `kinds` are the types of the connections by id, when known."""
    problems = [problem.model_dump(mode="json") for problem in rule_problems(rules, kinds)]
    if problems:
        raise AlertsInvalid(problems)


def _rules(session: Session, pipeline: Pipeline) -> Iterator[tuple[str, AlertRules]]:
    own = Alerts.model_validate(pipeline.alerts) if pipeline.alerts else None
    if own is not None:
        yield "pipeline", own
    if own is None or own.use_defaults:
        yield "defaults", defaults(session)


def _last_state(session: Session, pipeline: Pipeline, source: str) -> str | None:
    query = select(Alert.event).where(Alert.pipeline_id == pipeline.id, Alert.source == source, Alert.event.in_(STATES))
    return session.scalar(query.order_by(Alert.id.desc()).limit(1))


def _facts(
    execution: PipelineExecution, pipeline: Pipeline, *, event: Event, source: str, rules: AlertRules, builder_url: str
) -> dict[str, Any]:
    builder = builder_url.rstrip("/")
    limits = {"late": rules.late_after_seconds, "long": rules.long_after_seconds}
    times = ("due_at", "started_at", "completed_at")
    return {
        "key": f"{event}-{execution.id}-{source}",
        "event": event,
        "pipeline": {"id": str(pipeline.id), "name": pipeline.name, "url": f"{builder}/pipelines/{pipeline.id}"},
        "execution": {
            "id": str(execution.id),
            "url": f"{builder}/executions/{execution.id}",
            "status": execution.status,
            "trigger_type": execution.trigger_type,
            "error_message": (execution.error_message or "")[:2000] or None,
            **{name: moment.isoformat() if (moment := getattr(execution, name)) else None for name in times},
        },
        "limit_seconds": limits.get(event),
    }


def _seconds(limit: int | None) -> timedelta | None:
    return timedelta(seconds=limit) if limit is not None else None

"""Checks what belongs to the pipeline as a whole: its name, tags, schedule and limits."""

from collections.abc import Iterator
from typing import Any

from dag_factory.graph import Node, PipelineGraph
from dag_factory.plain import pointer
from dag_factory.problems import Problem, nearest, shown
from dag_factory.schedule import ScheduleError, check_schedule, starts_at, time_zones

MAX_NAME = MAX_LABEL = 200
MAX_TAG = 100  # a longer one makes Airflow drop the DAG
MAX_TAGS = 50
MAX_NODES = 500
MAX_EDGES = 2_000

_RANGES = {
    "retries": (0, 20),
    "retry_delay_seconds": (0, 86_400),
    "retry_exponential_backoff": (0, 10),
    "max_retry_delay_seconds": (1, 86_400),
    "timeout_seconds": (1, 604_800),
    "run_timeout_seconds": (1, 2_592_000),
    "max_active_runs": (1, 100),
}


def setting_problems(graph: PipelineGraph) -> Iterator[Problem]:
    """Problems of the pipeline's own fields; `path` is a pointer into the graph."""
    yield from _names(graph)
    yield from _tags(graph)
    yield from _schedule(graph)
    yield from _params(graph)
    for field in _RANGES:
        yield from _range(field, getattr(graph, field))
    for node in graph.order:
        for field, value in node.data.overrides.items():
            yield from _range(field, value, node)
    for count, most, things in ((len(graph.nodes), MAX_NODES, "nodes"), (len(graph.edges), MAX_EDGES, "edges")):
        if count > most:
            yield Problem(
                code=f"too-many-{things}",
                path=f"/config/{things}",
                message=f"The pipeline has {count:,} {things}; the limit is {most:,}.",
                hint="Split it into several pipelines.",
            )


def _range(field: str, value: float | None, node: Node | None = None) -> Iterator[Problem]:
    """A node's own values stand beside its config, so that they have no path in it."""
    least, most = _RANGES[field]
    if value is not None and not least <= value <= most:
        yield Problem(
            code="out-of-range",
            node_id=node.id if node else None,
            path=None if node else f"/{field}",
            message=f"“{field}” is {value}.",
            hint=f"It can be {least:,} to {most:,}.",
        )


def _names(graph: PipelineGraph) -> Iterator[Problem]:
    if not graph.name.strip():
        yield Problem(code="name-missing", path="/name", message="The pipeline has no name.", hint="Give it one.")
    elif len(graph.name) > MAX_NAME:
        yield Problem(
            code="name-too-long",
            path="/name",
            message=f"The pipeline's name has {len(graph.name):,} characters.",
            hint=f"Shorten it to {MAX_NAME} at most.",
        )


def _tags(graph: PipelineGraph) -> Iterator[Problem]:
    if len(graph.tags) > MAX_TAGS:
        yield Problem(
            code="too-many-tags",
            path="/tags",
            message=f"The pipeline has {len(graph.tags)} tags; the limit is {MAX_TAGS}.",
            hint="Remove some.",
        )
    for index, tag in enumerate(graph.tags):
        if not tag.strip():
            yield Problem(code="tag-empty", path=f"/tags/{index}", message="A tag is empty.", hint="Remove it.")
        elif len(tag) > MAX_TAG:
            yield Problem(
                code="tag-too-long",
                path=f"/tags/{index}",
                message=f"The tag “{shown(tag)}” has {len(tag):,} characters.",
                hint=f"Shorten it to {MAX_TAG} at most.",
            )


def _schedule(graph: PipelineGraph) -> Iterator[Problem]:
    schedule = (graph.schedule or "").strip()
    if schedule:
        try:
            check_schedule(schedule)
        except ScheduleError as error:
            message = f"The schedule “{shown(schedule)}” {error}."
            yield Problem(code="bad-schedule", path="/schedule", message=message, hint=error.hint)
    elif graph.is_scheduled:
        yield Problem(
            code="schedule-missing",
            path="/schedule",
            message="The pipeline is scheduled but has no schedule.",
            hint="Write a cron expression, or turn scheduling off.",
        )
    if schedule == "@continuous" and graph.max_active_runs != 1:
        yield Problem(
            code="continuous-runs",
            path="/max_active_runs",
            message="A continuous pipeline has one run at a time.",
            hint="Set “max_active_runs” to 1.",
        )
    yield from _start(graph)
    if graph.timezone not in time_zones():
        yield Problem(
            code="unknown-timezone",
            path="/timezone",
            message=f"“{shown(graph.timezone)}” is no time zone.",
            hint=nearest(graph.timezone, sorted(time_zones())) or "Write a name such as “Europe/Amsterdam” or “UTC”.",
        )


def _start(graph: PipelineGraph) -> Iterator[Problem]:
    if graph.start_date is None:
        return
    try:
        starts_at(graph.start_date, "UTC")
    except ValueError:
        yield Problem(
            code="bad-start-date",
            path="/start_date",
            message=f"“{shown(graph.start_date)}” is no day.",
            hint="Write for example “2026-01-31” or “2026-01-31T06:00”; it is read in the pipeline's time zone.",
        )
        return
    if not graph.catchup:
        yield Problem(
            code="start-date-unused",
            severity="warning",
            path="/start_date",
            message="The start date says from when missed runs are made up for, but catching up is off.",
            hint="Turn “catchup” on, or remove the date.",
        )


def _params(graph: PipelineGraph) -> Iterator[Problem]:
    """A table inside a list comes out of Airflow's serialisation changed, and its trigger form would send that back."""
    for name, value in graph.default_params.items():
        pending: list[tuple[Any, bool]] = [(value, False)]
        while pending:
            item, listed = pending.pop()
            if isinstance(item, dict) and listed:
                yield Problem(
                    code="bad-parameter",
                    path=pointer(["default_params", name]),
                    message=f"The parameter “{shown(name)}” holds a table inside a list.",
                    hint="Use text, numbers, true or false, or lists of these.",
                )
                break
            if isinstance(item, dict | list):
                children = item.values() if isinstance(item, dict) else item
                pending += [(child, isinstance(item, list) or listed) for child in children]

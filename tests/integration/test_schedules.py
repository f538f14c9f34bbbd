"""Schedules on a real Airflow: what it shows and does is what the service said, also when clocks change."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from dag_factory.occurrences import next_runs
from tests.api.graphs import chain
from tests.conftest import RunningStack
from tests.integration.conftest import Runs, wait_until


class Scheduled:
    """Pipelines with schedules, through the service's API and as Airflow shows them."""

    def __init__(self, stack: RunningStack) -> None:
        self.stack = stack
        self.url = f"{stack.api_url}/api/v1/pipelines"
        self.saved: list[str] = []

    def save(self, name: str, **settings: Any) -> dict[str, Any]:
        answer = self.stack.api.post(self.url, json=chain(name, is_scheduled=True, **settings))
        assert answer.status_code == 201, answer.text
        self.saved.append(answer.json()["id"])
        return answer.json()

    def post(self, pipeline: dict[str, Any], action: str, **body: Any) -> dict[str, Any]:
        answer = self.stack.api.post(f"{self.url}/{pipeline['id']}/{action}", json=body or None)
        assert answer.ok, answer.text
        return answer.json()

    def schedule(self, pipeline: dict[str, Any]) -> dict[str, Any]:
        return self.stack.api.get(f"{self.url}/{pipeline['id']}/schedule").json()

    def served(self, pipeline: dict[str, Any]) -> dict[str, Any]:
        """The schedule, once Airflow tells it."""
        return wait_until(
            lambda: told if (told := self.schedule(pipeline))["source"] == "airflow" else None,
            what="Airflow's schedule",
        )

    def in_airflow(self, pipeline: dict[str, Any]) -> dict[str, Any]:
        dag_id = f"pipeline_{UUID(pipeline['id']).hex}"
        return self.stack.airflow().get(f"{self.stack.airflow_url}/api/v2/dags/{dag_id}").json()


@pytest.fixture
def scheduled(stack: RunningStack) -> Iterator[Scheduled]:
    made = Scheduled(stack)
    stack.files.mkdir(parents=True, exist_ok=True)
    (stack.files / "orders.csv").write_text("order_id,amount,status\n1,10,paid\n2,20,new\n")
    yield made
    for pipeline_id in made.saved:
        stack.api.delete(f"{made.url}/{pipeline_id}")


@pytest.mark.parametrize("zone", ["Europe/Amsterdam", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe"])
def test_airflow_shows_the_next_run_and_the_words_that_we_show(scheduled: Scheduled, zone: str) -> None:
    pipeline = scheduled.save(f"Next in {zone}", schedule="30 2 * * 1-6", timezone=zone)
    expected = next_runs("30 2 * * 1-6", zone, count=5, now=datetime.now(UTC))

    told = scheduled.served(pipeline)
    shown = scheduled.in_airflow(pipeline)

    assert [datetime.fromisoformat(run) for run in told["next_runs"]] == expected
    assert datetime.fromisoformat(shown["next_dagrun_run_after"]) == expected[0]
    assert datetime.fromisoformat(shown["next_dagrun_logical_date"]) == expected[0]
    assert shown["timetable_description"] == told["words"]


def test_a_run_starts_when_we_said_and_a_pause_stops_it_without_a_version(scheduled: Scheduled, runs: Runs) -> None:
    pipeline = scheduled.save("Every minute", schedule="* * * * *")
    due = datetime.fromisoformat(scheduled.served(pipeline)["next_runs"][0])

    def announced() -> dict[str, Any] | None:
        made = {datetime.fromisoformat(run["logical_date"]): run for run in runs.in_airflow(UUID(pipeline["id"]))}
        return made.get(due)

    run = wait_until(announced, what=f"the run of {due}")
    assert run["data_interval_start"] == run["data_interval_end"] == run["run_after"] == run["logical_date"]
    wait_until(lambda: run["dag_run_id"] in {each["airflow_dag_run_id"] for each in runs.of(UUID(pipeline["id"]))})
    assert scheduled.schedule(pipeline)["last_run"]["status"] in {"success", "running", "pending"}

    assert scheduled.post(pipeline, "schedule/pause")["state"] == "paused"
    wait_until(lambda: scheduled.in_airflow(pipeline)["next_dagrun_run_after"] is None, what="the pause in Airflow")
    by_hand = runs.ended(runs.execute(UUID(pipeline["id"]))["id"])
    assert by_hand["status"] == "success", "a paused schedule stops no run by hand"
    assert by_hand["pipeline_version"] == 1
    before = len(runs.of(UUID(pipeline["id"]), trigger="scheduled"))
    time.sleep(65)
    assert len(runs.of(UUID(pipeline["id"]), trigger="scheduled")) == before

    assert scheduled.post(pipeline, "schedule/resume")["state"] == "on"
    assert scheduled.served(pipeline)["next_runs"]
    wait_until(lambda: len(runs.of(UUID(pipeline["id"]), trigger="scheduled")) > before)


def test_a_dag_paused_in_airflow_shows_here_and_is_resumed_here(scheduled: Scheduled) -> None:
    pipeline = scheduled.save("Stopped there", schedule="@daily")
    scheduled.served(pipeline)
    dag_id = f"pipeline_{UUID(pipeline['id']).hex}"
    dag = f"{scheduled.stack.airflow_url}/api/v2/dags/{dag_id}"
    scheduled.stack.airflow().patch(dag, json={"is_paused": True}).raise_for_status()

    assert scheduled.schedule(pipeline)["state"] == "stopped"
    assert scheduled.post(pipeline, "schedule/resume")["state"] == "on"
    assert scheduled.in_airflow(pipeline)["is_paused"] is False


@pytest.mark.parametrize(
    ("zone", "since", "until"),
    [
        ("Europe/Amsterdam", "2026-03-28T00:00+00:00", "2026-03-30T12:00+00:00"),  # 02:30 is skipped on the 29th
        ("America/New_York", "2025-11-01T00:00+00:00", "2025-11-03T12:00+00:00"),  # 01:30 comes twice on the 2nd
    ],
)
def test_a_backfill_makes_the_runs_that_the_schedule_had(
    scheduled: Scheduled, runs: Runs, zone: str, since: str, until: str
) -> None:
    cron = "30 2 * * *" if zone.startswith("Europe") else "30 1 * * *"
    pipeline = scheduled.save(f"Backfilled in {zone}", schedule=cron, timezone=zone)
    scheduled.served(pipeline)
    start = datetime.fromisoformat(since)
    times = next_runs(cron, zone, count=3, now=start, start=start, catchup=True)

    started = scheduled.post(pipeline, "backfill", from_date=since, to_date=until, params={"region": "north"})
    ended = wait_until(
        lambda: told if (told := _backfill(scheduled, pipeline, started))["status"] != "running" else None
    )

    assert (ended["status"], ended["runs"]) == ("success", {"queued": 0, "running": 0, "success": 3, "failed": 0})
    # Beside them Airflow itself starts the run that was due last, of a schedule that has had none of its own so far.
    in_airflow = [run for run in runs.in_airflow(UUID(pipeline["id"])) if run["run_type"] == "backfill"]
    assert sorted(datetime.fromisoformat(run["logical_date"]) for run in in_airflow) == times
    executions = wait_until(
        lambda: (
            found if len(found := runs.of(UUID(pipeline["id"]), trigger="backfill", status="success")) == 3 else None
        )
    )
    assert all(run["params"] == {"region": "north"} and run["pipeline_version"] == 1 for run in executions)
    assert scheduled.stack.api.get(f"{scheduled.url}/{pipeline['id']}/backfills").json()["items"] == [ended]


def test_a_cancelled_backfill_starts_no_more_runs(scheduled: Scheduled, runs: Runs) -> None:
    pipeline = scheduled.save("Cancelled backfill", schedule="0 * * * *")
    scheduled.served(pipeline)
    until = datetime.now(UTC) - timedelta(days=1)
    days = {"from_date": (until - timedelta(days=20)).isoformat(), "to_date": until.isoformat()}
    started = scheduled.post(pipeline, "backfill", **days)

    second = scheduled.stack.api.post(f"{scheduled.url}/{pipeline['id']}/backfill", json=days)
    cancelled = scheduled.post(pipeline, f"backfills/{started['id']}/cancel")

    assert (second.status_code, second.json()["code"]) == (409, "backfill-refused")
    assert sum(started["runs"].values()) > 400
    wait_until(lambda: _backfill(scheduled, pipeline, started)["status"] != "running")
    settled = _backfill(scheduled, pipeline, cancelled)
    assert settled["runs"]["queued"] == settled["runs"]["running"] == 0
    assert settled["runs"]["failed"] > 400
    assert scheduled.post(pipeline, f"backfills/{started['id']}/cancel")["id"] == started["id"]


def test_catching_up_makes_the_missed_runs_from_the_start_date(scheduled: Scheduled, runs: Runs) -> None:
    start = datetime.now(UTC).date() - timedelta(days=3)
    pipeline = scheduled.save(
        "Catching up", schedule="@daily", catchup=True, start_date=start.isoformat(), timezone="Asia/Kolkata"
    )
    expected = next_runs(
        "@daily",
        "Asia/Kolkata",
        count=3,
        now=datetime.now(UTC),
        start=datetime.combine(start, datetime.min.time(), UTC) - timedelta(hours=5, minutes=30),
        catchup=True,
    )

    wait_until(lambda: len(runs.of(UUID(pipeline["id"]), trigger="scheduled", status="success")) >= 3)

    made = sorted(datetime.fromisoformat(run["logical_date"]) for run in runs.in_airflow(UUID(pipeline["id"])))
    assert made[:3] == expected


def _backfill(scheduled: Scheduled, pipeline: dict[str, Any], started: dict[str, Any]) -> dict[str, Any]:
    return scheduled.stack.api.get(f"{scheduled.url}/{pipeline['id']}/backfills/{started['id']}").json()

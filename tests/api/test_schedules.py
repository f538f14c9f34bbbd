"""Schedules as the service tells and pauses them; what Airflow makes of them is in tests/integration."""

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from tests.api.conftest import CreatePipeline
from tests.api.graphs import broken, chain
from tests.api.people import sign_in

PREVIEW = "/api/v1/schedules/preview"
DAILY = {"schedule": "30 2 * * *", "is_scheduled": True, "timezone": "Europe/Amsterdam"}


def url_of(pipeline: dict[str, object]) -> str:
    return f"/api/v1/pipelines/{pipeline['id']}"


def test_a_preview_tells_words_and_times_with_the_zones_offset(client: TestClient) -> None:
    told = client.post(PREVIEW, json={"schedule": " 30 2 * * * ", "timezone": "Asia/Kathmandu", "count": 7}).json()

    assert (told["valid"], told["words"], told["problems"]) == (True, "At 02:30", [])
    runs = [datetime.fromisoformat(run) for run in told["next_runs"]]
    assert len(runs) == 7
    assert runs[0] > datetime.now(UTC)
    assert all(run.isoformat().endswith("T02:30:00+05:45") for run in runs)


@pytest.mark.parametrize(
    ("schedule", "timezone", "path"),
    [
        ("61 * * * *", "UTC", "/schedule"),
        ("@dayly", "UTC", "/schedule"),
        ("", "UTC", "/schedule"),
        ("0 0 * * *", "Mars/Olympus", "/timezone"),
    ],
)
def test_a_preview_says_what_is_wrong(client: TestClient, schedule: str, timezone: str, path: str) -> None:
    told = client.post(PREVIEW, json={"schedule": schedule, "timezone": timezone})

    assert (told.status_code, told.json()["valid"], told.json()["next_runs"]) == (200, False, [])
    assert [problem["path"] for problem in told.json()["problems"]] == [path]
    assert told.json()["problems"][0]["hint"]


def test_the_next_five_runs_are_told_by_the_clock_while_airflow_is_away(
    client: TestClient, create_pipeline: CreatePipeline
) -> None:
    pipeline = create_pipeline(**DAILY)

    told = client.get(f"{url_of(pipeline)}/schedule").json()

    assert (told["state"], told["source"], told["words"], told["last_run"]) == ("on", "clock", "At 02:30", None)
    runs = [datetime.fromisoformat(run).astimezone(ZoneInfo("Europe/Amsterdam")) for run in told["next_runs"]]
    assert len(runs) == 5
    assert all((run.hour, run.minute) in {(2, 30), (3, 30)} for run in runs)


def test_a_pause_takes_the_schedule_out_of_the_file_without_a_new_version(
    client: TestClient, create_pipeline: CreatePipeline, live: Path
) -> None:
    pipeline = create_pipeline(**DAILY)
    [file] = live.glob("*.py")
    scheduled = file.read_text()

    paused = client.post(f"{url_of(pipeline)}/schedule/pause")
    again = client.post(f"{url_of(pipeline)}/schedule/pause")

    assert (paused.json()["state"], paused.json()["next_runs"]) == ("paused", [])
    assert again.json()["paused_at"] == paused.json()["paused_at"]
    assert "CronTriggerTimetable" in scheduled
    assert "CronTriggerTimetable" not in file.read_text()
    assert client.get(f"{url_of(pipeline)}/dag").text == file.read_text()
    shown = client.get(url_of(pipeline)).json()
    assert (shown["revision"], shown["is_scheduled"]) == (1, True)
    assert shown["schedule_paused_at"] == paused.json()["paused_at"]


def test_a_pause_outlives_a_save(client: TestClient, create_pipeline: CreatePipeline, live: Path) -> None:
    pipeline = create_pipeline(**DAILY)
    client.post(f"{url_of(pipeline)}/schedule/pause")

    client.put(url_of(pipeline), json=chain("Second", revision=1, **DAILY))

    assert client.get(f"{url_of(pipeline)}/schedule").json()["state"] == "paused"
    assert "CronTriggerTimetable" not in next(live.glob("*.py")).read_text()


def test_resuming_needs_airflow_which_may_have_paused_the_dag_itself(
    client: TestClient, create_pipeline: CreatePipeline
) -> None:
    pipeline = create_pipeline(**DAILY)
    client.post(f"{url_of(pipeline)}/schedule/pause")

    answer = client.post(f"{url_of(pipeline)}/schedule/resume")

    assert (answer.status_code, answer.json()["code"]) == (503, "airflow-unavailable")
    assert client.get(f"{url_of(pipeline)}/schedule").json()["state"] == "paused"


def test_what_has_no_schedule_cannot_be_paused_nor_backfilled(
    client: TestClient, create_pipeline: CreatePipeline
) -> None:
    none, off = create_pipeline(name="None"), create_pipeline(name="Off", schedule="@daily")
    days = {"from_date": "2026-01-01T00:00:00Z", "to_date": "2026-01-02T00:00:00Z"}

    assert client.get(f"{url_of(none)}/schedule").json()["state"] == "none"
    assert client.get(f"{url_of(off)}/schedule").json()["state"] == "off"
    for pipeline in (none, off):
        assert client.post(f"{url_of(pipeline)}/schedule/pause").json()["code"] == "not-scheduled"
        assert client.post(f"{url_of(pipeline)}/backfill", json=days).json()["code"] == "not-scheduled"


def test_a_drafts_schedule_that_cannot_be_read_is_shown_as_it_is(client: TestClient) -> None:
    saved = client.post("/api/v1/pipelines", json=broken(schedule="whenever", timezone="Mars")).json()

    told = client.get(f"{url_of(saved)}/schedule").json()

    assert (told["state"], told["schedule"], told["words"], told["next_runs"]) == ("off", "whenever", "", [])


@pytest.mark.parametrize(
    ("changes", "days", "reason"),
    [
        ({"schedule": "* * * * *"}, ("2025-01-01", "2026-01-01"), "more than 1,000 runs"),
        ({"schedule": "0 0 29 2 *"}, ("2025-01-01", "2026-01-01"), "no time in this range"),
        ({"schedule": "@daily"}, ("2190-01-01", "2190-01-03"), "no time in this range"),
        ({"schedule": "@continuous"}, ("2025-01-01", "2026-01-01"), "no times in the past"),
    ],
)
def test_a_backfill_that_cannot_be_is_refused_before_airflow_is_asked(
    client: TestClient, create_pipeline: CreatePipeline, changes: dict[str, str], days: tuple[str, str], reason: str
) -> None:
    pipeline = create_pipeline(is_scheduled=True, **changes)
    asked = {"from_date": f"{days[0]}T00:00:00Z", "to_date": f"{days[1]}T00:00:00Z"}

    answer = client.post(f"{url_of(pipeline)}/backfill", json=asked)

    assert (answer.status_code, answer.json()["code"]) == (409, "backfill-refused")
    assert reason in answer.json()["detail"]


@pytest.mark.parametrize(
    "body",
    [
        {"from_date": "2026-01-02T00:00:00Z", "to_date": "2026-01-01T00:00:00Z"},
        {"from_date": "2026-01-01T00:00:00", "to_date": "2026-01-02T00:00:00Z"},
        {"from_date": "0001-01-01T00:00:00Z", "to_date": "2026-01-02T00:00:00Z"},
        {"from_date": "2026-01-01T00:00:00Z", "to_date": "2026-01-02T00:00:00Z", "max_active_runs": 0},
        {"from_date": "2026-01-01T00:00:00Z", "to_date": "2026-01-02T00:00:00Z", "params": {"a": "x" * 70_000}},
    ],
)
def test_a_malformed_range_is_refused(client: TestClient, create_pipeline: CreatePipeline, body: object) -> None:
    pipeline = create_pipeline(**DAILY)

    assert client.post(f"{url_of(pipeline)}/backfill", json=body).status_code == 422


def test_viewers_look_and_do_not_touch(app: FastAPI, client: TestClient, create_pipeline: CreatePipeline) -> None:
    pipeline = create_pipeline(**DAILY)
    viewer = sign_in(app, "viewer")

    assert client.get(f"{url_of(pipeline)}/schedule", headers=viewer).status_code == 200
    for action in ("schedule/pause", "schedule/resume", "backfill", "backfills/1/cancel", "versions/1/restore"):
        days = {"from_date": "2026-01-01T00:00:00Z", "to_date": "2026-01-02T00:00:00Z"}
        answer = client.post(
            f"{url_of(pipeline)}/{action}", headers=viewer, json=days if action == "backfill" else None
        )
        assert answer.status_code == 403, action

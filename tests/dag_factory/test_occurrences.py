"""What we say about a schedule is what Airflow does, to the second, whatever the clocks do."""

import itertools
import json
import os
import random
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from dag_factory.occurrences import in_words, next_runs
from dag_factory.schedule import CRON_PRESETS

REPOSITORY = Path(__file__).parents[2]
SCHEDULES = [
    "30 2 * * *",  # skipped, and doubled, in the night of the change
    "0 3 * * *",
    "30 1 * * *",
    "0 0 * * *",
    "*/30 * * * *",
    "5 * * * *",
    "15 */2 * * *",
    "*/20 1-3 * * *",
    "0 2 * * 0",
    "0 9 1 * 1",
    "0 6 * * 1-5",
    "5 0 29 2 *",
    "0 0 L * *",
    "0 0 * * 5#3",
    *CRON_PRESETS,
]
ZONES = {
    "Europe/Amsterdam": ["2026-03-29T01:00+00:00", "2026-10-25T01:00+00:00"],
    "America/New_York": ["2026-03-08T07:00+00:00", "2026-11-01T06:00+00:00"],
    "Australia/Lord_Howe": ["2026-04-04T15:00+00:00", "2026-10-03T15:30+00:00"],  # half an hour
    "Asia/Kolkata": ["2026-03-29T01:00+00:00"],
    "America/St_Johns": ["2026-03-08T05:30+00:00", "2026-11-01T04:30+00:00"],
    "Asia/Kathmandu": ["2026-01-01T00:00+00:00"],
    "UTC": ["2026-12-31T23:59+00:00"],
}


def cases() -> list[dict[str, Any]]:
    """Each schedule in each zone around each change, with and without runs before, a start and catching up."""
    chance = random.Random(7)
    found = []
    for schedule, (zone, changes) in itertools.product(SCHEDULES, ZONES.items()):
        for change, catchup, ran, starts in itertools.product(changes, (False, True), (False, True), (False, True)):
            now = datetime.fromisoformat(change) + timedelta(minutes=chance.randint(-1500, 300))
            earlier = now - timedelta(days=chance.randint(0, 3))
            case: dict[str, Any] = {"schedule": schedule, "zone": zone, "now": now + timedelta(seconds=20)}
            case["last"] = next_runs(schedule, zone, count=1, now=earlier)[0] if ran else None
            case["start"] = now - timedelta(hours=chance.randint(-30, 60)) if starts else None
            found.append(case | {"catchup": catchup, "count": 8})
    return found


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """The cases, each with Airflow's answer."""
    home = tmp_path_factory.mktemp("clock")
    asked = cases()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AIRFLOW")}
    environment |= {"AIRFLOW_HOME": str(home), "PYTHONPATH": str(REPOSITORY)}
    sent = json.dumps(asked, default=lambda moment: moment.isoformat())
    command = [sys.executable, "-m", "tests.dag_factory.airflow_clock", str(home / "answers.json")]
    subprocess.run(command, input=sent, text=True, env=environment, check=True, capture_output=True)
    return list(zip(asked, json.loads((home / "answers.json").read_text()), strict=True))


def test_the_next_runs_are_airflows(told: list[tuple[dict[str, Any], dict[str, Any]]]) -> None:
    assert len(told) > 1000
    for case, answer in told:
        ours = next_runs(**case)
        assert [run.isoformat() for run in ours] == answer["runs"], case


def test_the_words_are_airflows(told: list[tuple[dict[str, Any], dict[str, Any]]]) -> None:
    for case, answer in told:
        assert in_words(case["schedule"]) == answer["words"]


def test_a_skipped_time_fires_an_hour_later_and_a_doubled_one_once() -> None:
    spring, autumn = datetime(2026, 3, 28, 12, tzinfo=UTC), datetime(2026, 10, 24, 12, tzinfo=UTC)

    skipped = next_runs("30 2 * * *", "Europe/Amsterdam", count=2, now=spring)
    doubled = next_runs("30 2 * * *", "Europe/Amsterdam", count=2, now=autumn)

    assert [run.isoformat() for run in skipped] == ["2026-03-29T01:30:00+00:00", "2026-03-30T00:30:00+00:00"]
    assert [run.isoformat() for run in doubled] == ["2026-10-25T01:30:00+00:00", "2026-10-26T01:30:00+00:00"]


@pytest.mark.parametrize("schedule", ["@once", "@continuous"])
def test_no_clock_decides_when_these_run(schedule: str) -> None:
    assert next_runs(schedule, "UTC", count=5, now=datetime(2026, 1, 1, tzinfo=UTC)) == []
    assert in_words(schedule)

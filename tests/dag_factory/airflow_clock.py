"""Airflow's own answers about schedules: cases on standard input, answers into the file that is named, as JSON."""

import json
import sys
from datetime import datetime
from pathlib import Path
from typing import Any
from unittest import mock

import pendulum
from airflow.timetables import trigger
from airflow.timetables.base import DataInterval, TimeRestriction

from dag_factory.occurrences import RUN_IMMEDIATELY


def answer(case: dict[str, Any]) -> dict[str, Any]:
    """The first runs that Airflow would plan, as its scheduler does: one after the other."""
    timetable = trigger.CronTriggerTimetable(case["schedule"], timezone=case["zone"], run_immediately=RUN_IMMEDIATELY)
    start = _instant(case["start"])
    restriction = TimeRestriction(earliest=start, latest=None, catchup=case["catchup"])
    last = _instant(case["last"])
    interval = DataInterval.exact(last) if last else None
    runs: list[str] = []
    with mock.patch.object(trigger, "utcnow", return_value=_instant(case["now"])):
        while len(runs) < case["count"]:
            info = timetable.next_dagrun_info(last_automated_data_interval=interval, restriction=restriction)
            assert info is not None
            runs.append(info.run_after.isoformat())
            interval = info.data_interval
    return {"runs": runs, "words": timetable.description}


def _instant(text: str | None) -> pendulum.DateTime | None:
    return pendulum.instance(datetime.fromisoformat(text)) if text else None


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(json.dumps([answer(case) for case in json.load(sys.stdin)]))

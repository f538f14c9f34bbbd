"""Reads schedules: cron expressions, Airflow's presets and time zones."""

import re
from datetime import UTC, datetime
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from croniter import CroniterError, croniter

CRON_PRESETS = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@quarterly": "0 0 1 */3 *",
    "@yearly": "0 0 1 1 *",
}
AIRFLOW_SCHEDULES = frozenset({"@once", "@continuous"})
"""What Airflow runs without a cron expression."""

_FROM = datetime(2024, 1, 1, tzinfo=UTC)

_DRAWN = re.compile(r"(?:^|[\s,])[rh](?=$|[\s,(/])", re.IGNORECASE)
_EXAMPLE = "Write for example “0 6 * * *” for every day at six."
_FIELDS = "Write five fields: minute, hour, day of month, month, weekday; there are none for seconds and years."


class ScheduleError(ValueError):
    """A schedule that never starts a run, with a hint on what to write."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


def check_schedule(schedule: str) -> None:
    """Raise ScheduleError unless Airflow takes this schedule and it fires at some time."""
    if schedule in AIRFLOW_SCHEDULES or schedule in CRON_PRESETS:
        return
    if schedule.startswith("@"):
        known = ", ".join(sorted({*CRON_PRESETS, *AIRFLOW_SCHEDULES}))
        raise ScheduleError("is no preset that Airflow knows", f"Use one of {known}.")
    fields = len(schedule.split())
    if fields != 5:
        raise ScheduleError(f"has {fields} field{'' if fields == 1 else 's'} instead of five", _FIELDS)
    if len(schedule) > 200:
        raise ScheduleError("is longer than 200 characters", _EXAMPLE)
    if _DRAWN.search(schedule):
        raise ScheduleError("is drawn at random", "Write the minute and hour; “H” and “R” mean others each time.")
    try:
        expression = croniter(schedule, _FROM, max_years_between_matches=9)
    except (CroniterError, ValueError, KeyError, IndexError, TypeError, OverflowError) as error:
        raise ScheduleError("is no cron expression", _EXAMPLE) from error
    try:
        expression.get_next(datetime)
    except CroniterError as error:
        raise ScheduleError("never fires", "No date has this day of the month in this month.") from error


def starts_at(start_date: str, zone: str) -> datetime:
    """The instant of a day, or a day and time, in a time zone; ValueError for what is neither."""
    start = datetime.fromisoformat(start_date)
    if start.tzinfo is not None:
        raise ValueError("The time zone is the pipeline's.")
    if not 1970 <= start.year < 2200:
        raise ValueError("No run was, or will be, in that year.")
    return start.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


@cache
def time_zones() -> frozenset[str]:
    """The names of the time zones on this machine."""
    return frozenset(available_timezones())

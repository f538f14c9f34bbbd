"""When a schedule starts runs, to the second as Airflow's CronTriggerTimetable does, also when clocks are changed."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from cron_descriptor import CasingTypeEnum, ExpressionDescriptor, FormatException, MissingFieldException
from croniter import CroniterError, croniter

from dag_factory.schedule import AIRFLOW_SCHEDULES, CRON_PRESETS

RUN_IMMEDIATELY = timedelta(minutes=1)
"""A time that passed this short before a schedule is first seen still starts a run; the template says the same."""

_WORDS = {
    "@once": "Once, as soon as it is saved",
    "@continuous": "Again and again, each run after the end of the one before",
}


def upcoming(
    schedule: str,
    zone: str,
    *,
    now: datetime,
    last: datetime | None = None,
    start: datetime | None = None,
    catchup: bool = False,
) -> Iterator[datetime]:
    """The times in UTC at which Airflow starts runs by itself, without end; none where no clock decides.

    Args:
        schedule: a cron expression or a preset that `check_schedule` accepts.
        zone: the name of the time zone in which it is read.
        now: what is before now and was missed runs once (or, with `catchup`, time by time).
        last: when the last run that the schedule started was due.
        start: the first run is not before; as in Airflow, `last` counts more.
        catchup: missed times are made up for.
    """
    if schedule in AIRFLOW_SCHEDULES:
        return
    cron = Cron(schedule, zone)
    try:
        due = _first(cron, now, last, start, catchup=catchup)
        while True:
            yield due
            due = cron.after(due)
            if not catchup:
                due = max(due, cron.at_or_before(now))
    except CroniterError:  # it fires no more within the years that croniter looks ahead
        return


def next_runs(
    schedule: str,
    zone: str,
    *,
    count: int,
    now: datetime,
    last: datetime | None = None,
    start: datetime | None = None,
    catchup: bool = False,
) -> list[datetime]:
    """The first of `upcoming`."""
    return list(islice(upcoming(schedule, zone, now=now, last=last, start=start, catchup=catchup), count))


def in_words(schedule: str) -> str:
    """A schedule as a person says it, in the words that Airflow shows; empty when it has none."""
    if schedule in _WORDS:
        return _WORDS[schedule]
    expression = CRON_PRESETS.get(schedule, schedule)
    minute, hour, day, month, weekday = expression.split()
    if day != "*" and weekday != "*":  # cron means either of them, the describing library both
        by_day, by_weekday = (minute, hour, day, month, "*"), (minute, hour, "*", month, weekday)
        return f"{_described(' '.join(by_day))} (or) {_described(' '.join(by_weekday))}"
    return _described(expression)


def _first(cron: "Cron", now: datetime, last: datetime | None, start: datetime | None, *, catchup: bool) -> datetime:
    if catchup:
        if last is not None:
            return cron.after(last)
        return cron.first(now) if start is None else cron.at_or_after(start)
    candidates = [cron.at_or_before(now)]
    if last is not None:
        candidates.append(cron.after(last))
    elif start is None:
        candidates.append(cron.first(now))
    if start is not None:
        candidates.append(cron.at_or_after(start))
    return max(candidates)


def _described(expression: str) -> str:
    try:
        return ExpressionDescriptor(
            expression, casing_type=CasingTypeEnum.Sentence, use_24hour_time_format=True
        ).get_description()
    except (FormatException, MissingFieldException):
        return ""


class Cron:
    """A cron expression read in a time zone; all times in and out are instants.

    A time that the change to summer time skips fires as much later, one that comes twice fires the second time; an
    expression that fires every hour goes on through both.
    """

    def __init__(self, schedule: str, zone: str) -> None:
        self._expression = CRON_PRESETS.get(schedule, schedule)
        self._zone = ZoneInfo(zone)
        self._every_hour = croniter(self._expression).expanded[1] == ["*"]

    def after(self, moment: datetime) -> datetime:
        """The first time after a moment."""
        local = self._local(moment)
        due = croniter(self._expression, start_time=local).get_next(datetime)
        return moment.astimezone(UTC) + (due - local) if self._every_hour else self._instant(due)

    def before(self, moment: datetime) -> datetime:
        """The last time before a moment."""
        local = self._local(moment)
        due = croniter(self._expression, start_time=local).get_prev(datetime)
        return moment.astimezone(UTC) - (local - due) if self._every_hour else self._instant(due)

    def at_or_after(self, moment: datetime) -> datetime:
        """The moment itself when it is one of the times, otherwise the first after it."""
        due = self.after(moment)
        return due if self.before(due) != moment else moment

    def at_or_before(self, moment: datetime) -> datetime:
        """The moment itself when it is one of the times, otherwise the last before it."""
        due = self.before(moment)
        return due if self.after(due) != moment else moment

    def first(self, now: datetime) -> datetime:
        """The first run of a schedule that never ran."""
        passed, coming = self.at_or_before(now), self.at_or_after(now)
        return passed if now - passed <= RUN_IMMEDIATELY else coming

    def _local(self, moment: datetime) -> datetime:
        return moment.astimezone(self._zone).replace(tzinfo=None, fold=0)

    def _instant(self, local: datetime) -> datetime:
        """What the clock shows as an instant: the second of two, and behind a gap when it never shows it."""
        first, second = (local.replace(tzinfo=self._zone, fold=fold) for fold in (0, 1))
        before, after = first.utcoffset(), second.utcoffset()
        assert before is not None
        assert after is not None
        if after > before:
            second += after - before
        return second.astimezone(UTC)

"""A run's log as a text file."""

from collections.abc import Iterator

from api.errors import AirflowUnavailable
from api.services.logs.line import Filter, Line
from api.services.logs.page import RunLog
from api.services.logs.position import decode

AT_ONCE = 2_000  # lines


def as_text(run_log: RunLog, wanted: Filter) -> Iterator[str]:
    """The log as it is now, in parts; when Airflow goes away on the way, the last line says so."""
    positions = decode(None, run_log.rows)
    while True:
        before = [(each.try_number, each.offset, each.done) for each in positions]
        try:
            lines = list(run_log.lines(positions, AT_ONCE, wanted))
        except AirflowUnavailable as error:
            yield f"The log breaks off here: {error.message}\n"
            return
        yield "".join(map(_row, lines))
        if before == [(each.try_number, each.offset, each.done) for each in positions]:
            return


def _row(line: Line) -> str:
    when = line.timestamp.isoformat(timespec="milliseconds") if line.timestamp else "-"
    place = line.node_id if line.try_number == 1 else f"{line.node_id} try {line.try_number}"
    return f"{when} {line.level.upper():8} [{place}] {line.message}\n"

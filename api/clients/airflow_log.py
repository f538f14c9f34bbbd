"""Reads a task's log line by line, with a bound on what is held in memory."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

import requests

from api.errors import AirflowUnavailable

CHUNK = 64 * 1024
LINE_LIMIT = 64 * 1024  # bytes of one line; the rest of a longer one is dropped
HEADER_START, HEADER_END = "::group::Log message source details", "::endgroup::"

LogLine = dict[str, Any]
"""A structured line: `event`, and where known `timestamp`, `level`, `logger`, `error_detail` and more."""


def log_lines(answer: requests.Response) -> Iterator[LogLine]:
    """The lines of a log, without Airflow's own heading of where it found them."""
    lines = (_parsed(raw) for raw in split_lines(answer.iter_content(CHUNK)))
    in_heading = False
    try:
        for index, line in enumerate(lines):
            if index == 0 and line.get("event") == HEADER_START:
                in_heading = True
            if not in_heading:
                yield line
            elif line.get("event") == HEADER_END:
                in_heading = False
    except requests.RequestException as error:
        raise AirflowUnavailable("it broke off in the middle of a log") from error


def split_lines(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Lines out of chunks, none longer than the limit."""
    rest = b""
    dropping = False
    for chunk in chunks:
        first, *others = chunk.split(b"\n")
        rest = rest if dropping else rest + first
        if len(rest) > LINE_LIMIT:
            rest, dropping = rest[:LINE_LIMIT], True
        for other in others:
            yield rest
            rest, dropping = other[:LINE_LIMIT], len(other) > LINE_LIMIT
    if rest:
        yield rest


def _parsed(raw: bytes) -> LogLine:
    try:
        line = json.loads(raw)
    except ValueError:
        return {"event": raw.decode(errors="replace")}
    return line if isinstance(line, dict) else {"event": str(line)}

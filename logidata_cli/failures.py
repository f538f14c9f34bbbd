"""What can go wrong, each with what to do about it and the command's exit code.

Failure
├── Refused        3: the service does not do it
├── NotSignedIn    4: there is no token, or it counts no longer
└── Away           5: the service does not answer, or cannot work
"""

from typing import Any

DIFFERENT = 1
"""Exit code of a command whose answer is no: texts differ, a run failed, a pipeline has errors."""


class Failure(Exception):
    """Ends the command; `lines` follow the message."""

    exit_code = 3

    def __init__(self, message: str, *lines: str) -> None:
        super().__init__(message)
        self.lines = lines


class Refused(Failure):
    """The service answered with a problem document."""

    def __init__(self, status: int, document: dict[str, Any]) -> None:
        self.status, self.code = status, document.get("code", "")
        super().__init__(str(document.get("detail") or document.get("title") or f"status {status}"), *_told(document))


class NotSignedIn(Failure):
    """There is no token to send, or the service does not take it."""

    exit_code = 4


class Away(Failure):
    """Nobody answers, or the service is not well."""

    exit_code = 5


def problem_lines(problems: list[dict[str, Any]]) -> list[str]:
    """Each problem on a line: where, what, and what to do."""
    lines = []
    for problem in problems:
        at = f"line {problem['line']}" if problem.get("line") else problem.get("node_id") or problem.get("path") or ""
        hint = f" {problem['hint']}" if problem.get("hint") else ""
        within = _within(problem.get("place"))
        lines.append(
            f"{problem.get('severity', 'error')}{f' at {at}' if at else ''}{within}: {problem['message']}{hint}"
        )
    return lines


def _within(place: dict[str, int] | None) -> str:
    return f" (line {place['line']}, column {place['column']})" if place else ""


def _told(document: dict[str, Any]) -> list[str]:
    places = [f"{each.get('pointer')}: {each.get('message')}" for each in document.get("errors") or []]
    request = [f"request {document['request_id']}"] if document.get("request_id") else []
    return [*places, *problem_lines(document.get("problems") or []), *request]

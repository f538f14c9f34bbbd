"""What people are told of a run: one subject and the same facts, as a mail, for Slack and as JSON."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from typing import Any, Self

_SUBJECTS = {
    "failure": "{name} failed",
    "recovery": "{name} works again",
    "late": "{name} is late",
    "long": "{name} has been running for long",
    "test": "Test: alerts about {name} arrive",
}
_COLORS = {"failure": "#c92a2a", "recovery": "#2b8a3e", "late": "#e67700", "long": "#e67700", "test": "#1c7ed6"}
_BREAKS = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_SLACK = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


@dataclass(frozen=True, slots=True)
class Message:
    """The facts of an alert, as the service wrote them down."""

    facts: Mapping[str, Any]
    subject: str
    lines: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, facts: Mapping[str, Any]) -> Self:
        """Reads the facts: `key`, `event`, `pipeline` {id, name, url} and, but for a test, `execution`."""
        name = _BREAKS.sub(" ", str(facts["pipeline"]["name"])).strip()
        subject = f"[LogiData] {_SUBJECTS[facts['event']].format(name=name)}"
        return cls(facts, subject[:250], tuple(_lines(facts)))

    @property
    def key(self) -> str:
        """The same for every try of one alert, so that a receiver can drop a second one."""
        return str(self.facts["key"])

    @property
    def payload(self) -> dict[str, Any]:
        """For programs."""
        return {"subject": self.subject, **self.facts}

    @property
    def html(self) -> str:
        """For mail."""
        color = _COLORS[self.facts["event"]]
        rows = "".join(
            f'<tr><td style="padding:2px 16px 2px 0;color:#868e96;vertical-align:top">{escape(label)}</td>'
            f'<td style="padding:2px 0;white-space:pre-wrap">{escape(value)}</td></tr>'
            for label, value in self.lines
        )
        return (
            '<div style="font-family:sans-serif;font-size:14px">'
            f'<p style="border-left:4px solid {color};padding-left:10px;font-size:16px">{escape(self.subject)}</p>'
            f'<table style="border-collapse:collapse">{rows}</table>'
            f'<p><a href="{escape(self._url)}">Open in LogiData</a></p></div>'
        )

    @property
    def slack(self) -> dict[str, Any]:
        """For Slack's incoming webhooks, and for what takes their format."""
        facts = "\n".join(f"*{label}:* {value.translate(_SLACK)}" for label, value in self.lines)[:2900]
        link = f"<{self._url.translate(_SLACK)}|Open in LogiData>"
        title = {"type": "section", "text": {"type": "mrkdwn", "text": f"*{self.subject.translate(_SLACK)}*"}}
        body = {"type": "section", "text": {"type": "mrkdwn", "text": f"{facts}\n{link}" if facts else link}}
        attachment = {"color": _COLORS[self.facts["event"]], "blocks": [title, body]}
        return {"text": self.subject.translate(_SLACK), "attachments": [attachment]}

    @property
    def _url(self) -> str:
        return str((self.facts.get("execution") or self.facts["pipeline"])["url"])


def _lines(facts: Mapping[str, Any]) -> list[tuple[str, str]]:
    run = facts.get("execution")
    if run is None:
        return []
    lines = [("Error", run["error_message"])] if run.get("error_message") else []
    times = (("Due", "due_at"), ("Started", "started_at"), ("Ended", "completed_at"))
    lines += [(label, _moment(run[field])) for label, field in times if run.get(field)]
    if facts.get("limit_seconds"):
        lines.append(("Limit", f"{facts['limit_seconds']:,} s"))
    return [*lines, ("Started by", str(run["trigger_type"]))]


def _moment(text: str) -> str:
    return datetime.fromisoformat(text).astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")

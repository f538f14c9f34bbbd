"""What commands print: tables for people, JSON for programs, messages beside both."""

import json
import sys
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]

STATUS_COLORS = {"success": "green", "active": "green", "failed": "red", "running": "blue", "draft": "yellow"}


def as_json(value: Any) -> None:
    """The answer as the service gave it."""
    print(json.dumps(value, indent=2, ensure_ascii=False))  # noqa: T201 - what was asked for


def rows(items: Sequence[Mapping[str, Any]], columns: Mapping[str, str]) -> None:
    """A table; `columns` are the titles by key. Nothing in it is taken for markup."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for title in columns.values():
        table.add_column(title, overflow="fold")
    for item in items:
        table.add_row(*(_cell(item.get(key)) for key in columns))
    _out().print(table)


def line(text: str, style: str = "") -> None:
    """A line of the answer."""
    _out().print(Text(text, style=style))


def note(text: str, style: str = "") -> None:
    """What is said beside the answer."""
    Console(stderr=True, soft_wrap=True).print(Text(text, style=style))


def _out() -> Console:
    wide = None if sys.stdout.isatty() else 10_000  # a pipe has no edge
    return Console(soft_wrap=not sys.stdout.isatty(), width=wide)


def _cell(value: Any) -> Text:
    if isinstance(value, list):
        value = ", ".join(map(str, value))
    if isinstance(value, bool):
        value = "yes" if value else ""
    text = "" if value is None else str(value)
    return Text(text, style=STATUS_COLORS.get(text, ""))

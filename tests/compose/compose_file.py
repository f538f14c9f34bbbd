"""Reads docker-compose.airflow.yml as Docker Compose does: variables put in, anchors and merges resolved."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

REPOSITORY = Path(__file__).resolve().parents[2]
COMPOSE_FILE = REPOSITORY / "docker-compose.airflow.yml"
_VARIABLE = re.compile(r"\$(?:\$|\{(?P<name>\w+)(?::(?P<kind>[-?])(?P<rest>[^}]*))?\})")


class MissingVariable(Exception):
    """A required variable is not set; Compose stops with the message of the file."""


def variables(text: str) -> list[tuple[str, str | None, str]]:
    """Every use of a variable: its name, "-" (has a default), "?" (required) or None, and the default or message."""
    found = [match for match in _VARIABLE.finditer(text) if match["name"]]
    return [(match["name"], match["kind"], match["rest"] or "") for match in found]


def interpolated(text: str, environment: Mapping[str, str]) -> str:
    """The text with each variable's value, or its default."""

    def value(match: re.Match[str]) -> str:
        if not match["name"]:
            return "$"
        given = environment.get(match["name"])
        if given:
            return given
        if match["kind"] == "-":
            return match["rest"]
        raise MissingVariable(f"{match['name']}: {match['rest']}")

    return _VARIABLE.sub(value, text)


def load(environment: Mapping[str, str]) -> dict[str, Any]:
    """The file as this environment makes it."""
    return yaml.safe_load(interpolated(COMPOSE_FILE.read_text(), environment))

"""What can be wrong with a pipeline, said so that the person who drew it can put it right."""

from difflib import get_close_matches
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from dag_factory.plain import pointer


class Place(BaseModel):
    """Where in the text of an option: line and column from 1; `length` characters are meant, 0 at its end."""

    model_config = ConfigDict(frozen=True)

    line: int
    column: int
    length: int

    def __str__(self) -> str:
        return f"line {self.line}, column {self.column}"


class Problem(BaseModel):
    """One thing that is wrong: `path` is a JSON pointer into the node's config, or into the graph without a node."""

    model_config = ConfigDict(frozen=True)

    code: str
    severity: Literal["error", "warning"] = "error"
    node_id: str | None = None
    edge_id: str | None = None
    path: str | None = None
    place: Place | None = None
    message: str
    hint: str | None = None


def problems_of(error: ValidationError) -> list[Problem]:
    """A graph that could not be parsed, as problems with pointers into the document."""
    problems: list[Problem] = []
    for detail in error.errors(include_url=False, include_input=False):
        path = detail.get("ctx", {}).get("path")
        problems.append(
            Problem(
                code="graph-" + detail["type"].replace("_", "-"),
                path=path if isinstance(path, str) else pointer(detail["loc"]),
                message=detail["msg"],
            )
        )
    return problems


def nearest(wrong: str, known: list[str]) -> str | None:
    """A hint that names the known word most like the wrong one."""
    folded = {word.casefold(): word for word in known}
    close = get_close_matches(wrong[:60].casefold(), folded, n=1, cutoff=0.6)
    return f"Did you mean “{folded[close[0]]}”?" if close else None


def shown(text: object, limit: int = 60) -> str:
    """A user's value, short enough to stand in a sentence and on one line."""
    start = str(text)[: limit + 1]
    printable = "".join(each if each.isprintable() else repr(each)[1:-1] for each in start)
    return printable if len(printable) <= limit else printable[: limit - 1] + "…"

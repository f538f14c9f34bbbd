"""What can go wrong with help while drawing."""

from typing import Any

from api.errors.families import Invalid, Unavailable


class GraphNotInOrder(Invalid):
    code = "graph-not-in-order"
    title = "The graph has errors"

    def __init__(self, problems: list[dict[str, Any]]) -> None:
        super().__init__("Only a graph without errors can be improved; put these right first.", problems=problems)


class OptimizeUnavailable(Unavailable):
    code = "optimize-unavailable"
    title = "Improvements cannot be looked for now"

    def __init__(self, reason: str) -> None:
        super().__init__(f"Improvements cannot be looked for now: {reason}. Try again in a moment.")

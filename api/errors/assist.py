"""What can go wrong while help is given with drawing."""

from typing import Any

from api.errors.families import BadAnswer, Conflict, Invalid, NoAnswer, Unavailable


class GraphTooLarge(Invalid):
    code = "graph-too-large"
    title = "The graph is too large"

    def __init__(self, nodes: int, edges: int) -> None:
        super().__init__(f"{nodes:,} nodes and {edges:,} edges are more than a pipeline may have; split it first.")


class HandleUnknown(Invalid):
    code = "handle-unknown"
    title = "The node has no such input"

    def __init__(self, handle: str, known: list[str]) -> None:
        told = f"It has {', '.join(f'“{each}”' for each in known)}." if known else "It has none."
        super().__init__(f"The node has no input “{handle[:100]}”. {told}")


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


class AssistantMissing(Conflict):
    code = "assistant-missing"
    title = "No language model is configured"

    def __init__(self, *, is_configured: bool) -> None:
        message = "No language model is configured here: set LOGIDATA_ASSIST_URL and LOGIDATA_ASSIST_MODEL."
        if is_configured:
            message = "What asks the language model is not installed: pip install 'logidata[assist]'."
        super().__init__(message)


class AssistantAway(BadAnswer):
    code = "assistant-failed"
    title = "The language model cannot be asked"


class NoDraft(BadAnswer):
    code = "no-draft"
    title = "The language model gave no pipeline that works"

    def __init__(self, message: str, problems: list[dict[str, Any]]) -> None:
        super().__init__(message, problems=problems)


class AssistantTooSlow(NoAnswer):
    code = "assistant-too-slow"
    title = "The language model took too long"

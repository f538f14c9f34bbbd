"""What can go wrong while help is given with drawing."""

from api.errors.families import Invalid


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

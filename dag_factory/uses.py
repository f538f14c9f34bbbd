"""What a graph needs from outside: the connections and the files of the store that it names."""

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from dag_factory.graph import Node, PipelineGraph

CONNECTION_OPTION = "connection_id"
FILE_OPTION = "file_path"

_PIECES = re.compile(r"\$\$|\$\{[^{}]*\}|\*\*/?|\*|\?|\[!?[^\]]+\]|.", re.DOTALL)


def connection_ids(graph: PipelineGraph) -> list[str]:
    """The ids of the connections that any node, or an alert, names, sorted."""
    of_alerts = {receiver.connection_id for receiver in graph.alerts.receivers} if graph.alerts else set()
    return sorted({value for _, value in _named(graph, CONNECTION_OPTION)} | of_alerts)


def file_paths(graph: PipelineGraph) -> list[str]:
    """The paths and patterns of files that any node names, as they are compared with names in the store, sorted."""
    return sorted({normalised(value) for _, value in _named(graph, FILE_OPTION)})


def nodes_naming_connection(graph: PipelineGraph, connection_id: str) -> list[Node]:
    """The nodes that use a connection."""
    return [node for node, value in _named(graph, CONNECTION_OPTION) if value == connection_id]


def nodes_naming_file(graph: PipelineGraph, path: str) -> list[Node]:
    """The nodes that read or write a file of the store, also by a pattern."""
    return [node for node, value in _named(graph, FILE_OPTION) if names_file(normalised(value), path)]


def names_file(pattern: str, path: str) -> bool:
    """Whether a path, glob or path with parameters may mean this file, or one in this folder."""
    return any(_matcher(pattern).fullmatch(each) for each in (path, *_above(pattern, path)))


def is_pattern(path: str) -> bool:
    """Whether a path may mean several files."""
    return re.search(r"[*?\[]|\$\{", path) is not None


def normalised(path: str) -> str:
    """A path without what does not matter: `./a//b` is `a/b`."""
    return str(PurePosixPath(path.replace("\\", "/")))


def _named(graph: PipelineGraph, option: str) -> Iterator[tuple[Node, str]]:
    for node in graph.order:
        value = node.data.config.get(option)
        if isinstance(value, str) and value:
            yield node, value


def _above(pattern: str, path: str) -> list[str]:
    """A folder is used when a plain path lies in it; then that path stands for it."""
    return [pattern] if pattern.startswith(f"{path}/") and not is_pattern(pattern) else []


def _matcher(pattern: str) -> re.Pattern[str]:
    return re.compile("".join(map(_piece, _PIECES.findall(pattern))), re.DOTALL)


def _piece(piece: str) -> str:
    if piece.startswith("**"):
        return "(?:.*/)?" if piece.endswith("/") else ".*"
    if piece.startswith("${"):
        return ".*"  # a parameter may hold a folder
    if piece.startswith("[") and len(piece) > 1:
        inner = piece[1:-1].replace("\\", "\\\\")
        return f"[^{inner[1:]}]" if inner.startswith("!") else f"[{inner}]"
    return {"*": "[^/]*", "?": "[^/]", "$$": r"\$"}.get(piece) or re.escape(piece)

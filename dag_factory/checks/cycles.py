"""Finds the cycles of a graph, one for each group of nodes that wait for each other; not an edge to its own node."""

from collections.abc import Iterator

from dag_factory.graph import Node, PipelineGraph


def cycles(graph: PipelineGraph) -> list[list[Node]]:
    """A shortest cycle through the first node, on the canvas, of every group."""
    rank = {node.id: place for place, node in enumerate(graph.order)}
    firsts = sorted((min(group, key=rank.__getitem__) for group in _groups(graph)), key=rank.__getitem__)
    return [[graph.by_id[node_id] for node_id in loop] for first in firsts if (loop := _loop(graph, first))]


def _groups(graph: PipelineGraph) -> Iterator[set[str]]:
    """The strongly connected components that hold a cycle (Kosaraju's algorithm, without recursion)."""
    finished: list[str] = []
    seen: set[str] = set()
    for node in graph.order:
        path = [] if node.id in seen else [(node.id, iter(graph.consumers(node.id)))]
        seen.add(node.id)
        while path:
            node_id, edges = path[-1]
            following = next((e.target for e in edges if e.target in graph.by_id and e.target not in seen), None)
            if following is None:
                finished.append(node_id)
                path.pop()
            else:
                seen.add(following)
                path.append((following, iter(graph.consumers(following))))
    grouped: set[str] = set()
    for node_id in reversed(finished):
        if node_id not in grouped:
            group = _sources_of(graph, node_id, grouped)
            grouped |= group
            if len(group) > 1:
                yield group


def _sources_of(graph: PipelineGraph, start: str, without: set[str]) -> set[str]:
    """The node and all that lead to it, but for those already grouped."""
    group = {start}
    waiting = [start]
    while waiting:
        for edge in graph.inputs(waiting.pop()):
            if edge.source in graph.by_id and edge.source not in without and edge.source not in group:
                group.add(edge.source)
                waiting.append(edge.source)
    return group


def _loop(graph: PipelineGraph, start: str) -> list[str]:
    """The shortest way from a node back to itself, breadth first; empty when there is none."""
    came: dict[str, str] = {}
    waiting = [start]
    for node_id in waiting:
        for edge in graph.consumers(node_id):
            if edge.target == start != node_id:
                back = [node_id]
                while back[-1] != start:
                    back.append(came[back[-1]])
                return back[::-1]
            if edge.target in graph.by_id and edge.target not in came:
                came[edge.target] = node_id
                waiting.append(edge.target)
    return []

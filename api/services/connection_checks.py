"""Connections that a graph names, each tried, with what is wrong told at the nodes that name it."""

from concurrent.futures import ThreadPoolExecutor

from api.clients.previewer import PreviewerProcess
from api.services import probes
from dag_factory.graph import PipelineGraph
from dag_factory.problems import Problem
from dag_factory.uses import connection_ids, nodes_naming_connection

AT_ONCE = 4


def failed(previewer: PreviewerProcess, graph: PipelineGraph, found: list[Problem]) -> list[Problem]:
    """A warning at every node whose connection does not work now: it may again when the pipeline runs.

    Args:
        previewer: tries them.
        graph: names them.
        found: problems so far; a node whose connection is an error already is not tried.
    """
    told = {problem.node_id for problem in found if (problem.path, problem.severity) == ("/connection_id", "error")}
    named = {
        each: [node for node in nodes_naming_connection(graph, each) if node.id not in told]
        for each in connection_ids(graph)
    }
    tried = [each for each, nodes in named.items() if nodes]
    with ThreadPoolExecutor(AT_ONCE, "connection-check") as pool:
        answers = pool.map(lambda each: probes.test(previewer, {"connection_id": each}), tried)
        return [
            Problem(
                code="connection-failed",
                severity="warning",
                node_id=node.id,
                path="/connection_id",
                message=f"The connection '{each}' does not work: {message}",
                hint="Put it right under Connections before the pipeline runs.",
            )
            for each, (works, message) in zip(tried, answers, strict=True)
            if not works
            for node in named[each]
        ]

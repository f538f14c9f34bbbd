"""What a node would give: its columns and first rows, from a sample of its sources. Nothing is written."""

from collections.abc import Awaitable, Callable
from typing import Any

from api.clients.previewer import PreviewerProcess
from api.clients.worker import WorkerUnavailable
from api.errors import PreviewFailed, PreviewNodeUnknown, PreviewUnavailable
from api.services.columns import described
from dag_factory.catalog import Catalog
from dag_factory.graph import Node, PipelineGraph
from dag_factory.problems import Problem
from dag_factory.validate import validate

PREVIEW_SECONDS = 10.0

IsGone = Callable[[], Awaitable[bool]]


async def preview(
    previewer: PreviewerProcess, graph: PipelineGraph, catalog: Catalog, node_id: str, *, limit: int, is_gone: IsGone
) -> dict[str, Any]:
    """The node's columns and first rows; a loader shows what it would load.

    Raises:
        PreviewNodeUnknown: the graph has no such node.
        PreviewFailed: the node or one before it is wrong, its data cannot be processed, or it takes too long.
        PreviewUnavailable: the process that evaluates previews is starting or away.
    """
    if node_id not in graph.by_id:
        raise PreviewNodeUnknown(node_id)
    nodes = _way_to(graph, node_id)
    if _is_loader(nodes[-1], catalog):
        nodes = nodes[:-1]
    asked: set[str] = set()
    requested: list[dict[str, Any]] = []
    for node in nodes:
        request = described(graph, node, catalog, asked)
        if request is not None:
            asked.add(node.id)
            requested.append(request)
    if len(requested) < len(nodes) or not nodes:
        raise PreviewFailed(_problems(graph, nodes or (graph.by_id[node_id],), catalog))
    answer = await _rows(
        previewer, {"nodes": requested, "params": graph.default_params, "limit": limit}, PREVIEW_SECONDS, is_gone
    )
    return answer | {"node_id": nodes[-1].id}


async def stored_rows(previewer: PreviewerProcess, plan: str, *, limit: int, is_gone: IsGone) -> dict[str, Any]:
    """The first rows of a node's stored output.

    Args:
        previewer: who evaluates it.
        plan: staging URI of the node's plan.
        limit: rows at most.
        is_gone: whether nobody waits any more.

    Raises:
        PreviewFailed: it is no longer in staging, or cannot be read.
        PreviewUnavailable: the process that evaluates it is starting or away.
    """
    return await _rows(previewer, {"plan": plan, "limit": limit}, PREVIEW_SECONDS, is_gone)


async def stored_states(previewer: PreviewerProcess, plans: list[str], *, is_gone: IsGone) -> dict[str, str]:
    """What became of stored outputs, by the URI of their plan: "intact", "changed" or "gone".

    Raises:
        PreviewUnavailable: the process that looks is starting or away.
    """
    return (await _rows(previewer, {"plans": plans}, PREVIEW_SECONDS, is_gone))["states"]


async def _rows(
    previewer: PreviewerProcess, request: dict[str, Any], timeout: float, is_gone: IsGone
) -> dict[str, Any]:
    try:
        answer = await previewer.rows(request, timeout=timeout, is_gone=is_gone)
    except WorkerUnavailable as error:
        raise PreviewUnavailable(str(error)) from error
    if answer.get("error") == "time-out":
        message = f"The preview took longer than {timeout:g} seconds and was stopped."
        hint = "Preview a node nearer to the source, or give the source a limit."
        raise PreviewFailed([{**_OF_NO_NODE, "code": "preview-too-slow", "message": message, "hint": hint}])
    if "error" in answer:
        raise PreviewUnavailable(answer["error"])
    if "problems" in answer:
        raise PreviewFailed(answer["problems"])
    return answer


_OF_NO_NODE = {"severity": "error", "node_id": None, "edge_id": None, "path": "", "place": None}


def _way_to(graph: PipelineGraph, node_id: str) -> list[Node]:
    """The node and all before it, sources first."""
    before = graph.upstream(node_id) - {node_id}
    return [*(node for node in graph.order if node.id in before), graph.by_id[node_id]]


def _is_loader(node: Node, catalog: Catalog) -> bool:
    module = catalog.get(node.data.module_id)
    return module is not None and module.type == "loader"


def _problems(graph: PipelineGraph, nodes: tuple[Node, ...] | list[Node], catalog: Catalog) -> list[dict[str, Any]]:
    """What keeps these nodes from being evaluated."""
    ids = {node.id for node in nodes}
    found = [
        problem for problem in validate(graph, catalog) if problem.severity == "error" and problem.node_id in ids
    ] or [
        Problem(
            code="input-missing",
            severity="error",
            node_id=nodes[-1].id,
            message="This node, or one before it, is not joined as it needs to be.",
            hint="Join it to a source first.",
        )
    ]
    return [problem.model_dump(mode="json") for problem in found]

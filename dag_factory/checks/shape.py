"""Checks how nodes are joined: ids, edges, handles, cycles, and that rows get from extractors to loaders."""

from collections import Counter
from collections.abc import Iterator

from dag_factory.catalog import Catalog, ModuleSpec
from dag_factory.checks.cycles import cycles
from dag_factory.graph import Edge, Node, PipelineGraph
from dag_factory.problems import Problem, shown

OUTPUT_HANDLE = "output"


def shape_problems(graph: PipelineGraph, catalog: Catalog) -> Iterator[Problem]:
    """Problems of the graph as a graph, then of each edge, then of each node's inputs and output."""
    yield from _whole(graph, catalog)
    yield from _duplicates(graph)
    for edge in graph.edges:
        yield from _edge(graph, catalog, edge)
    for loop in cycles(graph):
        names = [f"“{shown(node.title)}”" for node in (*loop, loop[0])]
        names[5:-2] = [f"{len(loop) - 6} more"] if len(loop) > 8 else names[5:-2]
        yield Problem(
            code="cycle",
            node_id=loop[0].id,
            message=f"These nodes wait for each other: {' → '.join(names)}.",
            hint="Remove one of the edges between them.",
        )
    for node in graph.order:
        if module := catalog.get(node.data.module_id):
            yield from _ends(graph, node, module)


def _whole(graph: PipelineGraph, catalog: Catalog) -> Iterator[Problem]:
    if not graph.nodes:
        yield Problem(
            code="empty-pipeline", message="The pipeline has no nodes.", hint="Add an extractor and a loader."
        )
        return
    modules = [catalog.get(node.data.module_id) for node in graph.nodes]
    kinds = {module.type for module in modules if module}
    if None in modules:
        return  # an unknown module may be what seems to be missing
    if "extractor" not in kinds:
        yield Problem(code="no-extractor", message="Nothing reads data.", hint="Add an extractor.")
    if "loader" not in kinds:
        yield Problem(code="no-loader", message="Nothing writes the result.", hint="Add a loader.")


def _duplicates(graph: PipelineGraph) -> Iterator[Problem]:
    for node_id, count in Counter(node.id for node in graph.nodes).items():
        if count > 1:
            message = f"{count} nodes have the id “{shown(node_id)}”."
            yield Problem(code="duplicate-node", node_id=node_id, message=message, hint="Give each node its own id.")
    for edge_id, count in Counter(edge.id for edge in graph.edges).items():
        if count > 1:
            message = f"{count} edges have the id “{shown(edge_id)}”."
            yield Problem(code="duplicate-edge-id", edge_id=edge_id, message=message, hint="Give each edge its own id.")
    drawn: set[tuple[str, str, str | None]] = set()
    for edge in graph.edges:
        ends = (edge.source, edge.target, edge.target_handle)
        if ends in drawn:
            yield _of(
                graph, edge, "duplicate-edge", "The same two nodes are joined twice at one input.", "Remove this edge."
            )
        drawn.add(ends)


def _edge(graph: PipelineGraph, catalog: Catalog, edge: Edge) -> Iterator[Problem]:
    for end, node_id in (("starts", edge.source), ("ends", edge.target)):
        if node_id not in graph.by_id:
            message = f"An edge {end} at “{shown(node_id)}”, which is no node."
            yield _of(graph, edge, "unknown-node", message, "Remove the edge.")
    source, target = graph.by_id.get(edge.source), graph.by_id.get(edge.target)
    if source and source is target:
        yield _of(graph, edge, "self-loop", f"“{shown(source.title)}” is joined to itself.", "Remove the edge.")
    if source and (module := catalog.get(source.data.module_id)):
        yield from _start(graph, edge, shown(source.title), module)
    if target and (module := catalog.get(target.data.module_id)):
        yield from _arrival(graph, edge, shown(target.title), module)


def _start(graph: PipelineGraph, edge: Edge, title: str, module: ModuleSpec) -> Iterator[Problem]:
    if not module.has_output:
        message = f"“{title}” is a loader: no rows come out of it."
        yield _of(graph, edge, "no-output", message, "Draw the edge from the node before it.")
    elif edge.source_handle not in {None, OUTPUT_HANDLE}:
        message = f"“{title}” has no output “{shown(edge.source_handle)}”."
        yield _of(graph, edge, "unknown-handle", message, f"Its only output is “{OUTPUT_HANDLE}”.")


def _arrival(graph: PipelineGraph, edge: Edge, title: str, module: ModuleSpec) -> Iterator[Problem]:
    known = " or ".join(f"“{each.handle}”" for each in module.inputs)
    if not module.inputs:
        message = f"“{title}” is an extractor: it takes no rows from other nodes."
        yield _of(graph, edge, "no-input", message, "Remove the edge.")
    elif edge.target_handle is None and len(module.inputs) > 1:
        yield _of(graph, edge, "handle-missing", f"It is open which input of “{title}” is meant.", f"Use {known}.")
    elif module.input(edge.target_handle) is None:
        message = f"“{title}” has no input “{shown(edge.target_handle)}”."
        yield _of(graph, edge, "unknown-handle", message, f"Use {known}.")


def _ends(graph: PipelineGraph, node: Node, module: ModuleSpec) -> Iterator[Problem]:
    title = shown(node.title)
    arriving = [edge for edge in graph.inputs(node.id) if edge.source in graph.by_id]
    leaving = [edge for edge in graph.consumers(node.id) if edge.target in graph.by_id]
    if not arriving and not leaving:
        yield Problem(
            code="orphan",
            node_id=node.id,
            message=f"“{title}” is joined to no other node.",
            hint="Draw an edge to it, or remove it.",
        )
        return
    arrived = Counter(handle.handle for edge in arriving if (handle := module.input(edge.target_handle)))
    for each in module.inputs:
        where = f"Input “{each.handle}” of “{title}”" if len(module.inputs) > 1 else f"“{title}”"
        count = arrived[each.handle]
        if count < each.min:
            least = f"{'' if each.max == each.min else 'at least '}{each.min} edge{'' if each.min == 1 else 's'}"
            message = f"{where} needs {least}; it has {count}."
            yield Problem(code="input-missing", node_id=node.id, message=message, hint="Draw an edge to it.")
        elif each.max is not None and count > each.max:
            message = f"{where} has {count} edges; it takes {each.max}."
            hint = "Bring the rows together with a union or a join first."
            yield Problem(code="too-many-inputs", node_id=node.id, message=message, hint=hint)
    if module.has_output and not leaving:
        message = f"Nothing uses the output of “{title}”."
        yield Problem(code="output-unused", node_id=node.id, message=message, hint="Draw an edge on towards a loader.")


def _of(graph: PipelineGraph, edge: Edge, code: str, message: str, hint: str) -> Problem:
    """A problem of an edge, shown at the node that it leads to."""
    node_id = next((end for end in (edge.target, edge.source) if end in graph.by_id), None)
    return Problem(code=code, node_id=node_id, edge_id=edge.id, message=message, hint=hint)

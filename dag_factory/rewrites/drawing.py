"""A graph with what is known of it, and the ways to draw it anew: nodes moved, taken out, put in."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from dag_factory.catalog import Catalog, ModuleSpec
from dag_factory.compile import Schemas
from dag_factory.graph import Edge, Node, NodeData, PipelineGraph, Position
from dag_factory.rewrites.expression import Expression


@dataclass(frozen=True)
class Drawing:
    """A graph without errors, the columns of its nodes and its expressions, as far as they are known."""

    graph: PipelineGraph
    catalog: Catalog
    schemas: Schemas
    expressions: Mapping[str, Expression]

    def module(self, node_id: str) -> ModuleSpec | None:
        """The module of a node."""
        return self.catalog.get(self.graph.by_id[node_id].data.module_id)

    def is_a(self, node_id: str, stem: str) -> bool:
        """Whether a node is of the transformer of this name."""
        return self.graph.by_id[node_id].data.module_id == f"{stem}-transformer"

    def config(self, node_id: str) -> dict[str, Any]:
        """A node's options, those that it leaves out by their defaults."""
        spec = self.module(node_id)
        return {**(spec.default_config if spec else {}), **self.graph.by_id[node_id].data.config}

    def title(self, node_id: str) -> str:
        """What a reason calls a node."""
        return f"“{self.graph.by_id[node_id].title}”"

    def names(self, node_id: str) -> tuple[str, ...] | None:
        """The names of a node's columns, None when they are not known."""
        schema = self.schemas.get(node_id)
        return None if schema is None else tuple(column["name"] for column in schema)

    def types(self, node_id: str) -> dict[str, str]:
        """The types of a node's columns, by name."""
        return {column["name"]: column["type"] for column in self.schemas.get(node_id, ())}

    def only_input(self, node_id: str) -> Edge | None:
        """The one edge that arrives at a node; None when there are others or none."""
        edges = self.graph.inputs(node_id)
        return edges[0] if len(edges) == 1 else None

    def only_consumer(self, node_id: str) -> Edge | None:
        """The one edge that leaves a node; None when there are others or none."""
        edges = self.graph.consumers(node_id)
        return edges[0] if len(edges) == 1 else None

    def at(self, node_id: str, handle: str) -> tuple[Edge, ...]:
        """The edges that arrive at one of a node's inputs."""
        spec = self.module(node_id)
        found = [(edge, spec.input(edge.target_handle)) for edge in self.graph.inputs(node_id)] if spec else []
        return tuple(edge for edge, known in found if known is not None and known.handle == handle)

    def looked_at(self, wanted: str | None) -> tuple[Node, ...]:
        """The nodes that rewrites are looked for at: all, or the one that a rewrite is known to be about."""
        if wanted is None:
            return self.graph.order
        node = self.graph.by_id.get(wanted)
        return () if node is None else (node,)

    def after(self, node_id: str) -> set[str]:
        """All nodes that a node's rows reach."""
        found: set[str] = set()
        waiting = [node_id]
        while waiting:
            new = {edge.target for edge in self.graph.consumers(waiting.pop())} - found
            found |= new
            waiting += new
        return found

    # --- drawn anew -------------------------------------------------------------------------------------------------

    def redrawn(
        self,
        nodes: Sequence[Node],
        edges: Sequence[Edge],
        schemas: Schemas | None = None,
        expressions: Mapping[str, Expression] | None = None,
    ) -> "Drawing":
        """The same pipeline with other nodes and edges; what is known of nodes that are gone goes, too."""
        ids = {node.id for node in nodes}
        canvas = self.graph.config.model_copy(update={"nodes": tuple(nodes), "edges": tuple(edges)})
        # Not a copy: that would carry over what the graph has worked out of its old nodes.
        fields = {name: getattr(self.graph, name) for name in PipelineGraph.model_fields}
        known = self.schemas if schemas is None else schemas
        read = self.expressions if expressions is None else expressions
        return replace(
            self,
            graph=PipelineGraph.model_construct(**{**fields, "config": canvas}),
            schemas={node_id: known[node_id] for node_id in known if node_id in ids},
            expressions={node_id: read[node_id] for node_id in read if node_id in ids},
        )

    def without(self, node_id: str) -> "Drawing":
        """Without a node of one input: what read it reads what it read."""
        arriving = self.only_input(node_id)
        assert arriving is not None
        edges = [
            bent(edge, source=arriving.source, source_handle=arriving.source_handle) if edge.source == node_id else edge
            for edge in self.graph.edges
            if edge is not arriving
        ]
        return self.redrawn([node for node in self.graph.nodes if node.id != node_id], edges)

    def with_config(self, node_id: str, change: Callable[[Node], Node]) -> "Drawing":
        """With a node that is otherwise."""
        return self.redrawn([change(n) if n.id == node_id else n for n in self.graph.nodes], self.graph.edges)

    def free_id(self, wanted: str) -> str:
        """An id like `wanted` that no node has."""
        taken, number, found = {node.id for node in self.graph.nodes}, 1, wanted
        while found in taken:
            number += 1
            found = f"{wanted}-{number}"
        return found

    def free_edge_id(self, source: str, target: str, taken: set[str]) -> str:
        """An id for an edge between two nodes that none has; it is taken from then on."""
        taken |= {edge.id for edge in self.graph.edges}
        number, wanted = 1, f"{source}-{target}"
        found = wanted
        while found in taken:
            number += 1
            found = f"{wanted}-{number}"
        taken.add(found)
        return found


def bent(edge: Edge, **ends: Any) -> Edge:
    """The edge between other ends, with what the canvas keeps on it."""
    return edge.model_copy(update=ends)


def with_options(node: Node, options: Mapping[str, Any], label: str | None = None) -> Node:
    """The node with these options instead of its own."""
    changes: dict[str, Any] = {"config": dict(options)}
    if label is not None:
        changes["label"] = label
    return node.model_copy(update={"data": node.data.model_copy(update=changes)})


def moved(node: Node, position: Position) -> Node:
    """The node at another place."""
    return node.model_copy(update={"position": position})


def new_node(node_id: str, module_id: str, label: str, config: Mapping[str, Any], position: Position) -> Node:
    """A node as the builder would have drawn it."""
    data = NodeData(module_id=module_id, label=label, config=dict(config))
    return Node(id=node_id, type=module_id.rpartition("-")[2], position=position, data=data)

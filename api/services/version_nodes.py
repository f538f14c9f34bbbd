"""What the nodes of a stored version are called, on the canvas and in Airflow."""

from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from threading import Lock
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from api.models import ExecutionNode, Module, PipelineVersion
from dag_factory.compile import task_ids
from dag_factory.graph import PipelineGraph

KEPT = 500  # versions; they never change
_cache: OrderedDict[UUID, "VersionNodes"] = OrderedDict()
_lock = Lock()


@dataclass(frozen=True)
class VersionNodes:
    """The nodes of one version, in the order of their tasks."""

    tasks: dict[str, str] = field(default_factory=dict)
    """node id → task id"""
    titles: dict[str, str] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)
    """node id → extractor, transformer or loader"""
    inputs: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """node id → the nodes that it reads"""

    def title(self, node_id: str) -> str:
        """What a person calls the node."""
        return self.titles.get(node_id, node_id)

    def node_of(self, task_id: str) -> str:
        """The node that a task runs; a task of no node stands for itself."""
        return next((node for node, task in self.tasks.items() if task == task_id), task_id)

    def way_to(self, node_id: str | None) -> set[str]:
        """A node and all before it; nothing for None."""
        return _reach(node_id, self.inputs) if node_id is not None else set()

    def way_from(self, node_id: str) -> set[str]:
        """A node and all after it."""
        return _reach(node_id, {node: tuple(self.consumers(node)) for node in self.tasks})

    def consumers(self, node_id: str) -> Iterator[str]:
        """The nodes that read a node."""
        return (node for node, sources in self.inputs.items() if node_id in sources)


def _reach(start: str, steps: Mapping[str, Iterable[str]]) -> set[str]:
    found, waiting = {start}, [start]
    while waiting:
        new = set(steps.get(waiting.pop(), ())) - found
        found |= new
        waiting += new
    return found


def version_nodes(session: Session, version_id: UUID | None) -> VersionNodes:
    """The nodes of a version; none for an execution whose version is unknown."""
    if version_id is None:
        return VersionNodes()
    with _lock:
        if version_id in _cache:
            _cache.move_to_end(version_id)
            return _cache[version_id]
    stored = session.scalar(select(PipelineVersion.graph).where(PipelineVersion.id == version_id))
    if stored is None:
        return VersionNodes()
    graph = PipelineGraph.model_validate(stored)
    types = {module.name: module.type for module in session.execute(select(Module.name, Module.type))}
    tasks = task_ids(graph)
    nodes = VersionNodes(
        tasks={node.id: tasks[node.id] for node in graph.order},
        titles={node.id: node.title for node in graph.order},
        inputs={node.id: tuple(edge.source for edge in graph.inputs(node.id)) for node in graph.order},
        kinds={node.id: types.get(node.data.module_id) or node.type or "" for node in graph.order},
    )
    with _lock:
        _cache[version_id] = nodes
        while len(_cache) > KEPT:
            _cache.popitem(last=False)
    return nodes


def add_pending_nodes(session: Session, execution_id: UUID, version_id: UUID | None) -> None:
    """Give the execution a pending row for each node of its version."""
    rows = [
        {"execution_id": execution_id, "node_id": node_id, "task_id": task_id, "status": "pending"}
        for node_id, task_id in version_nodes(session, version_id).tasks.items()
    ]
    if rows:
        session.execute(insert(ExecutionNode).on_conflict_do_nothing(), rows)

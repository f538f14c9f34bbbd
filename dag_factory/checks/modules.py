"""Checks what each node is: its module, its label, its options and the connection that it names."""

from collections.abc import Iterator, Mapping

from dag_factory.catalog import Catalog, ModuleSpec
from dag_factory.checks.options import option_problems
from dag_factory.checks.settings import MAX_LABEL
from dag_factory.graph import Node, PipelineGraph
from dag_factory.problems import Problem, nearest, shown
from dag_factory.uses import CONNECTION_OPTION


def module_problems(
    graph: PipelineGraph, catalog: Catalog, inactive: frozenset[str], connections: Mapping[str, str] | None
) -> Iterator[Problem]:
    """Problems of each node by itself; `path` is a pointer into its config."""
    for node in graph.order:
        if len(node.data.label) > MAX_LABEL:
            yield Problem(
                code="label-too-long",
                node_id=node.id,
                message=f"The label has {len(node.data.label):,} characters.",
                hint=f"Shorten it to {MAX_LABEL} at most.",
            )
        module = catalog.get(node.data.module_id)
        if module is None:
            yield Problem(
                code="unknown-module",
                node_id=node.id,
                message=f"There is no module “{shown(node.data.module_id)}”.",
                hint=nearest(node.data.module_id, [each.id for each in catalog]) or "Choose a module from the palette.",
            )
            continue
        if module.id in inactive:
            yield Problem(
                code="inactive-module",
                node_id=node.id,
                message=f"The module “{module.display_name}” is switched off.",
                hint="Use another one, or ask an administrator to switch it on.",
            )
        yield from option_problems(node, module)
        if connections is not None:
            yield from _connection(node, module, connections)


def _connection(node: Node, module: ModuleSpec, connections: Mapping[str, str]) -> Iterator[Problem]:
    name = node.data.config.get(CONNECTION_OPTION)
    if not isinstance(name, str) or not name:
        return  # a missing one is a matter of the module's options
    wanted = " or ".join(module.connection_types)
    if name not in connections:
        fitting = [each for each, kind in connections.items() if not wanted or kind in module.connection_types]
        code, message = "unknown-connection", f"There is no connection “{shown(name)}”."
        hint = (
            nearest(name, sorted(fitting)) or f"Make {'one of type ' + wanted if wanted else 'it'} under Connections."
        )
    elif wanted and connections[name] not in module.connection_types:
        code, message = "wrong-connection-type", f"“{shown(name)}” is a connection to {connections[name]}."
        hint = f"{module.display_name} needs one of type {wanted}."
    else:
        return
    yield Problem(code=code, node_id=node.id, path=f"/{CONNECTION_OPTION}", message=message, hint=hint)

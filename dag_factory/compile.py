"""Compiles a graph without errors into the Airflow DAG file that runs it; equal graphs give equal bytes."""

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from dag_factory.catalog import Catalog, ModuleSpec
from dag_factory.documentation import documentation
from dag_factory.graph import Node, PipelineGraph
from dag_factory.literals import Output, argument, literal
from dag_factory.names import dag_id_for, task_ids, variables
from dag_factory.schedule import AIRFLOW_SCHEDULES, starts_at

__all__ = ["UncompilableError", "compile_dag", "dag_id_for", "node_at_line", "task_ids"]


Schemas = Mapping[str, Sequence[Mapping[str, str]]]
"""By node id, the columns of its output: `{"name", "type"}`."""


class UncompilableError(ValueError):
    """The graph has errors that `validate` reports."""


@dataclass(frozen=True, slots=True)
class _Class:
    module: str
    name: str
    alias: str


def compile_dag(
    graph: PipelineGraph,
    catalog: Catalog,
    *,
    pipeline_id: UUID,
    version: int,
    builder_url: str | None,
    schemas: Schemas | None = None,
) -> str:
    """The source of the DAG file; every value that a person typed is a literal in it.

    Args:
        graph: has no errors.
        catalog: the modules that it names.
        pipeline_id: makes the DAG's id.
        version: which save this is.
        builder_url: where links lead, if anywhere.
        schemas: by node id, the columns at this save; runs compare those of the sources with them.
    """
    _refuse_broken(graph, catalog)
    classes = _classes(graph, catalog)
    cron = (graph.schedule or "").strip() if graph.is_scheduled else ""
    preset = cron if cron in AIRFLOW_SCHEDULES else None
    return _template().render(
        graph=graph,
        dag_id=dag_id_for(pipeline_id),
        name=graph.name.strip(),
        doc_md=documentation(graph, catalog, pipeline_id=pipeline_id, version=version, builder_url=builder_url),
        cron=None if preset else cron,
        preset=preset,
        start_date=_start_date(graph),
        tags=sorted(set(graph.tags)),
        classes=sorted(classes.values(), key=lambda each: (each.module, each.name)),
        tasks=_tasks(graph, catalog, classes, schemas or {}),
    )


def node_at_line(source: str, line: int) -> str | None:
    """The node whose operator call in a compiled file spans this line, for mapping a traceback to the canvas."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return None
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and call.lineno <= line <= (call.end_lineno or call.lineno):
            for keyword in call.keywords:
                if keyword.arg == "node_id" and isinstance(keyword.value, ast.Constant):
                    return str(keyword.value.value)
    return None


def _tasks(
    graph: PipelineGraph, catalog: Catalog, classes: dict[str, _Class], schemas: Schemas
) -> list[dict[str, Any]]:
    ids, stored = task_ids(graph), _stored(graph, catalog)
    names = variables(
        graph, catalog, {each.alias for each in classes.values()} | {"DAG", "CronTriggerTimetable", "datetime"}
    )
    return [
        {
            "variable": names[node.id],
            "class": classes[node.data.module_id].alias,
            "task_id": ids[node.id],
            "title": node.title,
            "node_id": node.id,
            "inputs": _inputs(graph, node, catalog[node.data.module_id], names),
            "config": node.data.config,
            "columns": _columns(schemas.get(node.id, ()), catalog[node.data.module_id]),
            "materialize": node.id in stored,
            "overrides": node.data.overrides,
        }
        for node in graph.order
    ]


def _inputs(graph: PipelineGraph, node: Node, module: ModuleSpec, names: dict[str, str]) -> dict[str, list[Output]]:
    inputs: dict[str, list[Output]] = {}
    for edge in graph.inputs(node.id):
        handle = module.input(edge.target_handle)
        if handle is None:
            raise UncompilableError(f"Edge {edge.id!r} arrives at no input of {module.id}.")
        inputs.setdefault(handle.handle, []).append(Output(names[edge.source]))
    return inputs


def _columns(schema: Sequence[Mapping[str, str]], module: ModuleSpec) -> dict[str, str]:
    """A source's columns with their types; what follows from them is derived again in each run."""
    return {column["name"]: column["type"] for column in schema} if module.type == "extractor" else {}


def _stored(graph: PipelineGraph, catalog: Catalog) -> set[str]:
    """The nodes whose rows must exist: those that several queries read, and all in the debugging view.

    A query runs at a loader or at a stored node. Branches that meet again before one are parts of one query, which
    computes what they share once; but a source with several consumers is always read once, and Spark would compute
    what branches share for each of them.
    """
    stored: set[str] = set()
    queries: dict[str, set[str]] = {}
    for node in reversed(graph.order):
        module, consumers = catalog[node.data.module_id], [edge.target for edge in graph.consumers(node.id)]
        queries[node.id] = set().union(*(queries.get(consumer, ()) for consumer in consumers))
        is_read_once = module.type == "extractor" or graph.engine == "spark"
        readers = consumers if is_read_once else queries[node.id]
        if module.has_output and (graph.materialize == "every_step" or len(readers) > 1):
            stored.add(node.id)
        if node.id in stored or not module.has_output:
            queries[node.id] = {node.id}
    return stored


def _start_date(graph: PipelineGraph) -> str | None:
    """Without catch-up a start in the past would have Airflow start a run as soon as the pipeline is saved."""
    if not (graph.is_scheduled and graph.catchup and graph.start_date):
        return None
    return starts_at(graph.start_date, graph.timezone).isoformat()


def _classes(graph: PipelineGraph, catalog: Catalog) -> dict[str, _Class]:
    """The operator class of each module used; a second class of the same name gets another one here."""
    classes: dict[str, _Class] = {}
    for module_id in sorted({node.data.module_id for node in graph.nodes}):
        module, _, name = catalog[module_id].python_class.rpartition(".")
        taken = sum(other.name == name for other in classes.values())
        classes[module_id] = _Class(module, name, f"{name}{taken + 1}" if taken else name)
    return classes


def _refuse_broken(graph: PipelineGraph, catalog: Catalog) -> None:
    written: set[str] = set()
    for node in graph.order:
        if node.data.module_id not in catalog:
            raise UncompilableError(f"Node {node.id!r} is of no known module.")
        if any(edge.source not in written for edge in graph.inputs(node.id)):
            raise UncompilableError(f"An input of node {node.id!r} is missing or part of a cycle.")
        written.add(node.id)


@cache
def _template() -> Template:
    # Python source, not HTML: autoescaping would only change the text of values.
    environment = Environment(  # noqa: S701
        loader=PackageLoader("dag_factory"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {"py": literal, "argument": argument}
    return environment.get_template("dag.py.j2")

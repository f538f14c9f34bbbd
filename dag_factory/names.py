"""Ids that Airflow takes and variable names that a person can read, for whatever was typed."""

import builtins
import hashlib
import keyword
import re
import unicodedata
from collections.abc import Collection
from itertools import chain, count
from uuid import UUID

from dag_factory.catalog import Catalog
from dag_factory.graph import PipelineGraph

# Task ids name folders of logs and staging data, so none may be "..".
_TASK_ID = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,199}")
_MAX_VARIABLE = 40
_TAKEN = {*dir(builtins), *keyword.kwlist, *keyword.softkwlist, "datetime", "timedelta", "dag"}


def dag_id_for(pipeline_id: UUID) -> str:
    """The DAG's id, also the stem of its file; it never changes, whatever the pipeline is called."""
    return f"pipeline_{pipeline_id.hex}"


def fresh_id(module_id: str, taken: Collection[str]) -> str:
    """An id for a new node: the module's stem and a number, since people meet it in Airflow as the task's name."""
    stem = re.sub(r"-(extractor|transformer|loader)$", "", module_id).replace("-", "_")
    return next(name for number in count(1) if (name := f"{stem}_{number}") not in taken)


def task_ids(graph: PipelineGraph) -> dict[str, str]:
    """Each node's task id: the node's own where Airflow takes it, otherwise a hash of it."""
    ids = {node_id: node_id for node_id in graph.by_id if _TASK_ID.fullmatch(node_id)}
    for node_id in sorted(graph.by_id.keys() - ids):
        digest = hashlib.sha256(node_id.encode(errors="surrogatepass")).hexdigest()
        task_id = f"node_{digest[:16]}"
        while task_id in ids.values():
            task_id += "_"
        ids[node_id] = task_id
    return ids


def variables(graph: PipelineGraph, catalog: Catalog, classes: set[str]) -> dict[str, str]:
    """A variable for each node, made of its label; none hides a builtin or an imported class."""
    taken = _TAKEN | classes
    chosen: dict[str, str] = {}
    for node in graph.order:
        stem = _slug(node.data.label) or catalog[node.data.module_id].stem.replace("-", "_")
        stem = stem if stem.isidentifier() else f"node_{stem}"
        numbered = (f"{stem}_{number}" for number in count(2))
        chosen[node.id] = next(name for name in chain([stem], numbered) if name not in taken)
        taken.add(chosen[node.id])
    return chosen


def _slug(label: str) -> str:
    ascii_only = unicodedata.normalize("NFKD", label[:200]).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "_", ascii_only)[:_MAX_VARIABLE].strip("_")

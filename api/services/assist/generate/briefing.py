"""What the model is told: the modules with their options, and the names and columns of what may be read. No rows."""

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

from api.clients.airflow import AirflowRefused
from api.clients.previewer import PreviewerProcess
from api.errors import AirflowUnavailable, FileStoreAway, PreviewUnavailable, ProbeFailed
from api.services import probes
from api.services.assist.readable_files import newest_first, reader_of
from api.services.columns import check_columns
from api.services.files import Files
from api.services.validation import Validator
from dag_factory.catalog import Catalog, ModuleSpec
from dag_factory.graph import PipelineGraph

FILES_WITH_COLUMNS, FILES, TABLES, TABLES_WITH_COLUMNS, COLUMNS = 12, 60, 60, 6, 80
SECONDS = 6.0

TASK = """You draft data pipelines. A pipeline is a graph of nodes: sources (extractors) whose rows flow over edges
through transformers to targets (loaders). Answer with one JSON object that describes the whole pipeline.

Rules:
- Use only the modules listed below, with their option names. Options marked * are required; leave out what you do not
  need.
- Every transformer and loader needs its inputs; every way must begin at an extractor and end at a loader.
- A join has two inputs: its edges say "input": "left" and "input": "right". Other edges have no input.
- Columns must exist where they are used. Take names of files, connections, tables and columns from the lists; invent
  none.
- Expressions are SQL scalar expressions over the input's columns, with the functions below; text is in single quotes.
- If no target is named, write a CSV file with a fitting name."""


def instructions(catalog: Catalog, inactive: frozenset[str]) -> str:
    """The task, the modules that may be used and the functions of expressions."""
    modules = "\n".join(_module(module) for module in catalog if module.id not in inactive)
    functions = ", ".join(function.signature for function in catalog.functions)
    return f"{TASK}\n\nModules:\n{modules}\n\nFunctions of expressions: {functions}"


def sources(sentence: str, validator: Validator, files: Files, previewer: PreviewerProcess) -> str:
    """What may be read: files with their columns, connections, and tables of those that the sentence names."""
    lines = [*_files(validator, files), *_connections(sentence, validator, previewer)]
    return "\n".join(["What may be read:", *lines]) if lines else "There are no files and no connections yet."


def _module(module: ModuleSpec) -> str:
    required = module.config_schema.get("required", ())
    shared = module.config_schema.get("$defs", {})
    options = "; ".join(
        f"{name}{'*' if name in required else ''}: {_kind(schema, shared)}"
        for name, schema in module.config_schema["properties"].items()
        if name in required or not schema.get("x-advanced")
    )
    about = " ".join(module.description.partition("\n\n")[0].split())  # what follows is for those who run it
    inputs = f", inputs {' and '.join(each.handle for each in module.inputs)}" if len(module.inputs) > 1 else ""
    return f"- {module.id} ({module.type}{inputs}): {about} Options: {options or 'none'}."


def _kind(schema: Mapping[str, Any], shared: Mapping[str, Any], depth: int = 0) -> str:
    """What an option takes, in a few words."""
    if "$ref" in schema:
        schema = shared.get(schema["$ref"].rpartition("/")[2], {})
    if "enum" in schema:
        return "|".join(json.dumps(each, ensure_ascii=False) for each in schema["enum"])
    branches = [*schema.get("anyOf", ()), *schema.get("oneOf", ())]
    if branches:
        return " or ".join(dict.fromkeys(_kind(each, shared, depth + 1) for each in branches[:5]))
    if schema.get("type") == "array":
        return f"[{_kind(schema.get('items', {}), shared, depth + 1)}]"
    if schema.get("type") == "object" and schema.get("properties") and depth < 3:
        inner = (f"{name}: {_kind(each, shared, depth + 1)}" for name, each in schema["properties"].items())
        return "{" + ", ".join(inner) + "}"
    if schema.get("type") == "object" and isinstance(schema.get("additionalProperties"), dict):
        return "{" + f"name: {_kind(schema['additionalProperties'], shared, depth + 1)}" + "}"
    return str(schema.get("format") or schema.get("const") or schema.get("type", "any"))


def _files(validator: Validator, files: Files) -> Iterator[str]:
    try:
        found, _ = files.page("", ".", limit=2_000, offset=0)
    except FileStoreAway:
        return
    readable = [(path, reader) for path in newest_first(found) if (reader := reader_of(path))]
    nodes = [
        {"id": path, "type": "extractor", "data": {"moduleId": reader, "config": {"file_path": path}}}
        for path, reader in readable[:FILES_WITH_COLUMNS]
    ]
    graph = PipelineGraph.model_validate({"name": "", "config": {"nodes": nodes, "edges": []}})
    known = check_columns(validator.checker, graph, validator.catalog, found=(), known={}, timeout=SECONDS).schemas
    for path, _ in readable[:FILES]:
        yield f"- file {path}{_columns(known.get(path, ()))}"


def _connections(sentence: str, validator: Validator, previewer: PreviewerProcess) -> Iterator[str]:
    """Their ids and types; of those that are named, the tables, and the columns of tables that are named."""
    kinds: Mapping[str, str] | None = None
    with suppress(AirflowUnavailable, AirflowRefused):
        kinds = validator.connections.kinds(())
    words = sentence.casefold()
    for name, kind in sorted((kinds or {}).items()):
        yield f"- connection {name} ({kind})"
        if name.casefold() not in words:
            continue
        with suppress(ProbeFailed, PreviewUnavailable):
            tables = [str(table["name"]) for table in probes.tables(previewer, name, None)][:TABLES]
            yield f"  with tables {', '.join(tables)}"
            named = [table for table in tables if table.rpartition(".")[2].casefold() in words]
            for table in named[:TABLES_WITH_COLUMNS]:
                yield f"  table {table}{_columns(probes.columns(previewer, name, table))}"


def _columns(columns: Any) -> str:
    shown = [f"{column['name']} {column['type']}" for column in columns][:COLUMNS]
    return f" with columns {', '.join(shown)}" if shown else ""

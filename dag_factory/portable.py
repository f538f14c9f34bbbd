"""A pipeline as YAML that reads well in Git: without ids of an installation, defaults or what only a canvas knows."""

import json
import re
from collections.abc import Iterator
from io import StringIO
from itertools import count
from typing import Any

from pydantic import BaseModel
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.scalarstring import DoubleQuotedScalarString, LiteralScalarString

from dag_factory.catalog import Catalog
from dag_factory.graph import OVERRIDES, Edge, Node, PipelineGraph, Position
from dag_factory.plain import pointer
from dag_factory.portable_text import Lines
from dag_factory.problems import Problem, nearest, shown

FORMAT = 1
NODE_KEYS = ["id", "module", "type", "label", *OVERRIDES, "config", "at"]
EDGE_KEYS = ["from", "to", "output", "input"]
SETTINGS = tuple(name for name in PipelineGraph.model_fields if name not in {"name", "config"})
_EXACT = 2**53
_READS_AS_BLOCK = re.compile(r"(?!\s)(?:[^\r\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ud800-\U0010ffff\t])*")
_NOT_ON_A_LINE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ud800-\U0010ffff]")


def dump(graph: PipelineGraph, catalog: Catalog) -> str:
    """The graph as text: settings, nodes with sources first, edges; equal graphs give equal text."""
    yaml = YAML()
    yaml.width = 2**31
    yaml.allow_unicode = True
    yaml.indent(mapping=2, sequence=4, offset=2)
    text = StringIO()
    yaml.dump(_document(graph, catalog), text)
    return text.getvalue()


def unfold(document: dict[str, Any]) -> dict[str, Any]:
    """What `dump` folded, as a graph's document; what is unknown is kept, so that parsing it says what is wrong."""
    rest = {name: value for name, value in document.items() if name not in {"logidata", "nodes", "edges"}}
    if "config" in rest:  # the API's own shape
        return document
    nodes, edges = ([] if document.get(name) is None else document[name] for name in ("nodes", "edges"))
    return rest | {
        "config": {
            "nodes": [_unfolded_node(node) for node in nodes] if isinstance(nodes, list) else nodes,
            "edges": list(map(_unfolded_edge, edges, count(1))) if isinstance(edges, list) else edges,
        }
    }


def unknown_keys(document: dict[str, Any]) -> Iterator[Problem]:
    """Keys of folded nodes and edges that mean nothing: what is misspelt must not be lost without a word."""
    if "config" in document:
        return
    for name, known in (("nodes", NODE_KEYS), ("edges", EDGE_KEYS)):
        parts = document.get(name)
        for index, part in enumerate(parts if isinstance(parts, list) else ()):
            for key in sorted(part.keys() - set(known)) if isinstance(part, dict) else ():
                yield Problem(
                    code="import-unknown-key",
                    path=pointer(("config", name, index, key)),
                    message=f"“{shown(key)}” is no key of {name}.",
                    hint=nearest(key, known),
                )


def _document(graph: PipelineGraph, catalog: Catalog) -> CommentedMap:
    rounded = graph.model_copy(update={"config": graph.config.model_copy(update={"nodes": _rounded(graph.nodes)})})
    ordered = list(rounded.order)
    ordered += [node for node in rounded.nodes if all(node is not other for other in ordered)]
    rank = {node.id: number for number, node in reversed(list(enumerate(ordered)))}
    folded = CommentedMap(logidata=FORMAT, name=_value(graph.name))
    for name in SETTINGS:
        value = getattr(graph, name)
        if value != PipelineGraph.model_fields[name].default:
            folded[name] = _value(_plain(value))
    folded["nodes"] = [_folded_node(node, catalog) for node in ordered]
    folded["edges"] = [
        _folded_edge(edge) for edge in sorted(graph.edges, key=lambda edge: rank.get(edge.target, len(rank)))
    ]
    return folded


def _plain(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json", exclude_defaults=True)
    return list(value) if isinstance(value, tuple) else value


def _rounded(nodes: tuple[Node, ...]) -> tuple[Node, ...]:
    """The nodes in whole pixels; sorted, since of several with one id in one place any could come first."""
    rounded = (
        node.model_copy(update={"position": Position(x=_whole(node.position.x), y=_whole(node.position.y))})
        for node in nodes
    )
    return tuple(sorted(rounded, key=lambda node: (node.place, json.dumps(node.model_dump(), sort_keys=True))))


def _whole(number: float) -> float:
    return float(round(number)) + 0.0 if abs(number) < _EXACT else number


def _folded_node(node: Node, catalog: Catalog) -> CommentedMap:
    data, spec = node.data, catalog.get(node.data.module_id)
    folded = CommentedMap(id=_value(node.id), module=_value(data.module_id))
    if node.type != _kind(data.module_id):
        folded["type"] = _value(node.type)
    if data.label:
        folded["label"] = _value(data.label)
    for name in OVERRIDES:
        if getattr(data, name) is not None:
            folded[name] = getattr(data, name)
    if data.config:
        folded["config"] = _value(data.config, spec.config_schema if spec else {})
    if node.position != Position():
        folded["at"] = _on_one_line([_number(node.position.x), _number(node.position.y)])
    return folded


def _number(number: float) -> float | int:
    return int(number) if abs(number) < _EXACT else number


def _kind(module_id: str) -> str:
    return module_id.rsplit("-", 1)[-1]


def _unfolded_node(folded: Any) -> Any:
    if not isinstance(folded, dict):
        return folded
    data = {
        new: folded[old]
        for old, new in {"module": "moduleId", "label": "label", "config": "config"}.items()
        if old in folded
    }
    data |= {name: folded[name] for name in OVERRIDES if name in folded}
    node: dict[str, Any] = {"data": data}
    if "id" in folded:
        node["id"] = folded["id"]
    module = folded.get("module")
    node["type"] = folded["type"] if "type" in folded else _kind(module) if isinstance(module, str) else None
    match folded.get("at", [0, 0]):
        case [x, y]:
            node["position"] = {"x": x, "y": y}
        case wrong:
            node["position"] = wrong
    return node


def _folded_edge(edge: Edge) -> CommentedMap:
    ends = {"from": edge.source, "to": edge.target, "output": edge.source_handle, "input": edge.target_handle}
    folded = CommentedMap({name: _text(value) for name, value in ends.items() if value is not None})
    folded.fa.set_flow_style()
    return folded


def _unfolded_edge(folded: Any, number: int) -> Any:
    if not isinstance(folded, dict):
        return folded
    names = {"from": "source", "to": "target", "output": "sourceHandle", "input": "targetHandle"}
    return {"id": f"e{number}"} | {new: folded[old] for old, new in names.items() if old in folded}


def _on_one_line(values: list[Any]) -> CommentedSeq:
    row = CommentedSeq(values)
    row.fa.set_flow_style()
    return row


def _value(value: Any, schema: Any = None) -> Any:
    """Plain data with keys in the order of the module's form, then by name; text of several lines as a block."""
    schema = schema if isinstance(schema, dict) else {}
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, list):
        return [_value(item, schema.get("items")) for item in value]
    if isinstance(value, dict):
        options = schema.get("properties", {})
        known = [name for name in options if name in value]
        names = [*known, *sorted(value.keys() - options.keys())]
        return CommentedMap((_key(name), _value(value[name], options.get(name))) for name in names)
    return value


def _text(text: str) -> str:
    lines = text.split("\n")
    as_block = len(lines) > 1 and all(
        not line or (line == line.rstrip() and _READS_AS_BLOCK.fullmatch(line.lstrip(" "))) for line in lines
    )
    return LiteralScalarString(text) if as_block and lines[0] and not text.startswith(" ") else _key(text)


def _key(text: str) -> str:
    """Text on one line; between single quotes YAML reads a line end of any kind as a space."""
    return DoubleQuotedScalarString(text) if _NOT_ON_A_LINE.search(text) else text


def line_of(path: str, lines: Lines) -> int | None:
    """The line that a pointer into the graph's document means in the text, or that of what surrounds it."""
    parts = path.removeprefix("/config").split("/")
    folded = "/".join(parts if parts[3:4] != ["data"] else parts[:3] + parts[4:])
    while folded and folded not in lines:
        folded = folded.rpartition("/")[0]
    return lines.get(folded)

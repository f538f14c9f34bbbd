"""Reads the YAML or JSON of people: plain data only, bounded, and every value knows its line."""

import json
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import AliasEvent, CollectionEndEvent, CollectionStartEvent, DocumentStartEvent, NodeEvent
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from dag_factory.plain import MAX_DEPTH, pointer

MAX_CHARACTERS = 2_000_000
MAX_EVENTS = 60_000
SCALARS = frozenset(f"tag:yaml.org,2002:{kind}" for kind in ("null", "bool", "int", "float"))

Lines = dict[str, int]


class TextInvalid(ValueError):
    """What is wrong with a text and in which line."""

    def __init__(self, message: str, line: int | None = None) -> None:
        super().__init__(message if line is None else f"Line {line}: {message}")
        self.line = line


def read(text: str) -> tuple[dict[str, Any], Lines]:
    """The mapping that a text holds, and the line of each value by JSON pointer; `TextInvalid` otherwise."""
    if len(text) > MAX_CHARACTERS:
        raise TextInvalid(f"At most {MAX_CHARACTERS:,} characters can be imported; this has {len(text):,}.")
    if text.lstrip().startswith("{"):  # JSON may hold tabs, which YAML refuses
        try:
            return json.loads(text), {}
        except (ValueError, RecursionError):
            pass
    try:
        _refuse_unless_tame(text)
        root = YAML(typ="safe", pure=True).compose(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise TextInvalid(f"{error.problem or error.context}.", mark.line + 1 if mark else None) from None
    except YAMLError as error:
        raise TextInvalid(str(error).splitlines()[0]) from None
    except TextInvalid:
        raise
    except (ValueError, RecursionError):
        raise TextInvalid("This is no YAML.") from None
    if not isinstance(root, MappingNode):
        raise TextInvalid("A pipeline is a mapping with at least a `name`.", 1)
    lines: Lines = {}
    return _built(root, (), lines), lines


def _refuse_unless_tame(text: str) -> None:
    """Walk over the events, which takes no memory to speak of, before anything is built of them."""
    depth = documents = 0
    for number, event in enumerate(YAML(typ="safe", pure=True).parse(text)):
        line = event.start_mark.line + 1
        if number > MAX_EVENTS:
            raise TextInvalid(f"More than {MAX_EVENTS:,} values and keys.", line)
        if isinstance(event, AliasEvent) or (isinstance(event, NodeEvent) and event.anchor):
            raise TextInvalid("Anchors and aliases (& and *) are not taken; write the value out.", line)
        if getattr(event, "tag", None):
            raise TextInvalid("Tags (!) are not taken; write plain values.", line)
        documents += isinstance(event, DocumentStartEvent)
        if documents > 1:
            raise TextInvalid("One pipeline a file; a second document begins here.", line)
        depth += isinstance(event, CollectionStartEvent) - isinstance(event, CollectionEndEvent)
        if depth > MAX_DEPTH:
            raise TextInvalid(f"Nested deeper than {MAX_DEPTH} levels.", line)


def _built(node: Node, path: tuple[str | int, ...], lines: Lines) -> Any:
    line = node.start_mark.line + 1
    lines[pointer(path)] = line
    if isinstance(node, SequenceNode):
        return [_built(item, (*path, index), lines) for index, item in enumerate(node.value)]
    if isinstance(node, MappingNode):
        built: dict[str, Any] = {}
        for key, value in node.value:
            if not isinstance(key, ScalarNode):
                raise TextInvalid("A key is text.", key.start_mark.line + 1)
            if key.value in built:
                raise TextInvalid(f"The key “{key.value[:60]}” appears twice.", key.start_mark.line + 1)
            built[key.value] = _built(value, (*path, key.value), lines)
        return built
    return _scalar(node, line)


def _scalar(node: Any, line: int) -> Any:
    """Dates and whatever else YAML knows beyond JSON stay text."""
    kind = str(node.tag)
    if kind not in SCALARS:
        return node.value
    text = node.value.replace("_", "").lower()
    try:
        match kind.rpartition(":")[2]:
            case "null":
                return None
            case "bool":
                return text == "true"
            case "int":
                return int(text, 0 if text.lstrip("+-")[:2] in {"0x", "0o", "0b"} else 10)
            case _:
                return float(text.replace(".inf", "inf").replace(".nan", "nan"))
    except ValueError:
        raise TextInvalid(f"“{node.value[:60]}” is no value that can be stored.", line) from None

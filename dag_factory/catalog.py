"""Reads the module catalogue: what a node can be, which inputs it takes and which options it has."""

import json
import re
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal

from jsonschema import Draft202012Validator, ValidationError
from jsonschema.protocols import Validator
from jsonschema.validators import extend
from pydantic import AfterValidator, BaseModel, ConfigDict

CATALOG_PATH = Path(__file__).parent.parent / "module_operators" / "catalog.json"


def _importable(python_class: str) -> str:
    if not re.fullmatch(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)+", python_class, re.ASCII):
        raise ValueError(f"{python_class!r} is no dotted path of a class")
    return python_class


def _unique(_validator: Any, wanted: bool, value: Any, _schema: Any) -> Iterator[ValidationError]:
    """The library's own comparison takes quadratic time on lists of mixed types."""
    if wanted and isinstance(value, list) and len({json.dumps(item, sort_keys=True) for item in value}) < len(value):
        yield ValidationError("has repeated items")


_Validator = extend(Draft202012Validator, {"uniqueItems": _unique})


class InputSpec(BaseModel):
    """One handle that edges arrive at; `max` is None where any number may."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    handle: str
    min: int
    max: int | None


class Preset(BaseModel):
    """A ready-made config that a user can start from."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    title: str
    description: str
    config: dict[str, Any]


class ModuleSpec(BaseModel):
    """One entry of the catalogue."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    type: Literal["extractor", "transformer", "loader"]
    stem: str
    display_name: str
    description: str
    category: str
    icon: str
    color: str
    version: str
    python_class: Annotated[str, AfterValidator(_importable)]
    inputs: tuple[InputSpec, ...]
    has_output: bool
    connection_types: tuple[str, ...]
    config_schema: dict[str, Any]
    default_config: dict[str, Any]
    presets: tuple[Preset, ...]
    tags: tuple[str, ...]
    tested_against: str = ""
    extras: tuple[str, ...] = ()
    checksum: str

    @cached_property
    def options(self) -> Validator:
        """The compiled validator of a node's config."""
        return _Validator(self.config_schema)

    def input(self, handle: str | None) -> InputSpec | None:
        """The input that an edge with this target handle means; none given means the module's only one."""
        if handle is None:
            return self.inputs[0] if len(self.inputs) == 1 else None
        return next((spec for spec in self.inputs if spec.handle == handle), None)


class FunctionSpec(BaseModel):
    """A function that an expression may call."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    category: str
    signature: str
    description: str
    example: str


class Catalog:
    """The modules by id, iterated in the order of their ids; and the functions of expressions."""

    def __init__(self, modules: list[ModuleSpec], functions: Sequence[FunctionSpec] = ()) -> None:
        self.functions = tuple(functions)
        self._modules = {spec.id: spec for spec in sorted(modules, key=lambda spec: spec.id)}
        if len(self._modules) < len(modules):
            raise ValueError("A module id appears twice in the catalogue.")

    def __getitem__(self, module_id: str) -> ModuleSpec:
        return self._modules[module_id]

    def __contains__(self, module_id: str) -> bool:
        return module_id in self._modules

    def __iter__(self) -> Iterator[ModuleSpec]:
        return iter(self._modules.values())

    def __len__(self) -> int:
        return len(self._modules)

    def get(self, module_id: str) -> ModuleSpec | None:
        """The module of this id, if there is one."""
        return self._modules.get(module_id)


def load_catalog(path: Path | None = None) -> Catalog:
    """Read a catalogue file; a malformed one raises and is never half read."""
    document = json.loads((path or CATALOG_PATH).read_text(encoding="utf-8"))
    return Catalog(
        [ModuleSpec.model_validate(module) for module in document["modules"]],
        [FunctionSpec.model_validate(function) for function in document.get("functions", ())],
    )

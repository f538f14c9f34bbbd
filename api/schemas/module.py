"""Modules as the palette shows them and as administrators change them."""

from datetime import datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import ConfigDict, Field, HttpUrl, model_validator

from api.schemas.values import In, JsonObject, Out, StoredText

ModuleType = Literal["extractor", "transformer", "loader"]


class Handle(Out):
    """One input of a module; `max` null means any number of edges."""

    handle: str
    min: int
    max: int | None


class PresetOut(Out):
    """A named configuration that the palette offers."""

    name: str
    title: str
    description: str
    config: dict[str, Any]


class ModuleOut(Out):
    """A module with everything that drawing, configuring and connecting a node needs."""

    id: UUID
    name: str
    display_name: str
    description: str
    type: ModuleType
    category: str
    version: str
    python_class: str
    config_schema: dict[str, Any]
    default_config: dict[str, Any]
    inputs: list[Handle]
    has_output: bool
    input_schema: dict[str, Any] | None
    output_schema: dict[str, Any] | None
    required_connections: list[str]
    tags: list[str]
    icon: str | None
    color: str | None
    documentation_url: str | None
    presets: list[PresetOut]
    presets_edited: bool
    is_active: bool
    in_catalog: bool
    usage_count: int
    created_at: datetime
    updated_at: datetime


class ModuleList(Out):
    """All modules that fit the filters; there is no paging, since a palette needs them all."""

    items: list[ModuleOut]
    total: int


class FunctionOut(Out):
    """A function that an expression may call; `example` is one call of it."""

    name: str
    category: str
    signature: str
    description: str
    example: str


class FunctionList(Out):
    """Every function of the expression language; whatever is not here is refused."""

    items: list[FunctionOut]


class PresetIn(In):
    """A preset as an administrator writes it; `config` may leave required options out."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)]
    title: Annotated[StoredText, Field(min_length=1, max_length=120)]
    description: Annotated[StoredText, Field(max_length=500)] = ""
    config: JsonObject


class ModuleChange(In):
    """What may be changed; a field that is left out stays, `presets` null takes the catalogue's again."""

    is_active: bool | None = None
    presets: Annotated[list[PresetIn], Field(max_length=100)] | None = None
    documentation_url: HttpUrl | None = None

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"is_active": False},
                {"presets": [{"name": "paid", "title": "Paid only", "config": {"condition": "status = 'paid'"}}]},
            ]
        }
    )

    @model_validator(mode="after")
    def _something(self) -> Self:
        if not self.model_fields_set:
            raise ValueError("nothing to change")
        return self

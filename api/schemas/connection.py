"""Connections as clients send them and as they come back: never with a secret."""

from typing import Annotated, Any

from pydantic import Field

from api.schemas.file import UsedByOut
from api.schemas.pipeline import ColumnOut
from api.schemas.values import In, JsonObject, Out, StoredText

TypeName = Annotated[StoredText, Field(min_length=1, max_length=100, examples=["postgres"])]


class ConnectionFields(In):
    """What a connection is to be."""

    type: TypeName
    description: Annotated[StoredText, Field(max_length=2000)] = ""
    fields: Annotated[
        JsonObject,
        Field(
            description="By the form of its type (`GET connections/types`). A secret that is left out stays as it is.",
            examples=[{"host": "db.example.com", "database": "sales", "login": "etl", "password": "…"}],
        ),
    ]


class ConnectionIn(ConnectionFields):
    """A new connection; pipelines name it by its id."""

    connection_id: Annotated[StoredText, Field(min_length=1, max_length=200, examples=["warehouse"])]


class ConnectionOut(Out):
    """A connection without its secrets."""

    connection_id: str
    type: str
    description: str
    fields: dict[str, Any]
    secrets: list[str] = Field(description="Names of the secrets that are set.")
    other: list[str] = Field(description="Further keys of its extra, kept as they are.")
    used_by: list[UsedByOut]


class ConnectionPage(Out):
    """One page of connections, by id."""

    items: list[ConnectionOut]
    total: int
    limit: int
    offset: int


class ConnectionTypeOut(Out):
    """A kind of connection, with its form."""

    name: str
    title: str
    description: str
    form: dict[str, Any] = Field(validation_alias="schema", description="JSON Schema of `fields`.")


class ConnectionTypeList(Out):
    """The kinds of connections that modules use."""

    items: list[ConnectionTypeOut]


class ConnectionTestOut(Out):
    """What became of a test: the reason when it failed."""

    ok: bool
    message: str


class TableOut(Out):
    """A table or view; `name` of one in a schema is told as `schema.name` in a node."""

    schema_name: str = Field(validation_alias="schema")
    name: str
    is_view: bool


class TableList(Out):
    """Tables, those of the default schema first."""

    items: list[TableOut]


class TableColumns(Out):
    """A table's columns with their logical types."""

    items: list[ColumnOut]

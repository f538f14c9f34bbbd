"""Files of the store as clients ask for them and as they come back."""

from datetime import datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import ConfigDict, Field

from api.schemas.pipeline import ColumnOut
from api.schemas.values import In, JsonObject, Out, StoredText

StoredPath = Annotated[StoredText, Field(min_length=1, max_length=1024)]


class NodeUseOut(Out):
    """A node that uses something."""

    node_id: str
    label: str


class UsedByOut(Out):
    """A pipeline that uses something; its nodes are told where one thing is asked for."""

    pipeline_id: UUID
    name: str
    nodes: list[NodeUseOut]


class FileOut(Out):
    """A file or folder; `etag` changes with the content."""

    path: str
    name: str
    kind: Literal["file", "folder"]
    size: int | None
    modified_at: datetime | None
    etag: str | None
    used_by: list[UsedByOut]

    @classmethod
    def of(cls, entry: object, used_by: Any = ()) -> Self:
        """Put an entry together with who uses it."""
        names = cls.model_fields.keys() - {"used_by"}
        uses = [UsedByOut.model_validate(use) for use in used_by]
        return cls.model_validate({name: getattr(entry, name) for name in names} | {"used_by": uses})


class FilePage(Out):
    """One page of a folder, folders first; `quota_bytes` null is no quota."""

    items: list[FileOut]
    total: int
    limit: int
    offset: int
    used_bytes: int
    quota_bytes: int | None
    max_file_bytes: int


class FolderIn(In):
    """A folder to make, with those above it."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"path": "sales/2026"}]})

    path: StoredPath


class MoveIn(In):
    """Another name for a file or folder; `force` also while pipelines use the present one."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"source": "sales.csv", "target": "2026/sales.csv"}]})

    source: StoredPath
    target: StoredPath
    overwrite: bool = False
    force: bool = False


class FilePreviewIn(In):
    """Which file, and options that win over what the file suggests."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"path": "orders.csv", "config": {"delimiter": ";"}}]})

    path: StoredPath
    config: Annotated[JsonObject, Field(default_factory=dict)]
    limit: Annotated[int, Field(ge=1, le=500)] = 50


class FileProblemOut(Out):
    """Why a file cannot be read so; `path` points into the config."""

    path: str | None
    message: str
    hint: str | None


class FilePreviewOut(Out):
    """A file's head, read as a run reads it; `config` is ready for a node of `module_id`.

    `choices` are an option's values that fit the file, such as its sheets. Without columns, `problems` say why.
    """

    module_id: str | None
    config: dict[str, Any]
    choices: dict[str, list[Any]]
    columns: list[ColumnOut]
    rows: list[list[Any]]
    truncated: bool
    problems: list[FileProblemOut]

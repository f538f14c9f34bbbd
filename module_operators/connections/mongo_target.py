"""The collection that a load goes into, and whether the input's columns fit it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

from module_operators.problems import Findings, TargetError
from module_operators.relation import Relation

# Which types of a validator take which logical type; all else is refused by the server, document by document.
_BSON = {
    "integer": {"int", "number"},
    "bigint": {"long", "number"},
    "float": {"double", "number"},
    "boolean": {"bool"},
    "string": {"string"},
    "time": {"string"},
    "date": {"date"},
    "timestamp": {"date"},
    "timestamptz": {"date"},
    "binary": {"binData"},
}
_JSON = {"object": "object", "array": "array", "string": "string", "number": "number", "boolean": "bool"}
_OF_A_CAPPED_ONE = {"capped", "size", "max"}


@dataclass(frozen=True, slots=True)
class Target:
    """A collection that exists."""

    name: str
    kind: str
    options: Mapping[str, Any]
    indexes: tuple[Mapping[str, Any], ...] = field(default=())

    @classmethod
    def found(cls, database: Any, name: str) -> Self | None:
        """The collection as it is now."""
        with database.list_collections(filter={"name": name}) as found:
            told = next(iter(found), None)
        if told is None:
            return None
        kind = told.get("type", "collection")
        indexes = tuple(dict(each) for each in database[name].list_indexes()) if kind == "collection" else ()
        return cls(name, kind, told.get("options", {}), indexes)

    @property
    def made_like(self) -> dict[str, Any]:
        """Options of a collection beside it that refuses the same documents."""
        return {name: value for name, value in self.options.items() if name not in _OF_A_CAPPED_ONE}

    @property
    def schema(self) -> Mapping[str, Any]:
        """Its JSON Schema, where documents that break it are refused."""
        lenient = self.options.get("validationAction") == "warn" or self.options.get("validationLevel") == "off"
        return {} if lenient else self.options.get("validator", {}).get("$jsonSchema", {})

    def has_unique_index(self, keys: Sequence[str]) -> bool:
        """Whether an upsert finds documents by exactly these fields."""
        if list(keys) == ["_id"]:
            return True
        return any(
            set(index["key"]) == set(keys)
            and index.get("unique")
            and not index.get("sparse")
            and not index.get("partialFilterExpression")
            and all(direction in {1, -1} for direction in index["key"].values())
            for index in self.indexes
        )


def check_fields(source: Relation, findings: Findings) -> None:
    """Adds a problem for every column that cannot be a field of a document."""
    for name in source.names:
        if name.startswith("$") or "." in name or "\0" in name:
            message = f"Column '{name}' cannot be a field of a document: no '.', and no '$' at the front."
            findings.add("", message, "Give it another name with Rename Columns.", "misfit-column")
    if "_id" in source and source["_id"].type.startswith("list("):
        findings.add("", "The field _id cannot hold a list.", "Rename it, or make it text.", "misfit-type")


def check_target(target: Target, source: Relation, operation: str, findings: Findings) -> None:
    """Adds a problem for everything in which the input does not fit the collection."""
    if target.kind != "collection":
        kind = {"view": "a view", "timeseries": "a time series"}.get(target.kind, target.kind)
        findings.add("/collection", f"'{target.name}' is {kind}, not a collection.", "Load another.", "not-a-table")
        return
    if operation == "replace" and target.options.get("capped"):
        findings.add("/collection", f"'{target.name}' is capped: it cannot be replaced.", "Choose insert.")
    properties: Mapping[str, Any] = target.schema.get("properties", {})
    closed = target.schema.get("additionalProperties") is False
    for column in source.columns:
        asked = properties.get(column.name)
        if asked is None:
            if closed and column.name not in properties:
                message = f"Collection '{target.name}' takes no field '{column.name}': its validator says so."
                findings.add("/collection", message, "Drop it with Select Columns.", "misfit-column")
            continue
        wanted = _wanted(asked)
        if wanted and not wanted & _types(column.type):
            told = " or ".join(sorted(wanted))
            message = f"Column '{column.name}' is {column.type} in the input and {told} in the validator of"
            findings.add(
                "/collection", f"{message} '{target.name}'.", "Convert it with Cast Data Types.", "misfit-type"
            )
    if operation == "upsert":
        return  # documents that are there may have what the input lacks
    for name in target.schema.get("required", ()):
        if name not in source and name != "_id":
            message = f"Collection '{target.name}' needs the field '{name}', which the input does not have."
            findings.add("/collection", message, "Add the column.", "misfit-column")


def check_unique_key(target: Target, keys: Sequence[str]) -> None:
    """Refuses an upsert into a collection that has no unique index on exactly the key fields.

    Raises:
        TargetError: says which index is missing.
    """
    if not target.has_unique_index(keys):
        fields = ", ".join(f'"{key}": 1' for key in keys)
        raise TargetError(
            f"Collection '{target.name}' has no unique index on ({', '.join(keys)}), which an upsert needs:"
            f" createIndex({{{fields}}}, {{unique: true}})."
        )


def _types(logical: str) -> set[str]:
    if logical.startswith("list("):
        return {"array"}
    return _BSON.get(logical) or {"decimal", "number"}


def _wanted(asked: Any) -> set[str]:
    """The BSON types that a property of the schema names; empty when it names none."""
    if not isinstance(asked, Mapping):
        return set()
    named, plain = asked.get("bsonType", []), asked.get("type", [])
    bson = {named} if isinstance(named, str) else set(named)
    return bson | {_JSON.get(each, each) for each in ([plain] if isinstance(plain, str) else plain)}

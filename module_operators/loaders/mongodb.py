from typing import Annotated, Any, ClassVar, Literal

from pydantic import ConfigDict, StringConstraints

from module_operators.base import Loaded, Loader, Preset
from module_operators.config import ADVANCED, ColumnName, ConnectionId, ModuleConfig, field
from module_operators.connections.mongo import Server
from module_operators.connections.mongo_load import CollectionLoad, is_done
from module_operators.connections.mongo_target import Target, check_fields, check_target, check_unique_key
from module_operators.problems import Findings, TargetError
from module_operators.relation import Plan, Relation
from module_operators.run import Run

_UPSERT_NEEDS_KEYS: dict[str, Any] = {
    "if": {"properties": {"operation": {"const": "upsert"}}, "required": ["operation"]},
    "then": {"properties": {"key_fields": {"minItems": 1}}, "required": ["key_fields"]},
}


class MongodbLoaderConfig(ModuleConfig):
    model_config: ClassVar[ConfigDict] = ConfigDict(json_schema_extra=_UPSERT_NEEDS_KEYS)

    connection_id: ConnectionId = field(..., "Connection", "The MongoDB connection to load into.", "shop")
    collection: Annotated[str, StringConstraints(min_length=1, max_length=200)] = field(
        ...,
        "Collection",
        "The collection to load into; a missing one is created. `${name}` takes run parameters.",
        "orders",
    )
    database: Annotated[str, StringConstraints(max_length=63)] | None = field(
        None, "Database", "Empty: the connection's. `${name}` takes run parameters.", "shop", hints=ADVANCED
    )
    operation: Literal["insert", "upsert", "replace"] = field(
        "insert",
        "Operation",
        "insert adds the documents; upsert sets the fields of those with the same key and adds the others; replace "
        "puts the documents in the place of all others.",
    )
    key_fields: list[ColumnName] = field(
        [],
        "Key fields",
        "For upsert: the fields that identify a document.",
        ["order_id"],
        max_length=32,
        hints={"when": {"operation": ["upsert"]}},
    )


class MongodbLoader(Loader):
    """Load the rows into a collection of MongoDB, one document each, once however often the task is tried.

    Documents go into a collection beside the target first; a document in `logidata_loads` says when all are there, and
    every later try goes on with them. A new collection and a replace are put in place by one rename; a replace keeps
    the indexes and the validator. Into a collection that exists, a replica set or sharded cluster takes up to 100,000
    documents in one transaction: readers see all or none. More than that, and on a server that stands alone, they
    are written by `_id` or key, which a retry repeats with the same result; readers may see a part of them meanwhile. A
    refused insert takes back what it has written, an upsert without a transaction cannot. Upsert needs a unique
    index on the key fields (a new collection gets one); of rows with the same key the last wins, and fields that the
    input lacks stay. Without a column `_id` documents get an ObjectId. Decimals are Decimal128, dates instants in UTC;
    what that would shorten (fractions of a millisecond, more than 34 digits) stops the load.
    """

    display_name: ClassVar = "MongoDB"
    category: ClassVar = "databases"
    icon: ClassVar = "database"
    tags: ClassVar = ("nosql", "database", "documents")
    connection_types: ClassVar = ("mongo",)
    tested_against: ClassVar = (
        "SecantusDB 0.7, which speaks MongoDB's protocol, as a replica set and alone. MongoDB itself was not tried."
    )
    needs: ClassVar = ("mongodb",)
    Config: ClassVar = MongodbLoaderConfig
    presets: ClassVar = (
        Preset("insert", "Insert", "Add the documents.", {"operation": "insert"}),
        Preset("replace", "Replace", "Put the documents in the place of all others.", {"operation": "replace"}),
        Preset("upsert", "Upsert", "Update by key, add what is new.", {"operation": "upsert", "key_fields": ["_id"]}),
    )

    @classmethod
    def check(cls, config: MongodbLoaderConfig, source: Relation, run: Run) -> None:
        findings = Findings()
        check_fields(source, findings)
        if config.operation == "upsert":
            _check_keys(config, source, findings)
        findings.raise_if_any()
        server, name = Server.named(run, config.connection_id, TargetError), _collection_name(config, run)
        with server.client() as client:
            database = _database(client, server, config, run)
            target = Target.found(database, name)
            if target is None or is_done(database, run):
                return
            check_target(target, source, config.operation, findings)
            findings.raise_if_any()
            if config.operation == "upsert":
                check_unique_key(target, config.key_fields)

    @classmethod
    def load(cls, config: MongodbLoaderConfig, plan: Plan, run: Run) -> Loaded:
        server, name = Server.named(run, config.connection_id, TargetError), _collection_name(config, run)
        keys = config.key_fields if config.operation == "upsert" else []
        with server.client() as client:
            database = _database(client, server, config, run)
            load = CollectionLoad(client.client, database, name, config.operation, keys, plan, run)
            return Loaded(load.once())


def _check_keys(config: MongodbLoaderConfig, source: Relation, findings: Findings) -> None:
    if not config.key_fields:
        findings.add("/key_fields", "Upsert needs key fields.", "Name the fields that identify a document.")
    for place, column in enumerate(findings.columns(source, config.key_fields, "/key_fields")):
        if column.type.startswith("list("):
            findings.add(f"/key_fields/{place}", f"'{column.name}' is a list, which cannot be a key.")
    if "_id" in source and config.key_fields != ["_id"]:
        message = "An _id cannot be changed: with other keys the input cannot have one."
        findings.add("/key_fields", message, "Use _id as the only key, or drop it with Select Columns.")


def _collection_name(config: MongodbLoaderConfig, run: Run) -> str:
    return run.substitute(config.collection)


def _database(client: Any, server: Server, config: MongodbLoaderConfig, run: Run) -> Any:
    return client.database(server.database_name(run.substitute(config.database) if config.database else None))

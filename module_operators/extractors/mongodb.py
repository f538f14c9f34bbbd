from collections.abc import Iterator
from itertools import chain
from typing import Annotated, Any, ClassVar

from pydantic import StringConstraints, field_validator

from module_operators.base import Extracted, Extractor, Preset
from module_operators.config import ADVANCED, ColumnName, ConnectionId, field
from module_operators.connections.mongo import Server
from module_operators.connections.mongo_columns import DocumentColumn, document_columns
from module_operators.connections.mongo_query import bound, checked_document
from module_operators.late_values import GivenType
from module_operators.problems import Findings, SourceError, pointer
from module_operators.relation import Column
from module_operators.run import Run
from module_operators.schema_change import SourceConfig

SAMPLED = 1_000
"""Documents that columns are found in: half of them those with the first `_id`s, half those with the last."""

_BATCH_ROWS = 20_000
_BATCH_BYTES = 32 << 20


class MongodbExtractorConfig(SourceConfig):
    connection_id: ConnectionId = field(..., "Connection", "The MongoDB connection to read from.", "shop")
    collection: Annotated[str, StringConstraints(min_length=1, max_length=255)] = field(
        ..., "Collection", "The collection or view to read. `${name}` takes run parameters.", "orders"
    )
    database: Annotated[str, StringConstraints(max_length=63)] | None = field(
        None, "Database", "Empty: the connection's. `${name}` takes run parameters.", "shop", hints=ADVANCED
    )
    query: dict[str, Any] = field(
        {},
        "Query",
        'A filter document in Extended JSON; {} reads all. {"$param": "name"} stands for a parameter of the run, with '
        '"$default" beside it for when it has none; {"$date": …} and {"$oid": …} make a date or an id of one that is '
        "text. JavaScript is refused.",
        {"status": "paid", "updated_at": {"$gte": {"$date": {"$param": "start_date"}}}},
    )
    projection: dict[str, Any] = field(
        {},
        "Projection",
        "Which fields to read, as MongoDB has it; {} reads all.",
        {"status": 1, "total": 1, "_id": 0},
        hints=ADVANCED,
    )
    limit: int | None = field(None, "Limit", "Read at most this many documents; empty reads all.", 1000, ge=1)
    column_types: dict[ColumnName, GivenType] = field(
        {},
        "Column types",
        "Types by column, for those that the sampled documents do not show: integer, bigint, decimal(p,s), float, "
        "boolean, string, date, timestamp or timestamptz. A column that they lack is added by giving it a type.",
        {"total": "decimal(18,2)"},
        max_length=1000,
    )

    @field_validator("query", "projection")
    @classmethod
    def _without_scripts(cls, document: dict[str, Any]) -> dict[str, Any]:
        return checked_document(document)


class MongodbExtractor(Extractor):
    """Read the documents of a MongoDB collection, one row each.

    Columns are the top fields of 1,000 sampled documents, whatever the query: the 500 with the first `_id`s and the 500
    with the last. A field whose values differ in type becomes text. Whole numbers are bigint (with fractions among
    them, float), Decimal128 is decimal(38,s) with as many places as the sample has, a date is an instant. ObjectIds
    and UUIDs become text, nested documents JSON text; lists of one scalar type stay lists, all others become JSON
    text. A later value that does not fit stops the run and names its document; a text column takes any value. Fields
    that the sample lacks are not read unless they are given a type.
    """

    display_name: ClassVar = "MongoDB"
    category: ClassVar = "databases"
    icon: ClassVar = "database"
    tags: ClassVar = ("nosql", "database", "documents")
    connection_types: ClassVar = ("mongo",)
    tested_against: ClassVar = "SecantusDB 0.7, which speaks MongoDB's protocol. MongoDB itself was not tried."
    needs: ClassVar = ("mongodb",)
    Config: ClassVar = MongodbExtractorConfig
    presets: ClassVar = (
        Preset("full-collection", "Full collection", "Every document.", {"query": {}}),
        Preset(
            "incremental-load",
            "Incremental load",
            "Documents changed since the last successful run; all the first time.",
            {
                "query": {
                    "updated_at": {"$gte": {"$param": "last_run_date", "$default": {"$date": "1970-01-01T00:00:00Z"}}}
                }
            },
        ),
        Preset("sample-data", "Sample data", "The first 1,000 documents.", {"query": {}, "limit": 1000}),
    )

    @classmethod
    def extract(cls, config: MongodbExtractorConfig, run: Run) -> Extracted:
        import pyarrow as pa  # noqa: PLC0415
        import pyarrow.parquet as pq  # noqa: PLC0415

        query = bound(config.query, run.params)
        server, rows = Server.named(run, config.connection_id, SourceError), 0
        with server.client() as client, run.landing() as folder:
            collection = _collection(config, run, server, client)
            columns = _columns(config, run, collection)
            cursor = _found(config, run, collection, query).limit(config.limit or 0)
            schema = pa.schema([pa.field(column.name, column.arrow) for column in columns])
            path = folder / "part-0.parquet"
            with pq.ParquetWriter(path, schema, compression="snappy") as writer:
                for batch in _batches(cursor, columns):
                    arrays = [pa.array(values, field.type) for values, field in zip(batch, schema, strict=True)]
                    writer.write_batch(pa.record_batch(arrays, schema=schema))
                    rows += len(batch[0])
            size = path.stat().st_size
        return Extracted(run.landed(), rows=rows, bytes=size, staged=True)

    @classmethod
    def schema(cls, config: MongodbExtractorConfig, run: Run) -> tuple[Column, ...]:
        server = Server.named(run, config.connection_id, SourceError)
        with server.client() as client:
            columns = _columns(config, run, _collection(config, run, server, client))
        return tuple(Column(column.name, column.type) for column in columns)


def _collection(config: MongodbExtractorConfig, run: Run, server: Server, client: Any) -> Any:
    database = server.database_name(run.substitute(config.database) if config.database else None)
    return client.collection(database, run.substitute(config.collection))


def _found(config: MongodbExtractorConfig, run: Run, collection: Any, query: Any) -> Any:
    projection = bound(config.projection, run.params, expressions=True) or None
    cursor = collection.find(query, projection)
    return cursor if run.time_limit is None else cursor.max_time_ms(max(1, round(run.time_limit * 1000)))


def _columns(config: MongodbExtractorConfig, run: Run, collection: Any) -> tuple[DocumentColumn, ...]:
    ends = (_found(config, run, collection, {}).sort("_id", way).limit(SAMPLED // 2) for way in (1, -1))
    columns = document_columns(list(chain.from_iterable(ends)), config.column_types)
    if not columns:
        message = f"Collection '{collection.full_name}' has no documents, so that there are no columns to read."
        raise SourceError(f"{message} Check the names, or give the columns in 'Column types'.")
    findings = Findings()
    findings.distinct((each.name, pointer("column_types", each.name)) for each in columns)
    findings.raise_if_any()
    return columns


def _batches(cursor: Any, columns: tuple[DocumentColumn, ...]) -> Iterator[list[list[Any]]]:
    """Values by column, some rows at a time: few of them when they are large."""
    batch: list[list[Any]] = [[] for _ in columns]
    size = 0
    for document in cursor:
        for values, column in zip(batch, columns, strict=True):
            value = column.value(document)
            values.append(value)
            size += len(value) if isinstance(value, str | bytes | list) else 8
        if len(batch[0]) >= _BATCH_ROWS or size >= _BATCH_BYTES:
            yield batch
            batch, size = [[] for _ in columns], 0
    if batch[0]:
        yield batch

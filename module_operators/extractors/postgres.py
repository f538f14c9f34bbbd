from typing import ClassVar

from pydantic import field_validator

from module_operators.base import Extracted, Extractor, Preset
from module_operators.config import ConnectionId, SqlQuery, field
from module_operators.connections.landing import landed_stream
from module_operators.connections.postgres import Server
from module_operators.connections.postgres_query import PostgresQuery
from module_operators.connections.postgres_reading import opened
from module_operators.problems import SourceError
from module_operators.relation import Column
from module_operators.run import Run
from module_operators.schema_change import SourceConfig


class PostgresExtractorConfig(SourceConfig):
    connection_id: ConnectionId = field(..., "Connection", "The PostgreSQL connection to read from.", "warehouse")
    query: SqlQuery = field(
        ...,
        "Query",
        "One SELECT (or WITH … SELECT) in PostgreSQL's SQL. `:name` is a parameter of the run, bound and typed by the "
        "server; also `:last_run_date`, `:logical_date`, `:data_interval_start`, `:data_interval_end`, `:run_id`. "
        "Inside an array subscript put it in brackets: `a[(:n)]`.",
        "SELECT id, amount, updated_at FROM sales.orders WHERE updated_at >= :start_date",
    )
    limit: int | None = field(None, "Limit", "Read at most this many rows; empty reads all.", 1000, ge=1)

    @field_validator("query")
    @classmethod
    def _one_select(cls, query: str) -> str:
        PostgresQuery.parsed(query)
        return query


class PostgresExtractor(Extractor):
    """Read the rows of one SELECT from PostgreSQL, as of one moment.

    The query runs in a read-only transaction. `numeric` without precision is read as `decimal(38,9)`: a value with more
    decimals, NaN and Infinity stop the run and are never rounded; cast them in the query. So do `infinity` dates and
    arrays of several dimensions. Types without a counterpart (uuid, json, enum, inet, interval, …) are read as text.
    """

    display_name: ClassVar = "PostgreSQL"
    category: ClassVar = "databases"
    icon: ClassVar = "database"
    tags: ClassVar = ("sql", "database")
    connection_types: ClassVar = ("postgres",)
    tested_against: ClassVar = "PostgreSQL 18."
    Config: ClassVar = PostgresExtractorConfig
    presets: ClassVar = (
        Preset("full-table", "Full table", "Every row of a table.", {"query": "SELECT * FROM my_table"}),
        Preset(
            "incremental-load",
            "Incremental load",
            "Rows changed since the last successful run; all rows the first time.",
            {"query": "SELECT * FROM my_table WHERE updated_at > coalesce(:last_run_date, timestamptz '-infinity')"},
        ),
        Preset(
            "sample-data", "Sample data", "The first 1,000 rows.", {"query": "SELECT * FROM my_table", "limit": 1000}
        ),
        Preset(
            "date-range",
            "Date range",
            "Rows between two dates, given as parameters start_date and end_date.",
            {"query": "SELECT * FROM my_table WHERE created_at BETWEEN :start_date AND :end_date"},
        ),
    )

    @classmethod
    def extract(cls, config: PostgresExtractorConfig, run: Run) -> Extracted:
        server = Server.named(run, config.connection_id, SourceError)
        query = PostgresQuery.parsed(config.query)
        with opened(server, query, run, values_needed=True) as reading:
            return landed_stream(
                reading.rows(run, config.limit),
                reading.stored,
                run,
                lambda text: SourceError(server.told(text) if "[libpq]" in text else text),
            )

    @classmethod
    def schema(cls, config: PostgresExtractorConfig, run: Run) -> tuple[Column, ...]:
        server = Server.named(run, config.connection_id, SourceError)
        with opened(server, PostgresQuery.parsed(config.query), run, values_needed=False) as reading:
            return tuple(source.column for source in reading.columns)

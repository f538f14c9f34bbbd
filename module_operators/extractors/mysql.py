from typing import ClassVar, Literal

from pydantic import field_validator

from module_operators.base import Extracted, Extractor, Preset
from module_operators.config import ADVANCED, ConnectionId, SqlQuery, field
from module_operators.connections.landing import landed_stream
from module_operators.connections.mysql import Server
from module_operators.connections.mysql_query import MysqlQuery
from module_operators.connections.mysql_reading import opened
from module_operators.problems import SourceError
from module_operators.relation import Column
from module_operators.run import Run
from module_operators.schema_change import SourceConfig


class MysqlExtractorConfig(SourceConfig):
    connection_id: ConnectionId = field(..., "Connection", "The MySQL or MariaDB connection to read from.", "shop")
    query: SqlQuery = field(
        ...,
        "Query",
        "One SELECT (or WITH … SELECT) in MySQL's SQL. `:name` is a parameter of the run; a list stands for "
        "`(…, …)`, as in `id IN :ids`. Also `:last_run_date`, `:logical_date`, `:data_interval_start`, "
        "`:data_interval_end`, `:run_id`.",
        "SELECT id, amount, updated_at FROM orders WHERE updated_at >= :start_date",
    )
    limit: int | None = field(None, "Limit", "Read at most this many rows; empty reads all.", 1000, ge=1)
    zero_dates: Literal["fail", "null"] = field(
        "fail",
        "Zero dates",
        "What becomes of `0000-00-00` and `2024-00-00`, which are no dates: stop the run, or be null.",
        hints=ADVANCED,
    )

    @field_validator("query")
    @classmethod
    def _one_select(cls, query: str) -> str:
        MysqlQuery.parsed(query)
        return query


class MysqlExtractor(Extractor):
    """Read the rows of one SELECT from MySQL or MariaDB.

    The query runs in a read-only session in UTC, in the order that it asks for. `tinyint(1)` and `bit(1)` are
    booleans, `bigint unsigned` is `decimal(20,0)`, `timestamp` an instant, `datetime` has no zone. A value that its
    type cannot hold stops the run by name: another number than 0 and 1 in a boolean, a time of more than a day, a
    decimal of more than 38 digits. enum, set, json, uuid and inet are read as text, geometry as WKT. A session that is
    encrypted (when the server offers it, unless `ssl_mode` in the connection's extra is DISABLED) takes four times as
    long, because the fast driver knows no TLS.
    """

    display_name: ClassVar = "MySQL / MariaDB"
    category: ClassVar = "databases"
    icon: ClassVar = "database"
    tags: ClassVar = ("sql", "database", "mariadb")
    connection_types: ClassVar = ("mysql",)
    tested_against: ClassVar = "MariaDB 10.11, with and without TLS. MySQL itself was not tried."
    needs: ClassVar = ("mysql",)
    Config: ClassVar = MysqlExtractorConfig
    presets: ClassVar = (
        Preset("full-table", "Full table", "Every row of a table.", {"query": "SELECT * FROM my_table"}),
        Preset(
            "incremental-load",
            "Incremental load",
            "Rows changed since the last successful run; all rows the first time.",
            {"query": "SELECT * FROM my_table WHERE updated_at > coalesce(:last_run_date, '1000-01-01')"},
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
    def extract(cls, config: MysqlExtractorConfig, run: Run) -> Extracted:
        server = Server.named(run, config.connection_id, SourceError)
        reading = opened(server, MysqlQuery.parsed(config.query), run, config.zero_dates, values_needed=True)
        return landed_stream(
            reading.rows(config.limit),
            reading.stored,
            run,
            lambda text: SourceError(server.told(text) if "reading the stream" in text else text),
        )

    @classmethod
    def schema(cls, config: MysqlExtractorConfig, run: Run) -> tuple[Column, ...]:
        server = Server.named(run, config.connection_id, SourceError)
        reading = opened(server, MysqlQuery.parsed(config.query), run, config.zero_dates, values_needed=False)
        return tuple(source.column for source in reading.columns)

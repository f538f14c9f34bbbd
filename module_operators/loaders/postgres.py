from typing import ClassVar

from module_operators.base import Loaded, Loader
from module_operators.config import ConnectionId, field
from module_operators.connections import postgres_marker as marker
from module_operators.connections.postgres import Server
from module_operators.connections.postgres_load import TableLoad, check_unique_key
from module_operators.connections.postgres_table import TableName, found_table
from module_operators.connections.table_options import TABLE_PRESETS, TableNameText, TableOptions, check_keys
from module_operators.connections.target_table import misfits
from module_operators.problems import Findings, InvalidNode, ModuleProblem, TargetError
from module_operators.relation import Plan, Relation
from module_operators.run import Run


class PostgresLoaderConfig(TableOptions):
    connection_id: ConnectionId = field(..., "Connection", "The PostgreSQL connection to load into.", "warehouse")
    table_name: TableNameText = field(
        ...,
        "Table",
        "`table` or `schema.table`, written exactly as it is called; double quotes hold a name with a dot. "
        "`${name}` takes run parameters. A missing table is created.",
        "sales.orders",
    )


class PostgresLoader(Loader):
    """Load the rows into a table of PostgreSQL, all of them or none, and once however often the task is tried.

    One transaction holds the rows and a row in `logidata_loads`, a table beside the loaded one that the first load
    makes; a login that may not create tables there needs it made by an administrator, with SELECT and INSERT granted.
    Columns are matched by name. Replace keeps the table with its grants, indexes and views: missing columns are added,
    types that do not fit are changed, nothing is dropped, and readers do not wait. Upsert needs a unique index
    on the key columns (a new table gets a primary key); of rows with the same key the last wins. A timestamp without a
    zone is taken as UTC where the table has one.
    """

    display_name: ClassVar = "PostgreSQL"
    category: ClassVar = "databases"
    icon: ClassVar = "database"
    tags: ClassVar = ("sql", "database")
    connection_types: ClassVar = ("postgres",)
    tested_against: ClassVar = "PostgreSQL 18."
    Config: ClassVar = PostgresLoaderConfig
    presets: ClassVar = TABLE_PRESETS

    @classmethod
    def check(cls, config: PostgresLoaderConfig, source: Relation, run: Run) -> None:
        name, findings = _table_name(config, run), Findings()
        check_keys(config, source, findings)
        findings.raise_if_any()
        server = Server.named(run, config.connection_id, TargetError)
        with server.session(read_only=True) as connection, connection.cursor() as cursor:
            server.prepare(cursor)
            table = found_table(cursor, name)
            if table is None or config.if_exists == "fail":
                return
            if (
                marker.exists(cursor, table.schema)
                and marker.rows_loaded(cursor, table.schema, run.load_key) is not None
            ):
                return
            misfits(table, source, findings, retyped=config.if_exists == "replace")
            findings.raise_if_any()
            if config.if_exists == "upsert":
                check_unique_key(cursor, table, config.key_columns)

    @classmethod
    def load(cls, config: PostgresLoaderConfig, plan: Plan, run: Run) -> Loaded:
        server = Server.named(run, config.connection_id, TargetError)
        name = _table_name(config, run)
        with server.session(read_only=False) as connection, connection.cursor() as cursor:
            load = TableLoad(server, cursor, name, config.if_exists, config.key_columns, plan, run)
            copied = load.once()
        return Loaded(copied.rows, copied.bytes or None)


def _table_name(config: PostgresLoaderConfig, run: Run) -> TableName:
    try:
        return TableName.parsed(run.substitute(config.table_name))
    except ValueError as error:
        raise InvalidNode([ModuleProblem("/table_name", str(error))]) from None

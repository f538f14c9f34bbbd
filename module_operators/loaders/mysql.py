from typing import ClassVar

from module_operators.base import Loaded, Loader
from module_operators.config import ConnectionId, field
from module_operators.connections.mysql import Server
from module_operators.connections.mysql_load import TableLoad, check_transactional, loaded_before
from module_operators.connections.mysql_table import TableName, found_table
from module_operators.connections.mysql_upsert import check_unique_key
from module_operators.connections.table_options import TABLE_PRESETS, TableNameText, TableOptions, check_keys
from module_operators.connections.target_table import misfits
from module_operators.problems import Findings, InvalidNode, ModuleProblem, TargetError
from module_operators.relation import Plan, Relation
from module_operators.run import Run


class MysqlLoaderConfig(TableOptions):
    connection_id: ConnectionId = field(..., "Connection", "The MySQL or MariaDB connection to load into.", "shop")
    table_name: TableNameText = field(
        ...,
        "Table",
        "`table` or `database.table`, written exactly as it is called; backticks hold a name with a dot. "
        "`${name}` takes run parameters. A missing table is created.",
        "orders",
    )


class MysqlLoader(Loader):
    """Load the rows into a table of MySQL or MariaDB, all of them or none, and once however often the task is tried.

    One transaction holds the rows and a row in `logidata_loads`, a table beside the loaded one. A table that is
    missing, or whose columns a replace adds to or changes, is made aside and renamed into its place when whole; until
    its row in `logidata_loads` is written, its comment says which load made it. Any other replace keeps the table with
    its indexes, triggers and foreign keys, and readers do not wait. Upsert needs a unique index on the key columns (a
    new table gets a primary key, text in it 255 characters at most); of rows with the same key the last wins. Moments
    are stored in UTC, lists as JSON, booleans as tinyint(1). What strict mode refuses, and fractions of a second that
    a column would round, stop the load. The server must allow LOAD DATA LOCAL (`local_infile`).
    """

    display_name: ClassVar = "MySQL / MariaDB"
    category: ClassVar = "databases"
    icon: ClassVar = "database"
    tags: ClassVar = ("sql", "database", "mariadb")
    connection_types: ClassVar = ("mysql",)
    tested_against: ClassVar = "MariaDB 10.11. MySQL itself was not tried."
    needs: ClassVar = ("mysql",)
    Config: ClassVar = MysqlLoaderConfig
    presets: ClassVar = TABLE_PRESETS

    @classmethod
    def check(cls, config: MysqlLoaderConfig, source: Relation, run: Run) -> None:
        findings = Findings()
        check_keys(config, source, findings)
        findings.raise_if_any()
        server = Server.named(run, config.connection_id, TargetError)
        name = _table_name(config, run, server)
        with server.session(read_only=True) as connection, connection.cursor() as cursor:
            table = found_table(cursor, name)
            if table is None or config.if_exists == "fail":
                return
            if loaded_before(cursor, name, table, run.load_key) is not None:
                return
            misfits(table, source, findings, retyped=config.if_exists == "replace")
            findings.raise_if_any()
            if config.if_exists != "replace":
                check_transactional(table)
            if config.if_exists == "upsert":
                check_unique_key(cursor, table, config.key_columns)

    @classmethod
    def load(cls, config: MysqlLoaderConfig, plan: Plan, run: Run) -> Loaded:
        server = Server.named(run, config.connection_id, TargetError)
        name = _table_name(config, run, server)
        with server.session(read_only=False) as connection, connection.cursor() as cursor:
            copied = TableLoad(cursor, name, config.if_exists, config.key_columns, plan, run).once()
        return Loaded(copied.rows, copied.bytes or None)


def _table_name(config: MysqlLoaderConfig, run: Run, server: Server) -> TableName:
    try:
        return TableName.parsed(run.substitute(config.table_name), server.database)
    except ValueError as error:
        raise InvalidNode([ModuleProblem("/table_name", str(error))]) from None

from typing import Any, ClassVar, Literal

from module_operators.base import Loaded, Loader
from module_operators.config import ConnectionId, field
from module_operators.connections.bigquery import BigQuery
from module_operators.connections.redshift import Redshift
from module_operators.connections.snowflake import Snowflake
from module_operators.connections.table_options import TABLE_PRESETS, TableNameText, TableOptions, check_keys
from module_operators.connections.target_table import misfits
from module_operators.connections.warehouse import TableName, Warehouse
from module_operators.connections.warehouse_load import WarehouseLoad, is_begun
from module_operators.extras import check_extras
from module_operators.problems import Findings, InvalidNode, ModuleProblem
from module_operators.relation import Plan, Relation
from module_operators.run import Run

_WAREHOUSES: dict[str, type[Snowflake | BigQuery | Redshift]] = {
    "snowflake": Snowflake,
    "bigquery": BigQuery,
    "redshift": Redshift,
}


class DatawarehouseLoaderConfig(TableOptions):
    warehouse_type: Literal["snowflake", "bigquery", "redshift"] = field(
        ..., "Warehouse", "Which data warehouse the connection leads to."
    )
    connection_id: ConnectionId = field(..., "Connection", "The warehouse's connection.", "warehouse")
    table_name: TableNameText = field(
        ...,
        "Table",
        "`table`, `schema.table` or `database.schema.table` (BigQuery: `project.dataset.table`). Names are as the "
        "warehouse has them without quotes (in capitals in Snowflake, in small letters in Redshift); double quotes, "
        "backticks in BigQuery, hold an exact one. `${name}` takes run parameters. A missing table is created.",
        "sales.orders",
    )


class DatawarehouseLoader(Loader):
    """Load the rows into a table of Snowflake, BigQuery or Redshift, once however often the task is tried.

    Rows go in bulk into a table beside the target (Snowflake: PUT and COPY; BigQuery: a load job; Redshift: COPY from
    the S3 bucket that the connection's extra names as `s3_bucket`, with `s3_prefix`, `iam_role` and `aws_conn_id`, or
    INSERTs without one). One transaction puts them in place, together with the count in `logidata_loads`, a table
    beside the loaded one. Readers see all or none; a new table is there empty a moment before. Columns are matched by
    name, whatever their case. Replace keeps the table and its columns. Warehouses enforce no unique keys: an upsert
    updates every row of the table that has the key; of the input's rows with the same key the last wins. Lists are
    stored as JSON text. Snowflake needs `pip install 'logidata[snowflake]'`, BigQuery `'logidata[bigquery]'`.
    """

    display_name: ClassVar = "Data Warehouse"
    category: ClassVar = "databases"
    icon: ClassVar = "warehouse"
    tags: ClassVar = ("sql", "database", "snowflake", "bigquery", "redshift")
    connection_types: ClassVar = ("snowflake", "google_cloud_platform", "gcpbigquery", "redshift")
    tested_against: ClassVar = (
        "Snowflake: fakesnow 0.12's server. Redshift: PostgreSQL 18 for its SQL; COPY from S3 only as text. BigQuery:"
        " bqemulator 1.4, which tells no text's length and no decimal's digits, and does not keep transactions apart:"
        " what two loads at a time do to each other was not tried. None of the three services itself was tried, nor"
        " signing in to them."
    )
    Config: ClassVar = DatawarehouseLoaderConfig
    presets: ClassVar = TABLE_PRESETS

    @classmethod
    def check_installed(cls, config: Any) -> None:
        if config is not None and config.warehouse_type != "redshift":  # that one speaks PostgreSQL's protocol
            check_extras([config.warehouse_type], "/warehouse_type")

    @classmethod
    def check(cls, config: DatawarehouseLoaderConfig, source: Relation, run: Run) -> None:
        findings = Findings()
        check_keys(config, source, findings)
        findings.raise_if_any()
        warehouse, name = _warehouse(config, run), _table_name(config, run)
        with warehouse.session():
            table = warehouse.found(name)
            if table is None or config.if_exists == "fail" or is_begun(warehouse, name, run):
                return
            misfits(table, table.named(source), findings)
            findings.raise_if_any()

    @classmethod
    def load(cls, config: DatawarehouseLoaderConfig, plan: Plan, run: Run) -> Loaded:
        warehouse, name = _warehouse(config, run), _table_name(config, run)
        keys = config.key_columns if config.if_exists == "upsert" else []
        with warehouse.session():
            return Loaded(WarehouseLoad(warehouse, name, config.if_exists, keys, plan, run).once())


def _warehouse(config: DatawarehouseLoaderConfig, run: Run) -> Warehouse:
    return _WAREHOUSES[config.warehouse_type].named(run, config.connection_id)


def _table_name(config: DatawarehouseLoaderConfig, run: Run) -> TableName:
    try:
        return TableName.parsed(run.substitute(config.table_name), _WAREHOUSES[config.warehouse_type].quote_sign)
    except ValueError as error:
        raise InvalidNode([ModuleProblem("/table_name", str(error))]) from None

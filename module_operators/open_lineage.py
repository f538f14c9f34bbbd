"""What OpenLineage is told of a finished task: the datasets that it read or wrote, and what their columns are made of.

Asked for by Airflow's provider, when that has somebody to tell; names follow https://openlineage.io/docs/spec/naming.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from module_operators.base import Extractor, Loader, ModuleOperator, Transformer
from module_operators.lineage import ColumnOf, Derivation, Lineage, Untraceable, derivation, unchanged
from module_operators.operator import airflow_connection
from module_operators.problems import ModuleError
from module_operators.relation import ROW_ID, Column, Inputs, Relation
from module_operators.run import step_name, substituted
from module_operators.settings import Settings

if TYPE_CHECKING:
    from airflow.providers.openlineage.extractors import OperatorLineage
    from airflow.sdk import Connection
    from openlineage.client.event_v2 import Dataset

_PORTS = {"postgres": 5432, "mysql": 3306, "mongodb": 27017, "redshift": 5439}
_BIGQUERY = ("google_cloud_platform", "gcpbigquery")
_CLUSTER = re.compile(r"(?P<name>[^.]+)\.[^.]+\.(?P<region>[^.]+)\.redshift(-serverless)?\.amazonaws\.com(\.cn)?")
Name = tuple[str, str]
"""A dataset's namespace and name."""


def of_task(operator: ModuleOperator, params: Mapping[str, Any]) -> OperatorLineage:
    """An extractor's source, or a loader's target with the sources of all steps before it.

    Args:
        operator: whose task has ended.
        params: the run's.
    """
    from airflow.providers.openlineage.extractors import OperatorLineage  # noqa: PLC0415
    from openlineage.client.event_v2 import InputDataset  # noqa: PLC0415

    if isinstance(operator, Extractor):
        return OperatorLineage(inputs=[InputDataset(*name) for name in datasets(operator, params)])
    if not isinstance(operator, Loader):
        return OperatorLineage()
    graph = _Graph(operator)
    sources = {node_id: datasets(each, params) for node_id, each in graph.extractors.items()}
    inputs: list[Dataset] = [InputDataset(*name) for names in sources.values() for name in names]
    return OperatorLineage(inputs=inputs, outputs=_target(operator, graph, sources, params))


def _target(
    operator: Loader, graph: _Graph, sources: Mapping[str, list[Name]], params: Mapping[str, Any]
) -> list[Dataset]:
    from openlineage.client.event_v2 import OutputDataset  # noqa: PLC0415
    from openlineage.client.facet_v2 import column_lineage_dataset, schema_dataset  # noqa: PLC0415

    facets: dict[str, Any] = {}
    (before,) = graph.inputs(operator)["input"]
    if before in graph.relations:
        columns = graph.relations[before].columns
        schema = [schema_dataset.SchemaDatasetFacetFields(name=each.name, type=each.type) for each in columns]
        facets["schema"] = schema_dataset.SchemaDatasetFacet(fields=schema)
        traced = graph.lineage.sources[operator.graph_node_id]
        fields = {one: _field(graph.extractors, sources, one) for origins in traced.values() for one in origins}
        facets["columnLineage"] = column_lineage_dataset.ColumnLineageDatasetFacet(
            fields={
                column: column_lineage_dataset.Fields(
                    inputFields=[column_lineage_dataset.InputField(*field) for one in origins if (field := fields[one])]
                )
                for column, origins in traced.items()
            }
        )
    return [OutputDataset(*name, facets=facets) for name in datasets(operator, params)]


def _field(
    extractors: Mapping[str, Extractor], sources: Mapping[str, list[Name]], one: ColumnOf
) -> tuple[str, str, str] | None:
    """A column in its dataset; None where a source's own query makes it, or reads several tables."""
    if len(sources.get(one.node_id, ())) != 1:
        return None
    (namespace, name), query = sources[one.node_id][0], plain(extractors[one.node_id].config).get("query")
    if not isinstance(query, str):
        return namespace, name, one.column
    from sqlglot import exp, parse_one  # noqa: PLC0415

    tree = parse_one(query, dialect=namespace.partition(":")[0])
    if not isinstance(tree, exp.Select) or list(tree.find_all(exp.Subquery, exp.CTE)):
        return None
    items = {item.alias_or_name: item.unalias() for item in tree.selects}
    found = items.get(one.column)
    if isinstance(found, exp.Column) and not found.is_star:
        return namespace, name, found.name
    return (namespace, name, one.column) if found is None and tree.is_star else None


class _Graph:
    """The steps before a loader as its DAG file has them: the saved columns of sources, and what follows from them."""

    def __init__(self, loader: Loader) -> None:
        from module_operators.engines.availability import dialect_of  # noqa: PLC0415

        self.relations: dict[str, Relation] = {}
        self.extractors: dict[str, Extractor] = {}
        self._tasks = {
            task.graph_node_id: task for task in loader.dag.task_dict.values() if isinstance(task, ModuleOperator)
        }
        self._sql = dialect_of("duckdb")  # what columns are made of is the same in every engine's SQL
        self._nodes: dict[str, Derivation] = {}
        (before,) = self.inputs(loader)["input"]
        self._derive(before)
        if before in self.relations:
            self._nodes[loader.graph_node_id] = unchanged(before, self.relations[before].names)
        self.lineage = Lineage(self._nodes)

    @staticmethod
    def inputs(task: ModuleOperator) -> dict[str, list[str]]:
        """By handle, the nodes before one: of the task that ran, what they handed on; of others, who they are."""
        return {
            handle: [one["node_id"] if isinstance(one, Mapping) else one.operator.graph_node_id for one in several]
            for handle, several in task.inputs.items()
        }

    def _derive(self, node_id: str) -> None:
        if node_id in self.relations or node_id not in self._tasks:
            return
        task = self._tasks[node_id]
        if isinstance(task, Extractor):
            self.extractors[node_id] = task
            if task.columns:
                columns = tuple(Column(name, kind) for name, kind in task.columns.items())
                hidden = (Column(ROW_ID, "bigint"),)
                self.relations[node_id] = Relation(step_name(node_id), columns, hidden, (), ROW_ID)
                self._nodes[node_id] = dict.fromkeys(task.columns, ())
            return
        inputs = self.inputs(task)
        for before in (one for several in inputs.values() for one in several):
            self._derive(before)
        try:
            by_handle = Inputs({handle: [self.relations[one] for one in several] for handle, several in inputs.items()})
            assert isinstance(task, Transformer)
            options = task.options(plain(task.config))
            if getattr(options, "match", None) == "position":
                return  # a DAG file has a source's columns by name, not in their order
            if task.lookup(options, by_handle, self._sql) is not None:
                return  # its columns are found in the data
            query = task.transform(options, by_handle, self._sql)
            read = {one: self.relations[one] for several in inputs.values() for one in several}
            self._nodes[node_id] = derivation(query, read)
        except (KeyError, ModuleError, Untraceable):
            return  # what follows it is not known either
        self.relations[node_id] = Relation(step_name(node_id), query.columns, query.hidden, query.order, query.row_id)


def plain(config: Any) -> Any:
    """A task's options: wrapped, before Airflow has rendered them."""
    return getattr(config, "value", config)


def datasets(operator: ModuleOperator, params: Mapping[str, Any]) -> list[Name]:
    """What a source or a target is called; the tables of a query, none when nobody can tell."""
    options = {
        name: substituted(value, params, operator.graph_node_id) if isinstance(value, str) else value
        for name, value in plain(operator.config).items()
        if name != "query" or isinstance(value, str)
    }
    if "file_path" in options:
        return [_file(options["file_path"])]
    if "bucket" in options:
        return [(f"s3://{options['bucket']}", options["path"].strip("/"))]
    if "url" in options:
        address = urlsplit(options["url"])
        return [(f"{address.scheme}://{address.hostname or ''}", address.path or "/")]
    return _tables(options)


def _file(path: str) -> Name:
    root = Settings.from_environment().files_url.rstrip("/")
    address = urlsplit(f"{root}/{path.lstrip('/')}")
    if address.scheme in {"", "file"}:
        return "file", os.path.normpath(address.path)
    return f"{address.scheme}://{address.netloc.rpartition('@')[2]}", address.path.strip("/")


def _tables(options: Mapping[str, Any]) -> list[Name]:
    connection = airflow_connection(options["connection_id"])
    kind = "mongodb" if connection.conn_type == "mongo" else connection.conn_type or ""
    database = options.get("database") or connection.schema or ""
    if "collection" in options:
        named = [[options["collection"]]]
    elif "table_name" in options:
        named = [_table(options["table_name"], kind)]
    else:
        named = _read_by(options["query"], kind)
    namespace, around = _place(kind, connection, database)
    # A name that is given in part stands in what is around it.
    whole = [[*around[: max(0, len(around) + 1 - len(parts))], *parts] for parts in named]
    return [(namespace, ".".join(part for part in parts if part)) for parts in whole]


def _table(name: str, kind: str) -> list[str]:
    """A table's name in its parts, in the capitals or small letters that a warehouse gives to one without quotes."""
    from module_operators.connections.redshift import Redshift  # noqa: PLC0415
    from module_operators.connections.snowflake import Snowflake  # noqa: PLC0415
    from module_operators.connections.warehouse import TableName  # noqa: PLC0415

    parsed = TableName.parsed(name, "`" if kind in {"mysql", *_BIGQUERY} else '"')
    stored = {"snowflake": Snowflake.created_name, "redshift": Redshift.created_name}.get(kind, str)
    return [part if exact else stored(part) for part, exact in zip(parsed.parts, parsed.exact, strict=True)]


def _place(kind: str, connection: Connection, database: str) -> tuple[str, list[str | None]]:
    extra = connection.extra_dejson
    if kind == "snowflake":
        account = extra.get("account") or connection.host or ""
        return f"snowflake://{account}", [extra.get("database", ""), database or "PUBLIC"]
    if kind in _BIGQUERY:
        told = {name.removeprefix("extra__google_cloud_platform__"): value for name, value in extra.items()}
        return "bigquery", [
            told.get("project") or _project_of(told.get("keyfile_dict")),
            database or told.get("dataset"),
        ]
    host = connection.host or "localhost"
    if kind == "redshift" and (cluster := _CLUSTER.fullmatch(host)):
        host = f"{cluster['name']}.{cluster['region']}"
    namespace = f"{kind}://{host}:{connection.port or _PORTS[kind]}"
    return namespace, [database, "public"] if kind in {"postgres", "redshift"} else [database]


def _project_of(key: str | Mapping[str, Any] | None) -> str:
    """The project that a service account's key names."""
    try:
        told = json.loads(key) if isinstance(key, str) else key
    except ValueError:
        return ""
    return told.get("project_id") or "" if isinstance(told, Mapping) else ""


def _read_by(query: str, kind: str) -> Iterable[list[str]]:
    from sqlglot import exp, parse_one  # noqa: PLC0415
    from sqlglot.errors import SqlglotError  # noqa: PLC0415

    try:
        tree = parse_one(query, dialect=kind)
    except (SqlglotError, ValueError):
        return []
    own = {each.alias_or_name for each in tree.find_all(exp.CTE)}
    tables = [table for table in tree.find_all(exp.Table) if table.db or table.name not in own]
    return [list(parts) for parts in dict.fromkeys(tuple(part.name for part in table.parts) for table in tables)]

"""A pipeline as a person would draw it in the builder, written down in Python: each call adds a node."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_MONEY = "decimal(15,2)"
DECIMALS: Mapping[str, tuple[str, ...]] = {
    "customer": ("c_acctbal",),
    "lineitem": ("l_quantity", "l_extendedprice", "l_discount", "l_tax"),
    "orders": ("o_totalprice",),
    "part": ("p_retailprice",),
    "partsupp": ("ps_supplycost",),
    "supplier": ("s_acctbal",),
}
"""Columns of TPC-H's CSV files that are sums of money or the like: exact numbers, not floats."""


class Drawing:
    """A graph in the making; every method that adds a node answers the node's id, which later calls take as input."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._nodes: list[dict[str, Any]] = []
        self._edges: list[dict[str, Any]] = []

    def table(self, name: str) -> str:
        """A CSV file of TPC-H, one extractor however often it is used."""
        if any(node["id"] == name for node in self._nodes):
            return name
        config: dict[str, Any] = {"file_path": f"{name}.csv", "delimiter": ","}
        if name in DECIMALS:
            config["column_types"] = dict.fromkeys(DECIMALS[name], _MONEY)
        return self._node("csv-extractor", config, node_id=name)

    def file(self, path: str) -> str:
        """A CSV file with nothing said about it."""
        return self._node("csv-extractor", {"file_path": path})

    def filter(self, source: str, condition: str) -> str:
        return self._node("filter-transformer", {"condition": condition}, input=source)

    def add(self, source: str, **columns: str) -> str:
        """Columns by name, a node for each, so that later ones may use earlier ones."""
        for name, expression in columns.items():
            config = {"column_name": name, "expression": expression}
            source = self._node("add-column-transformer", config, input=source)
        return source

    def select(self, source: str, *columns: str) -> str:
        return self._node("select-columns-transformer", {"columns": list(columns)}, input=source)

    def rename(self, source: str, **columns: str) -> str:
        return self._node("rename-columns-transformer", {"rename_mapping": columns}, input=source)

    def join(self, left: str, right: str, left_on: str = "", right_on: str = "", kind: str = "inner") -> str:
        """Keys as names with spaces between them; none for a cross join."""
        config: dict[str, Any] = {"join_type": kind}
        if left_on:
            config |= {"left_on": left_on.split(), "right_on": (right_on or left_on).split()}
        return self._node("join-transformer", config, left=left, right=right)

    def aggregate(self, source: str, by: str = "", **computed: str) -> str:
        """`name="function column"`, or `name="count"`; groups as names with spaces between them."""
        aggregations = []
        for alias, what in computed.items():
            function, _, column = what.partition(" ")
            aggregations.append({"function": function, "alias": alias} | ({"column": column} if column else {}))
        config = {"group_by": by.split(), "aggregations": aggregations}
        return self._node("aggregate-transformer", config, input=source)

    def sort(self, source: str, *columns: str, limit: int | None = None) -> str:
        """By columns, those with a minus in front from the largest; `limit` keeps that many rows."""
        keys = [
            {"column": column.removeprefix("-"), "direction": "desc" if column.startswith("-") else "asc"}
            for column in columns
        ]
        return self._node("sort-transformer", {"sort_by": keys} | ({"limit": limit} if limit else {}), input=source)

    def load(self, source: str) -> None:
        self._node("parquet-loader", {"file_path": f"{self.name}.parquet"}, input=source)

    def graph(self) -> dict[str, Any]:
        """What the builder would save."""
        return {"name": self.name, "type": "etl", "config": {"nodes": self._nodes, "edges": self._edges}}

    def _node(self, module: str, config: dict[str, Any], node_id: str | None = None, **inputs: str) -> str:
        stem, kind = module.rsplit("-", 1)
        node_id = node_id or f"{stem.split('-')[0]}_{len(self._nodes)}"
        position = {"x": 220 * len(self._nodes), "y": 0}
        data = {"moduleId": module, "label": node_id, "config": config}
        self._nodes.append({"id": node_id, "type": kind, "position": position, "data": data})
        for handle, source in inputs.items():
            edge = {"id": f"{source}-{node_id}-{handle}", "source": source, "target": node_id}
            self._edges.append(edge | ({"targetHandle": handle} if handle != "input" else {}))
        return node_id

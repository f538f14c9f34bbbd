"""Importing this module imports every operator and the engine: for processes that others are forked from.

Airflow forks a process for each parse and each task. What the parent has imported costs the child nothing, and the
first instance of a class fills caches (of abstract base classes, of signatures) that every child would fill again.
"""

import duckdb
from airflow.sdk import DAG

from module_operators.catalog import discover

__all__ = ["OPERATORS", "duckdb"]

OPERATORS = discover()

with DAG(dag_id="preload", schedule=None):
    for _module_id, _operator in OPERATORS.items():
        _first = _operator(task_id=_module_id, node_id=_module_id, config={}, inputs={"input": []})
        _operator(task_id=f"{_module_id}-2", node_id=_module_id, config={}, inputs={"input": [_first.output]})

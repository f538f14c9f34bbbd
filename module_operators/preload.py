"""Importing this module imports every operator and the engine: for processes that others are forked from.

Airflow forks a process for each parse and each task. What the parent has imported costs the child nothing.
"""

import duckdb

from module_operators.catalog import discover

__all__ = ["OPERATORS", "duckdb"]

OPERATORS = discover()

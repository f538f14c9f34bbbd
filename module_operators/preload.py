"""Importing this module imports every operator and the engine: for processes that others are forked from.

Airflow forks a process for each parse and each task. What the parent has imported costs the child nothing, and what the
parent has parsed and serialised once fills caches (of abstract base classes, signatures, schemas) that every child
would fill again: 40 of the 55 ms that a child needs for a file of ten tasks.
"""

import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
from airflow.dag_processing.dagbag import DagBag
from airflow.serialization.serialized_objects import DagSerialization

from module_operators.catalog import discover

__all__ = ["OPERATORS", "duckdb"]

OPERATORS = discover()


def _warm_up() -> None:
    """Parses and serialises a file that uses every module twice, as a child does with a pipeline's."""
    with tempfile.TemporaryDirectory(prefix="logidata-preload-") as folder, _signals_kept():
        file = Path(folder) / "preload.py"
        file.write_text(_every_module())
        bag = DagBag(folder, collect_dags=False)
        bag.process_file(str(file))
        if bag.import_errors:
            raise ImportError("\n".join(bag.import_errors.values()))
        for dag in bag.dags.values():
            DagSerialization.to_dict(dag)


def _every_module() -> str:
    lines = ["from airflow.sdk import DAG"]
    lines += [
        f"from {operator.__module__} import {operator.__name__} as Module{n}"
        for n, operator in enumerate(OPERATORS.values())
    ]
    lines += ["with DAG(dag_id='preload', schedule=None, default_args={'retries': 0}):"]
    for n in range(len(OPERATORS)):
        options = f"task_display_name='Module {n}', node_id='n{n}', config={{'option': ['value']}}"
        lines += [
            f"    first{n} = Module{n}(task_id='first-{n}', {options})",
            f"    Module{n}(task_id='second-{n}', {options}, inputs={{'input': [first{n}.output]}})",
        ]
    return "\n".join(lines)


@contextmanager
def _signals_kept() -> Iterator[None]:
    """Airflow's parser takes over the signal of a crash, which a child may do and its parent must not."""
    before = signal.getsignal(signal.SIGSEGV)
    try:
        yield
    finally:
        signal.signal(signal.SIGSEGV, before or signal.SIG_DFL)


_warm_up()

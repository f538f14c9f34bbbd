"""The ten-node chain: ours, by hand with empty operators, and by dag-factory."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

NODES = 10

HAND_WRITTEN = '''"""Ten empty tasks in a row, as an Airflow user would write them."""

from datetime import datetime

from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import DAG

with DAG(dag_id="hand_written", schedule=None, start_date=datetime(2024, 1, 1), catchup=False, max_active_runs=1):
    t0 = EmptyOperator(task_id="t0")
    t1 = EmptyOperator(task_id="t1")
    t2 = EmptyOperator(task_id="t2")
    t3 = EmptyOperator(task_id="t3")
    t4 = EmptyOperator(task_id="t4")
    t5 = EmptyOperator(task_id="t5")
    t6 = EmptyOperator(task_id="t6")
    t7 = EmptyOperator(task_id="t7")
    t8 = EmptyOperator(task_id="t8")
    t9 = EmptyOperator(task_id="t9")
    t0 >> t1 >> t2 >> t3 >> t4 >> t5 >> t6 >> t7 >> t8 >> t9
'''

DAG_FACTORY = '''"""The same ten tasks, as dag-factory loads them from its YAML."""

from airflow.sdk import DAG
from dagfactory import load_yaml_dags

load_yaml_dags(globals_dict=globals(), config_filepath="{yaml}")
'''


# An EmptyOperator that only marks success is skipped by the scheduler without a task process; one with a callback runs.
RUNNABLE = HAND_WRITTEN.replace('task_id="', 'on_execute_callback=print, task_id="').replace(
    "schedule=None", "schedule=None, is_paused_upon_creation=False"
)


def dag_factory_yaml() -> str:
    """dag-factory's configuration of the chain."""
    tasks = "".join(
        f"    - task_id: t{i}\n      operator: airflow.providers.standard.operators.empty.EmptyOperator\n"
        + (f"      dependencies: [t{i - 1}]\n" if i else "")
        for i in range(NODES)
    )
    return (
        "dag_factory_chain:\n  default_args:\n    start_date: 2024-01-01\n"
        f"  schedule: null\n  catchup: false\n  tasks:\n{tasks}"
    )


def chain(name: str, rows_file: str) -> dict[str, Any]:
    """Our ten nodes: csv, eight transformations, csv."""
    steps: list[tuple[str, dict[str, Any]]] = [
        ("csv-extractor", {"file_path": rows_file}),
        ("select-columns-transformer", {"columns": ["id", "amount", "status"]}),
        ("filter-transformer", {"condition": "amount > 10"}),
        ("rename-columns-transformer", {"rename_mapping": {"status": "state"}}),
        ("add-column-transformer", {"column_name": "net", "expression": "amount * 0.8"}),
        ("cast-types-transformer", {"type_mapping": {"id": "bigint"}}),
        ("filter-transformer", {"condition": "state <> 'cancelled'"}),
        ("add-column-transformer", {"column_name": "gross", "expression": "net * 1.19"}),
        ("sort-transformer", {"sort_by": [{"column": "id"}]}),
        ("csv-loader", {"file_path": f"{name}.out.csv"}),
    ]
    return in_a_row(name, steps)


def in_a_row(name: str, steps: Sequence[tuple[str, dict[str, Any]]]) -> dict[str, Any]:
    """A pipeline of these modules and their options, each reading the one before it."""
    return {
        "name": name,
        "config": {
            "nodes": [
                {
                    "id": f"n{i}",
                    "type": module.rsplit("-", 1)[1],
                    "position": {"x": 200 * i, "y": 0},
                    "data": {"moduleId": module, "label": f"Step {i}", "config": config},
                }
                for i, (module, config) in enumerate(steps)
            ],
            "edges": [
                {"id": f"e{i}", "source": f"n{i}", "target": f"n{i + 1}", "sourceHandle": None, "targetHandle": None}
                for i in range(len(steps) - 1)
            ],
        },
    }


def two_steps(extractor: tuple[str, dict[str, Any]], loader: tuple[str, dict[str, Any]]) -> dict[str, Any]:
    """A pipeline that copies: module id and options of its extractor and of its loader."""
    nodes = [
        {
            "id": name,
            "type": module.rsplit("-", 1)[1],
            "position": {"x": 0, "y": 0},
            "data": {"moduleId": module, "label": name, "config": config},
        }
        for name, (module, config) in (("extract", extractor), ("load", loader))
    ]
    return {"name": "copy", "config": {"nodes": nodes, "edges": [{"id": "e", "source": "extract", "target": "load"}]}}

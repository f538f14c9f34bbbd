"""Reads DAG files as Airflow does: a path a line in, a JSON answer a line out.

The answers go to the file descriptor of the first argument, since Airflow prints to standard output. Each file goes
through a real DagBag, Airflow's serialisation and MessagePack (in which its DAG processor answers); what it holds is
told from both the parsed and the deserialised DAG.
"""

import json
import os
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
from airflow.dag_processing.dagbag import DagBag
from airflow.sdk.definitions.xcom_arg import PlainXComArg
from airflow.serialization.serialized_objects import DagSerialization


def read(path: Path) -> dict[str, Any]:
    bag = DagBag(dag_folder=path, bundle_name="pipelines", safe_mode=True, known_pools={})
    if bag.import_errors or len(bag.dags) != 1:
        return {"errors": list(bag.import_errors.values()) or ["no DAG found"]}
    (dag,) = bag.dags.values()
    stored = msgspec.msgpack.decode(msgspec.msgpack.encode(DagSerialization.to_dict(dag)))
    served = DagSerialization.from_dict(stored)
    following = served.next_dagrun_info(last_automated_run_info=None) if dag.schedule else None
    return {
        "errors": [],
        "dag_id": dag.dag_id,
        "display_name": dag.dag_display_name,
        "description": dag.description,
        "doc_md": dag.doc_md,
        "tags": sorted(dag.tags),
        "params": dag.params.dump(),
        "served_params": served.params.dump(),
        "max_active_runs": dag.max_active_runs,
        "timetable": type(served.timetable).__name__,
        "schedule": served.timetable.summary,
        "catchup": served.catchup,
        "run_timeout": _seconds(served.dagrun_timeout),
        "next_run": following.run_after.isoformat() if following else None,
        "tasks": {task.task_id: _task(task, served.task_dict[task.task_id]) for task in dag.tasks},
        "order": [task.task_id for task in dag.tasks],
    }


def _task(task: Any, served: Any) -> dict[str, Any]:
    return {
        "class": f"{type(task).__module__}.{type(task).__name__}",
        "display_name": task.task_display_name,
        "served_display_name": served.task_display_name,
        "node_id": task.graph_node_id,
        "config": _plain(task.config),
        "inputs": {handle: [_source(each) for each in outputs] for handle, outputs in task.inputs.items()},
        "upstream": sorted(task.upstream_task_ids),
        "served_upstream": sorted(served.upstream_task_ids),
        "columns": task.columns,
        "materialize": task.materialize,
        "engine": task.engine,
        "retries": task.retries,
        "retry_delay": _seconds(served.retry_delay),
        "backoff": served.retry_exponential_backoff,
        "max_retry_delay": _seconds(served.max_retry_delay),
        "timeout": _seconds(task.execution_timeout),
    }


def _seconds(delta: timedelta | None) -> float | None:
    return delta.total_seconds() if delta is not None else None


def _plain(config: Any) -> Any:
    return getattr(config, "value", config)  # what `literal` wraps


def _source(output: Any) -> str:
    assert isinstance(output, PlainXComArg)
    return output.operator.task_id


if __name__ == "__main__":
    with os.fdopen(int(sys.argv[1]), "w") as answers:
        for line in sys.stdin:
            try:
                answer = read(Path(json.loads(line)))
            except Exception as error:  # noqa: BLE001 - told to the test, which fails with it
                answer = {"errors": [repr(error)]}
            answers.write(json.dumps(answer) + "\n")
            answers.flush()

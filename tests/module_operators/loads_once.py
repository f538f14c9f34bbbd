"""One load in a process of its own, to be killed: `python loads_once.py <job>`, a JSON of what to load and where."""

from __future__ import annotations

import json
import logging
import os
import signal
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Any


def start(folder: Path, loader: str, connection: dict[str, Any], config: dict[str, Any], **more: Any) -> Any:
    """A process that loads `rows` rows (id, v); with `die` it ends right after its commit as if it were killed."""
    job = {"folder": str(folder), "loader": loader, "config": config, "rows": 100_000, "die": False, **more}
    return subprocess.Popen(
        [sys.executable, __file__, json.dumps(job)],
        env=os.environ | {"JOB_CONNECTION": json.dumps(connection)},
        stdout=subprocess.PIPE,
        text=True,
    )


def finished(child: Any) -> int:
    """Rows that a process says it has loaded, at its end."""
    output, _ = child.communicate(timeout=200)
    return int(output.split()[-1])


def kill(child: Any) -> None:
    child.send_signal(signal.SIGKILL)
    child.wait()


def main() -> None:
    from airflow.sdk import Connection  # noqa: PLC0415

    from module_operators.engines.duckdb import DuckDBEngine, Limits  # noqa: PLC0415
    from module_operators.files import FileStore  # noqa: PLC0415
    from module_operators.relation import ROW_ID, Column, Plan, Query, Step  # noqa: PLC0415
    from module_operators.run import Run  # noqa: PLC0415
    from module_operators.staging import Staging  # noqa: PLC0415

    job = json.loads(sys.argv[1])
    root = Path(job["folder"])
    connection = Connection(conn_id="c", **json.loads(os.environ["JOB_CONNECTION"]))
    engine = DuckDBEngine(Limits("256MB", 2, str(root / "spill")), [root])
    staging, files = Staging(str(root), "dag", job.get("run_id", "run"), "task", 1), FileStore(str(root), root)
    run = Run(
        *("dag", job.get("run_id", "run"), "task", "n", "N", {}, staging, files, engine, logging.getLogger()),
        lambda _: connection,
    )
    columns = (Column("id", "bigint"), Column("v", job.get("type", "string")))
    value = "'v' || i" if job.get("type", "string") == "string" else "i"
    sql = f"SELECT i AS id, {value} AS v, i AS {ROW_ID} FROM range({job['rows']}) r(i)"
    plan = Plan((Step("s", "s", "S", Query(sql, columns, (Column(ROW_ID, "bigint"),), (), ROW_ID)),))
    module, name = job["loader"].rsplit(".", 1)
    loader: Any = getattr(import_module(module), name)
    config = loader.Config(connection_id="c", **job["config"])
    loader.check(config, plan.result, run)
    loaded = loader.load(config, plan, run)
    if job["die"]:
        os.kill(os.getpid(), signal.SIGKILL)
    print(loaded.rows)  # noqa: T201


if __name__ == "__main__":
    main()

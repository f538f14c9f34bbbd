"""One load in a process of its own, to be killed: forked from one that has imported what loads need."""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from multiprocessing.connection import Connection as Pipe
from pathlib import Path
from typing import Any

_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(
    [
        "airflow.sdk.definitions.connection",
        "module_operators.base",
        "module_operators.engines.duckdb",
        *("duckdb", "pgpq", "psycopg2", "pyarrow.parquet", "pymongo", "pymysql"),  # what loads import when they run
    ]
)


@dataclass(frozen=True)
class Child:
    """A process that loads."""

    process: Any
    answer: Pipe

    def wait(self, seconds: float = 200) -> int | None:
        """Its exit code, when it has ended by then."""
        self.process.join(seconds)
        return self.process.exitcode


def start(folder: Path, loader: str, connection: dict[str, Any], config: dict[str, Any], **more: Any) -> Child:
    """A process that loads `rows` rows (id, v); a loader of files has no `connection`.

    With `die` it ends right after its commit as if it were killed; with `die_in`, a method by its dotted name and the
    number of a call of it, right after that call.
    """
    job = {"folder": str(folder), "loader": loader, "config": config, "rows": 100_000, "die": False, **more}
    return begin(load, job, connection)


def begin(work: Callable[..., None], *arguments: Any) -> Child:
    """A process that does some other work, which gets these arguments and a pipe for its answer."""
    answer, told = _FORKS.Pipe(duplex=False)
    process = _FORKS.Process(target=work, args=(*arguments, told), daemon=True)
    process.start()
    told.close()
    return Child(process, answer)


def run_script(text: str, arguments: list[str], answer: Pipe) -> None:
    """Runs a script that may kill itself, and answers the rows of its `loaded`."""
    sys.argv[1:] = arguments
    names: dict[str, Any] = {}
    exec(text, names)
    answer.send(names["loaded"].rows)


def finished(child: Child) -> int:
    """Rows that a process says it has loaded, at its end."""
    assert child.answer.poll(200), "the load did not end"
    rows = child.answer.recv()
    assert child.wait() == 0
    return rows


def kill(child: Child) -> None:
    os.kill(child.process.pid, signal.SIGKILL)
    child.wait()


def _die_in(method: str, call: int) -> None:
    owner_path, name = method.rsplit(".", 1)
    module, owner_name = owner_path.rsplit(".", 1)
    owner: Any = getattr(import_module(module), owner_name)
    original, calls = getattr(owner, name), iter(range(1, sys.maxsize))

    def dying(*args: Any, **options: Any) -> Any:
        answer = original(*args, **options)
        if next(calls) == call:
            os.kill(os.getpid(), signal.SIGKILL)
        return answer

    setattr(owner, name, dying)


def load(job: dict[str, Any], told: dict[str, Any], answer: Pipe) -> None:
    from airflow.sdk import Connection  # noqa: PLC0415

    from module_operators.engines.duckdb import DuckDBEngine, Limits  # noqa: PLC0415
    from module_operators.files import FileStore  # noqa: PLC0415
    from module_operators.relation import ROW_ID, Column, Plan, Query, Step  # noqa: PLC0415
    from module_operators.run import Run  # noqa: PLC0415
    from module_operators.staging import Staging  # noqa: PLC0415

    root = Path(job["folder"])
    connection = Connection(conn_id="c", **told or {"conn_type": "fs"})
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
    config = loader.Config(**{"connection_id": "c"} if told else {}, **job["config"])
    if job.get("die_in"):
        _die_in(*job["die_in"])
    loader.check(config, plan.result, run)
    loaded = loader.load(config, plan, run)
    if job["die"]:
        os.kill(os.getpid(), signal.SIGKILL)
    answer.send(loaded.rows)

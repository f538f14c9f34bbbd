"""A load into S3 in a process of its own, which may end at a moment as if it were killed."""

from __future__ import annotations

import json
import logging
import os
import signal
from multiprocessing.connection import Connection as Pipe
from pathlib import Path
from typing import Any


def load_or_die(root: Path, moment: str, config: dict[str, Any], endpoint: str, secret: str, answer: Pipe) -> None:
    """A thousand rows of four regions; tells how many were loaded, if it comes to that."""
    from airflow.sdk import Connection  # noqa: PLC0415

    from module_operators.connections.s3 import Bucket  # noqa: PLC0415
    from module_operators.engines.duckdb import DuckDBEngine, Limits  # noqa: PLC0415
    from module_operators.files import FileStore  # noqa: PLC0415
    from module_operators.loaders.s3 import S3Loader  # noqa: PLC0415
    from module_operators.relation import Column, Plan, Query, Step  # noqa: PLC0415
    from module_operators.run import Run  # noqa: PLC0415
    from module_operators.staging import Staging  # noqa: PLC0415

    (root / "scratch").mkdir(exist_ok=True)
    engine = DuckDBEngine(Limits("256MB", 2, str(root / "spill")), [root])
    extra = json.dumps({"endpoint_url": endpoint})
    connection = Connection(conn_id="s3", conn_type="aws", login="tester", password=secret, extra=extra)
    staging = Staging(str(root / "staging"), "dag", "run", "task", 1)
    files = FileStore(str(root / "files"), root / "scratch")
    run = Run("dag", "run", "task", "n", "N", {}, staging, files, engine, logging.getLogger(), lambda _: connection)
    columns = (Column("id", "bigint"), Column("region", "string"))
    query = Query("SELECT i AS id, 'r' || (i % 4) AS region FROM range(1000) r(i)", columns)
    original, puts = Bucket.put, list[str]()

    def put(self: Bucket, key: str, *rest: Any) -> None:
        if moment == "before":
            _die()
        original(self, key, *rest)
        puts.append(key)
        if (moment == "during" and len(puts) == 2) or (
            moment == "commit" and (key.endswith(".json") or len(puts) == 99)
        ):
            _die()

    Bucket.put = put  # pyright: ignore[reportAttributeAccessIssue]
    loaded = S3Loader.load(S3Loader.Config(**config), Plan((Step("s", "s", "S", query),)), run)
    if moment == "after":
        _die()
    answer.send(loaded.rows)


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)

"""How long a log line takes from a running task to somebody who follows the run."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import datetime

import requests
from sqlalchemy import create_engine
from sqlalchemy.orm import sessionmaker
from websockets.sync.client import connect

from benchmarks.measure import Figure, alone, percentile
from benchmarks.runs import running_stack
from tests.integration.by_hand import PipelinesByHand

LINES, EVERY = 600, 0.05
TALKING = f"""
def talk(context):
    for number in range({LINES}):
        log.info("line %s", number)
        time.sleep({EVERY})

Step(task_id="talk", work=talk)
"""


def figures() -> Iterator[Figure]:
    with running_stack() as stack:
        password = stack.credentials.logidata_database_password
        engine = create_engine(stack.cluster.url("logidata", user="logidata", password=password))
        by_hand = PipelinesByHand(sessionmaker(engine, expire_on_commit=False), stack.settings.dags_folder)
        pipeline_id = by_hand.save(TALKING, nodes=["talk"])
        service, token = stack.settings.api_url, stack.credentials.service_token
        answer = requests.post(
            f"{service}/api/v1/pipelines/{pipeline_id}/execute",
            headers={"Authorization": f"Bearer {token}"},
            timeout=10,
        )
        waits = list(_waits(f"{service.replace('http', 'ws')}/api/v1/executions/{answer.json()['id']}/stream", token))
        engine.dispose()
    assert len(waits) == LINES
    yield alone("live: line written → received, p50", percentile(waits, 50), "s", None)
    yield alone("live: line written → received, p95", percentile(waits, 95), "s", 1.0)


def _waits(address: str, token: str) -> Iterator[float]:
    """Seconds from each line's own time to its arrival."""
    with connect(address, max_size=2**22) as connection:
        connection.send(json.dumps({"type": "start", "token": token}))
        for text in connection:
            now = time.time()
            for line in json.loads(text).get("lines", []):
                if line["message"].startswith("line "):
                    yield now - datetime.fromisoformat(line["timestamp"]).timestamp()

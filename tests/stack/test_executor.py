"""The executor survives what a worker may hand it; read by the real one in a process that has Airflow."""

import os
import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]

# An exception whose class wants more than its message: it can be sent, and not be built again.
SCRIPT = """
from multiprocessing import SimpleQueue
import httpx
from logidata_executor import LogiDataExecutor

executor = LogiDataExecutor(parallelism=1)
executor.result_queue = SimpleQueue()
request = httpx.Request("GET", "http://airflow.test")
executor.result_queue.put((None, None, httpx.HTTPStatusError("404", request=request, response=httpx.Response(404))))
executor._read_results()
assert executor.result_queue.empty()
print("survived")
"""


def test_a_result_that_cannot_be_read_does_not_end_the_scheduler(tmp_path: Path) -> None:
    environment = {
        **os.environ,
        "AIRFLOW_HOME": str(tmp_path),
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{tmp_path}/airflow.db",
        "PYTHONPATH": str(REPOSITORY / "airflow_plugins"),
    }
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], env=environment, capture_output=True, text=True, check=False, timeout=120
    )

    assert done.stdout.strip().endswith("survived"), done.stderr[-2000:]

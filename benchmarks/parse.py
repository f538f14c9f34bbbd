"""Parse time of a file just saved, measured where Airflow parses: in a process forked from one that has Airflow.

Airflow's DAG processor imports the Airflow modules that a file names before it forks; the measuring process does the
same. Ours also preloads the operators, as our bundle makes the DAG processor do, and finds the bytecode that publishing
wrote. The hand-written file is measured beside it in that same process, and in one as Airflow alone would have it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

from benchmarks.chains import DAG_FACTORY, HAND_WRITTEN, chain, dag_factory_yaml
from benchmarks.measure import Figure, beside
from dag_factory.catalog import load_catalog
from dag_factory.compile import compile_dag
from dag_factory.graph import PipelineGraph
from dag_factory.publish import Publisher

ROUNDS = 30
REPOSITORY = Path(__file__).resolve().parents[1]

MEASURE = """
import gc, json, os, sys, time
import airflow.sdk
from airflow.dag_processing.dagbag import DagBag
from airflow.dag_processing.processor import _pre_import_airflow_modules
import structlog, logging
import airflow.dag_processing.manager
if sys.argv[2] == "ours":
    import module_operators.preload
structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))

def once(path):
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        begun = time.perf_counter()
        bag = DagBag(path)
        seconds = time.perf_counter() - begun
        os.write(write, json.dumps([seconds, len(bag.dags), len(bag.import_errors)]).encode())
        os._exit(0)
    os.close(write)
    answer = json.loads(os.read(read, 10000))
    os.close(read)
    os.waitpid(child, 0)
    assert answer[1:] == [1, 0], (path, answer)
    return answer[0]

paths = sys.argv[3:]
for path in paths:
    _pre_import_airflow_modules(path, None)
gc.collect()
gc.freeze()  # as Airflow's processor does
values = {path: [] for path in paths}
for round in range(int(sys.argv[1]) + 1):
    for path in paths:
        seconds = once(path)
        if round:
            values[path].append(seconds)
print(json.dumps([values[path] for path in paths]))
"""


def figures() -> Iterator[Figure]:
    with tempfile.TemporaryDirectory(prefix="logidata-bench-") as name:
        folder = Path(name)
        graph = PipelineGraph.model_validate(chain("chain", "rows.csv"))
        publisher = Publisher(folder / "pipelines")
        source = compile_dag(graph, load_catalog(), pipeline_id=UUID(int=1), version=1, builder_url=None)
        publisher.publish("ours", source)
        yaml, hand_written, dag_factory = folder / "chain.yaml", folder / "hand_written.py", folder / "dag_factory.py"
        yaml.write_text(dag_factory_yaml())
        hand_written.write_text(HAND_WRITTEN)
        dag_factory.write_text(DAG_FACTORY.format(yaml=yaml))
        ours, hand, factory = _measure(folder, "ours", publisher.live / "ours.py", hand_written, dag_factory)
        alone, _ = _measure(folder, "airflow's", hand_written, dag_factory)
    yield beside(
        f"parse of 10 nodes beside hand-written, in Airflow's processor as it is ({ROUNDS})", ours, alone, "ms", 1
    )
    yield beside(f"parse of 10 nodes beside hand-written, in our processor ({ROUNDS} runs)", ours, hand, "ms", 1.0)
    yield beside(f"parse of 10 nodes beside dag-factory ({ROUNDS} runs)", ours, factory, "ms", 1.0)


def _measure(folder: Path, processor: str, *files: Path) -> list[list[float]]:
    """Milliseconds of each parse of each file, the files in turn."""
    environment = {
        **os.environ,
        "AIRFLOW_HOME": str(folder / "airflow"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "PYTHONDONTWRITEBYTECODE": "1",  # or every round after the first would measure a file that was parsed before
        # `make bench` puts dag-factory beside the environment: it is an Airflow plugin that reports home.
        "PYTHONPATH": f"{REPOSITORY / 'airflow_plugins'}:{REPOSITORY}:{REPOSITORY / '.venv/rivals'}",
    }
    command = [sys.executable, "-c", MEASURE, str(ROUNDS), processor, *map(str, files)]
    output = subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout
    return [[1000 * seconds for seconds in values] for values in json.loads(output.splitlines()[-1])]

"""Parse time of a compiled file, measured where Airflow parses: in a process forked from one that has Airflow loaded.

Airflow's DAG processor imports the Airflow modules that a file names before it forks; the measuring process does the
same, and preloads our operators as our bundle makes the DAG processor do.
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

ROUNDS = 30
REPOSITORY = Path(__file__).resolve().parents[1]

MEASURE = """
import json, os, sys, time
import airflow.sdk, module_operators.preload
from airflow.dag_processing.dagbag import DagBag
from airflow.dag_processing.processor import _pre_import_airflow_modules
import structlog, logging
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

paths = sys.argv[2:]
for path in paths:
    _pre_import_airflow_modules(path, None)
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
        yaml = folder / "chain.yaml"
        yaml.write_text(dag_factory_yaml())
        sources = {
            "ours": compile_dag(graph, load_catalog(), pipeline_id=UUID(int=1), version=1, builder_url=None),
            "hand_written": HAND_WRITTEN,
            "dag_factory": DAG_FACTORY.format(yaml=yaml),
        }
        for stem, source in sources.items():
            (folder / f"{stem}.py").write_text(source)
        environment = {
            **os.environ,
            "AIRFLOW_HOME": str(folder / "airflow"),
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
            # `make bench` puts dag-factory beside the environment: it is an Airflow plugin that reports home.
            "PYTHONPATH": f"{REPOSITORY / 'airflow_plugins'}:{REPOSITORY}:{REPOSITORY / '.venv/rivals'}",
        }
        command = [sys.executable, "-c", MEASURE, str(ROUNDS), *(str(folder / f"{stem}.py") for stem in sources)]
        output = subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout
    ours, hand, factory = ([1000 * seconds for seconds in values] for values in json.loads(output.splitlines()[-1]))
    yield beside(f"parse of 10 nodes beside hand-written ({ROUNDS} runs)", ours, hand, "ms", 1.0)
    yield beside(f"parse of 10 nodes beside dag-factory ({ROUNDS} runs)", ours, factory, "ms", 1.0)

"""A catalogue of sample modules, pipelines built of them, and a real Airflow process that reads compiled files."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from dag_factory.catalog import Catalog, load_catalog
from tests.dag_factory.pipelines import SAMPLE_CATALOG

if TYPE_CHECKING:
    from tests.dag_factory.rewriting import Bench

ReadDag = Callable[[str], dict[str, Any]]
REPOSITORY = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def catalog() -> Catalog:
    return load_catalog(SAMPLE_CATALOG)


@pytest.fixture(scope="session")
def read_dag(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ReadDag]:
    """`read_dag(source)` answers what a real Airflow, in a process and a home of its own, finds in a DAG file."""
    home = tmp_path_factory.mktemp("airflow_home")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AIRFLOW")}
    environment |= {
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__UNIT_TEST_MODE": "False",
        "AIRFLOW__LOGGING__LOGGING_LEVEL": "ERROR",
        "PYTHONPATH": str(REPOSITORY),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    answering, answered = os.pipe()
    command = [sys.executable, "-m", "tests.dag_factory.airflow_reader", str(answered)]
    with (home / "reader.log").open("w") as log, os.fdopen(answering) as answers:
        reader = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
            text=True,
            env=environment,
            cwd=home,
            pass_fds=[answered],
        )
        os.close(answered)
        requests = reader.stdin
        assert requests
        path = home / "compiled.py"

        def read(source: str) -> dict[str, Any]:
            path.write_text(source, encoding="utf-8")
            requests.write(json.dumps(str(path)) + "\n")
            requests.flush()
            answer = answers.readline()
            assert answer, (home / "reader.log").read_text()[-4000:]
            return json.loads(answer)

        yield read
        requests.close()
        reader.wait(30)


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> "Bench":
    """Two files of rows with doubles, nulls and zeros of both signs, and what looks at graphs over them."""
    from tests.dag_factory.rewriting import OTHERS, ROWS, Bench  # noqa: PLC0415 - with all modules, for few tests

    bench = Bench(tmp_path_factory.mktemp("bench"))
    bench.write("orders", ROWS)
    bench.write("others", OTHERS)
    return bench

"""The bundle: a version is built once, whoever builds it, and stays what it was."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from dag_factory.publish import Publisher
from stack.settings import REPOSITORY

BUILD = """
import sys
from logidata_bundle import LogiDataBundle
sys.stdin.readline()  # all builders begin at once
for version in sys.argv[2:]:
    bundle = LogiDataBundle(name="logidata", root=sys.argv[1], version=version or None)
    bundle.initialize()
    print(bundle.get_current_version().version)
    for file in sorted(bundle.path.glob("*.py")):
        print(file.name, file.read_text(), file.stat().st_nlink)
"""


def _begin(publisher: Publisher, storage: Path, *versions: str) -> subprocess.Popen[str]:
    environment = {
        **os.environ,
        "PYTHONPATH": f"{REPOSITORY / 'airflow_plugins'}:{REPOSITORY}",
        "AIRFLOW_HOME": str(storage / "airflow"),
        "AIRFLOW__DAG_PROCESSOR__DAG_BUNDLE_STORAGE_PATH": str(storage),
    }
    command = [sys.executable, "-c", BUILD, str(publisher.root), *versions]
    return subprocess.Popen(
        command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def _finish(builder: subprocess.Popen[str]) -> list[str]:
    output, errors = builder.communicate("go\n", timeout=60)
    assert builder.returncode == 0, errors
    return output.splitlines()


@pytest.fixture
def publisher(tmp_path: Path) -> Publisher:
    """Revision 1 has a, 2 has a and b, 3 has another a, 4 has no b any more."""
    publisher = Publisher(tmp_path / "dags")
    publisher.publish("a", "first")
    publisher.publish("b", "second")
    publisher.publish("a", "third")
    publisher.withdraw("b")
    return publisher


def test_a_version_holds_the_files_of_its_revision_and_none_what_is_live(publisher: Publisher, tmp_path: Path) -> None:
    """Each file is one on the disk, however many versions hold it."""
    told = _finish(_begin(publisher, tmp_path / "storage", "1", "2", "3", "4", ""))

    assert told == [
        *("1", "a.py first 2"),
        *("2", "a.py first 3", "b.py second 2"),
        *("3", "a.py third 3", "b.py second 3"),
        *("4", "a.py third 4"),
        *("4", "a.py third 4"),
    ]


def test_processes_that_meet_build_one_folder_and_leave_no_rubbish(publisher: Publisher, tmp_path: Path) -> None:
    storage = tmp_path / "storage"

    answers = [_finish(builder) for builder in [_begin(publisher, storage, "2") for _ in range(4)]]

    assert answers == [["2", "a.py first 2", "b.py second 2"]] * 4
    assert [folder.name for folder in (storage / "logidata" / "versions").iterdir()] == ["2"]


def test_a_revision_that_was_never_published_is_an_error(publisher: Publisher, tmp_path: Path) -> None:
    builder = _begin(publisher, tmp_path / "storage", "9")

    _, errors = builder.communicate("go\n", timeout=60)

    assert "Revision 9 is unknown" in errors
    assert not list((tmp_path / "storage").glob("logidata/versions/*"))

"""Publishing under fire: several processes at once, killed at any moment, and with many pipelines."""

import importlib.machinery
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from unittest import mock

import pytest

from dag_factory.publish import Publisher, RevisionUnknownError
from tests.dag_factory.conftest import REPOSITORY

PUBLISH_FOREVER = """
import sys, itertools
from pathlib import Path
from dag_factory.publish import Publisher
publisher, name = Publisher(Path(sys.argv[1])), sys.argv[2]
for number in itertools.count() if len(sys.argv) == 3 else range(int(sys.argv[3])):
    stem = f"pipeline_{number % 3}"
    if number % 7 == 6:
        print("gone", stem, publisher.withdraw(stem), flush=True)
    else:
        print("live", stem, publisher.publish(stem, f"# airflow dag {name} {number}\\n"), flush=True)
"""


def start(root: Path, name: str, *count: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", PUBLISH_FOREVER, str(root), name, *count],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
    )


def assert_whole(root: Path) -> None:
    """The live files are exactly those of the last revision, and no number was given twice."""
    publisher = Publisher(root)
    served = publisher.versions_at(publisher.revision())
    assert {path.stem: path.read_bytes() for path in (root / "live").glob("*.py")} == {
        stem: path.read_bytes() for stem, path in served.items()
    }
    numbers = [int(path.stem) for path in (root / "history").glob("*/*")]
    assert sorted(numbers) == list(range(1, publisher.revision() + 1))
    assert list((root / "pending").iterdir()) == []


def test_revisions_count_changes_and_nothing_else(tmp_path: Path) -> None:
    publisher = Publisher(tmp_path / "pipelines")
    assert (publisher.revision(), publisher.published(), publisher.versions_at(0)) == (0, {}, {})
    assert publisher.withdraw("a") == 0
    assert publisher.publish("a", "one") == 1
    assert publisher.publish("b", "two") == 2
    before = (publisher.live / "a.py").stat().st_ctime_ns
    assert publisher.publish("a", "one") == 1
    assert (publisher.live / "a.py").stat().st_ctime_ns == before
    assert publisher.publish("a", "three") == 3
    assert publisher.withdraw("b") == 4
    assert publisher.withdraw("b") == 4
    assert publisher.publish("b", "two") == 5
    assert publisher.published() == {"a": 3, "b": 5}
    texts = [{s: p.read_text() for s, p in publisher.versions_at(revision).items()} for revision in range(6)]
    assert texts == [
        {},
        {"a": "one"},
        {"a": "one", "b": "two"},
        {"a": "three", "b": "two"},
        {"a": "three"},
        {"a": "three", "b": "two"},
    ]
    assert_whole(publisher.root)


def test_an_unknown_revision_and_a_bad_stem_are_refused(tmp_path: Path) -> None:
    publisher = Publisher(tmp_path)
    with pytest.raises(RevisionUnknownError):
        publisher.versions_at(1)
    for stem in ["", "..", "a/b", "a.b", "a\n", "é", "x" * 201]:
        with pytest.raises(ValueError, match="stem"):
            publisher.publish(stem, "")


def test_each_change_is_dated_so_that_airflow_and_python_see_it(tmp_path: Path) -> None:
    publisher = Publisher(tmp_path)
    seconds: list[int] = []
    for number in range(4):
        publisher.publish("a", f"# {number}")  # sources of one length: bytecode caches tell them apart by the second
        dated = (publisher.live / "a.py").stat().st_mtime
        assert dated > time.time()
        seconds.append(int(dated))
    assert seconds == sorted(set(seconds))


def test_two_processes_publish_at_once(tmp_path: Path) -> None:
    processes = [start(tmp_path, name, "70") for name in ("one", "two")]
    answers = [process.communicate(timeout=60)[0].split() for process in processes]
    assert all(process.returncode == 0 for process in processes)
    assert_whole(tmp_path)
    published = [
        int(number)
        for answer in answers
        for kind, number in zip(answer[::3], answer[2::3], strict=True)
        if kind == "live"
    ]
    assert len(set(published)) == len(published)


def test_killed_at_any_moment_nothing_is_torn_and_nothing_promised_is_lost(tmp_path: Path) -> None:
    promised = 0
    for _ in range(20):
        process = start(tmp_path, str(random.random()))  # another source each time
        assert process.stdout
        first = process.stdout.readline()
        time.sleep(random.uniform(0, 0.03))
        process.send_signal(signal.SIGKILL)
        answers = (first + process.stdout.read()).splitlines()
        process.wait(10)
        promised = max([promised, *(int(line.split()[2]) for line in answers if len(line.split()) == 3)])
        publisher = Publisher(tmp_path)
        assert promised <= publisher.revision() <= promised + 1
        assert all(path.read_text().startswith("# airflow dag") for path in publisher.versions_at(promised).values())
        publisher.advance(0)
        assert_whole(tmp_path)
    assert promised > 20


@pytest.mark.parametrize("step", range(1, 12))
def test_stopped_after_each_step_of_a_publish(step: int, tmp_path: Path) -> None:
    """A power cut after the n-th change of the file system: the old revision or the new one, never between."""
    publisher = Publisher(tmp_path)
    publisher.publish("a", "# old")
    publisher.publish("b", "# other")
    script = f"""
import os, sys
from pathlib import Path
from dag_factory.publish import Publisher
left = {step}
def count(event, arguments):
    global left
    written = event == "open" and "x" in str(arguments[1])
    if written or event in ("os.link", "os.rename", "os.remove", "os.utime", "os.mkdir"):
        left -= 1
        if left == 0:
            os.kill(os.getpid(), 9)
sys.addaudithook(count)
Publisher(Path(sys.argv[1])).publish("a", "# new")
"""
    subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)], check=False, env={**os.environ, "PYTHONPATH": str(REPOSITORY)}
    )
    revision = Publisher(tmp_path).revision()
    assert revision in {2, 3}
    Publisher(tmp_path).advance(0)
    assert_whole(tmp_path)
    assert (tmp_path / "live" / "a.py").read_text() == ("# new" if revision == 3 else "# old")
    assert Publisher(tmp_path).publish("c", "# next") == revision + 1
    assert_whole(tmp_path)


def test_a_thousand_pipelines(tmp_path: Path, record_property: Callable[[str, object], None]) -> None:
    publisher = Publisher(tmp_path)
    for number in range(1000):
        publisher.publish(f"pipeline_{number}", f"# airflow dag {number}\n" * 100)
    started = time.perf_counter()
    for number in range(10):
        publisher.publish(f"pipeline_{number}", "# airflow dag, changed")
    one_publish = (time.perf_counter() - started) / 10
    started = time.perf_counter()
    assert len(publisher.versions_at(1000)) == 1000
    one_version = time.perf_counter() - started
    record_property("publish_seconds", one_publish)
    record_property("versions_at_seconds", one_version)
    assert one_publish < 0.5  # measured 0.004 s; a slow disk is no failure
    assert one_version < 1.0  # measured 0.02 s


def test_the_bytecode_that_python_finds_is_that_of_the_live_file(tmp_path: Path) -> None:
    publisher = Publisher(tmp_path)
    for number, text in enumerate(("value = 1", "value = 2", "value = 3"), 1):  # the same size within one second
        publisher.publish("a", text)
        live = publisher.live / "a.py"
        loader = importlib.machinery.SourceFileLoader("a", str(live))
        with mock.patch.object(loader, "source_to_code", side_effect=AssertionError("compiled again")):
            code = loader.get_code("a")
        assert code is not None
        assert (number in code.co_consts, code.co_filename) == (True, str(live))
    publisher.publish("broken", "def")
    publisher.withdraw("a")
    assert list((publisher.live / "__pycache__").iterdir()) == []

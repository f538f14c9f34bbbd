import os
import subprocess
import sys
import threading
from contextlib import ExitStack
from pathlib import Path

import fsspec
import pytest

from module_operators.problems import SourceError
from module_operators.relation import ROW_ID, Column, Plan, Query, SortKey, SourceFile, Step
from module_operators.staging import Staging

PLAN = Plan(
    (
        Step(
            "n1",
            "n1",
            "Orders 🎈",
            Query(
                "SELECT 1",
                (Column("a", "bigint"),),
                (Column(ROW_ID, "bigint"),),
                (SortKey("a"),),
                ROW_ID,
                "scan",
                "SELECT 'x'",
            ),
        ),
    ),
    (SourceFile("/x", 1, 2),),
)


@pytest.fixture(params=["folder", "file://", "memory://"])
def root(request, tmp_path):
    return {
        "folder": str(tmp_path / "staging"),
        "file://": f"file://{tmp_path}/staging/",
        "memory://": f"memory://{tmp_path.name}",
    }[request.param]


def staging(root, task="t1", *, dag="d", run="manual__2024-01-01T00:00:00+00:00", try_number=1):
    return Staging(root, dag, run, task, try_number)


def output(place: Staging, content: str) -> Plan:
    with place.writing() as folder:
        (folder / "part-0.parquet").write_text(content)
    return Plan(PLAN.steps, PLAN.files, (place.uri,))


def fail_after(path: Path, text: str) -> None:
    path.write_text(text)
    raise ZeroDivisionError


@pytest.fixture(autouse=True)
def own_temporary_folder(tmp_path, monkeypatch):
    """Another machine is another temporary folder."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))


def test_a_plan_comes_back_as_it_was(root):
    uri = staging(root).save_plan(PLAN)

    assert staging(root, "t2").load_plan(uri) == PLAN


def test_another_machine_gets_the_plan_and_the_data_beside_it(root, tmp_path, monkeypatch):
    first = staging(root)
    uri = first.save_plan(output(first, "rows"))
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "elsewhere"))

    second = staging(root, "t2")
    plan = second.load_plan(uri)

    assert plan.staged == (first.uri,)
    assert first.final_path("part-0.parquet").read_text() == "rows"
    assert second.load_plan(uri) == plan


def test_several_at_once_on_another_machine(tmp_path, monkeypatch):
    first = staging(f"local://{tmp_path}/staging")  # counts as remote; memory:// is not made for threads
    uri = first.save_plan(output(first, "rows" * 100_000))
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "elsewhere"))
    failures = []

    def load(number):
        try:
            assert staging(first.root, f"t{number}").load_plan(uri).staged
            assert len(first.final_path("part-0.parquet").read_text()) == 400_000
        except BaseException as error:  # noqa: BLE001 - reported below
            failures.append(error)

    threads = [threading.Thread(target=load, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []


def test_an_output_is_complete_or_absent(root):
    place = staging(root)

    with pytest.raises(ZeroDivisionError), place.writing() as folder:
        fail_after(folder / "part-0.parquet", "half")

    assert not place.final_path("part-0.parquet").exists()
    assert list(place.final_path("x").parent.parent.iterdir()) == []


def test_the_same_try_once_more_replaces_its_output(root):
    place = staging(root)
    output(place, "one")
    output(place, "two")

    assert place.final_path("part-0.parquet").read_text() == "two"
    if root.startswith("memory"):
        filesystem, path = fsspec.core.url_to_fs(place.uri)
        assert [filesystem.cat_file(file) for file in filesystem.find(path)] == [b"two"]


def test_what_housekeeping_removed_is_told(root):
    place = staging(root)

    with pytest.raises(SourceError, match="no longer in staging"):
        place.load_plan(f"{place.uri}/plan.json")


@pytest.mark.parametrize(
    "uri", ["/etc/plan.json", "{root}/../../etc/plan.json", "s3://other/plan.json", "{root}x/plan.json"]
)
def test_a_plan_of_another_place_is_refused(tmp_path, uri):
    place = staging(str(tmp_path / "staging"))

    with pytest.raises(SourceError, match="another staging folder"):
        place.load_plan(uri.format(root=place.root))


@pytest.mark.parametrize("odd", ["..", ".", "a/b", "../x", "ü" * 250, "a" * 250, "%2E%2E", "a b\n"])
def test_odd_ids_stay_in_their_folder(root, odd):
    place = staging(root, odd, dag=odd, run=odd)
    inside = place.local_root.resolve()

    uri = place.save_plan(output(place, "rows"))

    path = place.final_path("part-0.parquet").resolve()
    assert path.relative_to(inside).parts[-2:] == ("try=1", "part-0.parquet")
    assert len(path.relative_to(inside).parts) == 5
    assert staging(root).load_plan(uri).staged == (place.uri,)


def test_different_ids_have_different_folders(root):
    odd = ["..", "%2E%2E", ".", "%2E", "a/b", "a%2Fb", "ü" * 250, "ü" * 249 + "u"]

    assert len({staging(root, task).uri for task in odd}) == len(odd)


def test_others_may_read_what_a_task_wrote(tmp_path):
    place = staging(str(tmp_path / "staging"))
    output(place, "rows")
    mask = os.umask(0)
    os.umask(mask)

    assert place.final_path("x").parent.stat().st_mode & 0o777 == 0o777 & ~mask


def test_scratch_goes_with_the_task(root):
    with ExitStack() as cleanup:
        scratch = staging(root).scratch(cleanup)
        (scratch / "spill").write_text("x")
        assert scratch.is_relative_to(staging(root).local_root)

    assert not scratch.exists()


def test_a_folder_that_somebody_else_prepared_is_refused(tmp_path):
    (tmp_path / "theirs").mkdir()
    (tmp_path / f"logidata-staging-{os.getuid()}").symlink_to(tmp_path / "theirs")

    with pytest.raises(SourceError, match="belongs to somebody else"):
        output(staging("memory://x"), "rows")


KILLED = """
import sys, time
from module_operators.staging import Staging
with Staging(sys.argv[1], "d", "r", "t", 1).writing() as folder:
    (folder / "part-0.parquet").write_text("half")
    print("writing", flush=True)
    time.sleep(60)
"""


def test_a_killed_write_leaves_no_output(tmp_path):
    root = str(tmp_path / "staging")
    with subprocess.Popen([sys.executable, "-c", KILLED, root], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.kill()

    place = Staging(root, "d", "r", "t", 1)
    assert not place.final_path("part-0.parquet").exists()
    output(place, "whole")
    assert Path(place.final_path("part-0.parquet")).read_text() == "whole"

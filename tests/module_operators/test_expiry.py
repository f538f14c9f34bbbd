"""Staging: what is old goes, what a run still writes stays."""

import os
import time
from pathlib import Path

from module_operators.expiry import delete_expired, delete_old_logs


def _write(path: Path, *, hours_ago: float) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("rows")
    then = time.time() - hours_ago * 3600
    for changed in (path, *list(path.parents)[:3]):
        os.utime(changed, (then, then))


def test_runs_go_when_nothing_was_written_for_the_hours_given(tmp_path: Path) -> None:
    _write(tmp_path / "pipeline_a/manual__1/n1/try=1/part.parquet", hours_ago=80)
    _write(tmp_path / "pipeline_a/manual__2/n1/try=1/part.parquet", hours_ago=70)
    _write(tmp_path / "pipeline_b/manual__3/n1/try=1/part.parquet", hours_ago=80)

    deleted = delete_expired(str(tmp_path), hours=72)

    assert [Path(path).name for path in deleted] == ["manual__1", "manual__3"]
    assert [path.name for path in (tmp_path / "pipeline_a").iterdir()] == ["manual__2"]
    assert not (tmp_path / "pipeline_b").exists()


def test_a_run_that_writes_again_is_not_old(tmp_path: Path) -> None:
    _write(tmp_path / "pipeline_a/manual__1/n1/try=1/part.parquet", hours_ago=80)
    _write(tmp_path / "pipeline_a/manual__1/n2/try=1/part.parquet", hours_ago=1)

    assert delete_expired(str(tmp_path), hours=72) == []


def test_what_a_killed_task_left_goes_too(tmp_path: Path) -> None:
    _write(tmp_path / ".scratch-ab12/spill.tmp", hours_ago=80)
    os.utime(tmp_path / ".scratch-ab12", (time.time() - 80 * 3600,) * 2)

    delete_expired(f"file://{tmp_path}", hours=72)

    assert list(tmp_path.iterdir()) == []


def test_links_are_removed_and_not_followed(tmp_path: Path) -> None:
    precious = tmp_path / "files/precious.csv"
    _write(precious, hours_ago=1)
    _write(tmp_path / "staging/pipeline_a/manual__1/n1/try=1/plan.json", hours_ago=80)
    run = tmp_path / "staging/pipeline_a/manual__1"
    (run / "link").symlink_to(precious.parent)
    os.utime(run, (time.time() - 80 * 3600,) * 2)

    delete_expired(str(tmp_path / "staging"), hours=72)

    assert precious.exists()


def test_staging_that_does_not_exist_yet_is_fine(tmp_path: Path) -> None:
    assert delete_expired(str(tmp_path / "nothing"), hours=72) == []


def test_what_staging_did_not_write_stays(tmp_path: Path) -> None:
    _write(tmp_path / "reports/2024/final.xlsx", hours_ago=80)
    _write(tmp_path / ".ssh/keys/id", hours_ago=80)

    assert delete_expired(str(tmp_path), hours=72) == []


def test_old_logs_go_with_the_folders_that_held_them_and_others_stay(tmp_path: Path) -> None:
    _write(tmp_path / "logs/dag_id=a/run_id=1/task_id=t/attempt=1.log", hours_ago=24 * 91)
    _write(tmp_path / "logs/dag_id=b/run_id=2/task_id=t/attempt=1.log", hours_ago=24 * 89)
    outside = tmp_path / "outside.log"
    _write(outside, hours_ago=24 * 91)
    (tmp_path / "logs/link").symlink_to(tmp_path)

    deleted = delete_old_logs(tmp_path / "logs", days=90)

    assert deleted == 1
    kept = [path.relative_to(tmp_path / "logs") for path in (tmp_path / "logs").rglob("*.log")]
    assert kept == [Path("dag_id=b/run_id=2/task_id=t/attempt=1.log")]
    assert outside.exists()
    assert delete_old_logs(tmp_path / "logs", days=90) == 0
    assert delete_old_logs(tmp_path / "nothing", days=90) == 0

"""Old revisions go; whatever a live file or a recent run may need stays."""

import os
import time
from pathlib import Path

import pytest

from dag_factory.history import trim
from dag_factory.publish import Publisher

DAY = 24 * 3600


def _age(root: Path, stem: str, revision: int, days: float) -> None:
    for path in (root / "history" / stem).glob(f"{revision}.*"):
        path.chmod(0o644)
        os.utime(path, (time.time() - days * DAY,) * 2)


@pytest.fixture
def publisher(tmp_path: Path) -> Publisher:
    return Publisher(tmp_path)


def test_a_revision_goes_when_it_was_superseded_long_enough_ago(publisher: Publisher) -> None:
    first, second, third = (publisher.publish("orders", f"# {number}") for number in range(3))
    for revision, days in ((first, 300), (second, 100), (third, 10)):
        _age(publisher.root, "orders", revision, days)

    # The second was live until ten days ago, however old it is itself.
    assert trim(publisher.root, days=90) == 1
    assert {path.name for path in (publisher.root / "history/orders").iterdir()} == {f"{second}.py", f"{third}.py"}
    assert publisher.versions_at(second)["orders"].read_text() == "# 1"


def test_the_live_file_stays_however_old_it_is(publisher: Publisher) -> None:
    _age(publisher.root, "orders", publisher.publish("orders", "# only"), 1000)

    assert trim(publisher.root, days=90) == 0
    assert publisher.published() == {"orders": 1}


def test_a_withdrawn_pipeline_is_forgotten_whole(publisher: Publisher) -> None:
    _age(publisher.root, "orders", publisher.publish("orders", "# only"), 200)
    _age(publisher.root, "orders", publisher.withdraw("orders"), 100)

    assert trim(publisher.root, days=90) == 2
    assert not (publisher.root / "history/orders").exists()
    assert publisher.publish("orders", "# again") == 3


def test_a_root_without_history_is_fine(tmp_path: Path) -> None:
    assert trim(tmp_path, days=90) == 0

"""A log on disk: appended to in parts, each line once, also when whoever fetched it died."""

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from api.services.logs.line import restored
from api.services.logs.spool import BLOCK, Spool


def line(number: int, **more: Any) -> dict[str, Any]:
    said = {"event": f"line {number}\n" + "é" * (number % 97), "level": "info", "timestamp": "2026-01-01T00:00:00Z"}
    return said | more


def numbers(spool: Spool, offset: int = 0) -> list[int]:
    return [int(restored(raw, "n", 1).message.split()[1]) for raw, _ in spool.forwards(offset)]


@pytest.fixture
def spool(tmp_path: Path) -> Spool:
    return Spool(tmp_path, "one")


def test_each_fetch_adds_what_is_new(spool: Spool) -> None:
    spool.append([line(0), line(1)], settled=False)
    assert not spool.state.complete
    spool.append([line(number) for number in range(5)], settled=True)

    assert numbers(spool) == [0, 1, 2, 3, 4]
    assert spool.state.complete


def test_a_fetch_that_breaks_off_is_continued(spool: Spool) -> None:
    def breaking() -> Iterator[dict[str, Any]]:
        yield from (line(number, event=f"line {number} {'x' * 1000}") for number in range(900))
        raise ConnectionError

    with pytest.raises(ConnectionError):
        spool.append(breaking(), settled=True)
    kept = numbers(spool)
    with spool.path.open("ab") as file:
        file.write(b'["half a li')
    spool.append((line(number) for number in range(1000)), settled=True)

    assert 0 < len(kept) < 900
    assert numbers(spool) == list(range(1000))


def test_half_of_the_last_line_is_left_for_the_next_fetch(spool: Spool) -> None:
    half = {"event": '{"event": "line 1', "timestamp": None}
    spool.append([line(0), half], settled=False)
    spool.append([line(0), line(1), line(2)], settled=False)

    assert numbers(spool) == [0, 1, 2]


def test_backwards_is_forwards_reversed_from_any_place(spool: Spool) -> None:
    spool.append((line(number, more="y" * (BLOCK // 150)) for number in range(400)), settled=True)
    forwards = list(spool.forwards(0))
    ends = [end for _, end in forwards]
    starts = [0, *ends[:-1]]

    assert spool.state.bytes > 2 * BLOCK
    assert [place for _, place in spool.backwards(None)] == starts[::-1]
    for _ in range(20):
        at = random.randrange(len(forwards))
        assert [raw for raw, _ in spool.backwards(ends[at])] == [raw for raw, _ in forwards[: at + 1]][::-1]


def test_folding_marks_are_not_kept_but_counted(spool: Spool) -> None:
    spool.append([line(0, event="::group::Pre"), line(0), line(1, event="::endgroup::")], settled=False)
    spool.append([line(0, event="::group::Pre"), line(0), line(1, event="::endgroup::"), line(3)], settled=False)

    assert numbers(spool) == [0, 3]
    assert spool.state.lines == 4


def test_two_processes_do_not_fetch_at_once(tmp_path: Path) -> None:
    one, other = Spool(tmp_path, "one"), Spool(tmp_path, "one")
    with one.fetching() as first, other.fetching() as second:
        assert (first, second) == (True, False)
    with other.fetching() as again:
        assert again

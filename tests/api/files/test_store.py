"""Both kinds of store do the same; their path rules are the operators'."""

import re
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.clients.files import LocalStore, RemoteStore, Store, open_store
from api.clients.files.entries import checked_path
from api.errors import FileExists, FileNotFound, FilePathUnsafe, FolderNotEmpty
from dag_factory.uses import names_file
from module_operators import files as operators


@pytest.fixture(params=["local", "remote"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    """An empty store."""
    return open_store(str(tmp_path / "store") if request.param == "local" else f"memory://{uuid4().hex}")


def upload(store: Store, path: str, content: bytes, *, expected: str | None = None, overwrite: bool = False) -> str:
    with store.receiving(path) as incoming:
        incoming.write(content[:2])
        incoming.write(content[2:])
        etag = incoming.place(expected=expected, overwrite=overwrite).etag
    assert etag
    return etag


def content_of(store: Store, path: str) -> bytes:
    with store.reading(path) as file:
        file.seek(1)
        return file.read()


def test_addresses_name_the_kind_of_store(tmp_path: Path) -> None:
    assert isinstance(open_store(str(tmp_path)), LocalStore)
    assert isinstance(open_store(f"file://{tmp_path}"), LocalStore)
    assert isinstance(open_store("memory://x"), RemoteStore)


def test_a_file_appears_whole_under_its_name(store: Store) -> None:
    with store.receiving("a/b.csv") as incoming:
        incoming.write(b"12345")
        assert [entry.path for entry in store.walked("")] in ([], ["a"])
        incoming.place(expected=None, overwrite=False)

    assert content_of(store, "a/b.csv") == b"2345"
    assert [(entry.path, entry.kind, entry.size) for entry in store.walked("")] == [
        ("a", "folder", None),
        ("a/b.csv", "file", 5),
    ]
    assert store.entry("a/b.csv").modified_at is not None


def test_what_was_not_placed_is_gone(store: Store) -> None:
    with store.receiving("a.csv") as incoming:
        incoming.write(b"12345")

    assert list(store.walked("")) == []
    with pytest.raises(FileNotFound):
        store.entry("a.csv")


def test_a_name_is_taken_over_only_on_purpose(store: Store) -> None:
    etag = upload(store, "a.csv", b"one")

    with pytest.raises(FileExists) as refused:
        upload(store, "a.csv", b"two")
    assert refused.value.details["etag"] == etag
    upload(store, "a.csv", b"three", overwrite=True)
    with pytest.raises(FileExists):
        upload(store, "a.csv", b"four", expected=etag)
    upload(store, "a.csv", b"five", expected=store.entry("a.csv").etag)
    assert content_of(store, "a.csv") == b"ive"


def test_moves_and_deletions(store: Store) -> None:
    upload(store, "a/one.csv", b"one")
    upload(store, "two.csv", b"two")

    store.move("a/one.csv", "b/one.csv", overwrite=False)
    with pytest.raises(FileExists):
        store.move("b/one.csv", "two.csv", overwrite=False)
    store.move("b/one.csv", "two.csv", overwrite=True)
    assert content_of(store, "two.csv") == b"ne"
    with pytest.raises(FileNotFound):
        store.delete("b/one.csv")
    upload(store, "c/one.csv", b"one")
    with pytest.raises(FolderNotEmpty):
        store.delete("c")
    store.delete("c/one.csv")
    with pytest.raises(FilePathUnsafe):
        store.move("two.csv", "two.csv/x", overwrite=False)


PARTS = st.sampled_from(["a", "..", ".", "", "b.csv", " ", "c:", "\\", "é", "*", "\x00", "\x7f", "${x}", "~"])


@given(st.lists(PARTS, max_size=5).map("/".join) | st.text(max_size=8))
def test_path_rules_are_the_operators_and_hide_what_is_being_written(path: str) -> None:
    try:
        theirs = operators.checked_path(path)
    except operators.UnsafePath:
        with pytest.raises(FilePathUnsafe):
            checked_path(path)
        return
    hidden = any(part.startswith(".") for part in theirs.split("/"))
    if hidden or re.search("[\ud800-\udfff]", path):
        with pytest.raises(FilePathUnsafe):
            checked_path(path)
    else:
        assert checked_path(path) == theirs


@pytest.mark.parametrize(
    ("pattern", "path", "used"),
    [
        ("a.csv", "a.csv", True),
        ("a.csv", "b.csv", False),
        ("2026/*.csv", "2026/a.csv", True),
        ("2026/*.csv", "2026/x/a.csv", False),
        ("**/a.csv", "a.csv", True),
        ("**/a.csv", "x/y/a.csv", True),
        ("a[0-9].csv", "a7.csv", True),
        ("a[!0-9].csv", "a7.csv", False),
        ("${region}/a?.csv", "north/south/a1.csv", True),
        ("cost$$.csv", "cost$.csv", True),
        ("2026/a.csv", "2026", True),
        ("2026/a.csv", "202", False),
        ("a.csv", "a_csv", False),
        ("[", "[", True),
    ],
)
def test_a_pattern_means_files_as_a_run_would_take_it(pattern: str, path: str, used: bool) -> None:
    assert names_file(pattern, path) is used

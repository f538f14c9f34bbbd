import os
import pwd
import signal
import subprocess
import sys
import threading
import time
from itertools import takewhile
from pathlib import Path
from tempfile import gettempdir

import pytest

from module_operators import placing
from module_operators.files import FileStore, UnsafePath, checked_path
from module_operators.problems import SourceError, TargetError


@pytest.fixture(params=["folder", "file://", "local://", "memory://", "dir::"])
def store(request, tmp_path):
    """The same store as a folder, as a file URL, and behind three fsspec file systems that count as remote."""
    root = tmp_path / "store"
    root.mkdir()
    (tmp_path / "scratch").mkdir()
    url = {
        "folder": str(root),
        "file://": f"file://{root}",
        "local://": f"local://{root}",
        "memory://": f"memory://{tmp_path.name}",
        "dir::": f"dir::file://{root}",
    }[request.param]
    return FileStore(url, tmp_path / "scratch")


@pytest.fixture
def local(tmp_path):
    (tmp_path / "store").mkdir()
    return FileStore(str(tmp_path / "store"), tmp_path)


def write(store, name, content=b"x"):
    with store.replacing(name) as path:
        path.write_bytes(content)


def names(store, pattern):
    return [file.name for file in store.matching(pattern)]


def fail_after(path, text):
    path.write_text(text)
    raise ZeroDivisionError


@pytest.mark.parametrize(
    "path", ["", " ", ".", "/etc/passwd", "../x", "a/../../x", "a/..", "C:\\x", "..\\x", "a\0b", "a\nb", "\\\\host\\x"]
)
def test_unsafe_paths(local, path):
    with pytest.raises(UnsafePath):
        checked_path(path)
    with pytest.raises(SourceError, match="cannot be used"):
        local.readable(path)
    with pytest.raises(TargetError, match="cannot be used"), local.replacing(path):
        pass


def test_what_is_written_is_read(store):
    write(store, "a/b/ü [1].csv", b"one")
    write(store, "a/b/ü [1].csv", b"two")
    write(store, "a/c.csv", b"three")

    assert [path.read_bytes() for path in store.readable("a/b/ü [1].csv")] == [b"two"]
    assert names(store, "a/*.csv") == ["a/c.csv"]
    assert names(store, "a/**/*.csv") == ["a/b/ü [1].csv", "a/c.csv"]
    with store.open(store.matching("a/c.csv")[0]) as file:
        assert file.read(3) == b"thr"


def test_nothing_there(store):
    for pattern, message in (("x.csv", "There is no file 'x.csv'"), ("*.csv", r"No file matches '\*.csv'")):
        with pytest.raises(SourceError, match=message):
            store.matching(pattern)


def test_a_failing_write_leaves_nothing(store):
    write(store, "x.csv", b"before")

    with pytest.raises(ZeroDivisionError), store.replacing("x.csv") as path:
        fail_after(path, "half")

    assert [path.read_bytes() for path in store.readable("*")] == [b"before"]


def test_a_folder_is_replaced_whole(store):
    for parts in (("k=1/a.parquet", "k=2/a.parquet"), ("k=2/a.parquet", "k=3/a.parquet")):
        with store.replacing("out/data") as folder:
            for part in parts:
                (folder / part).parent.mkdir(parents=True)
                (folder / part).write_bytes(part.encode())

    assert names(store, "out/**/*") == ["out/data/k=2/a.parquet", "out/data/k=3/a.parquet"]


def test_a_reader_never_sees_a_folder_missing_or_mixed(local):
    def load(generation):
        with local.replacing("data") as folder:
            folder.mkdir()
            for number in range(3):
                (folder / f"{number}.parquet").write_text(str(generation))

    load(0)
    seen, done = [], threading.Event()

    def watch():
        root = local.local_root / "data"
        while not done.is_set():
            handle = os.open(root, os.O_RDONLY)  # one look at the name
            try:
                found = [os.open(f"{n}.parquet", os.O_RDONLY, dir_fd=handle) for n in range(3)]
                seen.append({os.read(file, 9) for file in found})
                for file in found:
                    os.close(file)
            except FileNotFoundError:
                pass  # the folder that was looked at has been replaced meanwhile and is being removed
            finally:
                os.close(handle)

    watcher = threading.Thread(target=watch)
    watcher.start()
    for generation in range(1, 60):
        load(generation)
    done.set()
    watcher.join()

    assert seen
    assert all(len(contents) == 1 for contents in seen)


def test_where_names_cannot_be_exchanged_a_cut_replacement_is_completed_by_the_next(local, monkeypatch):
    monkeypatch.setattr(placing, "_exchanged", lambda one, other: False)
    for content in ("1", "2"):
        with local.replacing("data") as folder:
            folder.mkdir()
            (folder / "a.parquet").write_text(content)
    assert (local.local_root / "data/a.parquet").read_text() == "2"

    # Killed between its two renames: the old folder has stepped aside and nothing has its name.
    (local.local_root / "data").rename(local.local_root / ".replaced-data")
    with pytest.raises(ZeroDivisionError), local.replacing("data"):
        raise ZeroDivisionError

    assert [path.name for path in local.local_root.iterdir()] == ["data"]
    assert (local.local_root / "data/a.parquet").read_text() == "2"


def test_links(local, tmp_path):
    root = local.local_root
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret.csv").write_text("secret")
    (root / "folder").symlink_to(outside)
    (root / "file.csv").symlink_to(outside / "secret.csv")
    (root / "dangling.csv").symlink_to(outside / "missing.csv")
    (root / "loop.csv").symlink_to(root / "loop.csv")
    (root / "real.csv").write_text("real")
    (root / "inside.csv").symlink_to(root / "real.csv")

    for pattern in ("file.csv", "folder/secret.csv", "folder/*.csv", "*.csv"):
        with pytest.raises(SourceError, match="is a link to a place outside"):
            local.readable(pattern)
    for pattern in ("dangling.csv", "loop.csv"):
        with pytest.raises(SourceError, match="There is no file"):
            local.readable(pattern)
    assert local.readable("inside.csv") == [root / "real.csv"]
    for name in ("folder/new.csv", "folder/deep/er/new.csv"):
        with pytest.raises(TargetError, match="leads out of the file store"):
            write(local, name)
    assert [path.name for path in outside.iterdir()] == ["secret.csv"]

    write(local, "file.csv", b"mine")  # the link is replaced, not what it points at
    assert (outside / "secret.csv").read_text() == "secret"
    assert (root / "file.csv").read_text() == "mine"
    with local.replacing("folder") as folder:
        folder.mkdir()
    assert (outside / "secret.csv").exists()
    assert not (root / "folder").is_symlink()


def test_special_files_are_no_files(local):
    os.mkfifo(local.local_root / "pipe.csv")
    (local.local_root / "folder").mkdir()

    with pytest.raises(SourceError, match="There is no file"):
        local.readable("pipe.csv")
    with pytest.raises(SourceError, match=r"'folder' is a folder; name a file in it"):
        local.readable("folder")
    with pytest.raises(TargetError, match="'folder' is a folder; choose another name"):
        write(local, "folder")


def test_permissions_are_those_of_the_process(local):
    write(local, "a/x.csv")
    with local.replacing("data") as folder:
        folder.mkdir()
    mask = os.umask(0)
    os.umask(mask)

    assert (local.local_root / "a/x.csv").stat().st_mode & 0o777 == 0o666 & ~mask
    assert (local.local_root / "data").stat().st_mode & 0o777 == 0o777 & ~mask


@pytest.mark.skipif(os.getuid() != 0, reason="needs to become another user")
def test_what_the_user_may_not_touch(local, tmp_path):
    write(local, "x.csv")
    (local.local_root / "x.csv").chmod(0o600)
    for folder in takewhile(lambda folder: folder != Path(gettempdir()), (tmp_path, *tmp_path.parents)):
        folder.chmod(0o755)
    code = (
        "import os, sys; from pathlib import Path; from module_operators.files import FileStore\n"
        "os.setuid(int(sys.argv[2]))\n"
        "store = FileStore(sys.argv[1], Path('/nowhere'))\n"
        "for action in (lambda: store.open(store.matching('x.csv')[0]), lambda: store.replacing('y').__enter__()):\n"
        "    try: action()\n"
        "    except Exception as error: print(type(error).__name__, error)\n"
    )

    nobody = str(pwd.getpwnam("nobody").pw_uid)
    answer = subprocess.run(
        [sys.executable, "-c", code, str(local.local_root), nobody], check=True, capture_output=True, text=True
    ).stdout

    assert answer.splitlines() == [
        "SourceError 'x.csv' cannot be read: Permission denied",
        "TargetError 'y' cannot be written: Permission denied",
    ]


KILLED = """
import sys, time
from pathlib import Path
from module_operators.files import FileStore
with FileStore(sys.argv[1], Path(sys.argv[1])).replacing("out/data.csv") as path:
    path.write_text("half")
    print("writing", flush=True)
    time.sleep(60)
"""


def test_a_killed_load_leaves_the_old_file_and_the_next_one_tidies_up(local):
    write(local, "out/data.csv", b"before")
    folder = local.local_root / "out"
    with subprocess.Popen([sys.executable, "-c", KILLED, str(local.local_root)], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        assert (folder / "data.csv").read_bytes() == b"before"
        assert names(local, "out/*") == names(local, "**/*.csv") == ["out/data.csv"]

        write(local, "out/other.csv")  # what still runs is no leftover
        assert len(list(folder.glob(".loading-*"))) == 1
        process.send_signal(signal.SIGKILL)
        process.wait()

    assert (folder / "data.csv").read_bytes() == b"before"
    write(local, "out/data.csv", b"after")

    assert sorted(path.name for path in folder.iterdir()) == ["data.csv", "other.csv"]
    assert (folder / "data.csv").read_bytes() == b"after"


def test_many_at_once_on_one_name(local):
    def load(text):
        for _ in range(20):
            write(local, "data.csv", text)
            time.sleep(0)

    threads = [threading.Thread(target=load, args=(bytes([65 + number]) * 1000,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [path.name for path in local.local_root.iterdir()] == ["data.csv"]
    assert len(set((local.local_root / "data.csv").read_bytes())) == 1


def test_a_missing_store_is_made_by_the_first_write(tmp_path):
    store = FileStore(str(tmp_path / "not" / "yet"), tmp_path)

    with pytest.raises(SourceError, match="There is no file"):
        store.readable("x")
    write(store, "x", b"1")

    assert Path(store.readable("x")[0]).read_bytes() == b"1"

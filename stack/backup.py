"""One file that holds an installation: both databases, the compiled DAGs and their history, the files, the keys."""

import io
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from stack.credentials import FILE, Credentials, write_secret
from stack.databases import make_databases
from stack.postgres import Cluster, binaries
from stack.settings import StackSettings

FORMAT = 1
MANIFEST = "manifest.json"
DATABASES = ("logidata", "airflow")
"""In this order: what starts while they are dumped is then a run that Airflow knows and the service finds there."""


class BackupError(Exception):
    """Nothing was backed up or restored; the message says why and what to do."""


def back_up(settings: StackSettings, cluster: Cluster, target: Path) -> list[str]:
    """Writes the archive while everything may go on working; answers what is not in it.

    The databases come first, then the files that they name: a revision is published before it is saved, and stays.
    The archive appears whole or not at all, readable by this user only: it holds every key.
    """
    if not cluster.answers():
        raise BackupError("PostgreSQL does not answer: start the stack first (`make up`).")
    left_out = [f"staging and logs below {settings.root}: results of runs that can be run again"]
    with tempfile.TemporaryDirectory(dir=settings.root, prefix=".backup-") as folder:
        fresh = Path(folder) / "archive"
        os.close(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        with tarfile.open(fresh, "w:gz", compresslevel=3) as archive:
            _add_text(archive, MANIFEST, json.dumps(_manifest(), indent=1))
            for name in DATABASES:
                _dump(cluster, name, Path(folder) / f"{name}.dump")
                archive.add(Path(folder) / f"{name}.dump", f"{name}.dump")
            archive.add(settings.root / FILE, FILE)
            _add_tree(archive, settings.dags_folder.absolute(), "dags")
            files = _local_files(settings)
            if files is None:
                left_out.append(f"the files at {settings.files_url}: back that store up by its own means")
            else:
                _add_tree(archive, files, "files")
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(fresh, target)
    return left_out


def restore(settings: StackSettings, source: Path) -> None:
    """Makes an installation out of an archive, where there is none; `up` then starts and migrates it."""
    taken = [path for path in (settings.root / FILE, settings.root / "postgres") if path.exists()]
    taken += [path for path in (settings.dags_folder.absolute(),) if path.exists() and any(path.iterdir())]
    if taken:
        raise BackupError(
            f"There is an installation already ({taken[0]}): name an empty LOGIDATA_HOME, or move it away."
        )
    settings.root.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=settings.root, prefix=".restore-") as temporary:
        folder = Path(temporary)
        _extract(source, folder)
        _check(folder / MANIFEST)
        credentials = Credentials.read(folder)
        cluster = Cluster(settings.root / "postgres", settings.postgres_port, credentials.postgres_password)
        try:
            cluster.create()
            with cluster.served(folder / "postgres.log"):
                make_databases(cluster, credentials)
                for name in DATABASES:
                    _load(cluster, name, folder / f"{name}.dump")
        except BaseException:
            shutil.rmtree(settings.root / "postgres", ignore_errors=True)
            raise
        _place(folder / "dags", settings.dags_folder.absolute())
        files = _local_files(settings)
        if files is not None:
            _place(folder / "files", files)
        write_secret(settings.root / FILE, (folder / FILE).read_text())  # last: it makes this an installation


def _manifest() -> dict[str, Any]:
    return {
        "format": FORMAT,
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "logidata": version("logidata"),
        "airflow": version("apache-airflow"),
        "python": sys.version.split()[0],
    }


def _check(manifest: Path) -> None:
    try:
        found = json.loads(manifest.read_text())
        known = found["format"] == FORMAT
    except (OSError, ValueError, KeyError, TypeError):
        raise BackupError("This archive is no backup of LogiData.") from None
    if not known:
        raise BackupError(
            f"This backup has format {found['format']}, and this version reads {FORMAT}: use a newer one."
        )


def _local_files(settings: StackSettings) -> Path | None:
    address = settings.shared_environment["LOGIDATA_FILES_URL"].removeprefix("file://")
    return None if "://" in address else Path(address).absolute()


def _add_text(archive: tarfile.TarFile, name: str, text: str) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mtime = len(text.encode()), int(time.time())
    archive.addfile(member, io.BytesIO(text.encode()))


def _add_tree(archive: tarfile.TarFile, root: Path, name: str) -> None:
    """Each file as it is when its turn comes: an open one stays whole when another takes its place."""
    for path in sorted(root.rglob("*")) if root.exists() else ():
        inside = f"{name}/{path.relative_to(root)}"
        if path.is_dir():
            archive.add(path, inside, recursive=False)
            continue
        try:
            with path.open("rb") as file:
                archive.addfile(archive.gettarinfo(arcname=inside, fileobj=file), file)
        except FileNotFoundError:
            continue  # deleted meanwhile


def _extract(source: Path, folder: Path) -> None:
    try:
        with tarfile.open(source, "r:*") as archive:
            archive.extractall(folder, filter="data")
    except FileNotFoundError:
        raise BackupError(f"There is no file {source}.") from None
    except (tarfile.TarError, EOFError, OSError) as error:
        raise BackupError(f"{source} cannot be read: {error}") from None


def _place(source: Path, target: Path) -> None:
    if source.exists():
        shutil.copytree(source, target, dirs_exist_ok=True, symlinks=True)


def _dump(cluster: Cluster, name: str, target: Path) -> None:
    _client(cluster, "pg_dump", "--format=custom", "--compress=0", f"--file={target}", name)


def _load(cluster: Cluster, name: str, source: Path) -> None:
    """Everything as the database's own login, which owns it afterwards."""
    owner = ("--no-owner", "--no-privileges", f"--role={name}")
    _client(cluster, "pg_restore", *owner, "--exit-on-error", "--single-transaction", f"--dbname={name}", str(source))


def _client(cluster: Cluster, program: str, *arguments: str) -> None:
    at = ("--host", cluster.host, "--port", str(cluster.port), "--username", cluster.user, "--no-password")
    environment = os.environ | {"PGPASSWORD": cluster.password}  # a command line would show it to everybody
    command = [str(binaries() / program), *at, *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise BackupError(f"{program} failed:\n{done.stderr[-2000:]}")

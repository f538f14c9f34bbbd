"""Where a run keeps what its tasks hand over: `<staging>/<dag id>/<run id>/<task id>/try=<n>/`."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from module_operators.problems import SourceError
from module_operators.relation import Plan

PLAN_FILE = "plan.json"
SCRATCH = ".scratch-"


@dataclass(frozen=True, slots=True)
class Staging:
    """One task try's place in staging. A folder is complete or absent: it is written aside and renamed."""

    root: str
    dag_id: str
    run_id: str
    task_id: str
    try_number: int

    @property
    def uri(self) -> str:
        parts = (_folder_name(part) for part in (self.dag_id, self.run_id, self.task_id))
        return "/".join((self.root.rstrip("/"), *parts, f"try={self.try_number}"))

    @property
    def is_local(self) -> bool:
        return "://" not in self.root or self.root.startswith("file://")

    @property
    def local_root(self) -> Path:
        """The folder that engines may read: staging itself, or where remote outputs are brought to."""
        if self.is_local:
            return Path(self.root.removeprefix("file://")).resolve()
        return _own_folder(hashlib.sha256(self.root.encode()).hexdigest()[:12])

    @contextmanager
    def writing(self) -> Iterator[Path]:
        """A local folder to fill; it becomes this try's output when the block ends well."""
        final = self._local(self.uri)
        final.parent.mkdir(parents=True, exist_ok=True)
        aside = final.parent / f".writing-{uuid.uuid4().hex}"
        aside.mkdir()  # not mkdtemp: the service reads staging too, and may be another user
        try:
            yield aside
            if final.exists():  # the same try once more, after its worker was lost
                shutil.rmtree(final)
            aside.rename(final)
        finally:
            shutil.rmtree(aside, ignore_errors=True)
        if not self.is_local:
            filesystem, path = _filesystem(self.uri)
            filesystem.put(f"{final}/", f"{path}/", recursive=True)

    def scratch(self, cleanup: ExitStack) -> Path:
        """A folder for this try's temporary files (spilled rows, downloads), removed with `cleanup`."""
        self.local_root.mkdir(parents=True, exist_ok=True)
        folder = tempfile.TemporaryDirectory(prefix=SCRATCH, dir=self.local_root, ignore_cleanup_errors=True)
        return Path(cleanup.enter_context(folder))

    def folder(self, uri: str) -> Path:
        """Where an output of another task, which a loaded plan scans, lies on this machine.

        Raises:
            SourceError: it belongs to another staging.
        """
        return self._local(uri)

    def final_path(self, name: str) -> Path:
        """Where a file written as `name` in the `writing` folder can be read afterwards."""
        return self._local(self.uri) / name

    def save_plan(self, plan: Plan) -> str:
        """Stores the plan beside the task's output and answers its URI."""
        folder = self._local(self.uri)
        folder.mkdir(parents=True, exist_ok=True)
        aside = folder / f".{PLAN_FILE}"
        aside.write_text(plan.to_json(), encoding="utf-8")
        aside.replace(folder / PLAN_FILE)
        uri = f"{self.uri}/{PLAN_FILE}"
        if not self.is_local:
            filesystem, path = _filesystem(uri)
            filesystem.put_file(str(folder / PLAN_FILE), path)
        return uri

    def load_plan(self, uri: str) -> Plan:
        """The plan that an earlier task saved; remote outputs that it scans are brought to this machine.

        Raises:
            SourceError: housekeeping has removed it.
        """
        self._fetch(uri)
        try:
            plan = Plan.from_json(self._local(uri).read_text(encoding="utf-8"))
        except FileNotFoundError:
            message = (
                "The output of an earlier step is no longer in staging (LOGIDATA_STAGING_TTL). Run the pipeline again."
            )
            raise SourceError(message) from None
        for output in plan.staged:
            self._fetch(output)
        return plan

    def exists(self, uri: str) -> bool:
        """Whether an output that a plan scans is still there."""
        if self.is_local:
            return self._local(uri).is_dir()
        filesystem, path = _filesystem(uri)
        return bool(filesystem.exists(path))

    def _fetch(self, uri: str) -> None:
        """Copies a remote file or folder of staging here, once, whoever else does the same."""
        local = self._local(uri)
        done = local.with_name(f".fetched-{local.name}")  # a plan's file is brought before the data beside it
        if self.is_local or done.exists():
            return
        filesystem, path = _filesystem(uri)
        names = [path] if filesystem.isfile(path) else filesystem.find(path)
        for name in names:
            relative = str(name).removeprefix(path).lstrip("/")
            target = local / relative if relative else local
            target.parent.mkdir(parents=True, exist_ok=True)
            handle, aside = tempfile.mkstemp(prefix=".fetching-", dir=target.parent)
            os.close(handle)
            filesystem.get_file(str(name), aside)
            Path(aside).replace(target)
        if names:
            done.touch()

    def _local(self, uri: str) -> Path:
        """Where a URI of this staging lies on this machine.

        Raises:
            SourceError: it belongs to another staging (LOGIDATA_STAGING_URL changed during a run) or leads out of it.
        """
        relative = uri.removeprefix(self.root.rstrip("/") + "/")
        if relative == uri or ".." in relative.split("/"):
            raise SourceError("The output of an earlier step lies in another staging folder. Run the pipeline again.")
        return self.local_root / relative


def _folder_name(part: str) -> str:
    """An id as one folder name: no `/`, never `.` or `..`, never longer than a file system takes."""
    name = quote(part, safe="+:@=,")
    if len(name) > 200:
        return f"{name[:150]}-{hashlib.sha256(part.encode('utf-8', 'surrogatepass')).hexdigest()[:32]}"
    return name.replace(".", "%2E") if set(part) <= {"."} else name


def _own_folder(name: str) -> Path:
    """A folder among the temporary ones that is this user's alone, so that no one else can plant links in it."""
    folder = Path(tempfile.gettempdir()) / f"logidata-staging-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    status = folder.lstat()
    if folder.is_symlink() or status.st_uid != os.getuid() or status.st_mode & 0o022:
        raise SourceError(f"'{folder}' belongs to somebody else; remove it.")
    return folder / name


def _filesystem(uri: str) -> tuple[Any, str]:
    import fsspec  # noqa: PLC0415

    return fsspec.core.url_to_fs(uri)

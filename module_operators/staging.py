"""Where a run keeps what its tasks hand over: `<staging>/<dag id>/<run id>/<task id>/try=<n>/`."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from module_operators.problems import SourceError
from module_operators.relation import Plan

PLAN_FILE = "plan.json"


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
        parts = (quote(part, safe="+:@=,") for part in (self.dag_id, self.run_id, self.task_id))
        return "/".join((self.root.rstrip("/"), *parts, f"try={self.try_number}"))

    @property
    def is_local(self) -> bool:
        return "://" not in self.root or self.root.startswith("file://")

    @property
    def local_root(self) -> Path:
        """The folder that engines may read: staging itself, or where remote outputs are brought to."""
        if self.is_local:
            return Path(self.root.removeprefix("file://")).resolve()
        return Path(tempfile.gettempdir()) / "logidata-staging"

    @contextmanager
    def writing(self) -> Iterator[Path]:
        """A local folder to fill; it becomes this try's output when the block ends well."""
        final = self._local(self.uri)
        final.parent.mkdir(parents=True, exist_ok=True)
        aside = Path(tempfile.mkdtemp(prefix=".writing-", dir=final.parent))
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
        folder = tempfile.TemporaryDirectory(prefix=".scratch-", dir=self.local_root, ignore_cleanup_errors=True)
        return Path(cleanup.enter_context(folder))

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

    def _fetch(self, uri: str) -> None:
        """Copies a remote file or folder of staging here, once."""
        local = self._local(uri)
        if self.is_local or local.exists():
            return
        filesystem, path = _filesystem(uri)
        local.parent.mkdir(parents=True, exist_ok=True)
        aside = Path(tempfile.mkdtemp(prefix=".fetching-", dir=local.parent)) / local.name
        with suppress(FileNotFoundError):
            filesystem.get(path, str(aside), recursive=True)
            aside.rename(local)
        shutil.rmtree(aside.parent, ignore_errors=True)

    def _local(self, uri: str) -> Path:
        return self.local_root / uri.removeprefix(self.root.rstrip("/")).lstrip("/")


def _filesystem(uri: str) -> tuple[Any, str]:
    import fsspec  # noqa: PLC0415

    return fsspec.core.url_to_fs(uri)

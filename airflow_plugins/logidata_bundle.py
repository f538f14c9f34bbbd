"""The DAG bundle of compiled pipelines: a run keeps the revision that it started with, whatever is saved meanwhile."""

import importlib
import os
import shutil
import tempfile
from pathlib import Path

from airflow.dag_processing.bundles.base import BaseDagBundle, BundleVersion

from dag_factory.publish import Publisher


class LogiDataBundle(BaseDagBundle):
    """Serves a publisher's live folder, or the files of one revision; a version is the publisher's revision number."""

    supports_versioning = True

    def __init__(self, *, root: str, **kwargs: object) -> None:
        super().__init__(**kwargs)  # pyright: ignore[reportArgumentType]
        self._publisher = Publisher(Path(root))

    @property
    def path(self) -> Path:
        """Where Airflow finds the files; history lies outside of it, or it would be parsed too."""
        return self._publisher.live if self.version is None else self.versions_dir / self.version

    def get_current_version(self) -> BundleVersion:
        """The version of this instance, or the newest revision."""
        return BundleVersion(self.version or str(self._publisher.revision()))

    def initialize(self) -> None:
        """Builds the folder of a fixed version, once on this machine; processes that meet here may all build it."""
        if self.version is None:  # the DAG processor: it forks a process for every file that it parses
            self._publisher.live.mkdir(parents=True, exist_ok=True)
            importlib.import_module("module_operators.preload")
        elif not self.path.exists():
            self._build(self.version)
        super().initialize()

    def refresh(self) -> None:
        """Nothing to fetch: publishing already replaced the live files."""

    def _build(self, version: str) -> None:
        self.versions_dir.mkdir(parents=True, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(prefix=f".{version}-", dir=self.versions_dir))
        try:
            fresh.chmod(0o755)
            for stem, source in self._publisher.versions_at(int(version)).items():
                _place(source, fresh / f"{stem}.py")
            fresh.rename(self.path)
        except OSError:
            # Another process was first: its folder is as good as ours, since a revision never changes.
            if not self.path.exists():
                raise
        finally:
            shutil.rmtree(fresh, ignore_errors=True)


def _place(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError:  # another file system
        shutil.copy2(source, target)

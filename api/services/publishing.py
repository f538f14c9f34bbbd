"""Compile a pipeline and hand its file to Airflow, within the transaction that saves it."""

import hashlib
import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

import dag_factory
from api.database import FILES_CHANGED
from api.errors import PublishFailed
from dag_factory.catalog import Catalog
from dag_factory.compile import Schemas, compile_dag, dag_id_for
from dag_factory.graph import PipelineGraph
from dag_factory.publish import Publisher

log = logging.getLogger(__name__)

PUBLISHING = 7_205_759_403_792_795
"""Advisory lock: shared by transactions that publish, exclusive for who looks for files without a pipeline."""


@dataclass(frozen=True)
class Published:
    """What a version became: the bundle's revision that holds it, and its source's hash."""

    bundle_revision: int
    source_sha256: str
    compiler: str


@dataclass(frozen=True)
class Publishing:
    """The compiler with everything that decides what it writes, and the folder that it writes to."""

    catalog: Catalog
    publisher: Publisher
    builder_url: str | None

    @cached_property
    def compiler(self) -> str:
        """A fingerprint of what a compiled file depends on besides its graph."""
        digest = hashlib.sha256((self.builder_url or "").encode())
        folder = Path(dag_factory.__file__).parent
        for path in sorted([*folder.glob("*.py"), *folder.glob("templates/*")]):
            digest.update(path.read_bytes())
        for module in self.catalog:
            digest.update(f"{module.id} {module.checksum}".encode())
        return digest.hexdigest()[:16]

    def source(self, pipeline_id: UUID, version: int, graph: PipelineGraph, schemas: Schemas) -> str:
        """The DAG file of one version."""
        return compile_dag(
            graph,
            self.catalog,
            pipeline_id=pipeline_id,
            version=version,
            builder_url=self.builder_url,
            schemas=schemas,
        )

    def publish(self, pipeline_id: UUID, version: int, graph: PipelineGraph, schemas: Schemas) -> Published:
        """Write the version's file; Airflow sees it from now on, also if the transaction fails later."""
        source = self.source(pipeline_id, version, graph, schemas)
        revision = _writing(lambda: self.publisher.publish(dag_id_for(pipeline_id), source))
        return Published(revision, sha256(source), self.compiler)

    def withdraw(self, pipeline_id: UUID) -> int:
        """Take the pipeline's file away; runs that are under way keep theirs."""
        return _writing(lambda: self.publisher.withdraw(dag_id_for(pipeline_id)))


def sha256(source: str) -> str:
    """How a compiled source is recognised."""
    return hashlib.sha256(source.encode()).hexdigest()


def announce(session: Session) -> None:
    """Keep the search for orphaned files away until this transaction ends."""
    session.execute(text("select pg_advisory_xact_lock_shared(:key)"), {"key": PUBLISHING})


def files_changed(session: Session) -> None:
    """Remember that undoing this transaction must be followed by a look at the files, and tell the sync."""
    session.info[FILES_CHANGED] = True
    wake_sync(session)


def wake_sync(session: Session) -> None:
    """Tell the sync, at the commit, that there is something to do."""
    session.execute(text("select pg_notify('logidata_sync', '')"))


def _writing(write: Callable[[], int]) -> int:
    try:
        return write()
    except OSError as error:
        log.exception("a DAG file could not be written")
        raise PublishFailed(error.strerror or type(error).__name__) from error

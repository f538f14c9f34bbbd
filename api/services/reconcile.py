"""Make the published files what the database says: after a crash between publish and commit, or a new compiler."""

import hashlib
import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from api.errors import DomainError
from api.models import Pipeline, PipelineVersion
from api.services.pipelines import graph_to_serve
from api.services.publishing import PUBLISHING, Published, Publishing, wake_sync
from dag_factory.compile import dag_id_for

log = logging.getLogger(__name__)

ONE_AT_A_TIME = 7_205_759_403_792_796
AFTER_A_FAILURE = 5.0
EVERY = 600.0
"""Seconds between two looks; a look at 1,000 pipelines that are in order takes a few dozen milliseconds."""


@contextmanager
def run_reconcile(sessions: sessionmaker[Session], publishing: Publishing, wanted: threading.Event) -> Iterator[None]:
    """Reconcile at the start, when wanted and now and then, in a thread that the start waits not for."""
    stop = threading.Event()

    def work() -> None:
        while not stop.is_set():
            wanted.clear()
            pause = EVERY
            try:
                reconcile(sessions, publishing, stop)
            except (SQLAlchemyError, OSError, DomainError):
                log.exception("published files could not be compared with the database; trying again")
                pause = AFTER_A_FAILURE
            wanted.wait(pause)

    thread = threading.Thread(target=work, name="reconcile", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        wanted.set()
        thread.join(timeout=10)


def reconcile(sessions: sessionmaker[Session], publishing: Publishing, stop: threading.Event | None = None) -> int:
    """Publish what differs and withdraw what is gone; returns how many files changed. One process at a time."""
    with sessions() as guard, guard.begin():
        if not guard.scalar(text("select pg_try_advisory_xact_lock(:key)"), {"key": ONE_AT_A_TIME}):
            return 0
        _count_on(guard, publishing)
        changed = 0
        for pipeline_id in _outdated(guard, publishing):
            if stop is not None and stop.is_set():
                break
            changed += restore(sessions, publishing, pipeline_id)
        return changed + _withdraw_orphans(sessions, publishing)


def _count_on(session: Session, publishing: Publishing) -> None:
    """A folder that was lost goes on counting: Airflow may still serve, and runs name, the revisions it had."""
    last = session.scalar(select(func.max(PipelineVersion.bundle_revision))) or 0
    if publishing.publisher.revision() < last:
        log.warning("the folder of DAG files was lost or is an older copy; it is filled again")
        publishing.publisher.advance(last)


def restore(sessions: sessionmaker[Session], publishing: Publishing, pipeline_id: UUID) -> bool:
    """Let one pipeline's file be what its newest valid version compiles to; True when that changed something."""
    with sessions() as session, session.begin():
        query = select(Pipeline, PipelineVersion).join(PipelineVersion).where(Pipeline.id == pipeline_id, *_SERVED)
        row = session.execute(query.with_for_update(of=Pipeline)).one_or_none()
        if row is None:
            return False
        pipeline, version = row
        before = publishing.publisher.revision()
        try:
            published = _publish(publishing, pipeline, version)
            if _live_sha256(publishing, pipeline.id) != published.source_sha256:  # somebody removed the live file
                publishing.withdraw(pipeline.id)
                published = _publish(publishing, pipeline, version)
        except ValueError as error:  # UncompilableError, or a graph that today's rules refuse
            log.warning("pipeline %s no longer compiles, its published file stays: %s", pipeline_id, error)
            return False
        version.source_sha256 = published.source_sha256
        version.compiler = published.compiler
        if changed := published.bundle_revision > before:
            log.info("published pipeline %s again, revision %s", pipeline_id, published.bundle_revision)
            wake_sync(session)
        return changed


def _publish(publishing: Publishing, pipeline: Pipeline, version: PipelineVersion) -> Published:
    graph = graph_to_serve(pipeline, version)
    return publishing.publish(pipeline.id, version.version, graph, version.schemas)


_SERVED = (
    Pipeline.deleted_at.is_(None),
    PipelineVersion.pipeline_id == Pipeline.id,
    PipelineVersion.version == Pipeline.published_revision,
)


def _outdated(session: Session, publishing: Publishing) -> list[UUID]:
    columns = (Pipeline.id, PipelineVersion.source_sha256, PipelineVersion.compiler)
    rows = session.execute(
        select(*columns).join(PipelineVersion, PipelineVersion.pipeline_id == Pipeline.id).where(*_SERVED)
    )
    return [
        row.id
        for row in rows
        if row.compiler != publishing.compiler or _live_sha256(publishing, row.id) != row.source_sha256
    ]


def _live_sha256(publishing: Publishing, pipeline_id: UUID) -> str | None:
    try:
        return hashlib.sha256((publishing.publisher.live / f"{dag_id_for(pipeline_id)}.py").read_bytes()).hexdigest()
    except FileNotFoundError:
        return None


def _withdraw_orphans(sessions: sessionmaker[Session], publishing: Publishing) -> int:
    with sessions() as session, session.begin():
        if not _orphans(session, publishing):
            return 0
        session.execute(text("select pg_advisory_xact_lock(:key)"), {"key": PUBLISHING})
        orphans = _orphans(session, publishing)  # none of them belongs to a save that is under way, by now
        for stem in orphans:
            publishing.publisher.withdraw(stem)
            log.info("withdrew %s, which no pipeline stands behind", stem)
        if orphans:
            wake_sync(session)
        return len(orphans)


def _orphans(session: Session, publishing: Publishing) -> list[str]:
    served = select(Pipeline.id).where(Pipeline.deleted_at.is_(None), Pipeline.published_revision.is_not(None))
    expected = {dag_id_for(pipeline_id) for pipeline_id in session.scalars(served)}
    return sorted(path.stem for path in publishing.publisher.live.glob("pipeline_*.py") if path.stem not in expected)

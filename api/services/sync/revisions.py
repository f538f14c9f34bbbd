"""Sees to it that Airflow serves what was saved: asks for a parse, and knows which revision is served by now."""

import logging
import os
import re
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from api.clients.airflow import AirflowClient, AirflowRefused
from api.clients.airflow_session import PAGE
from api.clients.airflow_types import Dag
from api.models import Pipeline, PipelineVersion
from dag_factory.compile import dag_id_for

log = logging.getLogger(__name__)

PREFIX = "pipeline_"
ANCHOR = "housekeeping"  # a DAG that is always there: parsing it again makes Airflow look for new and removed files
JUST_SAVED = timedelta(seconds=5)
ASK_AGAIN = 1.2  # seconds: the DAG processor's loop takes up to one, then the parse
TOUCH_AFTER = 3.0
YOUNG, SLOW = 10.0, 1.0  # seconds: a revision younger than this is looked for at every turn, an older one each second
ALREADY_ASKED = (404, 409)  # the file is gone with its DAG, or the same request still waits in Airflow's queue
_DAG_ID = re.compile(r"pipeline_([0-9a-f]{32})")


def pipeline_of(dag_id: str) -> UUID | None:
    """The pipeline that a DAG belongs to, None when it is not one of ours."""
    match = _DAG_ID.fullmatch(dag_id)
    return UUID(hex=match[1]) if match else None


@dataclass
class Awaited:
    """A revision that was saved and that Airflow does not serve yet."""

    revision: int
    since: datetime
    """On the wall clock: a parse that began later has read the new file."""
    started: float
    asked: float | None = None
    asks: int = 0
    parses: set[datetime] = field(default_factory=set)

    def age(self) -> float:
        """Seconds that it has been waited for."""
        return time.monotonic() - self.started

    def due(self) -> bool:
        """Whether to ask Airflow for it now: at once, then at longer and longer intervals."""
        return self.asked is None or time.monotonic() - self.asked > min(ASK_AGAIN * max(self.asks, 1), 30)

    def served_by(self, dag: Dag) -> bool:
        """Whether Airflow's DAG is this revision's, and not the old one under the new number.

        Airflow labels a parse with the bundle version at the parse's end, so one that was under way when the file was
        replaced gets the new version with the old tasks. A parse that began after the save, or the second one
        that carries the version, cannot be such a one.
        """
        if dag.is_stale or dag.has_import_errors or dag.revision < self.revision or dag.last_parsed_time is None:
            return False
        self.parses.add(dag.last_parsed_time)
        began = dag.last_parsed_time - timedelta(seconds=dag.last_parse_duration or 0)
        return began >= self.since or len(self.parses) > 1


class Revisions:
    """The served revision of each pipeline, as far as this leader has seen it, and those still awaited."""

    def __init__(self, airflow: AirflowClient, dags_folder: Path) -> None:
        self._airflow = airflow
        self._live = dags_folder / "live"
        self._served: dict[UUID, int] = {}
        self._tokens: dict[UUID, str] = {}
        self._anchor: str | None = None
        self._polled = 0.0
        self._first_look = True
        self.awaited: dict[UUID, Awaited] = {}

    def load(self) -> set[UUID]:
        """Read once what Airflow serves; answers the pipelines that it knows at all."""
        known: set[UUID] = set()
        for dag in self._airflow.dags(prefix=PREFIX):
            if pipeline_id := pipeline_of(dag.dag_id):
                known.add(pipeline_id)
                self._tokens[pipeline_id] = dag.file_token
                if not dag.is_stale and not dag.has_import_errors:
                    self._served[pipeline_id] = dag.revision
        return known

    def serves(self, pipeline_id: UUID, revision: int) -> bool:
        """Whether a run triggered now would be of this revision, or of one saved after it; never of one in between."""
        return pipeline_id not in self.awaited and self._served.get(pipeline_id, -1) >= revision

    def lost(self, pipeline_id: UUID, revision: int) -> None:
        """Airflow no longer knows a DAG that it served: begin again with it."""
        self._served.pop(pipeline_id, None)
        self._tokens.pop(pipeline_id, None)
        self._await(pipeline_id, revision)

    def expect_saved(self, session: Session) -> None:
        """Await every published revision that is not served yet."""
        saved = (
            select(Pipeline.id, PipelineVersion.bundle_revision, func.now() - PipelineVersion.created_at)
            .join(PipelineVersion, PipelineVersion.pipeline_id == Pipeline.id)
            .where(Pipeline.deleted_at.is_(None), PipelineVersion.version == Pipeline.published_revision)
        )
        live: set[UUID] = set()
        for pipeline_id, revision, age in session.execute(saved):
            live.add(pipeline_id)
            if revision is None:
                continue
            awaited = self.awaited.get(pipeline_id)
            known = awaited.revision if awaited else self._served.get(pipeline_id, 0)
            doubtful = self._first_look and age < JUST_SAVED
            if revision > known or doubtful:
                self._await(pipeline_id, revision)
        for pipeline_id in self.awaited.keys() - live:
            del self.awaited[pipeline_id]
        self._first_look = False

    def ask(self) -> None:
        """Ask Airflow for what was not asked for yet, and again where it did not help; never waits for a parse."""
        anchor_asked = False
        for pipeline_id, awaited in self.awaited.items():
            if not awaited.due():
                continue
            token = self._tokens.get(pipeline_id)
            if awaited.asks and awaited.age() > TOUCH_AFTER:
                self._touch(pipeline_id)
            if token is not None:
                self._reparse(token)
            elif not anchor_asked:
                self.look_for_files()
                anchor_asked = True
            awaited.asks += 1
            awaited.asked = time.monotonic()

    def look_for_files(self) -> None:
        """Make Airflow notice files that came or went."""
        if self._anchor is None:
            anchor = self._airflow.dag(ANCHOR)
            if anchor is None:
                log.warning("Airflow does not know the DAG %s yet; new files wait for its own next look", ANCHOR)
                return
            self._anchor = anchor.file_token
        self._reparse(self._anchor)

    def young(self) -> bool:
        """Whether something was saved so lately that somebody may be waiting for it."""
        return any(awaited.age() < YOUNG for awaited in self.awaited.values())

    def look(self) -> set[UUID]:
        """Ask once which awaited revisions are served by now, and answer those."""
        young = [each for each, awaited in self.awaited.items() if awaited.age() < YOUNG]
        ripe = time.monotonic() - self._polled > SLOW
        if ripe:
            self._polled = time.monotonic()
        asked = (young or list(self.awaited)) if not ripe else [*young, *(self.awaited.keys() - set(young))]
        dags = self._dags(asked[:PAGE]) if young or ripe else {}
        arrived: set[UUID] = set()
        for pipeline_id, dag in dags.items():
            self._tokens[pipeline_id] = dag.file_token
            awaited = self.awaited.pop(pipeline_id)
            if awaited.served_by(dag):
                self._served[pipeline_id] = dag.revision
                arrived.add(pipeline_id)
            else:
                self.awaited[pipeline_id] = awaited  # at the end: of very many, others are asked for next time
        return arrived

    def _dags(self, pipeline_ids: list[UUID]) -> dict[UUID, Dag]:
        if len(pipeline_ids) == 1:
            dag = self._airflow.dag(dag_id_for(pipeline_ids[0]))
            return {pipeline_ids[0]: dag} if dag else {}
        dags = self._airflow.dags_named([dag_id_for(each) for each in pipeline_ids])
        return {each: dags[dag_id_for(each)] for each in pipeline_ids if dag_id_for(each) in dags}

    def _await(self, pipeline_id: UUID, revision: int) -> None:
        self.awaited[pipeline_id] = Awaited(revision, datetime.now(UTC), time.monotonic())

    def _reparse(self, token: str) -> None:
        try:
            self._airflow.reparse(token)
        except AirflowRefused as refused:
            if refused.status not in ALREADY_ASKED:
                raise

    def _touch(self, pipeline_id: UUID) -> None:
        """A later time of change makes Airflow parse the file, also one whose DAG was deleted in its UI."""
        path = self._live / f"{dag_id_for(pipeline_id)}.py"
        try:
            os.utime(path)
        except FileNotFoundError:
            log.warning("the file of pipeline %s is not published", pipeline_id)

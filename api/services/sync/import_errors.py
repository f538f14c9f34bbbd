"""Executions whose file Airflow cannot load fail at once, with Airflow's own reason on the node that caused it."""

import re
import time
from datetime import datetime
from pathlib import Path
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session, sessionmaker

from api.clients.airflow import AirflowClient
from api.clients.airflow_types import ImportFault
from api.models import ExecutionNode, PipelineExecution
from api.services.sync.revisions import PREFIX, Revisions, pipeline_of
from api.services.sync.trigger import UNTRIGGERED, fail
from api.services.version_nodes import version_nodes
from dag_factory.compile import node_at_line

EVERY = 0.5  # seconds between two looks, while something is awaited
CERTAIN_AFTER = 5.0
TRACE_LIMIT = 20_000


class ImportErrors:
    """Watches the files of awaited revisions."""

    def __init__(
        self, sessions: sessionmaker[Session], airflow: AirflowClient, revisions: Revisions, dags_folder: Path
    ) -> None:
        self._sessions = sessions
        self._airflow = airflow
        self._revisions = revisions
        self._live = dags_folder / "live"
        self._looked = 0.0
        self._first: dict[UUID, tuple[int, datetime]] = {}

    def step(self) -> None:
        """Fail the executions whose revision was parsed and found broken."""
        awaited = self._revisions.awaited
        if not any(each.age() > EVERY for each in awaited.values()) or time.monotonic() - self._looked < EVERY:
            return
        self._looked = time.monotonic()
        self._first = {key: seen for key, seen in self._first.items() if key in awaited}
        for fault in self._airflow.import_errors(PREFIX):
            pipeline_id = pipeline_of(Path(fault.filename).stem)
            if pipeline_id is not None and pipeline_id in awaited and self._certain(pipeline_id, fault):
                self._fail(pipeline_id, awaited[pipeline_id].revision, fault)

    def _certain(self, pipeline_id: UUID, fault: ImportFault) -> bool:
        """Whether the fault is the awaited revision's: the first one after the save may be of a parse begun before."""
        awaited = self._revisions.awaited[pipeline_id]
        if fault.timestamp < awaited.since:
            return False
        revision, first = self._first.setdefault(pipeline_id, (awaited.revision, fault.timestamp))
        if revision != awaited.revision:
            self._first[pipeline_id] = (awaited.revision, fault.timestamp)
            return False
        return fault.timestamp > first or awaited.age() > CERTAIN_AFTER

    def _fail(self, pipeline_id: UUID, revision: int, fault: ImportFault) -> None:
        reason = fault.stack_trace.strip().splitlines()[-1] if fault.stack_trace.strip() else "no reason given"
        node_id = self._node(fault)
        with self._sessions.begin() as session:
            broken = session.scalars(
                select(PipelineExecution)
                .where(
                    *UNTRIGGERED,
                    PipelineExecution.pipeline_id == pipeline_id,
                    PipelineExecution.bundle_revision <= revision,
                )
                .with_for_update(skip_locked=True)
            ).all()
            for execution in broken:
                nodes = version_nodes(session, execution.pipeline_version_id)
                where = f" at the node “{nodes.title(node_id)}”" if node_id else ""
                message = f"Airflow cannot load this pipeline{where}: {reason}"
                fail(execution, message, trace=fault.stack_trace[-TRACE_LIMIT:], node_id=node_id)
                if node_id:
                    session.execute(
                        update(ExecutionNode)
                        .where(ExecutionNode.execution_id == execution.id, ExecutionNode.node_id == node_id)
                        .values(error_message=reason)
                    )

    def _node(self, fault: ImportFault) -> str | None:
        name = Path(fault.filename).name
        lines = re.findall(rf'{re.escape(name)}", line (\d+)', fault.stack_trace)
        try:
            source = (self._live / name).read_text()
        except FileNotFoundError:
            return None
        return next((node for line in reversed(lines) if (node := node_at_line(source, int(line)))), None)

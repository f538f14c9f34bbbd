"""Pipelines whose DAG file is written by hand: for what no module does, such as sleeping or failing on purpose."""

import textwrap
from pathlib import Path
from uuid import UUID, uuid4

from sqlalchemy import func, text
from sqlalchemy.orm import Session, sessionmaker

from api.models import Pipeline, PipelineVersion
from dag_factory.publish import Publisher

HEAD = """
import time
from datetime import timedelta
from airflow.sdk import DAG, BaseOperator
import logging

log = logging.getLogger("by.hand")


class Step(BaseOperator):
    def __init__(self, *, work, after=None, **kwargs):
        super().__init__(**kwargs)
        self.work = work

    def execute(self, context):
        return self.work(context)

"""


class PipelinesByHand:
    """Saves pipelines as the service does, except that the file is given."""

    def __init__(self, sessions: sessionmaker[Session], dags_folder: Path) -> None:
        self._sessions = sessions
        self._publisher = Publisher(dags_folder)

    def save(self, body: str, *, nodes: list[str], pipeline_id: UUID | None = None, dag: str = "schedule=None") -> UUID:
        """Save a new pipeline, or the next version of one; `body` stands inside `with DAG(…) as dag:`."""
        new = pipeline_id is None
        pipeline_id = pipeline_id or uuid4()
        graph = _graph(f"By hand {pipeline_id}", nodes)
        opening = f"with DAG('pipeline_{pipeline_id.hex}', catchup=False, is_paused_upon_creation=False, {dag}) as dag:"
        source = f"{HEAD}{opening}\n{textwrap.indent(textwrap.dedent(body).strip(), '    ')}\n"
        with self._sessions.begin() as session:
            if new:
                pipeline = Pipeline(id=pipeline_id, revision=0, **_columns(graph))
            else:
                pipeline = session.get_one(Pipeline, pipeline_id)
            pipeline.revision += 1
            pipeline.published_revision = pipeline.revision
            pipeline.updated_at = func.now()
            session.add(pipeline)
            session.flush()
            revision = self._publisher.publish(f"pipeline_{pipeline_id.hex}", source)
            version = PipelineVersion(
                pipeline_id=pipeline_id,
                version=pipeline.revision,
                graph=graph,
                problems=[],
                schemas={},
                valid=True,
                bundle_revision=revision,
            )
            session.add(version)
            session.execute(text("select pg_notify('logidata_sync', '')"))
        return pipeline_id


def _graph(name: str, nodes: list[str]) -> dict[str, object]:
    drawn = [
        {"id": node, "position": {"x": 100.0 * place, "y": 0.0}, "data": {"moduleId": "by-hand", "label": node.title()}}
        for place, node in enumerate(nodes)
    ]
    return {"name": name, "config": {"nodes": drawn, "edges": []}}


def _columns(graph: dict[str, object]) -> dict[str, object]:
    return {
        "name": graph["name"],
        "description": "",
        "type": "etl",
        "status": "active",
        "config": graph["config"],
        "default_params": {},
        "module_ids": [],
        "is_scheduled": False,
        "timezone": "UTC",
        "tags": [],
        "engine": "duckdb",
        "materialize": "auto",
        "retries": 0,
        "retry_delay_seconds": 0,
        "max_active_runs": 16,
    }

"""What can be learned from the pipelines that somebody may see, counted once and again when one of them changes."""

import threading
from collections import OrderedDict
from typing import Any
from uuid import UUID

from pydantic import ValidationError
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from api.models import Pipeline
from api.services.assist.suggest.history import History, Step, steps
from dag_factory.catalog import Catalog
from dag_factory.graph import PipelineGraph

NEWEST = 2_000
"""Pipelines that are learned from: those that were saved last."""
KEPT, HISTORIES = 4_000, 8
"""How many pipelines, and how many people's views of them, are remembered."""
LIVE = Pipeline.deleted_at.is_(None)


class Learned:
    """Counts for each set of pipelines that may be seen together; safe for many threads."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._lock = threading.Lock()
        self._steps: OrderedDict[tuple[UUID, int], list[Step]] = OrderedDict()
        self._histories: OrderedDict[Any, History] = OrderedDict()

    def history(self, session: Session) -> History:
        """What the pipelines tell that this session shows, none more; asked of the database each time."""
        state = func.uuid_hash_extended(Pipeline.id, Pipeline.revision)
        seen = tuple(session.execute(select(func.count(), func.sum(state)).select_from(Pipeline).where(LIVE)).one())
        with self._lock:
            if seen in self._histories:
                self._histories.move_to_end(seen)
                return self._histories[seen]
        history = self._counted(session)
        with self._lock:
            self._histories[seen] = history
            while len(self._histories) > HISTORIES:
                self._histories.popitem(last=False)
        return history

    def _counted(self, session: Session) -> History:
        newest = select(Pipeline.id, Pipeline.revision, Pipeline.name).where(LIVE)
        rows = session.execute(newest.order_by(Pipeline.updated_at.desc(), Pipeline.id).limit(NEWEST)).all()
        with self._lock:
            missing = [row.id for row in rows if (row.id, row.revision) not in self._steps]
        read: dict[tuple[UUID, int], list[Step]] = {}
        query = select(Pipeline.id, Pipeline.revision, Pipeline.config).where(Pipeline.id.in_(missing))
        for pipeline_id, revision, config in session.execute(query) if missing else ():
            read[pipeline_id, revision] = self._steps_of(config)
        with self._lock:
            self._steps |= read
            taken = [(row.name, self._steps.get((row.id, row.revision), ())) for row in rows]
            while len(self._steps) > KEPT:
                self._steps.popitem(last=False)
        return History(taken)

    def _steps_of(self, config: dict[str, Any]) -> list[Step]:
        try:
            return steps(PipelineGraph.model_validate({"name": "", "config": config}), self._catalog)
        except ValidationError:  # saved by an earlier release
            return []

"""What can be learned from the pipelines that somebody may see, counted once and again when one of them changes."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Collection, Sequence
from typing import Any
from uuid import UUID

from pydantic import ValidationError
from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session, sessionmaker

from api.models import Pipeline
from api.services.assist.suggest.history import History, Step, steps
from dag_factory.catalog import Catalog
from dag_factory.graph import PipelineGraph

NEWEST = 2_000
"""Pipelines that are learned from: those that were saved last."""
KEPT, HISTORIES = 4_000, 8
"""How many pipelines, and how many people's views of them, are remembered."""
AT_ONCE = 25
"""Graphs that are read from the database at a time: they can be large."""
LIVE = Pipeline.deleted_at.is_(None)


class Learned:
    """Counts for each set of pipelines that may be seen together; safe for many threads."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._lock = threading.Lock()
        self._steps: OrderedDict[tuple[UUID, int], list[Step]] = OrderedDict()
        self._histories: OrderedDict[Any, History] = OrderedDict()
        self._caught_up: tuple[Any, ...] | None = None

    def history(self, session: Session) -> History:
        """What the pipelines tell that this session shows, none more; asked of the database each time."""
        seen = self._state(session)
        with self._lock:
            if seen in self._histories:
                self._histories.move_to_end(seen)
                return self._histories[seen]
        rows = self._newest(session)
        for some in self._missing(rows):
            self._read(session, some)
        history = self._counted(rows)
        with self._lock:
            self._histories[seen] = history
            while len(self._histories) > HISTORIES:
                self._histories.popitem(last=False)
        return history

    def catch_up(self, sessions: sessionmaker[Session], rest: Callable[[float], object]) -> None:
        """Read what was saved since, so that the next question need not wait for it.

        Args:
            sessions: of the service itself; whoever asks is told of what they may see all the same.
            rest: called with the seconds that each part took, to leave the rest of the time to others; false ends it.
        """
        with sessions() as session:
            seen = self._state(session)
            if seen == self._caught_up:
                return
            rows = self._newest(session)
        for some in self._missing(rows):
            begun = time.monotonic()
            with sessions() as session:
                self._read(session, some)
            if not rest(time.monotonic() - begun):
                return
        self._caught_up = seen

    @staticmethod
    def _state(session: Session) -> tuple[Any, ...]:
        state = func.uuid_hash_extended(Pipeline.id, Pipeline.revision)
        return tuple(session.execute(select(func.count(), func.sum(state)).select_from(Pipeline).where(LIVE)).one())

    @staticmethod
    def _newest(session: Session) -> Sequence[Row[UUID, int, str]]:
        newest = select(Pipeline.id, Pipeline.revision, Pipeline.name).where(LIVE)
        return session.execute(newest.order_by(Pipeline.updated_at.desc(), Pipeline.id).limit(NEWEST)).all()

    def _missing(self, rows: Sequence[Row[UUID, int, str]]) -> list[list[UUID]]:
        """Those that are not remembered as they are now, some at a time."""
        with self._lock:
            missing = [row.id for row in rows if (row.id, row.revision) not in self._steps]
        return [missing[first : first + AT_ONCE] for first in range(0, len(missing), AT_ONCE)]

    def _read(self, session: Session, ids: Collection[UUID]) -> None:
        query = select(Pipeline.id, Pipeline.revision, Pipeline.config).where(Pipeline.id.in_(ids))
        read = {(row.id, row.revision): self._steps_of(row.config) for row in session.execute(query)}
        with self._lock:
            self._steps |= read
            while len(self._steps) > KEPT:
                self._steps.popitem(last=False)

    def _counted(self, rows: Sequence[Row[UUID, int, str]]) -> History:
        with self._lock:
            taken = [(row.name, self._steps.get((row.id, row.revision), ())) for row in rows]
        return History(taken)

    def _steps_of(self, config: dict[str, Any]) -> list[Step]:
        try:
            return steps(PipelineGraph.model_validate({"name": "", "config": config}), self._catalog)
        except ValidationError:  # saved by an earlier release
            return []

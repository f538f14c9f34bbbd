"""Learns from pipelines before somebody asks what could come next: after the start, and after saves."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from api.services.assist.suggest.learned import Learned

EVERY = 20.0
REST = 2.0
"""Seconds of rest for each of work: requests are answered meanwhile, by the same processor."""

log = logging.getLogger(__name__)


@contextmanager
def run_learning(sessions: sessionmaker[Session], learned: Learned, every: float = EVERY) -> Iterator[None]:
    """Learn in a thread of its own, which neither the start nor the end waits for."""
    stop = threading.Event()
    thread = threading.Thread(target=_work, args=(sessions, learned, stop, every), name="learning", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(timeout=5)


def _work(sessions: sessionmaker[Session], learned: Learned, stop: threading.Event, every: float) -> None:
    while not stop.is_set():
        try:
            learned.catch_up(sessions, lambda took: not stop.wait(REST * took))
        except SQLAlchemyError as error:
            log.warning("suggestions learn later: %s", type(error).__name__)
        except Exception:  # the thread must outlive a bug: a question still learns by itself
            log.exception("suggestions could not be learned")
        stop.wait(every)

"""The engine, and one session and one commit a request."""

import functools
import json
import time
from collections.abc import AsyncIterator
from typing import Annotated, Any

from anyio import CancelScope
from fastapi import Depends, Request
from fastapi.concurrency import run_in_threadpool
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.pool import ConnectionPoolEntry

from api.settings import Settings


def read_json(text: str) -> Any:
    """JSON as it was stored: JSONB writes 1e20 without its exponent, though no integer of more than 64 bits gets in."""
    return json.loads(text, parse_int=_integer)


def _integer(digits: str) -> int | float:
    number = int(digits) if len(digits) < 20 else float(digits)
    return number if abs(number) < 2**63 or number == -(2**63) else float(digits)


TRUSTED_SECONDS = 1.0
"""So long after its last use a connection is taken to be alive."""

FILES_CHANGED = "files-changed"
"""Set in a session's `info` once its transaction has published: a rollback leaves files that nobody saved."""

READS = "reads"
"""Of an engine's connections and of a session: for reads alone."""


def make_engine(settings: Settings) -> Engine:
    """An engine that notices dead connections and gives up on a stuck statement or lock."""
    engine = create_engine(
        settings.database_url,
        pool_size=settings.database_pool_size,
        max_overflow=0,  # one that is beyond the pool would be opened and closed for each request
        pool_timeout=10,
        json_deserializer=read_json,
        connect_args={
            "application_name": "logidata-api",
            "connect_timeout": 5,
            "options": "-c statement_timeout=30s -c lock_timeout=15s -c timezone=UTC",
        },
    )
    _try_idle_connections(engine)
    _read_without_transactions(engine)
    return engine


def _try_idle_connections(engine: Engine) -> None:
    """Ask a connection whether it lives unless it did a moment ago; each request would wait for that twice."""

    def note(_: DBAPIConnection, record: ConnectionPoolEntry, *__: object) -> None:
        record.info["lived_at"] = time.monotonic()

    def try_out(connection: DBAPIConnection, record: ConnectionPoolEntry, *_: object) -> None:
        if time.monotonic() - record.info["lived_at"] < TRUSTED_SECONDS:
            return
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as error:
            raise InvalidatePoolError from error

    event.listen(engine, "connect", note)
    event.listen(engine, "checkin", note)
    event.listen(engine, "checkout", try_out)


def _read_without_transactions(engine: Engine) -> None:
    """Let the driver begin none where `READS` is asked for; SQLAlchemy's own AUTOCOMMIT costs a statement to undo."""

    def begin(connection: Connection) -> None:
        if connection.get_execution_options().get(READS):
            connection.connection.driver_connection.autocommit = True  # pyright: ignore[reportOptionalMemberAccess]

    def end(connection: Any, _: ConnectionPoolEntry) -> None:
        if connection is not None:
            connection.autocommit = False

    event.listen(engine, "engine_connect", begin)
    event.listen(engine, "checkin", end)


def make_sessions(engine: Engine) -> sessionmaker[Session]:
    """Sessions whose objects stay readable after the commit."""
    return sessionmaker(engine, expire_on_commit=False)


def reading(sessions: sessionmaker[Session]) -> Session:
    """A session for reads alone, each in a transaction of its own: there is none to begin and to end around them."""
    return sessions(bind=without_transactions(sessions.kw["bind"]), info={READS: True})


@functools.lru_cache(maxsize=4)
def without_transactions(engine: Engine) -> Engine:
    """The same engine with each statement in a transaction of its own."""
    return engine.execution_options(**{READS: True})


async def request_session(request: Request) -> AsyncIterator[Session]:
    """Commit when the route returns and roll back when it raises, before the answer is sent; GET only reads."""
    sessions: sessionmaker[Session] = request.app.state.sessions
    session = reading(sessions) if request.method in {"GET", "HEAD"} else sessions()
    try:
        yield session
        if session.in_transaction():
            await run_in_threadpool(finish, session)
    except BaseException:
        if session.info.get(FILES_CHANGED):
            request.app.state.files_differ.set()
        raise
    finally:
        if session.in_transaction():
            with CancelScope(shield=True):
                await run_in_threadpool(session.close)


def finish(session: Session) -> None:
    """Commit; a session for reads has nothing to."""
    if session.info.get(READS):
        assert not {*session.new, *session.dirty, *session.deleted}, "GET changes nothing"
    else:
        session.commit()


SessionDep = Annotated[Session, Depends(request_session, scope="function")]

"""The engine, and one session and one commit a request."""

import json
from collections.abc import Iterator
from typing import Annotated, Any

from fastapi import Depends, Request
from sqlalchemy import Engine, create_engine
from sqlalchemy.orm import Session, sessionmaker

from api.settings import Settings


def read_json(text: str) -> Any:
    """JSON as it was stored: JSONB writes 1e20 without its exponent, though no integer of more than 64 bits gets in."""
    return json.loads(text, parse_int=_integer)


def _integer(digits: str) -> int | float:
    number = int(digits) if len(digits) < 20 else float(digits)
    return number if abs(number) < 2**63 or number == -(2**63) else float(digits)


FILES_CHANGED = "files-changed"
"""Set in a session's `info` once its transaction has published: a rollback leaves files that nobody saved."""


def make_engine(settings: Settings) -> Engine:
    """An engine that notices dead connections and gives up on a stuck statement or lock."""
    return create_engine(
        settings.database_url,
        pool_size=settings.database_pool_size,
        max_overflow=settings.database_pool_size,
        pool_timeout=10,
        pool_pre_ping=True,
        json_deserializer=read_json,
        connect_args={
            "application_name": "logidata-api",
            "connect_timeout": 5,
            "options": "-c statement_timeout=30s -c lock_timeout=15s -c timezone=UTC",
        },
    )


def make_sessions(engine: Engine) -> sessionmaker[Session]:
    """Sessions whose objects stay readable after the commit."""
    return sessionmaker(engine, expire_on_commit=False)


def request_session(request: Request) -> Iterator[Session]:
    """Commit when the route returns and roll back when it raises, before the answer is sent."""
    sessions: sessionmaker[Session] = request.app.state.sessions
    with sessions() as session:
        try:
            with session.begin():
                yield session
        except BaseException:
            if session.info.get(FILES_CHANGED):
                request.app.state.files_differ.set()
            raise


SessionDep = Annotated[Session, Depends(request_session, scope="function")]

"""How often something may happen, counted in the database for all processes of the service."""

import math
import time

from limits import RateLimitItem
from limits.storage import Storage
from limits.strategies import FixedWindowRateLimiter
from sqlalchemy import case, delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from api.models import RateLimit


class DatabaseStorage(Storage):
    """Counts of `limits`, each change in a transaction of its own: it stands when the request is refused."""

    STORAGE_SCHEME = ["logidata"]  # noqa: RUF012 - the library's registry reads it

    def __init__(self, sessions: sessionmaker[Session]) -> None:
        super().__init__()
        self._sessions = sessions

    @property
    def base_exceptions(self) -> type[Exception]:
        """What the library may wrap."""
        return SQLAlchemyError

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Count, in a window that begins with its first event; returns the number in it."""
        now = func.clock_timestamp()
        until = now + func.make_interval(0, 0, 0, 0, 0, 0, expiry)
        is_over = RateLimit.expires_at <= now
        statement = insert(RateLimit).values(key=key, count=amount, expires_at=until)
        counted = statement.on_conflict_do_update(
            index_elements=[RateLimit.key],
            set_={
                "count": case((is_over, statement.excluded.count), else_=RateLimit.count + amount),
                "expires_at": case((is_over, statement.excluded.expires_at), else_=RateLimit.expires_at),
            },
        )
        with self._sessions.begin() as session:
            return session.scalars(counted.returning(RateLimit.count)).one()

    def get(self, key: str) -> int:
        """The number in the present window."""
        query = select(RateLimit.count).where(RateLimit.key == key, RateLimit.expires_at > func.clock_timestamp())
        with self._sessions() as session:
            return session.scalar(query) or 0

    def get_expiry(self, key: str) -> float:
        """When the window ends, as Unix time on this machine's clock."""
        left = func.extract("epoch", RateLimit.expires_at - func.clock_timestamp())
        with self._sessions() as session:
            return time.time() + float(session.scalar(select(left).where(RateLimit.key == key)) or 0)

    def check(self) -> bool:
        """The database says whether it is there when it is asked."""
        return True

    def reset(self) -> int:
        """Forget all windows that are over."""
        with self._sessions.begin() as session:
            over = delete(RateLimit).where(RateLimit.expires_at <= func.clock_timestamp())
            return len(session.scalars(over.returning(RateLimit.key)).all())

    def clear(self, key: str) -> None:
        """Begin a new window."""
        with self._sessions.begin() as session:
            session.execute(delete(RateLimit).where(RateLimit.key == key))


class RateLimiter:
    """Counts against several limits at once."""

    def __init__(self, sessions: sessionmaker[Session]) -> None:
        self.storage = DatabaseStorage(sessions)
        self._windows = FixedWindowRateLimiter(self.storage)

    def wait(self, limits: dict[str, RateLimitItem]) -> int | None:
        """Count one event under each key; the seconds to wait when that was one too many for any, else None."""
        over = [(limit, key) for key, limit in limits.items() if not self._windows.hit(limit, key)]
        if not over:
            return None
        ends = max(self._windows.get_window_stats(limit, key).reset_time for limit, key in over)
        return max(1, math.ceil(ends - time.time()))

    def give_back(self, limits: dict[str, RateLimitItem]) -> None:
        """Undo the count of an event that was none to limit."""
        for key, limit in limits.items():
            self._windows.hit(limit, key, cost=-1)

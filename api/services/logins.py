"""Sign-ins that last: a login with refresh tokens that rotate, and what ends it."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import and_, delete, func, select, update
from sqlalchemy.orm import Session, sessionmaker

from api.errors.sign_in import RefreshTokenInvalid
from api.models import Login, RefreshToken, User
from api.request_log import client_address
from api.security import Account
from api.services import audit

REMEMBER_USED = timedelta(days=7)
"""How long a used token is still recognised as stolen; later ones are merely unknown."""

GRACE = timedelta(seconds=60)
"""How long a browser may send a token again whose answer it never got, since a page was reloaded meanwhile."""


@dataclass(frozen=True)
class SignedIn:
    """A person with a login, and the refresh token that continues it."""

    user: User
    login: Login
    refresh_token: str

    @property
    def account(self) -> Account:
        """Who they are to everything else."""
        return account_of(self.user, self.login.id)


def account_of(user: User, login_id: UUID | None = None) -> Account:
    """A person as everything else knows them."""
    return Account(user.id, user.email, user.name, user.role, login_id=login_id)  # type: ignore[arg-type]


def start(session: Session, user: User, user_agent: str | None, lasts: timedelta) -> SignedIn:
    """Begin a login, and forget this person's logins that are over for good."""
    session.execute(delete(Login).where(Login.user_id == user.id, Login.expires_at <= func.now()))
    login = Login(
        user_id=user.id,
        expires_at=func.now() + lasts,
        address=client_address(),
        user_agent=(user_agent or "").replace("\0", "")[:300] or None,
    )
    session.add(login)
    user.last_sign_in_at = func.now()
    session.flush()
    session.refresh(login)
    return SignedIn(user, login, _issue(session, login.id))


def refresh(sessions: sessionmaker[Session], token: str, *, grace: timedelta = timedelta(0)) -> SignedIn:
    """Trade a refresh token for the next one.

    A token that was traded before is in two hands, and nobody can tell which is the right one: its login ends. But for
    the last one within `grace`, whose answer was lost: what it was traded for counts no longer, and a new one does.
    """
    query = (
        select(RefreshToken, Login, User)
        .join(Login, Login.id == RefreshToken.login_id)
        .join(User, User.id == Login.user_id)
        .where(RefreshToken.token_hash == token_hash(token))
        .with_for_update(of=(RefreshToken, Login))
    )
    with sessions.begin() as session:
        row = session.execute(query).one_or_none()
        if row is None:
            raise RefreshTokenInvalid
        used, login, user = row
        stands = login.ended_at is None and user.is_active and _is_ahead(session, login)
        if stands and (used.used_at is None or _is_repeated(session, used, grace)):
            counting = (RefreshToken.login_id == login.id, RefreshToken.used_at.is_(None))
            session.execute(update(RefreshToken).where(*counting).values(used_at=func.now()))
            used.used_at = func.now()
            long_used = RefreshToken.used_at < func.now() - REMEMBER_USED
            session.execute(delete(RefreshToken).where(RefreshToken.login_id == login.id, long_used))
            return SignedIn(user, login, _issue(session, login.id))
        if stands:
            end(session, login.id)
            audit.record(session, account_of(user), "login.reused", "login", login.id, user.email)
    raise RefreshTokenInvalid


def end(session: Session, login_id: UUID) -> None:
    """Sign out one login; its access tokens count no longer."""
    session.execute(update(Login).where(Login.id == login_id, Login.ended_at.is_(None)).values(ended_at=func.now()))


def end_all(session: Session, user_id: UUID, but: UUID | None = None) -> None:
    """Sign a person out everywhere, but perhaps here."""
    theirs = update(Login).where(Login.user_id == user_id, Login.ended_at.is_(None), Login.id.is_distinct_from(but))
    session.execute(theirs.values(ended_at=func.now()))


def find(session: Session, token: str) -> Login | None:
    """The login that a refresh token belongs to, whether or not it may still be used."""
    joined = select(Login).join(RefreshToken, RefreshToken.login_id == Login.id)
    return session.scalar(joined.where(RefreshToken.token_hash == token_hash(token)))


def token_hash(token: str) -> bytes:
    """What is stored of a token that nobody can guess."""
    return hashlib.sha256(token.encode(errors="replace")).digest()


def _issue(session: Session, login_id: UUID) -> str:
    token = secrets.token_urlsafe(32)
    session.add(RefreshToken(login_id=login_id, token_hash=token_hash(token)))
    session.flush()
    return token


def _is_repeated(session: Session, used: RefreshToken, grace: timedelta) -> bool:
    """Whether this is a trade whose answer was lost: it is fresh, and nothing was traded since."""
    last = select(func.max(RefreshToken.used_at)).where(RefreshToken.login_id == used.login_id)
    is_last, is_fresh = last.scalar_subquery() == used.used_at, func.now() - used.used_at < grace
    return bool(session.scalar(select(and_(is_last, is_fresh))))


def _is_ahead(session: Session, login: Login) -> bool:
    return bool(session.scalar(select(func.now() < login.expires_at)))

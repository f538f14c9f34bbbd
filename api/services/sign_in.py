"""Sign in with e-mail and password, as often as it may be tried."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from limits import RateLimitItem, parse
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, sessionmaker

from api import passwords
from api.errors.sign_in import SignInFailed, TooManySignIns
from api.models import User
from api.request_log import client_address
from api.security import Account
from api.services import audit, logins
from api.services.logins import SignedIn
from api.services.rate_limit import RateLimiter

FROM_ONE_PLACE = parse("5 per 5 minute")
OF_ONE_ACCOUNT = parse("50 per hour")
OF_ONE_ADDRESS = parse("50 per 5 minute")
"""Failures; a guesser at one address gets tired before they can lock its owner out everywhere."""


@dataclass(frozen=True)
class SignIn:
    """The door: who may come in, and how often it may be tried."""

    sessions: sessionmaker[Session]
    limiter: RateLimiter
    lasts: timedelta

    def with_password(self, email: str, password: str, user_agent: str | None) -> SignedIn:
        """Begin a login; what fails is counted and noted, and takes as long as what does not.

        No connection is held while the password is hashed.
        """
        counted = self.attempt(email)
        with self.sessions() as session:
            user = session.scalar(by_email(email))
        may = user is not None and user.is_active
        verdict = passwords.verify(user.password_hash if user and may else None, password)
        if user is None or not verdict.is_right:
            self.refuse(user)
            raise SignInFailed
        self.limiter.give_back(counted)
        self.limiter.storage.reset()
        with self.sessions.begin() as session:
            fresh = session.scalar(select(User).where(User.id == user.id).with_for_update())
            if fresh is None or not fresh.is_active or fresh.password_hash != user.password_hash:
                raise SignInFailed  # changed in this very moment
            fresh.password_hash = verdict.rehashed or fresh.password_hash
            return self.begin(session, fresh, user_agent, "password")

    def is_password_of(self, user_id: UUID, password: str) -> bool:
        """Whether somebody who is signed in knows their password; wrong ones count as wrong sign-ins do."""
        with self.sessions() as session:
            user = session.get_one(User, user_id)
        counted = self.attempt(user.email)
        is_right = passwords.verify(user.password_hash, password).is_right
        if is_right:
            self.limiter.give_back(counted)
        return is_right

    def begin(self, session: Session, user: User, user_agent: str | None, method: str) -> SignedIn:
        """A login of somebody who has shown who they are."""
        signed_in = logins.start(session, user, user_agent, self.lasts)
        details = {"method": method}
        audit.record(session, signed_in.account, "login.create", "login", signed_in.login.id, user.email, details)
        return signed_in

    def attempt(self, email: str) -> dict[str, RateLimitItem]:
        """Count an attempt, before it costs anything."""
        account, address = email.strip().lower()[:320], client_address() or ""
        counted = {
            f"sign-in {account} {address}": FROM_ONE_PLACE,
            f"sign-in account {account}": OF_ONE_ACCOUNT,
            f"sign-in address {address}": OF_ONE_ADDRESS,
        }
        counted = {key.replace("\0", ""): limit for key, limit in counted.items()}
        wait = self.limiter.wait(counted)
        if wait is not None:
            raise TooManySignIns(wait)
        return counted

    def refuse(self, user: User | None) -> None:
        """Note a failure; what was typed is kept only where it is somebody's address, as it may be a password."""
        who = Account(None, user.email if user else "unknown", "", "viewer")
        with self.sessions.begin() as session:
            audit.record(session, who, "login.refused", "user", user.id if user else None, user.email if user else None)


def by_email(email: str) -> Select[User]:
    """The person with an address, however it is written."""
    return select(User).where(func.lower(User.email) == func.lower(email.strip().replace("\0", "")))

"""Who is asking, and whether they may.

A route takes `ViewerDep`, `EditorDep` or `AdminDep`: the account that asks, refused unless it has at least that role.
"""

import hmac
from collections.abc import Set
from dataclasses import dataclass
from typing import Annotated, Literal
from uuid import UUID

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer, OAuth2PasswordBearer
from sqlalchemy import Engine, bindparam, func, select
from sqlalchemy.orm import Session, sessionmaker

from api import tokens, visibility
from api.asked_together import AskedTogether
from api.database import SessionDep, without_transactions
from api.errors import LoginEnded, RoleTooLow, Unauthenticated
from api.models import Login, User
from api.models.user import ROLES
from api.settings import Settings

Role = Literal["admin", "editor", "viewer"]

people = OAuth2PasswordBearer(
    tokenUrl="/api/v1/auth/login",
    auto_error=False,
    description="Sign in with e-mail and password.",
    scheme_name="person",
    scopes={"offline_access": "answer with a refresh token in the body, for clients without cookies"},
)
machines = HTTPBearer(
    auto_error=False, description="The service token (LOGIDATA_SERVICE_TOKEN).", scheme_name="service"
)


@dataclass(frozen=True)
class Account:
    """Who is asking: a person, or the service token, which is an admin without an id."""

    id: UUID | None
    email: str
    name: str
    role: Role
    is_service: bool = False
    login_id: UUID | None = None
    """The sign-in that the access token belongs to."""

    def is_at_least(self, role: Role) -> bool:
        """Whether the account has this role, or one that may do more."""
        return ROLES.index(self.role) >= ROLES.index(role)

    def session(self, sessions: sessionmaker[Session]) -> Session:
        """A session outside of a request's, which shows the account nothing that it may not see."""
        session = sessions()
        self.look_through(session)
        return session

    def look_through(self, session: Session) -> None:
        """Let a session show only what the account may see."""
        if self.id is not None and not self.is_admin:
            visibility.see_as(session, self.id)

    @property
    def is_admin(self) -> bool:
        """Whether private pipelines of others are shown to it too."""
        return self.is_at_least("admin")


SERVICE = Account(id=None, email="service", name="Service token", role="admin", is_service=True)


STANDING = (
    select(Login.id.label("login_id"), User.id, User.email, User.name, User.role)
    .join(User, User.id == Login.user_id)
    .where(Login.id.in_(bindparam("login_ids", expanding=True)), User.is_active)
    .where(Login.ended_at.is_(None), Login.expires_at > func.now())
)


class Authenticator:
    """Tells whom a token stands for; the stream asks it too, whose token comes in a message."""

    def __init__(self, settings: Settings, engine: Engine) -> None:
        self.settings = settings
        # Their own connection: the request's session must not hold one while sources are asked.
        self._engine = without_transactions(engine)
        self._standing = AskedTogether(self._find)

    async def account(self, token: str) -> Account:
        """The account of a service token or of an access token whose login still stands, or `Unauthenticated`."""
        if self.is_service_token(token):
            return SERVICE
        bearer = tokens.read(token, self.settings.jwt_secret.get_secret_value())
        account = await self._standing(bearer.login_id)
        if account is None or account.id != bearer.user_id:
            raise LoginEnded
        return account

    def is_service_token(self, token: str) -> bool:
        """Compare in constant time."""
        return hmac.compare_digest(token.encode(), self.settings.service_token.get_secret_value().encode())

    def _find(self, login_ids: Set[UUID]) -> dict[UUID, Account]:
        with self._engine.connect() as connection:
            rows = connection.execute(STANDING, {"login_ids": list(login_ids)}).all()
        return {row.login_id: Account(row.id, row.email, row.name, row.role, login_id=row.login_id) for row in rows}


async def signed_in(
    request: Request,
    session: SessionDep,
    token: Annotated[str | None, Depends(people)],
    _: Annotated[HTTPAuthorizationCredentials | None, Depends(machines)],
) -> Account:
    """The account that asks; the request's session shows it nothing that it may not see."""
    authenticator: Authenticator = request.app.state.authenticator
    if not token:
        raise Unauthenticated("Sign in, and send the access token as `Authorization: Bearer <token>`.")
    account = await authenticator.account(token)
    account.look_through(session)
    return account


SignedIn = Annotated[Account, Depends(signed_in)]


async def require_viewer(account: SignedIn) -> Account:
    """Whoever is signed in may read."""
    return account


async def require_editor(account: SignedIn) -> Account:
    """Refuse whoever may only read."""
    return _at_least("editor", account)


async def require_admin(account: SignedIn) -> Account:
    """Refuse whoever is no admin."""
    return _at_least("admin", account)


def _at_least(role: Role, account: Account) -> Account:
    if not account.is_at_least(role):
        raise RoleTooLow(role, account.role)
    return account


ViewerDep = Annotated[Account, Depends(require_viewer)]
EditorDep = Annotated[Account, Depends(require_editor)]
AdminDep = Annotated[Account, Depends(require_admin)]

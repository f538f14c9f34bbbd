"""People who may sign in, kept by admins; one admin who can sign in always remains."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from api import passwords
from api.errors.sign_in import EmailTaken, InvitationInvalid, LastAdmin, UserNotFound
from api.models import User
from api.services import logins

INVITED_FOR = timedelta(hours=72)
KEEPING_ADMINS = 7_205_759_403_792_797
"""Advisory lock: two admins must not demote each other at once."""

CAN_SIGN_IN = User.is_active & (User.password_hash.is_not(None) | User.oidc_subject.is_not(None))


@dataclass(frozen=True)
class Wanted:
    """Which people."""

    search: str | None = None
    role: str | None = None
    is_active: bool | None = None


def page(session: Session, wanted: Wanted, *, limit: int, offset: int) -> tuple[Sequence[User], int]:
    """One page by name, and the number of all that fit."""
    conditions = _conditions(wanted)
    total = session.scalar(select(func.count()).select_from(User).where(*conditions)) or 0
    query = select(User).where(*conditions).order_by(func.lower(User.name), User.id).limit(limit).offset(offset)
    return session.scalars(query).all(), total


def get(session: Session, user_id: UUID, *, lock: bool = False) -> User:
    """One person."""
    user = session.get(User, user_id, with_for_update=lock or None, populate_existing=lock)
    if user is None:
        raise UserNotFound(user_id)
    return user


def create(session: Session, fields: dict[str, Any], password: str | None) -> tuple[User, str | None]:
    """Add a person; without a password, they choose theirs with the token that comes beside them, once."""
    user = User(**fields, password_hash=passwords.hash_password(password) if password else None)
    session.add(user)
    _flush_email(session, user.email)
    return user, None if password else invite(session, user)


def change(session: Session, user_id: UUID, changes: dict[str, Any]) -> tuple[User, dict[str, list[Any]]]:
    """Change a person; returns what was, and what is now. Deactivated, they are signed out everywhere at once."""
    session.execute(text("select pg_advisory_xact_lock(:key)"), {"key": KEEPING_ADMINS})
    user = get(session, user_id, lock=True)
    kept_it = _is_admin(user)
    changed = {name: [getattr(user, name), value] for name, value in changes.items() if getattr(user, name) != value}
    for name, (_, value) in changed.items():
        setattr(user, name, value)
    user.updated_at = func.now()
    _flush_email(session, changes.get("email", ""))
    _keep_an_admin(session, kept_it)
    if "is_active" in changed and not user.is_active:
        logins.end_all(session, user.id)
    return user, changed


def delete(session: Session, user_id: UUID) -> User:
    """Remove a person; what they made stays, private pipelines then being the admins' only."""
    session.execute(text("select pg_advisory_xact_lock(:key)"), {"key": KEEPING_ADMINS})
    user = get(session, user_id, lock=True)
    kept_it = _is_admin(user)
    session.delete(user)
    session.flush()
    _keep_an_admin(session, kept_it)
    return user


def reset(session: Session, user_id: UUID) -> tuple[User, str]:
    """Take a person's password away and sign them out; they choose another with the token that is returned."""
    session.execute(text("select pg_advisory_xact_lock(:key)"), {"key": KEEPING_ADMINS})
    user = get(session, user_id, lock=True)
    kept_it = _is_admin(user)
    user.password_hash = None
    logins.end_all(session, user.id)
    session.flush()
    _keep_an_admin(session, kept_it)
    return user, invite(session, user)


def invite(session: Session, user: User) -> str:
    """A token with which a password can be chosen once; an earlier one counts no longer."""
    token = secrets.token_urlsafe(32)
    user.invitation_hash = logins.token_hash(token)
    user.invitation_expires_at = func.now() + INVITED_FOR
    session.flush()
    return token


def accept(session: Session, token: str, password: str) -> User:
    """Choose a password with an invitation."""
    invited = select(User).where(User.invitation_hash == logins.token_hash(token), User.is_active)
    user = session.scalar(invited.where(User.invitation_expires_at > func.now()).with_for_update())
    if user is None:
        raise InvitationInvalid
    set_password(session, user, password)
    return user


def set_password(session: Session, user: User, password: str, but: UUID | None = None) -> None:
    """A new password signs its person out everywhere else, and ends an invitation."""
    user.password_hash = passwords.hash_password(password)
    user.invitation_hash = user.invitation_expires_at = None
    user.updated_at = func.now()
    logins.end_all(session, user.id, but=but)
    session.flush()


def make_first_admin(session: Session, email: str, password: str) -> bool:
    """Make the first user, when there is none at all; every process of the service may try."""
    session.execute(text("select pg_advisory_xact_lock(:key)"), {"key": KEEPING_ADMINS})
    if session.scalar(select(User.id).limit(1)) is not None:
        return False
    create(session, {"email": email, "name": "Admin", "role": "admin"}, password)
    return True


def _is_admin(user: User) -> bool:
    return user.is_active and user.role == "admin" and (user.password_hash or user.oidc_subject) is not None


def _keep_an_admin(session: Session, was_one: bool) -> None:
    """Refuse a change after which nobody could undo it."""
    if was_one and session.scalar(select(User.id).where(User.role == "admin", CAN_SIGN_IN).limit(1)) is None:
        raise LastAdmin


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [
        or_(*(each.icontains(word, autoescape=True) for each in (User.name, User.email)))
        for word in (wanted.search or "").split()
    ]
    if wanted.role is not None:
        conditions.append(User.role == wanted.role)
    if wanted.is_active is not None:
        conditions.append(User.is_active == wanted.is_active)
    return conditions


def _flush_email(session: Session, email: str) -> None:
    try:
        session.flush()
    except IntegrityError as error:
        if "uq_users_email" in str(error.orig):
            raise EmailTaken(email) from error
        raise

"""Who may come in through the OpenID provider, and as what."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from api.clients.oidc import Identity
from api.errors.sign_in import LastAdmin, OidcRefused
from api.models import User
from api.models.user import ROLES
from api.security import Role
from api.services import audit, logins, users
from api.services.sign_in import by_email

MEETING = 7_205_759_403_792_798
"""Advisory lock: the same person may arrive twice at once."""


@dataclass(frozen=True)
class RoleRule:
    """Which claim gives which role; without a claim, newcomers get the default and admins change it."""

    claim: str
    roles: Mapping[str, Role]
    default: Role | Literal["none"]

    def role_of(self, claims: Mapping[str, Any]) -> Role | Literal["none"]:
        """The highest role that any value of the claim gives; `realm_access.roles` looks into an object."""
        value: Any = claims
        for step in self.claim.split(".") if self.claim else ():
            value = value.get(step) if isinstance(value, Mapping) else None
        values = value if isinstance(value, list) else [value]
        given: set[Role] = {self.roles[each] for each in values if isinstance(each, str) and each in self.roles}
        return max(given, key=_rank) if given else self.default


def admit(session: Session, identity: Identity, rule: RoleRule) -> User:
    """The user that this identity is, made when there is none.

    A user of the same address becomes this identity's only when the provider has verified that address: whoever could
    claim any address there would otherwise become any user here.
    """
    session.execute(text("select pg_advisory_xact_lock(:key)"), {"key": MEETING})
    role = rule.role_of(identity.claims)
    known = (User.oidc_issuer == identity.issuer, User.oidc_subject == identity.subject)
    user = session.scalar(select(User).where(*known).with_for_update())
    if role == "none":
        raise OidcRefused("no role here belongs to this person")
    if user is None:
        user = _meet(session, identity, role)
    elif not user.is_active:
        raise OidcRefused("this account was deactivated")
    elif rule.claim and user.role != role:
        _take_over(session, user, role)
    return user


def _rank(role: Role) -> int:
    return ROLES.index(role)


def _meet(session: Session, identity: Identity, role: Role) -> User:
    if identity.email is None or not identity.email_verified:
        raise OidcRefused("the provider has not verified this person's e-mail address")
    user = session.scalar(by_email(identity.email).with_for_update())
    if user is None:
        name = identity.name or identity.email.partition("@")[0]
        user, _ = users.create(session, {"email": identity.email, "name": name, "role": role}, password=None)
        user.invitation_hash = user.invitation_expires_at = None
        details = {"role": role, "oidc": identity.issuer}
        audit.record(session, logins.account_of(user), "user.create", "user", user.id, user.email, details)
    elif user.oidc_subject is not None:
        raise OidcRefused("this e-mail address belongs to another identity")
    elif not user.is_active:
        raise OidcRefused("this account was deactivated")
    else:
        details = {"oidc": identity.issuer}
        audit.record(session, logins.account_of(user), "user.link", "user", user.id, user.email, details)
    user.oidc_issuer, user.oidc_subject = identity.issuer, identity.subject
    user.updated_at = func.now()
    session.flush()
    return user


def _take_over(session: Session, user: User, role: Role) -> None:
    try:
        with session.begin_nested():
            _, changed = users.change(session, user.id, {"role": role})
    except LastAdmin:
        return  # better one admin too many than none
    details = {"changed": changed, "by": "oidc"}
    audit.record(session, logins.account_of(user), "user.change", "user", user.id, user.email, details)

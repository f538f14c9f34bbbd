"""People, their sign-ins and what they did, as clients send and see them."""

from datetime import datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import Field, SecretStr, StringConstraints, model_validator

from api.schemas.values import In, Out, StoredText
from api.security import Role

Email = Annotated[
    StoredText,
    StringConstraints(strip_whitespace=True, max_length=320, pattern=r"^[^@\s\x00-\x1f]+@[^@\s\x00-\x1f]+$"),
    Field(examples=["ada@example.com"]),
]
PersonName = Annotated[StoredText, Field(min_length=1, max_length=200, pattern=r"\S", examples=["Ada Lovelace"])]
NewPassword = Annotated[SecretStr, Field(min_length=10, max_length=200, examples=["correct horse battery"])]
Password = Annotated[SecretStr, Field(min_length=1, max_length=200)]
Token = Annotated[SecretStr, Field(min_length=1, max_length=200)]


class AccountOut(Out):
    """Who is signed in; the service token has no id."""

    id: UUID | None
    email: str
    name: str
    role: Role
    is_service: bool
    has_password: bool


class TokenOut(Out):
    """An access token; the refresh token is here for clients that asked for it, in a cookie for all others."""

    access_token: str
    token_type: Literal["bearer"]
    expires_in: int
    refresh_token: str | None
    account: AccountOut


class MethodsOut(Out):
    """How people can sign in; `oidc` is what the button says, null when there is none."""

    password: bool
    oidc: str | None


class RefreshIn(In):
    """For clients without cookies."""

    refresh_token: Token


class AccountChange(In):
    """What people may change of their own account."""

    name: PersonName


class PasswordChange(In):
    """A new password for oneself."""

    current_password: Password
    new_password: NewPassword


class InvitationIn(In):
    """The token that an admin handed over, and the password that its bearer chooses."""

    token: Token
    password: NewPassword


class UserIn(In):
    """A new person; without a password, the answer holds a token with which they choose theirs."""

    email: Email
    name: PersonName
    role: Role = "viewer"
    password: NewPassword | None = None


class UserChange(In):
    """What may be changed; a field that is left out stays."""

    email: Email | None = None
    name: PersonName | None = None
    role: Role | None = None
    is_active: bool | None = None

    @model_validator(mode="after")
    def _something(self) -> Self:
        if not any(getattr(self, name) is not None for name in self.model_fields_set):
            raise ValueError("nothing to change")
        return self


class UserOut(Out):
    """A person, as admins see them."""

    id: UUID
    email: str
    name: str
    role: Role
    is_active: bool
    has_password: bool
    has_oidc: bool
    invitation_expires_at: datetime | None
    created_at: datetime
    updated_at: datetime
    last_sign_in_at: datetime | None


class InvitedOut(UserOut):
    """A person with the token to choose a password with; it is shown this once."""

    invitation_token: str | None


class UserPage(Out):
    """One page of people."""

    items: list[UserOut]
    total: int
    limit: int
    offset: int


class AuditEventOut(Out):
    """Who changed what, when and from where."""

    id: int
    at: datetime
    account_id: UUID | None
    account_name: str
    action: str
    subject_type: str
    subject_id: str | None
    subject_name: str | None
    details: dict[str, Any]
    address: str | None
    request_id: str | None


class AuditPage(Out):
    """One page of events, the newest first."""

    items: list[AuditEventOut]
    total: int
    limit: int
    offset: int

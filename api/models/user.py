"""People who may sign in, where they are signed in, and how often somebody tried."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint, func, select, text
from sqlalchemy.orm import Mapped, MappedColumn, MappedSQLExpression, column_property, mapped_column

from api.models.base import Base, CreatedAt, Key, one_of

ROLES = ("viewer", "editor", "admin")
"""Each may do what the ones before it may."""


class User(Base):
    """A person; one without a password was invited, or signs in through the OIDC provider."""

    __tablename__ = "users"  # plural, since `user` is a word of SQL
    __table_args__ = (
        CheckConstraint(one_of("role", ROLES), name="role"),
        Index("uq_users_email", text("lower(email)"), unique=True),
        UniqueConstraint("oidc_issuer", "oidc_subject"),
    )

    id: Mapped[Key]
    email: Mapped[str]
    name: Mapped[str]
    role: Mapped[str]
    is_active: Mapped[bool] = mapped_column(server_default=text("true"))
    password_hash: Mapped[str | None]
    invitation_hash: Mapped[bytes | None] = mapped_column(LargeBinary, unique=True)
    """SHA-256 of the token that lets its bearer choose a password, once."""
    invitation_expires_at: Mapped[datetime | None]
    oidc_issuer: Mapped[str | None]
    oidc_subject: Mapped[str | None]
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now())
    last_sign_in_at: Mapped[datetime | None]

    @property
    def has_password(self) -> bool:
        """Whether they can sign in with one."""
        return self.password_hash is not None

    @property
    def has_oidc(self) -> bool:
        """Whether they signed in through the OIDC provider."""
        return self.oidc_subject is not None


def name_of(user_id: MappedColumn[UUID | None]) -> MappedSQLExpression[str | None]:
    """A column with the name of the person whom another column refers to, read along with the row."""
    return column_property(select(User.name).where(User.id == user_id).scalar_subquery())


class Login(Base):
    """One sign-in on one device: every access token names it, and once it has ended none of them counts."""

    __tablename__ = "login"
    __table_args__ = (Index("ix_login_user", "user_id"),)

    id: Mapped[Key]
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    created_at: Mapped[CreatedAt]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    address: Mapped[str | None]
    user_agent: Mapped[str | None]


class RefreshToken(Base):
    """A login's refresh tokens: the newest may be used once, and the use of an older one ends the login."""

    __tablename__ = "refresh_token"
    __table_args__ = (Index("ix_refresh_token_login", "login_id"),)

    id: Mapped[Key]
    login_id: Mapped[UUID] = mapped_column(ForeignKey("login.id", ondelete="CASCADE"))
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    created_at: Mapped[CreatedAt]
    used_at: Mapped[datetime | None]


class RateLimit(Base):
    """How often something happened in a window of time, counted for all processes of the service."""

    __tablename__ = "rate_limit"
    __table_args__ = {"prefixes": ["unlogged"]}  # noqa: RUF012 - SQLAlchemy reads it; a crash may forget the counts

    key: Mapped[str] = mapped_column(primary_key=True)
    count: Mapped[int]
    expires_at: Mapped[datetime]

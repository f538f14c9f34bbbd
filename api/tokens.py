"""Access tokens: short-lived, signed, naming a person and the login they belong to."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from uuid import UUID

import jwt

from api.errors import TokenExpired, TokenInvalid

LIFETIME = timedelta(minutes=15)
ALGORITHM = "HS256"
ISSUER = "logidata"
CLOCKS_DIFFER_BY = timedelta(seconds=5)


@dataclass(frozen=True)
class Bearer:
    """Whom an access token names."""

    user_id: UUID
    login_id: UUID


def issue(bearer: Bearer, secret: str) -> str:
    """A token that is good for LIFETIME, as long as its login has not ended."""
    now = datetime.now(UTC)
    claims = {
        "iss": ISSUER,
        "sub": str(bearer.user_id),
        "sid": str(bearer.login_id),
        "iat": now,
        "exp": now + LIFETIME,
    }
    return jwt.encode(claims, secret, algorithm=ALGORITHM)


def read(token: str, secret: str) -> Bearer:
    """Whom a token names; it says nothing about whether that login still stands."""
    try:
        bearer, expires = _signed(token, secret)
    except jwt.ExpiredSignatureError as error:
        raise TokenExpired from error
    except (jwt.InvalidTokenError, ValueError, TypeError, AttributeError) as error:
        raise TokenInvalid from error
    if expires <= time.time() - CLOCKS_DIFFER_BY.total_seconds():
        raise TokenExpired
    return bearer


@lru_cache(maxsize=2000)
def _signed(token: str, secret: str) -> tuple[Bearer, float]:
    """Whom a token names and until when; its signature, which takes long to check, is good for ever."""
    claims = jwt.decode(
        token,
        secret,
        algorithms=[ALGORITHM],
        issuer=ISSUER,
        options={"require": ["iss", "sub", "sid", "iat", "exp"]},
        leeway=CLOCKS_DIFFER_BY,
    )
    return Bearer(UUID(claims["sub"]), UUID(claims["sid"])), float(claims["exp"])

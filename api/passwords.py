"""Passwords, hashed with argon2id by the parameters of RFC 9106 for servers with little memory."""

import threading
from dataclasses import dataclass
from functools import cache
from secrets import token_hex

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_hasher = PasswordHasher()
_at_once = threading.BoundedSemaphore(4)
"""Each takes 64 MB for some dozen milliseconds; a flood of sign-ins must not take all memory."""


@dataclass(frozen=True)
class Verdict:
    """Whether a password is right, and its new hash when the parameters have changed since it was made."""

    is_right: bool
    rehashed: str | None = None


def hash_password(password: str) -> str:
    """A hash with its salt and parameters, as argon2 writes them."""
    with _at_once:
        return _hasher.hash(password)


def verify(stored: str | None, password: str) -> Verdict:
    """Compare; without a stored hash it takes the same time and is wrong."""
    try:
        with _at_once:
            _hasher.verify(stored or _of_nobody(), password)
    except (VerificationError, InvalidHashError):
        return Verdict(is_right=False)
    if stored is None:
        return Verdict(is_right=False)
    return Verdict(is_right=True, rehashed=hash_password(password) if _hasher.check_needs_rehash(stored) else None)


@cache
def _of_nobody() -> str:
    return _hasher.hash(token_hex())

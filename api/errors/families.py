"""Families of errors; `api.problems` maps each to an HTTP status."""

from typing import Any, ClassVar


class DomainError(Exception):
    """An error whose message may be shown to whoever asked; `details` travel beside it."""

    code: ClassVar[str] = "error"
    title: ClassVar[str] = "Something went wrong"

    def __init__(self, message: str, **details: Any) -> None:
        super().__init__(message)
        self.message = message
        self.details = details


class NotFound(DomainError):
    """The thing named does not exist."""

    code = "not-found"
    title = "Not found"


class Conflict(DomainError):
    """The request is well-formed, but not possible in the present state."""

    code = "conflict"
    title = "Conflict"


class Invalid(DomainError):
    """The request's content is wrong."""

    code = "invalid"
    title = "Invalid content"


class Unauthenticated(DomainError):
    """Nobody, or an unknown somebody, is asking."""

    code = "unauthenticated"
    title = "Authentication required"


class Forbidden(DomainError):
    """It is known who asks, and they may not."""

    code = "forbidden"
    title = "Not allowed"


class Unavailable(DomainError):
    """Something this service depends on is away; the same request may work later."""

    code = "unavailable"
    title = "Temporarily unavailable"


class BadAnswer(DomainError):
    """Another service was asked on somebody's behalf, and failed or answered nonsense."""

    code = "bad-answer"
    title = "Another service failed"


class NoAnswer(DomainError):
    """Another service was asked on somebody's behalf, and took too long."""

    code = "no-answer"
    title = "Another service took too long"


class TooLarge(DomainError):
    """What was sent is larger than what is taken."""

    code = "too-large"
    title = "Too large"


class TooMany(DomainError):
    """Asked too often; `retry_after` says in how many seconds it may work."""

    code = "too-many-requests"
    title = "Too many requests"


class NoSpace(DomainError):
    """There is no room for it."""

    code = "no-space"
    title = "No space"

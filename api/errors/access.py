"""Who may do what."""

from api.errors.families import Forbidden, Unauthenticated


class TokenInvalid(Unauthenticated):
    code = "token-invalid"
    title = "The token is not valid"

    def __init__(self) -> None:
        super().__init__("The token that was sent is neither an access token nor the service token; sign in again.")


class TokenExpired(Unauthenticated):
    code = "token-expired"
    title = "The access token has expired"

    def __init__(self) -> None:
        super().__init__("The access token has expired; get the next one from auth/refresh.")


class LoginEnded(Unauthenticated):
    code = "login-ended"
    title = "No longer signed in"

    def __init__(self) -> None:
        super().__init__("This sign-in has ended, or its account was deactivated; sign in again.")


class RoleTooLow(Forbidden):
    code = "role-too-low"
    title = "Your role may not do this"

    def __init__(self, needed: str, has: str) -> None:
        super().__init__(f"This needs the role {needed}; yours is {has}.", role_needed=needed)


class NotOwner(Forbidden):
    code = "not-owner"
    title = "Only its owner may do this"

    def __init__(self, what: str) -> None:
        super().__init__(f"Only the owner or an admin may {what}.")

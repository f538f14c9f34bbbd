"""People and their sign-ins."""

from uuid import UUID

from api.errors.families import Conflict, Forbidden, Invalid, NotFound, TooMany, Unauthenticated, Unavailable


class SignInFailed(Unauthenticated):
    """The same for an unknown person, a wrong password and a deactivated account."""

    code = "sign-in-failed"
    title = "Sign-in failed"

    def __init__(self) -> None:
        super().__init__("E-mail and password do not belong together, or the account was deactivated.")


class TooManySignIns(TooMany):
    code = "too-many-sign-ins"
    title = "Too many attempts to sign in"

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"Too many attempts; wait {retry_after} seconds.", retry_after=retry_after)


class RefreshTokenInvalid(Unauthenticated):
    code = "refresh-token-invalid"
    title = "No longer signed in"

    def __init__(self) -> None:
        super().__init__("There is no refresh token, or it is unknown, used or expired; sign in again.")


class CrossSite(Forbidden):
    code = "cross-site"
    title = "Asked by another site"

    def __init__(self) -> None:
        super().__init__("The cookie is heeded only when this service's own pages send it.")


class PersonNeeded(Forbidden):
    code = "person-needed"
    title = "Only a person can do this"

    def __init__(self) -> None:
        super().__init__("The service token is no person; sign in with e-mail and password.")


class PasswordWrong(Invalid):
    code = "password-wrong"
    title = "The present password is wrong"

    def __init__(self) -> None:
        super().__init__("The present password is not this one.")


class InvitationInvalid(NotFound):
    code = "invitation-invalid"
    title = "The invitation is not valid"

    def __init__(self) -> None:
        super().__init__("The invitation is unknown, was used or has expired; ask an admin for another.")


class OidcNotConfigured(NotFound):
    code = "oidc-not-configured"
    title = "No OpenID provider"

    def __init__(self) -> None:
        super().__init__("This installation has no OpenID provider; sign in with e-mail and password.")


class OidcRefused(Forbidden):
    code = "oidc-refused"
    title = "The sign-in was refused"

    def __init__(self, reason: str) -> None:
        super().__init__(f"The sign-in was refused: {reason}.")


class OidcUnavailable(Unavailable):
    code = "oidc-unavailable"
    title = "The OpenID provider is away"

    def __init__(self) -> None:
        super().__init__("The OpenID provider does not answer as it should; try again, or sign in with a password.")


class UserNotFound(NotFound):
    code = "user-not-found"
    title = "User not found"

    def __init__(self, user_id: UUID) -> None:
        super().__init__(f"There is no user {user_id}.")


class EmailTaken(Conflict):
    code = "email-taken"
    title = "The e-mail address is taken"

    def __init__(self, email: str) -> None:
        super().__init__(f"Another user has the address {email}.")


class LastAdmin(Conflict):
    code = "last-admin"
    title = "The last admin stays"

    def __init__(self) -> None:
        super().__init__("Nobody else who can sign in is an admin; make somebody one first.")

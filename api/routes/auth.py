"""Sign in, stay signed in, sign out; one's own account."""

from datetime import timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Depends, Header, Request, Response
from fastapi.security import OAuth2PasswordRequestForm

from api import tokens
from api.database import SessionDep
from api.errors.sign_in import PasswordWrong, PersonNeeded, RefreshTokenInvalid
from api.models import User
from api.routes import session_cookie
from api.routes.answers import FORBIDDEN, INVALID, NOT_FOUND, TOO_MANY, UNAUTHENTICATED
from api.routes.session_cookie import RefreshCookie
from api.schemas.user import AccountChange, AccountOut, InvitationIn, MethodsOut, PasswordChange, RefreshIn, TokenOut
from api.security import Account, ViewerDep
from api.services import audit, logins, users
from api.services.logins import SignedIn
from api.services.sign_in import SignIn
from api.settings import Settings

router = APIRouter(prefix="/auth", tags=["auth"])
"""Without a sign-in, since it is what makes one; routes that need one say so."""

IN_BODY = "offline_access"
UserAgent = Annotated[str | None, Header(include_in_schema=False)]


def _sign_in(request: Request) -> SignIn:
    return request.app.state.sign_in


SignInDep = Annotated[SignIn, Depends(_sign_in)]


@router.get("/methods")
def get_methods(request: Request) -> MethodsOut:
    """Say how people can sign in here."""
    settings: Settings = request.app.state.settings
    return MethodsOut(password=True, oidc=settings.oidc_label if settings.oidc_issuer else None)


@router.post("/login", responses=UNAUTHENTICATED | INVALID | TOO_MANY)
def login(
    *,
    request: Request,
    response: Response,
    sign_in: SignInDep,
    form: Annotated[OAuth2PasswordRequestForm, Depends()],
    user_agent: UserAgent = None,
) -> TokenOut:
    """Sign in with e-mail and password; the scope `offline_access` asks for the refresh token in the body."""
    signed_in = sign_in.with_password(form.username, form.password, user_agent)
    return _token(request, response, signed_in, in_body=IN_BODY in form.scopes)


@router.post("/refresh", responses=UNAUTHENTICATED | FORBIDDEN | INVALID)
def refresh(
    *,
    request: Request,
    response: Response,
    body: Annotated[RefreshIn | None, Body()] = None,
    cookie: RefreshCookie = None,
) -> TokenOut:
    """Get the next access token for a refresh token, and the next refresh token; a used one counts no more."""
    if body is None:
        session_cookie.refuse_other_sites(request)
    given = body.refresh_token.get_secret_value() if body else cookie
    if not given:
        raise RefreshTokenInvalid
    # A page that is reloaded twice loses an answer; a program can keep what it got.
    grace = logins.GRACE if body is None else timedelta(0)
    signed_in = logins.refresh(request.app.state.sessions, given, grace=grace)
    return _token(request, response, signed_in, in_body=body is not None)


@router.post("/logout", status_code=204, responses=FORBIDDEN | INVALID)
def logout(
    *,
    request: Request,
    response: Response,
    session: SessionDep,
    body: Annotated[RefreshIn | None, Body()] = None,
    cookie: RefreshCookie = None,
) -> None:
    """Sign out: the login of this refresh token ends, and its access tokens with it."""
    if body is None:
        session_cookie.refuse_other_sites(request)
        session_cookie.take_away(request, response)
    given = body.refresh_token.get_secret_value() if body else cookie
    found = logins.find(session, given) if given else None
    if found is not None and found.ended_at is None:
        logins.end(session, found.id)
        account = logins.account_of(session.get_one(User, found.user_id))
        audit.record(session, account, "login.end", "login", found.id, account.email)


@router.get("/me", responses=UNAUTHENTICATED)
def get_me(session: SessionDep, account: ViewerDep) -> AccountOut:
    """Say who is signed in."""
    return _account(account, session.get(User, account.id) if account.id else None)


@router.patch("/me", responses=UNAUTHENTICATED | FORBIDDEN | INVALID)
def change_me(session: SessionDep, account: ViewerDep, body: AccountChange) -> AccountOut:
    """Change one's own name."""
    user, changed = users.change(session, _person(account), {"name": body.name})
    if changed:
        audit.record(session, account, "user.change", "user", user.id, user.email, {"changed": changed})
    return _account(logins.account_of(user), user)


@router.put("/password", status_code=204, responses=UNAUTHENTICATED | FORBIDDEN | INVALID | TOO_MANY)
def change_password(session: SessionDep, sign_in: SignInDep, account: ViewerDep, body: PasswordChange) -> None:
    """Change one's own password; every other sign-in of this account ends."""
    user_id, now = _person(account), body.current_password.get_secret_value()
    if not sign_in.is_password_of(user_id, now):
        raise PasswordWrong
    user = users.get(session, user_id, lock=True)
    users.set_password(session, user, body.new_password.get_secret_value(), but=account.login_id)
    audit.record(session, account, "user.password", "user", user.id, user.email)


@router.post("/invitation", status_code=204, responses=NOT_FOUND | INVALID)
def accept_invitation(session: SessionDep, body: InvitationIn) -> None:
    """Choose a password with the token that an admin handed over; sign in with it then."""
    user = users.accept(session, body.token.get_secret_value(), body.password.get_secret_value())
    audit.record(session, logins.account_of(user), "user.password", "user", user.id, user.email, {"invited": True})


def _person(account: Account) -> UUID:
    if account.id is None:
        raise PersonNeeded
    return account.id


def _account(account: Account, user: User | None) -> AccountOut:
    has_password = user is not None and user.password_hash is not None
    return AccountOut.model_validate(
        {name: getattr(account, name) for name in AccountOut.model_fields if name != "has_password"}
        | {"has_password": has_password}
    )


def _token(request: Request, response: Response, signed_in: SignedIn, *, in_body: bool) -> TokenOut:
    settings: Settings = request.app.state.settings
    if not in_body:
        session_cookie.give(request, response, signed_in.login, signed_in.refresh_token)
    response.headers["Cache-Control"] = "no-store"
    bearer = tokens.Bearer(signed_in.user.id, signed_in.login.id)
    return TokenOut(
        access_token=tokens.issue(bearer, settings.jwt_secret.get_secret_value()),
        token_type="bearer",  # noqa: S106 - a kind, no secret
        expires_in=int(tokens.LIFETIME.total_seconds()),
        refresh_token=signed_in.refresh_token if in_body else None,
        account=_account(signed_in.account, signed_in.user),
    )

"""Sign in through the OpenID provider; both addresses are opened by browsers, and lead back to the builder."""

import re
from datetime import UTC, datetime, timedelta
from typing import Annotated
from urllib.parse import urlencode

import jwt
from fastapi import APIRouter, Cookie, Header, Query, Request
from fastapi.responses import RedirectResponse

from api.clients.oidc import Departure, OidcProvider
from api.errors import DomainError
from api.errors.sign_in import OidcNotConfigured, OidcRefused
from api.routes import session_cookie
from api.routes.answers import INVALID, NOT_FOUND
from api.security import Account
from api.services import audit
from api.services.oidc import RoleRule, admit
from api.services.sign_in import SignIn
from api.settings import Settings

router = APIRouter(prefix="/auth/oidc", tags=["auth"])

COOKIE = "logidata_oidc"
PATH = "/api/v1/auth/oidc"
PATIENCE = timedelta(minutes=10)
AUDIENCE = "oidc sign-in"
SEE_OTHER = {303: {"description": "To the provider, to the builder, or to its sign-in page with `error`."}}

Next = Annotated[str, Query(max_length=2000, description="The builder's page to come back to.")]
Part = Annotated[str | None, Query(max_length=4000)]


@router.get("/start", status_code=303, responses=SEE_OTHER | NOT_FOUND | INVALID, response_class=RedirectResponse)
def start_oidc(request: Request, next: Next = "/") -> RedirectResponse:  # noqa: A002 - what it is called in addresses
    """Send a person to the provider."""
    settings: Settings = request.app.state.settings
    provider = _provider(request)
    try:
        departure = provider.depart(_redirect_uri(settings))
    except DomainError as error:
        return _to_sign_in(settings, error)
    remembered = {
        "state": departure.state,
        "nonce": departure.nonce,
        "code_verifier": departure.code_verifier,
        "next": next if re.fullmatch(r"/(?![/\\])[^\s\\]*", next) else "/",
        "aud": AUDIENCE,
        "exp": datetime.now(UTC) + PATIENCE,
    }
    answer = RedirectResponse(departure.url, 303)
    answer.set_cookie(
        COOKIE,
        jwt.encode(remembered, settings.jwt_secret.get_secret_value(), "HS256"),
        max_age=int(PATIENCE.total_seconds()),
        path=PATH,
        secure=session_cookie.is_secure(request),
        httponly=True,
        samesite="lax",  # it must come along when the provider sends the person back
    )
    return answer


@router.get("/callback", status_code=303, responses=SEE_OTHER | NOT_FOUND | INVALID, response_class=RedirectResponse)
def finish_oidc(
    *,
    request: Request,
    code: Part = None,
    state: Part = None,
    error: Part = None,
    remembered: Annotated[str | None, Cookie(alias=COOKIE, include_in_schema=False)] = None,
    user_agent: Annotated[str | None, Header(include_in_schema=False)] = None,
) -> RedirectResponse:
    """Take a person back from the provider and sign them in."""
    settings: Settings = request.app.state.settings
    provider, door = _provider(request), request.app.state.sign_in
    try:
        told = _recall(remembered, settings)
        if error is not None or code is None or told is None or state != told["state"]:
            raise OidcRefused("it was broken off, took too long, or was not begun in this browser")
        departure = Departure("", told["state"], told["nonce"], told["code_verifier"])
        identity = provider.arrive(_redirect_uri(settings), code, departure)
        rule = RoleRule(settings.oidc_role_claim, settings.oidc_roles, settings.oidc_default_role)
        with door.sessions.begin() as session:
            user = admit(session, identity, rule)
            signed_in = door.begin(session, user, user_agent, "oidc")
        answer = RedirectResponse(settings.builder_url.rstrip("/") + told["next"], 303)
        session_cookie.give(request, answer, signed_in.login, signed_in.refresh_token)
    except DomainError as refusal:
        _note(door, refusal)
        answer = _to_sign_in(settings, refusal)
    answer.delete_cookie(COOKIE, path=PATH)
    return answer


def _provider(request: Request) -> OidcProvider:
    provider: OidcProvider | None = request.app.state.oidc
    if provider is None:
        raise OidcNotConfigured
    return provider


def _recall(remembered: str | None, settings: Settings) -> dict[str, str] | None:
    try:
        secret = settings.jwt_secret.get_secret_value()
        return jwt.decode(remembered or "", secret, algorithms=["HS256"], audience=AUDIENCE)
    except jwt.InvalidTokenError:
        return None


def _redirect_uri(settings: Settings) -> str:
    return f"{settings.builder_url.rstrip('/')}{PATH}/callback"


def _to_sign_in(settings: Settings, error: DomainError) -> RedirectResponse:
    told = urlencode({"error": error.code, "detail": error.message})
    return RedirectResponse(f"{settings.builder_url.rstrip('/')}/sign-in?{told}", 303)


def _note(door: SignIn, refusal: DomainError) -> None:
    nobody = Account(None, "unknown", "", "viewer")
    with door.sessions.begin() as session:
        audit.record(
            session, nobody, "login.refused", "user", None, None, {"method": "oidc", "reason": refusal.message}
        )

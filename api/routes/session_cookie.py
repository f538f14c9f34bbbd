"""The refresh token's cookie: no script can read it, and only this service's own pages can make a browser send it."""

from datetime import UTC
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Cookie, Request, Response

from api.errors.sign_in import CrossSite
from api.models import Login
from api.settings import Settings

NAME = "logidata_refresh"
PATH = "/api/v1/auth"

RefreshCookie = Annotated[str | None, Cookie(alias=NAME, max_length=200, include_in_schema=False)]


def give(request: Request, response: Response, login: Login, token: str) -> None:
    """Keep the token in the browser as long as its login lasts at most."""
    expires = login.expires_at.astimezone(UTC)
    response.set_cookie(
        NAME, token, expires=expires, path=PATH, secure=is_secure(request), httponly=True, samesite="strict"
    )


def take_away(request: Request, response: Response) -> None:
    """Forget it."""
    response.delete_cookie(NAME, path=PATH, secure=is_secure(request), httponly=True, samesite="strict")


def refuse_other_sites(request: Request) -> None:
    """SameSite keeps other sites out; this keeps out other origins of the same site, and browsers that know neither."""
    settings: Settings = request.app.state.settings
    origin = request.headers.get("origin")
    own = {_origin(str(request.base_url)), _origin(settings.builder_url), *settings.cors_origins}
    if origin is not None and origin not in own:
        raise CrossSite
    if origin is None and request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        raise CrossSite


def is_secure(request: Request) -> bool:
    """Whether people reach the service over HTTPS, be it by a proxy in front."""
    settings: Settings = request.app.state.settings
    return request.url.scheme == "https" or settings.builder_url.startswith("https:")


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"

"""One service token, until people can sign in."""

import hmac
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from api.errors import Unauthenticated
from api.settings import Settings

bearer = HTTPBearer(auto_error=False, description="The service token (LOGIDATA_SERVICE_TOKEN).")


def require_token(request: Request, given: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)]) -> None:
    """Refuse a request without the service token, in constant time."""
    if given is None or not is_token(request.app.state.settings, given.credentials):
        raise Unauthenticated("Send the service token as `Authorization: Bearer <token>`.")


def is_token(settings: Settings, given: str) -> bool:
    """Whether this is the service token, told in constant time."""
    return hmac.compare_digest(given.encode(), settings.service_token.get_secret_value().encode())

"""The OpenID provider: where to send a person, and who they are when they come back (code flow with PKCE)."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.base_client import BaseApp, OAuth2Mixin, OpenIDMixin
from authlib.integrations.requests_client import OAuth2Session
from joserfc.errors import JoseError

from api.errors.sign_in import OidcRefused, OidcUnavailable

TIMEOUT = 10.0


@dataclass(frozen=True)
class Departure:
    """Where a person is sent, and what must come back with them."""

    url: str
    state: str
    nonce: str
    code_verifier: str


@dataclass(frozen=True)
class Identity:
    """Who somebody is, as the provider has signed it."""

    issuer: str
    subject: str
    email: str | None
    email_verified: bool
    name: str | None
    claims: Mapping[str, Any]


class _App(OAuth2Mixin, OpenIDMixin, BaseApp):
    client_cls = OAuth2Session


class OidcProvider:
    """One provider, found by its issuer's address; safe to use from several threads."""

    def __init__(self, issuer: str, client_id: str, client_secret: str, scope: str) -> None:
        self.issuer = issuer.rstrip("/")
        self._made = {"client_id": client_id, "client_secret": client_secret}
        self._scope = scope
        self._app: _App | None = None
        self._lock = threading.Lock()

    def depart(self, redirect_uri: str) -> Departure:
        """Begin a sign-in."""
        made = self._found().create_authorization_url(redirect_uri)
        return Departure(made["url"], made["state"], made["nonce"], made["code_verifier"])

    def arrive(self, redirect_uri: str, code: str, departure: Departure) -> Identity:
        """Trade the code for what the provider says of the person, signed for us and for this very sign-in."""
        app = self._found()
        try:
            token = app.fetch_access_token(redirect_uri, code=code, code_verifier=departure.code_verifier)
            claims = app.parse_id_token(token, nonce=departure.nonce)
            if claims is None or not claims.get("sub"):
                raise OidcRefused("the provider did not say who this is")
            told = dict(claims)
            if "email" not in told and "userinfo_endpoint" in app.server_metadata:
                more = app.userinfo(token=token)
                if more.get("sub") == told["sub"]:
                    told = dict(more) | told
        except requests.RequestException as error:
            raise OidcUnavailable from error
        except (AuthlibBaseError, JoseError, ValueError) as error:
            raise OidcRefused("what the provider answered does not fit this sign-in") from error
        email = told.get("email")
        name = told.get("name") or told.get("preferred_username")
        return Identity(
            issuer=self.issuer,
            subject=str(told["sub"])[:300],
            email=email if isinstance(email, str) and "@" in email else None,
            email_verified=told.get("email_verified") is True,
            name=name[:200] if isinstance(name, str) else None,
            claims=told,
        )

    def _found(self) -> _App:
        """The provider as it describes itself, asked once."""
        with self._lock:
            if self._app is None:
                app = _App(
                    None,
                    server_metadata_url=f"{self.issuer}/.well-known/openid-configuration",
                    client_kwargs={"scope": self._scope, "code_challenge_method": "S256", "default_timeout": TIMEOUT},
                    **self._made,
                )
                try:
                    found = app.load_server_metadata()
                except (requests.RequestException, ValueError) as error:
                    raise OidcUnavailable from error
                if str(found.get("issuer", "")).rstrip("/") != self.issuer:
                    raise OidcUnavailable
                self._app = app
            return self._app

"""Signing in through a real OpenID provider on this machine, over HTTP."""

import base64
import hashlib
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
import requests
from fastapi.testclient import TestClient
from oidc_provider_mock import User as ProviderUser
from oidc_provider_mock import run_server_in_thread
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.clients.checker import CheckerProcess
from api.main import create_app
from api.models import AuditEvent, User
from api.settings import Settings
from stack.ports import free_port
from tests.api.catalogue import catalog
from tests.api.conftest import TOKEN

AUTH = "/api/v1/auth"
SERVICE = {"Authorization": f"Bearer {TOKEN}"}
MakeBrowser = Callable[..., TestClient]


def claims(email: str, *, verified: bool = True, **more: Any) -> dict[str, Any]:
    return {"email": email, "email_verified": verified, "name": "Ada Lovelace"} | more


PEOPLE = [
    ProviderUser(sub="ada", claims=claims("ada@example.com", groups=["staff", "data-admins"])),
    ProviderUser(sub="eve", claims=claims("ada@example.com", verified=False)),
    ProviderUser(sub="twin", claims=claims("ADA@example.com")),
    ProviderUser(sub="bob", claims=claims("bob@example.com", groups=["staff"])),
    ProviderUser(sub="nobody", claims={}),
]


@pytest.fixture
def issuer() -> Iterator[str]:
    """A provider of these people."""
    port = free_port()
    with run_server_in_thread(port, require_nonce=True, user_claims=PEOPLE):
        yield f"http://localhost:{port}"


@pytest.fixture
def make_browser(settings: Settings, checker: CheckerProcess, issuer: str) -> Iterator[MakeBrowser]:
    """A browser before a service that knows the provider."""
    opened: list[TestClient] = []

    def make(**changes: Any) -> TestClient:
        known = {"oidc_issuer": issuer, "oidc_client_id": "logidata", "builder_url": "http://testserver"}
        served = settings.model_copy(update=known | {"oidc_client_secret": settings.service_token} | changes)
        app = create_app(served, catalog=catalog(), checker=checker, background=False)
        opened.append(TestClient(app, follow_redirects=False).__enter__())
        return opened[-1]

    yield make
    for each in opened:
        each.__exit__(None, None, None)


def at_the_provider(departure: str, sub: str) -> str:
    """Say there who one is; answers the address that the browser is sent back to."""
    answer = requests.post(departure, data={"sub": sub}, allow_redirects=False, timeout=10)
    assert answer.status_code in {302, 303}, answer.text
    return answer.headers["Location"]


def sign_in(browser: TestClient, sub: str, next_page: str = "/pipelines") -> Any:
    left = browser.get(f"{AUTH}/oidc/start", params={"next": next_page})
    assert left.status_code == 303, left.text
    back = at_the_provider(left.headers["Location"], sub)
    assert back.startswith(f"http://testserver{AUTH}/oidc/callback?")
    return browser.get(back)


def who(browser: TestClient) -> dict[str, Any]:
    answer = browser.post(f"{AUTH}/refresh")
    assert answer.status_code == 200, answer.text
    return answer.json()["account"]


def refusal(answer: Any) -> str:
    address = urlsplit(answer.headers["Location"])
    assert (answer.status_code, address.path) == (303, "/sign-in")
    assert "logidata_refresh" not in answer.headers.get("Set-Cookie", "")
    return parse_qs(address.query)["detail"][0]


def test_a_newcomer_comes_in_and_comes_back(make_browser: MakeBrowser, session: Session) -> None:
    browser = make_browser()
    assert browser.get(f"{AUTH}/methods").json()["oidc"] == "Single sign-on"

    answer = sign_in(browser, "ada")

    assert (answer.status_code, answer.headers["Location"]) == (303, "http://testserver/pipelines")
    account = who(browser)
    assert (account["email"], account["name"], account["role"]) == ("ada@example.com", "Ada Lovelace", "viewer")
    assert account["has_password"] is False
    again = make_browser()
    sign_in(again, "ada")
    assert who(again)["id"] == account["id"]
    actions = session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)).all()
    assert actions == ["user.create", "login.create", "login.create"]


def test_the_code_is_bound_to_this_browser_by_state_nonce_and_pkce(
    make_browser: MakeBrowser, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[str] = []
    send = requests.Session.send

    def spy(self: requests.Session, request: requests.PreparedRequest, **more: Any) -> requests.Response:
        sent.append(str(request.body))
        return send(self, request, **more)

    monkeypatch.setattr(requests.Session, "send", spy)
    browser = make_browser()
    left = browser.get(f"{AUTH}/oidc/start")
    asked = parse_qs(urlsplit(left.headers["Location"]).query)
    remembered = jwt.decode(browser.cookies["logidata_oidc"], options={"verify_signature": False})
    challenge = base64.urlsafe_b64encode(hashlib.sha256(remembered["code_verifier"].encode()).digest()).decode()

    assert asked["code_challenge"] == [challenge.rstrip("=")]
    assert asked["code_challenge_method"] == ["S256"]
    assert (asked["state"], asked["nonce"]) == ([remembered["state"]], [remembered["nonce"]])
    cookie = left.headers["Set-Cookie"].lower()
    assert all(part in cookie for part in ("httponly", "samesite=lax", f"path={AUTH}/oidc"))
    assert browser.get(at_the_provider(left.headers["Location"], "ada")).headers["Location"] == "http://testserver/"
    assert any(f"code_verifier={remembered['code_verifier']}" in body for body in sent)


def test_a_sign_in_that_was_begun_elsewhere_is_refused(make_browser: MakeBrowser) -> None:
    victim, attacker = make_browser(), make_browser()
    left = attacker.get(f"{AUTH}/oidc/start")
    theirs = at_the_provider(left.headers["Location"], "bob")

    assert "not begun in this browser" in refusal(victim.get(theirs))
    victim.get(f"{AUTH}/oidc/start")
    assert "not begun in this browser" in refusal(victim.get(theirs))


def test_an_answer_for_another_sign_in_is_refused(make_browser: MakeBrowser) -> None:
    browser = make_browser()
    first = browser.get(f"{AUTH}/oidc/start")
    code = parse_qs(urlsplit(at_the_provider(first.headers["Location"], "ada")).query)["code"][0]
    second = browser.get(f"{AUTH}/oidc/start")
    state = parse_qs(urlsplit(second.headers["Location"]).query)["state"][0]

    answer = browser.get(f"{AUTH}/oidc/callback", params={"code": code, "state": state})

    assert "does not fit this sign-in" in refusal(answer), "its nonce is the first one's"


def test_what_the_provider_refuses_is_told(make_browser: MakeBrowser, session: Session) -> None:
    browser = make_browser()
    left = browser.get(f"{AUTH}/oidc/start")
    denied = requests.post(left.headers["Location"], data={"action": "deny"}, allow_redirects=False, timeout=10)

    assert "broken off" in refusal(browser.get(denied.headers["Location"]))
    noted = session.scalars(select(AuditEvent)).one()
    assert (noted.action, noted.details["method"]) == ("login.refused", "oidc")


def test_a_verified_address_is_linked_and_an_unverified_one_is_not(make_browser: MakeBrowser, session: Session) -> None:
    browser = make_browser()
    body = {"email": "Ada@Example.com", "name": "Ada", "role": "editor", "password": "correct horse battery"}
    made = browser.post("/api/v1/users", json=body, headers=SERVICE).json()

    assert "has not verified" in refusal(sign_in(browser, "eve"))
    sign_in(browser, "ada")
    account = who(browser)
    assert (account["id"], account["role"], account["has_password"]) == (made["id"], "editor", True)
    assert "another identity" in refusal(sign_in(make_browser(), "twin"))
    assert len(session.scalars(select(User)).all()) == 1


def test_whoever_has_no_address_or_was_deactivated_stays_outside(make_browser: MakeBrowser, session: Session) -> None:
    browser = make_browser()
    assert "has not verified" in refusal(sign_in(browser, "nobody"))
    sign_in(browser, "bob")
    bob = session.scalars(select(User)).one()
    browser.patch(f"/api/v1/users/{bob.id}", json={"is_active": False}, headers=SERVICE)

    assert "deactivated" in refusal(sign_in(browser, "bob"))
    assert browser.post(f"{AUTH}/refresh").status_code == 401


def test_a_claim_decides_the_role_at_each_sign_in(make_browser: MakeBrowser, session: Session) -> None:
    rule = {"oidc_role_claim": "groups", "oidc_roles": {"data-admins": "admin", "staff": "editor"}}
    browser = make_browser(**rule, oidc_default_role="none")
    sign_in(browser, "ada")
    assert who(browser)["role"] == "admin"
    sign_in(browser, "bob")
    bob = who(browser)
    assert bob["role"] == "editor"

    browser.patch(f"/api/v1/users/{bob['id']}", json={"role": "viewer"}, headers=SERVICE)
    sign_in(browser, "bob")
    assert who(browser)["role"] == "editor"
    outside = make_browser(oidc_role_claim="groups", oidc_roles={"data-admins": "admin"}, oidc_default_role="none")
    assert "no role" in refusal(sign_in(outside, "bob"))


def test_the_provider_cannot_demote_the_last_admin(make_browser: MakeBrowser) -> None:
    browser = make_browser()
    body = {"email": "ada@example.com", "name": "Ada", "role": "admin", "password": "correct horse battery"}
    browser.post("/api/v1/users", json=body, headers=SERVICE)
    sign_in(browser, "ada")
    strict = make_browser(oidc_role_claim="groups", oidc_roles={"data-admins": "viewer"})

    sign_in(strict, "ada")

    assert who(strict)["role"] == "admin"


@pytest.mark.parametrize(
    "page", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:x", "", "/a b"]
)
def test_nobody_is_led_elsewhere_afterwards(make_browser: MakeBrowser, page: str) -> None:
    assert sign_in(make_browser(), "ada", page).headers["Location"] == "http://testserver/"


def test_a_provider_that_is_away_or_another_is_told(make_browser: MakeBrowser, issuer: str) -> None:
    away = make_browser(oidc_issuer=f"http://localhost:{free_port()}")
    other = make_browser(oidc_issuer=issuer.replace("localhost", "127.0.0.1") + "/realms/other")

    for browser in (away, other):
        assert "does not answer as it should" in refusal(browser.get(f"{AUTH}/oidc/start"))


def test_without_a_provider_there_is_no_such_door(client: TestClient) -> None:
    for path in ("start", "callback"):
        assert client.get(f"{AUTH}/oidc/{path}").json()["code"] == "oidc-not-configured"

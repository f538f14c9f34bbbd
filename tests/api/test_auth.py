"""Signing in, staying so, and signing out."""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
from argon2 import PasswordHasher
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from api.main import create_app
from api.models import AuditEvent, Login, RateLimit, RefreshToken, User
from api.settings import Settings
from tests.api.catalogue import catalog
from tests.api.conftest import JWT_SECRET

AUTH = "/api/v1/auth"
PASSWORD = "correct horse battery"
Json = dict[str, Any]


@pytest.fixture
def ada(client: TestClient) -> Json:
    """An editor with a password."""
    body = {"email": "Ada@Example.com", "name": "Ada", "role": "editor", "password": PASSWORD}
    answer = client.post("/api/v1/users", json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()


@pytest.fixture
def browser(app: FastAPI, ada: Json) -> Iterator[TestClient]:
    """A browser: no token, but cookies."""
    with TestClient(app) as browser:
        yield browser


def sign_in(browser: TestClient, password: str = PASSWORD, email: str = "ada@example.com", scope: str = "") -> Any:
    return browser.post(f"{AUTH}/login", data={"username": email, "password": password, "scope": scope})


def me(browser: TestClient, token: str) -> Any:
    return browser.get(f"{AUTH}/me", headers={"Authorization": f"Bearer {token}"})


def forget_attempts(session: Session) -> None:
    session.query(RateLimit).delete()
    session.commit()


def test_a_browser_signs_in_and_stays_so_by_its_cookie(browser: TestClient) -> None:
    answer = sign_in(browser)

    assert answer.status_code == 200, answer.text
    assert (answer.json()["token_type"], answer.json()["expires_in"]) == ("bearer", 900)
    assert answer.json()["refresh_token"] is None
    assert answer.headers["Cache-Control"] == "no-store"
    cookie = answer.headers["Set-Cookie"].lower()
    assert all(part in cookie for part in ("httponly", "samesite=strict", "path=/api/v1/auth"))
    assert "secure" not in cookie, "over plain http a browser would not keep it"
    who = me(browser, answer.json()["access_token"]).json()
    assert (who["email"], who["role"], who["is_service"]) == ("Ada@Example.com", "editor", False)

    tokens = {answer.json()["access_token"]}
    for _ in range(3):
        again = browser.post(f"{AUTH}/refresh")
        assert again.status_code == 200, again.text
        assert me(browser, again.json()["access_token"]).status_code == 200
        tokens.add(again.json()["access_token"])
        assert again.headers["Set-Cookie"] != answer.headers["Set-Cookie"]


def test_over_https_the_cookie_is_secure(settings: Settings, ada: Json) -> None:
    behind_proxy = settings.model_copy(update={"builder_url": "https://logidata.example"})
    with TestClient(create_app(behind_proxy, catalog=catalog(), background=False)) as browser:
        assert "secure" in sign_in(browser).headers["Set-Cookie"].lower()


def test_the_command_line_gets_its_refresh_token_in_the_body(browser: TestClient) -> None:
    answer = sign_in(browser, scope="offline_access")

    assert "Set-Cookie" not in answer.headers
    first = answer.json()["refresh_token"]
    second = browser.post(f"{AUTH}/refresh", json={"refresh_token": first}).json()["refresh_token"]
    assert first != second
    assert browser.post(f"{AUTH}/logout", json={"refresh_token": second}).status_code == 204
    assert browser.post(f"{AUTH}/refresh", json={"refresh_token": second}).status_code == 401


def test_using_an_old_refresh_token_ends_its_whole_login_and_no_other(browser: TestClient, session: Session) -> None:
    other = sign_in(browser, scope="offline_access").json()
    stolen = sign_in(browser, scope="offline_access").json()["refresh_token"]
    newer = browser.post(f"{AUTH}/refresh", json={"refresh_token": stolen}).json()

    reused = browser.post(f"{AUTH}/refresh", json={"refresh_token": stolen})

    assert (reused.status_code, reused.json()["code"]) == (401, "refresh-token-invalid")
    assert me(browser, newer["access_token"]).json()["code"] == "login-ended"
    assert browser.post(f"{AUTH}/refresh", json={"refresh_token": newer["refresh_token"]}).status_code == 401
    assert me(browser, other["access_token"]).status_code == 200
    actions = session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)).all()
    assert actions == ["user.create", "login.create", "login.create", "login.reused"]


def test_a_browser_whose_answer_was_lost_may_ask_again_within_a_minute(browser: TestClient, session: Session) -> None:
    # given: a page asked, and was reloaded before it got the answer
    sign_in(browser)
    old = _cookie_of(browser)
    assert browser.post(f"{AUTH}/refresh").status_code == 200
    lost = _cookie_of(browser)

    # when
    again = _refresh_by(browser, old)

    # then: it goes on, with one cookie that works
    assert again.status_code == 200
    assert me(browser, again.json()["access_token"]).status_code == 200
    kept = again.cookies["logidata_refresh"]
    assert len({old, lost, kept}) == 3
    assert _refresh_by(browser, kept).status_code == 200

    # and: one that came before is in two hands
    assert _refresh_by(browser, old).status_code == 401
    assert me(browser, again.json()["access_token"]).json()["code"] == "login-ended"


def test_a_cookie_that_comes_again_after_a_minute_is_in_two_hands(browser: TestClient, session: Session) -> None:
    sign_in(browser)
    old = _cookie_of(browser)
    browser.post(f"{AUTH}/refresh")
    session.execute(update(RefreshToken).values(used_at=RefreshToken.used_at - timedelta(seconds=61)))
    session.commit()

    assert _refresh_by(browser, old).status_code == 401
    assert session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)).all()[-1] == "login.reused"


def _cookie_of(browser: TestClient) -> str:
    return browser.cookies["logidata_refresh"]


def _refresh_by(browser: TestClient, cookie: str) -> Any:
    browser.cookies.clear()
    browser.cookies.set("logidata_refresh", cookie, path=AUTH)
    answer = browser.post(f"{AUTH}/refresh")
    browser.cookies.clear()
    browser.cookies.update(answer.cookies)
    return answer


def test_a_refresh_token_that_is_sent_many_times_at_once_works_at_most_once(browser: TestClient) -> None:
    token = sign_in(browser, scope="offline_access").json()["refresh_token"]

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _: browser.post(f"{AUTH}/refresh", json={"refresh_token": token}), range(6)))

    assert Counter(answer.status_code for answer in answers) == {200: 1, 401: 5}
    winner = next(answer.json() for answer in answers if answer.status_code == 200)
    assert me(browser, winner["access_token"]).status_code == 401, "whoever else had it may be the thief"


def test_signing_out_ends_the_access_token_too(browser: TestClient, session: Session) -> None:
    token = sign_in(browser).json()["access_token"]

    assert browser.post(f"{AUTH}/logout").status_code == 204

    assert me(browser, token).json()["code"] == "login-ended"
    assert browser.post(f"{AUTH}/refresh").status_code == 401
    assert browser.post(f"{AUTH}/logout").status_code == 204, "twice is once"
    assert session.scalars(select(AuditEvent.action)).all().count("login.end") == 1


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "http://testserver"}, 200),
        ({"Origin": "http://builder.test"}, 200),
        ({"Sec-Fetch-Site": "same-origin"}, 200),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
    ],
)
def test_the_cookie_counts_only_from_our_own_pages(browser: TestClient, headers: dict[str, str], status: int) -> None:
    sign_in(browser)

    answer = browser.post(f"{AUTH}/refresh", headers=headers)

    assert answer.status_code == status, answer.text


@pytest.mark.parametrize(
    ("email", "password"),
    [("ada@example.com", "wrong password"), ("nobody@example.com", PASSWORD), ("a\0b", "\0"), ("", "")],
)
def test_a_refused_sign_in_does_not_say_why(browser: TestClient, email: str, password: str, session: Session) -> None:
    answer = sign_in(browser, password, email)

    if not email:
        assert answer.status_code == 422
        return
    assert (answer.status_code, answer.json()["code"]) == (401, "sign-in-failed")
    noted = session.scalars(select(AuditEvent).where(AuditEvent.action == "login.refused")).one()
    assert noted.account_name in {"Ada@Example.com", "unknown"}
    assert "password" not in str(noted.details)


def test_unknown_people_cost_as_much_as_wrong_passwords(browser: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    compared = []
    verify = PasswordHasher.verify

    def counting(self: PasswordHasher, stored: str, password: str) -> bool:
        compared.append(stored.split("$")[3])  # the parameters
        return verify(self, stored, password)

    monkeypatch.setattr(PasswordHasher, "verify", counting)
    sign_in(browser, "wrong password")
    sign_in(browser, "wrong password", "nobody@example.com")

    assert len(compared) == 2
    assert compared[0] == compared[1]


def test_after_five_failures_even_the_right_password_waits(browser: TestClient, session: Session) -> None:
    for _ in range(5):
        assert sign_in(browser, "wrong password").status_code == 401

    refused = sign_in(browser)

    assert (refused.status_code, refused.json()["code"]) == (429, "too-many-sign-ins")
    assert 0 < int(refused.headers["Retry-After"]) <= 300
    assert sign_in(browser, PASSWORD, "ADA@example.com ").status_code == 429, "however it is written"
    assert sign_in(browser, "x", "somebody@example.com").status_code == 401, "others are not kept out"
    session.execute(update(RateLimit).values(expires_at=datetime.now(UTC)))
    session.commit()
    assert sign_in(browser).status_code == 200


def test_many_accounts_tried_from_one_address_are_limited_too(browser: TestClient) -> None:
    answers = [sign_in(browser, "x", f"person{number}@example.com").status_code for number in range(52)]

    assert answers == [401] * 50 + [429] * 2


def test_signing_in_often_is_no_failure(browser: TestClient) -> None:
    assert {sign_in(browser).status_code for _ in range(12)} == {200}


def test_attempts_count_for_all_processes_together(settings: Settings, browser: TestClient) -> None:
    other = create_app(settings, catalog=catalog(), background=False)
    with TestClient(other) as elsewhere:
        answers = [sign_in(each, "wrong password").status_code for each in (browser, elsewhere) * 4]

    assert Counter(answers) == {401: 5, 429: 3}


def test_an_old_hash_is_made_anew(browser: TestClient, session: Session) -> None:
    weak = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    session.execute(update(User).values(password_hash=weak))
    session.commit()

    assert sign_in(browser).status_code == 200

    session.expire_all()
    stored = session.scalars(select(User.password_hash)).one()
    assert stored is not None
    assert stored != weak
    assert not PasswordHasher().check_needs_rehash(stored)
    assert sign_in(browser).status_code == 200


def test_tokens_are_stored_as_hashes_only(browser: TestClient, session: Session) -> None:
    token = sign_in(browser, scope="offline_access").json()["refresh_token"]

    stored = session.scalars(select(RefreshToken)).one()

    assert token.encode() not in stored.token_hash
    assert len(stored.token_hash) == 32


def forged(session: Session, secret: str = JWT_SECRET, algorithm: str = "HS256", **claims: Any) -> str:
    login = session.scalars(select(Login)).first()
    assert login is not None
    now = datetime.now(UTC)
    good = {"iss": "logidata", "sub": str(login.user_id), "sid": str(login.id), "iat": now, "exp": now + timedelta(60)}
    return jwt.encode(good | claims, secret, algorithm)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({}, None),
        ({"secret": "another-secret-that-is-long-enough-to-be-used"}, "token-invalid"),
        ({"algorithm": "none", "secret": ""}, "token-invalid"),
        ({"algorithm": "HS512"}, "token-invalid"),
        ({"iss": "somebody"}, "token-invalid"),
        ({"sub": "not-a-uuid"}, "token-invalid"),
        ({"sid": None}, "token-invalid"),
        ({"exp": datetime(2020, 1, 1, tzinfo=UTC)}, "token-expired"),
        ({"sub": "00000000-0000-0000-0000-000000000000"}, "login-ended"),
        ({"sid": "00000000-0000-0000-0000-000000000000"}, "login-ended"),
    ],
)
@pytest.mark.filterwarnings("ignore::jwt.warnings.InsecureKeyLengthWarning")
def test_made_up_tokens(browser: TestClient, session: Session, change: Json, code: str | None) -> None:
    sign_in(browser)

    answer = me(browser, forged(session, **change))

    assert answer.json().get("code") == code
    assert answer.status_code == (200 if code is None else 401)


def test_a_login_ends_by_itself(browser: TestClient, session: Session) -> None:
    first = sign_in(browser, scope="offline_access").json()
    session.execute(update(Login).values(expires_at=datetime.now(UTC)))
    session.commit()

    assert me(browser, first["access_token"]).json()["code"] == "login-ended"
    assert browser.post(f"{AUTH}/refresh", json={"refresh_token": first["refresh_token"]}).status_code == 401
    sign_in(browser)
    assert len(session.scalars(select(Login)).all()) == 1, "what is over is forgotten"


def test_a_new_password_ends_every_other_login(browser: TestClient) -> None:
    elsewhere = sign_in(browser).json()["access_token"]
    here = {"Authorization": f"Bearer {sign_in(browser).json()['access_token']}"}
    new = "another good password"

    wrong = browser.put(
        f"{AUTH}/password", json={"current_password": "not it at all", "new_password": new}, headers=here
    )
    right = browser.put(f"{AUTH}/password", json={"current_password": PASSWORD, "new_password": new}, headers=here)

    assert (wrong.status_code, wrong.json()["code"]) == (422, "password-wrong")
    assert right.status_code == 204, right.text
    assert me(browser, elsewhere).status_code == 401
    assert browser.get(f"{AUTH}/me", headers=here).status_code == 200
    assert (sign_in(browser).status_code, sign_in(browser, new).status_code) == (401, 200)


def test_the_present_password_cannot_be_guessed_with_a_stolen_token(browser: TestClient) -> None:
    here = {"Authorization": f"Bearer {sign_in(browser).json()['access_token']}"}
    body = {"current_password": "guess", "new_password": "another good password"}

    answers = [browser.put(f"{AUTH}/password", json=body, headers=here).status_code for _ in range(7)]

    assert answers == [422] * 5 + [429] * 2


def test_the_service_token_is_no_person(client: TestClient) -> None:
    who = client.get(f"{AUTH}/me").json()
    assert (who["id"], who["role"], who["is_service"], who["has_password"]) == (None, "admin", True, False)
    assert client.patch(f"{AUTH}/me", json={"name": "x"}).json()["code"] == "person-needed"


def test_people_change_their_own_name_and_nothing_else(browser: TestClient) -> None:
    here = {"Authorization": f"Bearer {sign_in(browser).json()['access_token']}"}

    assert browser.patch(f"{AUTH}/me", json={"name": "Ada L."}, headers=here).json()["name"] == "Ada L."
    assert browser.patch(f"{AUTH}/me", json={"name": "Ada", "role": "admin"}, headers=here).status_code == 422


def test_the_first_admin_comes_from_the_settings_once(settings: Settings, session: Session) -> None:
    given = {"admin_email": "first@example.com", "admin_password": PASSWORD}
    first = settings.model_copy(update=given | {"admin_password": settings.service_token})
    password = settings.service_token.get_secret_value()
    for _ in range(2):
        with TestClient(create_app(first, catalog=catalog(), background=False)) as browser:
            answer = sign_in(browser, password, "first@example.com")
            assert answer.json()["account"]["role"] == "admin"

    assert session.scalars(select(User.email)).all() == ["first@example.com"]


def test_what_the_builder_is_told(browser: TestClient) -> None:
    assert browser.get(f"{AUTH}/methods").json() == {"password": True, "oidc": None}

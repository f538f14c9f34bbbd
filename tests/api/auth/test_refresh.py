"""Staying signed in, and signing out."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from api.main import create_app
from api.models import AuditEvent, Login, RefreshToken
from api.settings import Settings
from tests.api.auth.browser import AUTH, Json, cookie_of, me, refresh_by, sign_in
from tests.api.catalogue import catalog


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
    old = cookie_of(browser)
    assert browser.post(f"{AUTH}/refresh").status_code == 200
    lost = cookie_of(browser)

    # when
    again = refresh_by(browser, old)

    # then: it goes on, with one cookie that works
    assert again.status_code == 200
    assert me(browser, again.json()["access_token"]).status_code == 200
    kept = again.cookies["logidata_refresh"]
    assert len({old, lost, kept}) == 3
    assert refresh_by(browser, kept).status_code == 200

    # and: one that came before is in two hands
    assert refresh_by(browser, old).status_code == 401
    assert me(browser, again.json()["access_token"]).json()["code"] == "login-ended"


def test_a_cookie_that_comes_again_after_a_minute_is_in_two_hands(browser: TestClient, session: Session) -> None:
    sign_in(browser)
    old = cookie_of(browser)
    browser.post(f"{AUTH}/refresh")
    session.execute(update(RefreshToken).values(used_at=RefreshToken.used_at - timedelta(seconds=61)))
    session.commit()

    assert refresh_by(browser, old).status_code == 401
    assert session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)).all()[-1] == "login.reused"


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


def test_tokens_are_stored_as_hashes_only(browser: TestClient, session: Session) -> None:
    token = sign_in(browser, scope="offline_access").json()["refresh_token"]

    stored = session.scalars(select(RefreshToken)).one()

    assert token.encode() not in stored.token_hash
    assert len(stored.token_hash) == 32


def test_a_login_ends_by_itself(browser: TestClient, session: Session) -> None:
    first = sign_in(browser, scope="offline_access").json()
    session.execute(update(Login).values(expires_at=datetime.now(UTC)))
    session.commit()

    assert me(browser, first["access_token"]).json()["code"] == "login-ended"
    assert browser.post(f"{AUTH}/refresh", json={"refresh_token": first["refresh_token"]}).status_code == 401
    sign_in(browser)
    assert len(session.scalars(select(Login)).all()) == 1, "what is over is forgotten"

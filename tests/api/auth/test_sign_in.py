"""Signing in, and being refused."""

from collections import Counter
from datetime import UTC, datetime

import pytest
from argon2 import PasswordHasher
from fastapi.testclient import TestClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from api.main import create_app
from api.models import AuditEvent, RateLimit, User
from api.settings import Settings
from tests.api.auth.browser import AUTH, PASSWORD, sign_in
from tests.api.catalogue import catalog


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

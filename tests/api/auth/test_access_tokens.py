"""Access tokens that nobody has issued, or that are over."""

from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.models import Login
from tests.api.auth.browser import Json, me, sign_in
from tests.api.conftest import JWT_SECRET


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

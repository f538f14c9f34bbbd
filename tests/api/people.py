"""People who are signed in, without going through the sign-in."""

from datetime import UTC, datetime, timedelta

from fastapi import FastAPI

from api import tokens
from api.models import Login, User
from tests.api.conftest import JWT_SECRET


def sign_in(app: FastAPI, role: str, name: str | None = None) -> dict[str, str]:
    """The headers of a new person with this role."""
    name = name or role
    with app.state.sessions.begin() as session:
        user = User(email=f"{name}@example.com", name=name.title(), role=role)
        session.add(user)
        session.flush()
        login = Login(user_id=user.id, expires_at=datetime.now(UTC) + timedelta(days=1))
        session.add(login)
        session.flush()
        token = tokens.issue(tokens.Bearer(user.id, login.id), JWT_SECRET)
    return {"Authorization": f"Bearer {token}"}

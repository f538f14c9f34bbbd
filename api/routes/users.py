"""People, kept by admins."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from api.database import SessionDep
from api.models import User
from api.routes.answers import CONFLICT, INVALID, NOT_FOUND
from api.routes.dependencies import PageLimit, PageOffset
from api.schemas.user import InvitedOut, UserChange, UserIn, UserOut, UserPage
from api.schemas.values import Search
from api.security import AdminDep, Role
from api.services import audit, users

router = APIRouter(prefix="/users", tags=["users"])


@router.get("", responses=INVALID)
def list_users(
    *,
    session: SessionDep,
    _: AdminDep,
    search: Annotated[Search | None, Query(description="Words in name or e-mail.")] = None,
    role: Annotated[Role | None, Query(description="Only these.")] = None,
    is_active: Annotated[bool | None, Query(description="Only these.")] = None,
    limit: PageLimit = 50,
    offset: PageOffset = 0,
) -> UserPage:
    """List people by name."""
    found, total = users.page(session, users.Wanted(search, role, is_active), limit=limit, offset=offset)
    return UserPage(items=[UserOut.model_validate(user) for user in found], total=total, limit=limit, offset=offset)


@router.post("", status_code=201, responses=CONFLICT | INVALID)
def create_user(session: SessionDep, account: AdminDep, body: UserIn, response: Response) -> InvitedOut:
    """Add a person; without a password, the answer holds the token with which they choose one."""
    password = body.password.get_secret_value() if body.password else None
    user, token = users.create(session, body.model_dump(include={"email", "name", "role"}), password)
    details = {"role": user.role, "invited": token is not None}
    audit.record(session, account, "user.create", "user", user.id, user.email, details)
    response.headers["Location"] = f"/api/v1/users/{user.id}"
    return _invited(session, user, token)


@router.get("/{user_id}", responses=NOT_FOUND, response_model=UserOut)
def get_user(session: SessionDep, _: AdminDep, user_id: UUID) -> User:
    """Get one person."""
    return users.get(session, user_id)


@router.patch("/{user_id}", responses=NOT_FOUND | CONFLICT | INVALID, response_model=UserOut)
def change_user(session: SessionDep, account: AdminDep, user_id: UUID, body: UserChange) -> User:
    """Change a person's address, name or role, or deactivate them, which signs them out at once."""
    user, changed = users.change(session, user_id, body.model_dump(exclude_none=True))
    if changed:
        audit.record(session, account, "user.change", "user", user.id, user.email, {"changed": changed})
    session.refresh(user)
    return user


@router.delete("/{user_id}", status_code=204, responses=NOT_FOUND | CONFLICT)
def delete_user(session: SessionDep, account: AdminDep, user_id: UUID) -> None:
    """Remove a person; what they made stays, and what they kept private is the admins' only."""
    user = users.delete(session, user_id)
    audit.record(session, account, "user.delete", "user", user.id, user.email)


@router.post("/{user_id}/invitation", responses=NOT_FOUND | CONFLICT)
def reset_password(session: SessionDep, account: AdminDep, user_id: UUID) -> InvitedOut:
    """Take a person's password away, sign them out, and get the token with which they choose another."""
    user, token = users.reset(session, user_id)
    audit.record(session, account, "user.reset", "user", user.id, user.email)
    return _invited(session, user, token)


def _invited(session: SessionDep, user: User, token: str | None) -> InvitedOut:
    session.flush()
    session.refresh(user)
    return InvitedOut(**UserOut.model_validate(user).model_dump(), invitation_token=token)

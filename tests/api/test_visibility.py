"""Private pipelines do not exist for anybody but their owner and admins."""

from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session, aliased

from api.models import Module, Pipeline, PipelineExecution, PipelineVersion, User
from api.visibility import see_as
from tests.api.graphs import chain
from tests.api.people import sign_in

PIPELINES = "/api/v1/pipelines"
Json = dict[str, Any]


@pytest.fixture
def private(app: FastAPI, client: TestClient, session: Session) -> Json:
    """A private pipeline of somebody's, with one execution."""
    headers = sign_in(app, "editor", "owner")
    saved = client.post(PIPELINES, json=chain("Secret plan"), headers=headers).json()
    assert client.post(f"{PIPELINES}/{saved['id']}/execute", headers=headers).status_code == 202
    session.execute(update(Pipeline).where(Pipeline.id == saved["id"]).values(visibility="private"))
    session.commit()
    return saved


def test_no_query_of_a_session_that_carries_an_account_shows_it(app: FastAPI, session: Session, private: Json) -> None:
    sign_in(app, "editor", "other")
    other = session.scalars(select(User).where(User.name == "Other")).one()
    owner = session.scalars(select(User).where(User.name == "Owner")).one()
    alias = aliased(Pipeline)
    used = select(func.unnest(Pipeline.module_ids).label("name")).subquery()
    queries = [
        select(func.count()).select_from(Pipeline),
        select(func.count()).select_from(select(Pipeline.id).subquery()),
        select(func.count(alias.id)),
        select(func.count()).select_from(PipelineVersion),
        select(func.count()).select_from(PipelineExecution),
        select(func.count()).select_from(PipelineExecution).join(Pipeline),
        select(func.count(Module.id)).join(used, used.c.name == Module.name),
        select(func.count(User.id)).where(User.id.in_(select(Pipeline.owner_id))),
        select(func.count(User.id)).where(select(1).where(Pipeline.owner_id == User.id).exists()),
        select(User.name).with_only_columns(select(func.count(Pipeline.id)).scalar_subquery()),
    ]

    for query in queries:
        assert session.scalar(query), "an admin's session shows everything"
        with app.state.sessions() as mine:
            see_as(mine, owner.id)
            assert mine.scalar(query) == session.scalar(query), query
        with app.state.sessions() as theirs:
            see_as(theirs, other.id)
            assert theirs.scalar(query) == 0, str(query)
            assert theirs.get(Pipeline, private["id"]) is None
            with pytest.raises(RuntimeError, match="pipeline: name a mapped class"):
                theirs.scalar(select(func.count(Pipeline.__table__.c.id)))
            assert theirs.execute(update(Pipeline).values(description="x")).rowcount == 0  # type: ignore[attr-defined]


def test_a_name_that_only_a_private_pipeline_has_is_free(app: FastAPI, client: TestClient, private: Json) -> None:
    answer = client.post(PIPELINES, json=chain(private["name"]), headers=sign_in(app, "editor", "other"))

    assert answer.status_code == 201

"""The probes."""

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import Engine, event, text
from sqlalchemy.orm import Session

from api import migrations
from api.main import create_app
from api.models import SyncState
from api.services.readiness import ReadinessProbe
from api.settings import Settings
from tests.api.catalogue import catalog


@pytest.fixture(autouse=True)
def forgetful(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every look is a new one."""
    monkeypatch.setattr(ReadinessProbe, "kept_for", -1.0)


def test_asking_often_makes_no_work(app: FastAPI, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ReadinessProbe, "kept_for", 3600.0)
    statements = []
    event.listen(engine, "before_cursor_execute", lambda *given: statements.append(given[2]))
    client = TestClient(app)
    client.get("/api/v1/ready")
    first = len(statements)

    answers = {client.get("/api/v1/ready").status_code for _ in range(20)}

    assert (answers, len(statements)) == ({200}, first)
    assert first > 0


def test_health_needs_nothing(settings: Settings) -> None:
    away = settings.model_copy(update={"database_url": "postgresql+psycopg2://nobody:x@127.0.0.1:9/nothing"})
    client = TestClient(create_app(away, catalog=catalog(), background=False))  # no lifespan: nothing is started

    assert client.get("/api/v1/health").json() == {"status": "ok"}
    answer = client.get("/api/v1/ready")
    assert (answer.status_code, answer.json()["status"], answer.json()["database"]["status"]) == (503, "down", "down")


def test_without_airflow_the_service_is_degraded_but_ready(app: FastAPI, session: Session) -> None:
    client = TestClient(app)
    first = client.get("/api/v1/ready")
    session.add(SyncState(name="runs", cursor=None, synced_at=session.scalar(text("select now() - interval '1h'"))))
    session.commit()
    later = client.get("/api/v1/ready")

    assert (first.status_code, first.json()["status"]) == (200, "degraded")
    assert (first.json()["airflow"]["status"], first.json()["sync"]["status"]) == ("down", "down")
    assert later.json()["sync"]["status"] == "degraded"
    assert later.json()["sync_age_seconds"] == pytest.approx(3600, abs=30)


def test_a_database_at_another_migration_is_not_ready(app: FastAPI, session: Session) -> None:
    session.execute(text("update alembic_version set version_num = '0000'"))
    session.commit()
    answer = TestClient(app).get("/api/v1/ready")
    session.execute(text("update alembic_version set version_num = :head"), {"head": migrations.head()})
    session.commit()

    assert answer.status_code == 503
    assert "0000" in answer.json()["database"]["detail"]

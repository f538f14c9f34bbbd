"""The real application on a real PostgreSQL, publishing into a folder of the test's own."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.orm import Session

from api import migrations
from api.clients.checker import CheckerProcess
from api.clients.previewer import PreviewerProcess
from api.main import create_app
from api.models import Base
from api.settings import Settings
from stack.postgres import Cluster
from tests.api.catalogue import catalog
from tests.api.graphs import chain

TOKEN = "a-service-token-for-the-tests"
JWT_SECRET = "a-secret-that-signs-access-tokens-in-the-tests"
Json = dict[str, Any]
CreatePipeline = Callable[..., Json]


@pytest.fixture(scope="session")
def database_url(postgres_server: Cluster) -> str:
    """A database as the migrations make it."""
    url = postgres_server.create_database("api_tests")
    engine = create_engine(url)
    migrations.upgrade(engine)
    engine.dispose()
    return url


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Iterator[Settings]:
    """Settings that name the test's own folder; its database is emptied afterwards."""
    yield Settings(
        database_url=database_url,
        service_token=TOKEN,  # pyright: ignore[reportArgumentType]
        jwt_secret=JWT_SECRET,  # pyright: ignore[reportArgumentType]
        dags_folder=tmp_path / "pipelines",
        files_url=str(tmp_path / "files"),
        airflow_url="http://127.0.0.1:9",
        builder_url="http://builder.test",
        frontend_dist=tmp_path / "not-built",
    )
    engine = create_engine(database_url)
    with engine.begin() as connection:
        tables = ", ".join(table.name for table in Base.metadata.sorted_tables)
        connection.execute(text(f"truncate {tables}"))
    engine.dispose()


@pytest.fixture(scope="session")
def checker_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file store that the column checker sees."""
    files = tmp_path_factory.mktemp("files")
    (files / "orders.csv").write_text("order_id,amount,status\n1,10,paid\n2,20,new\n")
    return files


@pytest.fixture(scope="session")
def checker_environment(checker_files: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[pytest.MonkeyPatch]:
    """What a column checker that is started from here reads."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AIRFLOW_HOME", str(tmp_path_factory.mktemp("airflow")))
        patch.setenv("LOGIDATA_FILES_URL", str(checker_files))
        yield patch


@pytest.fixture(scope="session")
def checker(checker_environment: pytest.MonkeyPatch) -> Iterator[CheckerProcess]:
    """One warm column checker for all tests; it takes seconds to start."""
    process = CheckerProcess()
    process.check({"nodes": []}, timeout=120)
    yield process
    process.stop()


@pytest.fixture(scope="session")
def previewer(checker_environment: pytest.MonkeyPatch) -> Iterator[PreviewerProcess]:
    """One warm previewer for all tests; it takes seconds to start."""
    process = PreviewerProcess()
    process.submit({"nodes": [], "limit": 1, "timeout": 60})[1].result(60)
    yield process
    process.stop()


@pytest.fixture
def app(settings: Settings, checker: CheckerProcess) -> FastAPI:
    """The application without its background threads."""
    return create_app(settings, catalog=catalog(), checker=checker, background=False)


@pytest.fixture
def client(app: FastAPI) -> Iterator[TestClient]:
    """A client that carries the service token."""
    with TestClient(app, headers={"Authorization": f"Bearer {TOKEN}"}) as client:
        yield client


@pytest.fixture
def session(app: FastAPI, client: TestClient) -> Iterator[Session]:
    """A session beside the application's own."""
    with app.state.sessions() as session:
        yield session


@pytest.fixture
def engine(app: FastAPI, client: TestClient) -> Engine:
    """The application's engine."""
    return app.state.engine


@pytest.fixture
def create_pipeline(client: TestClient) -> CreatePipeline:
    """Save a pipeline over HTTP."""

    def create(graph: Json | None = None, **changes: Any) -> Json:
        answer = client.post("/api/v1/pipelines", json=graph or chain(**changes))
        assert answer.status_code == 201, answer.text
        return answer.json()

    return create


@pytest.fixture
def live(settings: Settings) -> Path:
    """What Airflow would parse."""
    return settings.dags_folder / "live"

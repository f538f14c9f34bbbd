"""The application: `uvicorn api.main:app`, several processes of it if wanted."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import APIRouter, Depends, FastAPI
from fastapi.routing import APIRoute

from api import problems
from api.body_limit import BodyLimit
from api.database import make_engine, make_sessions
from api.request_log import RequestLog, configure_logging
from api.routes import health
from api.security import require_token
from api.settings import Settings


def create_app(settings: Settings, *, sync: bool = True) -> FastAPI:
    """The service with its own connection pool; `sync=False` leaves Airflow alone."""
    engine = make_engine(settings)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        yield
        engine.dispose()

    app = FastAPI(
        title="LogiData",
        description="Stores pipeline graphs, compiles each into an Airflow DAG and reports what became of its runs.",
        version="1.0.0",
        lifespan=lifespan,
        generate_unique_id_function=_operation_id,
    )
    app.state.settings = settings
    app.state.engine = engine
    app.state.sessions = make_sessions(engine)
    app.add_middleware(BodyLimit, max_bytes=settings.max_body_bytes)
    app.add_middleware(RequestLog, on_error=problems.unexpected_error)
    problems.register(app)

    app.include_router(health.router, prefix="/api/v1")
    protected = APIRouter(prefix="/api/v1", dependencies=[Depends(require_token)])
    app.include_router(protected)
    return app


def _operation_id(route: APIRoute) -> str:
    return route.name


def __getattr__(name: str) -> FastAPI:
    """Make `app` when it is first asked for, so that importing this module needs no settings."""
    if name != "app":
        raise AttributeError(name)
    settings = Settings()  # pyright: ignore[reportCallIssue]
    configure_logging(settings.log_level)
    globals()["app"] = create_app(settings)
    return globals()["app"]

"""The application: `uvicorn api.main:app`, several processes of it if wanted."""

import logging
import threading
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from datetime import timedelta

from fastapi import FastAPI
from fastapi.concurrency import run_in_threadpool
from fastapi.middleware.cors import CORSMiddleware
from fastapi.middleware.gzip import GZipMiddleware
from fastapi.responses import RedirectResponse
from fastapi_offline import FastAPIOffline

from api import problems, tracing, visibility
from api.body_limit import BodyLimit
from api.clients.airflow import AirflowClient
from api.clients.assistant import Assistant
from api.clients.checker import CheckerProcess
from api.clients.files import open_store
from api.clients.oidc import OidcProvider
from api.clients.previewer import PreviewerProcess
from api.database import make_engine, make_sessions
from api.frontend import FrontendRoute
from api.openapi import describe
from api.request_log import RequestLog, configure_logging
from api.routing import PREFIX, api_routes
from api.security import Authenticator
from api.security_headers import SecurityHeaders
from api.services import module_seed
from api.services import users as people
from api.services.assist.suggest import Learned, run_learning
from api.services.connections import Connections
from api.services.files import Files
from api.services.files import Limits as FileLimits
from api.services.live.hub import Hub
from api.services.logs.shelf import Shelf
from api.services.publishing import Publishing
from api.services.rate_limit import RateLimiter
from api.services.readiness import ReadinessProbe
from api.services.reconcile import run_reconcile
from api.services.sign_in import SignIn
from api.services.sync import run_sync
from api.services.validation import Validator
from api.settings import Settings
from dag_factory.catalog import Catalog, load_catalog
from dag_factory.publish import Publisher

CROSS_ORIGIN = {
    "allow_credentials": True,
    "allow_methods": ("GET", "POST", "PUT", "PATCH", "DELETE"),
    "allow_headers": ("Authorization", "Content-Type", "Idempotency-Key", "If-Match", "If-None-Match", "X-Request-ID"),
    "expose_headers": ("ETag", "Location", "Retry-After", "X-Pipeline-Revision", "X-Request-ID"),
}
log = logging.getLogger(__name__)


def create_app(
    settings: Settings,
    *,
    catalog: Catalog | None = None,
    checker: CheckerProcess | None = None,
    previewer: PreviewerProcess | None = None,
    background: bool = True,
) -> FastAPI:
    """The service with its own connections; without `background` it neither syncs nor reconciles.

    A `checker` that is given is started and stopped by whoever gives it; so is a `previewer`.
    """
    app = FastAPIOffline(
        title="LogiData",
        description="Stores pipeline graphs, compiles each into an Airflow DAG and reports what became of its runs.",
        version="1.0.0",
        lifespan=_lifespan,
    )
    app.state.settings = settings
    app.state.background = background
    app.state.engine = make_engine(settings)
    app.state.sessions = make_sessions(app.state.engine)
    visibility.guard(app.state.sessions)
    app.state.authenticator = Authenticator(settings, app.state.engine)
    app.state.rate_limiter = RateLimiter(app.state.sessions)
    app.state.sign_in = SignIn(app.state.sessions, app.state.rate_limiter, timedelta(days=settings.session_days))
    app.state.oidc = None
    if settings.oidc_issuer:
        secret = settings.oidc_client_secret.get_secret_value()
        app.state.oidc = OidcProvider(settings.oidc_issuer, settings.oidc_client_id, secret, settings.oidc_scope)
    app.state.publishing = Publishing(catalog or load_catalog(), Publisher(settings.dags_folder), settings.builder_url)
    app.state.checker = checker or CheckerProcess()
    app.state.owns_checker = checker is None
    app.state.previewer = previewer or PreviewerProcess()
    app.state.owns_previewer = previewer is None
    app.state.files = Files(
        open_store(settings.files_address), FileLimits(settings.max_file_bytes, settings.files_quota_bytes)
    )
    app.state.readiness = ReadinessProbe(app.state.engine, lambda: app.state.airflow)
    app.state.files_differ = threading.Event()
    app.state.airflow = AirflowClient(
        settings.airflow_url, settings.airflow_username, settings.airflow_password.get_secret_value()
    )
    app.state.validator = Validator(
        app.state.publishing.catalog, app.state.checker, app.state.sessions, Connections(app.state.airflow)
    )
    app.state.assistant = Assistant(
        settings.assist_url, settings.assist_model, settings.assist_api_key, settings.assist_seconds
    )
    app.state.learned = Learned(app.state.publishing.catalog)
    app.state.log_shelf = Shelf(settings.log_cache_folder, app.state.airflow, settings.log_cache_bytes)
    app.state.live = Hub(settings.database_url, app.state.sessions, app.state.log_shelf)
    app.add_middleware(BodyLimit, max_bytes=settings.max_body_bytes, streamed=(f"{PREFIX}/files/content/",))
    app.add_middleware(GZipMiddleware, minimum_size=10_000, compresslevel=4)
    app.add_middleware(RequestLog, on_error=problems.unexpected_error)
    if settings.cors_origins:
        app.add_middleware(CORSMiddleware, allow_origins=settings.cors_origins, **CROSS_ORIGIN)
    app.add_middleware(SecurityHeaders, is_https=settings.builder_url.startswith("https:"))
    problems.register(app)

    app.router.routes += api_routes()
    if (settings.frontend_dist / "index.html").is_file():
        app.router.routes.append(FrontendRoute(settings.frontend_dist))
    else:
        app.add_api_route("/", _to_the_docs, include_in_schema=False)
    describe(app)
    app.state.end_tracing = tracing.trace(app) if settings.traces else lambda: None
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Seed the palette, then keep in step with Airflow and with the published files."""
    with ExitStack() as running:
        running.callback(app.state.end_tracing)
        running.callback(app.state.engine.dispose)
        running.callback(app.state.airflow.close)
        running.callback(app.state.log_shelf.close)
        running.callback(app.state.live.close)
        if app.state.owns_checker:
            running.callback(app.state.checker.stop)
            app.state.checker.start()
        await run_in_threadpool(_seed, app)
        if app.state.owns_previewer:
            running.callback(app.state.previewer.stop)
        if app.state.background:
            app.state.previewer.start()
            running.enter_context(run_reconcile(app.state.sessions, app.state.publishing, app.state.files_differ))
            running.enter_context(run_learning(app.state.sessions, app.state.learned))
            running.enter_context(run_sync(app.state.settings, app.state.sessions, app.state.airflow))
        yield


def _seed(app: FastAPI) -> None:
    with app.state.sessions() as session, session.begin():
        module_seed.seed(session, app.state.publishing.catalog)
        password = app.state.settings.admin_password.get_secret_value()
        if password and people.make_first_admin(session, app.state.settings.admin_email, password):
            log.info("made the first admin, %s", app.state.settings.admin_email)


def _to_the_docs() -> RedirectResponse:
    """Where a person lands when the builder was not built."""
    return RedirectResponse("/docs")


def __getattr__(name: str) -> FastAPI:
    """Make `app` when it is first asked for, so that importing this module needs no settings."""
    if name != "app":
        raise AttributeError(name)
    settings = Settings()  # pyright: ignore[reportCallIssue] - read from the environment
    configure_logging(settings.log_level)
    globals()["app"] = create_app(settings)
    return globals()["app"]

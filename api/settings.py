"""The service's settings, read once from `LOGIDATA_*` environment variables."""

import os
import tempfile
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit, urlunsplit

from pydantic import AfterValidator, Field, NonNegativeInt, PositiveFloat, PositiveInt, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

REPOSITORY = Path(__file__).resolve().parents[1]
PLACEHOLDERS = frozenset({"changeme", "change-me", "changethis", "default", "password", "secret", "token", "test"})


def _real_secret(value: SecretStr) -> SecretStr:
    text = value.get_secret_value().strip()
    if len(text) < 16 or text.lower() in PLACEHOLDERS or len(set(text)) < 4:
        raise ValueError("must be a secret of at least 16 characters; `make up` makes one")
    return value


class Settings(BaseSettings):
    """Everything that differs between installations."""

    model_config = SettingsConfigDict(
        env_prefix="LOGIDATA_", extra="ignore", frozen=True, hide_input_in_errors=True
    )  # an address or token that is refused must not be repeated in the log

    builder_url: str = "http://127.0.0.1:8000"

    database_url: Annotated[str, Field(pattern=r"^postgresql\+psycopg2://")]
    database_pool_size: PositiveInt = 20
    """Connections a worker process keeps; its request threads share them."""

    service_token: Annotated[SecretStr, AfterValidator(_real_secret)]
    """An admin's account for programs: the command line, CI, the stack itself."""
    metrics_token: SecretStr = SecretStr("")
    """What Prometheus sends, if it is to have a token that is good for `metrics` only; admins may look anyway."""
    jwt_secret: Annotated[SecretStr, Field(min_length=32), AfterValidator(_real_secret)]
    """Signs access tokens; a new one asks everybody for the next token, but signs nobody out."""

    admin_email: str = "admin@localhost"
    admin_password: SecretStr = SecretStr("")
    """The first user, made when there is none at all; without a password, only the service token is an admin."""
    session_days: PositiveInt = 30
    """How long a sign-in lasts at most."""
    oidc_issuer: str = ""
    """Address of the OpenID provider; none by default. It calls back `<builder_url>/api/v1/auth/oidc/callback`."""
    oidc_client_id: str = ""
    oidc_client_secret: SecretStr = SecretStr("")
    oidc_scope: str = "openid email profile"
    oidc_label: str = "Single sign-on"
    oidc_role_claim: str = ""
    """The claim that decides roles at each sign-in: `groups`, `realm_access.roles`; without it, admins decide."""
    oidc_roles: dict[str, Literal["admin", "editor", "viewer"]] = {}
    """Value of that claim → role, as JSON."""
    oidc_default_role: Literal["admin", "editor", "viewer", "none"] = "viewer"
    """Of whom no value gives a role; `none` keeps them out."""
    assist_url: Annotated[str, Field(pattern=r"^(https?://[^\s@?#]+)?$")] = ""
    """An endpoint that speaks OpenAI's chat completions, `https://…/v1`; without one, no drafts are offered."""
    assist_model: str = ""
    assist_api_key: SecretStr = SecretStr("")
    assist_seconds: PositiveInt = 120
    """How long a draft may take, all tries together."""
    cors_origins: tuple[str, ...] = ()
    """Other origins whose pages may use the API, as a JSON list; none by default."""

    airflow_url: str = "http://127.0.0.1:8080"
    airflow_public_url: str = ""
    """Where a browser finds Airflow; by default where the service does."""
    airflow_username: str = ""
    airflow_password: SecretStr = SecretStr("")

    dags_folder: Path = REPOSITORY / "dags" / "pipelines"
    """Root of the publisher's tree: `live/` is what Airflow parses."""

    runnable_timeout: PositiveFloat = 120
    """Seconds that an execution waits for Airflow to serve its revision before it fails."""

    run_days: NonNegativeInt = 365
    """Days that ended runs are kept, here and in Airflow; 0 keeps them for ever. Each pipeline's newest stays."""

    log_cache_folder: Path = Path(tempfile.gettempdir()) / f"logidata-logs-{os.getuid()}"
    """Task logs that were read of late; the processes of one machine share it, and it may be emptied at any time."""
    log_cache_bytes: PositiveInt = 2 * 1024**3

    frontend_dist: Path = REPOSITORY / "frontend" / "dist"
    """The built builder; without it the service's address leads to the API's description."""

    home: Path = REPOSITORY / "var"
    files_url: str = ""
    """The file store: a folder or any address that fsspec reaches; by default `files` in the home folder."""
    max_file_bytes: PositiveInt = 10 * 1024**3
    files_quota_bytes: PositiveInt | None = None
    """Bytes that all files together may take; none by default but what the disk has."""

    max_body_bytes: PositiveInt = 5 * 1024 * 1024
    log_level: str = "INFO"
    traces: bool = False
    """Whether requests are traced by OpenTelemetry; where to, its own `OTEL_*` variables say."""

    @property
    def airflow_pages(self) -> str:
        """Where a browser finds Airflow's own pages; a name and password in the address are the service's alone."""
        address = urlsplit(self.airflow_public_url or self.airflow_url)
        return urlunsplit(address._replace(netloc=address.netloc.rpartition("@")[2], query="", fragment="")).rstrip("/")

    @property
    def files_address(self) -> str:
        """Where files are, as the operators' processes take it."""
        return self.files_url or str(self.home.absolute() / "files")

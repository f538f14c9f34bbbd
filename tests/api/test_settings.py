"""Settings come from the environment, and refuse secrets that are none."""

import pytest
from pydantic import ValidationError

from api.settings import Settings

URL = "postgresql+psycopg2://logidata:x@127.0.0.1:54320/logidata"


@pytest.mark.parametrize("name", ["service_token", "jwt_secret"])
@pytest.mark.parametrize("secret", ["", " ", "changeme", "short", "x" * 40, None])
def test_a_secret_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch, name: str, secret: str | None) -> None:
    monkeypatch.setenv("LOGIDATA_DATABASE_URL", URL)
    for other in ("service_token", "jwt_secret"):
        monkeypatch.setenv(f"LOGIDATA_{other.upper()}", "a1b2c3d4e5f6a1b2c3d4a1b2c3d4e5f6a1b2c3d4")
    monkeypatch.delenv(f"LOGIDATA_{name.upper()}")
    if secret is not None:
        monkeypatch.setenv(f"LOGIDATA_{name.upper()}", secret)

    with pytest.raises(ValidationError, match=name):
        Settings()  # pyright: ignore[reportCallIssue]


def test_settings_are_read_from_the_environment_and_hide_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOGIDATA_DATABASE_URL", URL)
    monkeypatch.setenv("LOGIDATA_SERVICE_TOKEN", "a1b2c3d4e5f6a1b2c3d4")
    monkeypatch.setenv("LOGIDATA_JWT_SECRET", "f6e5d4c3b2a1f6e5d4c3b2a1f6e5d4c3b2a1")
    monkeypatch.setenv("LOGIDATA_AIRFLOW_PASSWORD", "hidden-password")
    monkeypatch.setenv("LOGIDATA_RUNNABLE_TIMEOUT", "5")

    settings = Settings()  # pyright: ignore[reportCallIssue]

    assert settings.runnable_timeout == 5
    assert "a1b2c3d4e5f6a1b2c3d4" not in repr(settings)
    assert "f6e5d4c3b2a1" not in repr(settings)
    assert "hidden-password" not in repr(settings)


def test_another_database_than_postgresql_is_refused() -> None:
    with pytest.raises(ValidationError, match="database_url") as refused:
        Settings(database_url="postgresql://me:hidden@db/x", service_token="short-one")  # pyright: ignore[reportArgumentType]

    assert "hidden" not in str(refused.value)
    assert "short-one" not in str(refused.value)


@pytest.mark.parametrize(
    ("given", "shown"),
    [("https://ops:hidden@airflow.example.com/a/", "https://airflow.example.com/a"), ("", "http://127.0.0.1:8080")],
)
def test_links_to_airflow_never_hold_its_password(given: str, shown: str) -> None:
    secret = "a1b2c3d4e5f6a1b2c3d4a1b2c3d4e5f6a1b2c3d4"

    settings = Settings(database_url=URL, service_token=secret, jwt_secret=secret, airflow_public_url=given)  # pyright: ignore[reportArgumentType]

    assert settings.airflow_pages == shown

"""The secrets of one installation: made at its first start, kept in `secrets.env`, mode 0600."""

import base64
import os
import secrets
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict

FILE = "secrets.env"


class Credentials(BaseModel):
    """Every password and key of a stack; edit the file and start again to change one."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    postgres_password: str
    airflow_database_password: str
    logidata_database_password: str
    airflow_username: str
    airflow_password: str
    admin_email: str
    admin_password: str
    service_token: str
    jwt_secret: str
    airflow_fernet_key: str
    airflow_jwt_secret: str
    airflow_api_secret_key: str
    spark_token: str

    @classmethod
    def make(cls) -> Self:
        """New ones, from the system's randomness; nothing in them needs quoting in a URL or a shell."""
        return cls(
            postgres_password=secrets.token_hex(16),
            airflow_database_password=secrets.token_hex(16),
            logidata_database_password=secrets.token_hex(16),
            airflow_username="admin",
            airflow_password=secrets.token_urlsafe(15),
            admin_email="admin@localhost",
            admin_password=secrets.token_urlsafe(15),
            service_token=secrets.token_urlsafe(32),
            jwt_secret=secrets.token_urlsafe(48),
            airflow_fernet_key=base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
            airflow_jwt_secret=secrets.token_urlsafe(48),
            airflow_api_secret_key=secrets.token_urlsafe(32),
            spark_token=secrets.token_urlsafe(32),
        )

    @classmethod
    def read(cls, home: Path) -> Self:
        """Those that this home was started with; FileNotFoundError before its first start."""
        return cls.model_validate(_pairs(home / FILE))

    @classmethod
    def read_or_make(cls, home: Path) -> Self:
        """Those of this home; what its first start, or an older version, did not make is made now.

        A crash leaves the file whole or absent.
        """
        try:
            kept = _pairs(home / FILE)
        except FileNotFoundError:
            kept = {}
        credentials = cls.model_validate(cls.make().model_dump() | kept)
        if kept.keys() != credentials.model_dump().keys():
            text = "# Made at the first start. Who reads this file owns the installation.\n"
            text += "".join(f"{name.upper()}={value}\n" for name, value in credentials.model_dump().items())
            write_secret(home / FILE, text)
        return credentials


def _pairs(file: Path) -> dict[str, str]:
    pairs = [line.partition("=") for line in file.read_text().splitlines() if line and not line.startswith("#")]
    return {name.strip().lower(): value.strip() for name, _, value in pairs}


def write_secret(path: Path, text: str) -> None:
    """Writes a file that only this user can read, all at once."""
    fresh = path.with_name(path.name + ".new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)

"""What an Airflow connection of type HTTP says: where the API is, and the credentials that only it may see."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, Self
from urllib.parse import quote, quote_plus

from module_operators.problems import ModuleError
from module_operators.run import Log

if TYPE_CHECKING:
    import httpx
    from airflow.sdk import Connection

_PORTS = {"http": 80, "https": 443}
_LONGEST_URL = 8000
_CONTROL = re.compile(r"[\x00-\x1f\x7f]+")


class Caller(Protocol):
    """Who sends requests: a node's run, or an alert."""

    @property
    def log(self) -> Log: ...
    @property
    def connection(self) -> Callable[[str], Connection]: ...
    @property
    def time_limit(self) -> float | None: ...


@dataclass(frozen=True, slots=True)
class Access:
    """An API's base address and credentials; empty without a connection."""

    base: httpx.URL | None = None
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    params: Mapping[str, str] = field(default_factory=dict, repr=False)
    password: str = field(default="", repr=False)
    """As it is behind a Basic header, in which it stands in Base64."""

    @classmethod
    def of(cls, run: Caller, connection_id: str | None, problem: type[ModuleError]) -> Self:
        """What the connection says.

        Raises:
            ModuleError: as `problem`, when it lacks a host or says what cannot be used.
        """
        if not connection_id:
            return cls()
        found = run.connection(connection_id)
        where = f"Connection '{connection_id}'"
        if not found.host:
            raise problem(f"{where} has no host. Set it, so that the credentials go nowhere else.")
        text = found.host if "://" in found.host else f"{found.schema or 'https'}://{found.host}"
        base = checked_url(text, where, problem)
        if found.port and not base.port:
            base = base.copy_with(port=found.port)
        extra = found.extra_dejson
        headers = _texts(extra.get("headers"), f"{where}: 'headers' of its extra", problem)
        if token := extra.get("token"):
            headers["Authorization"] = f"Bearer {token}"
        elif found.login or found.password:
            pair = f"{found.login or ''}:{found.password or ''}".encode()
            headers["Authorization"] = f"Basic {b64encode(pair).decode()}"
        if any(not value.isprintable() or not value.isascii() for value in headers.values()):
            raise problem(f"{where}: a header or the token has a character that HTTP does not take.")
        params = _texts(extra.get("params"), f"{where}: 'params' of its extra", problem)
        return cls(base, headers, params, found.password or "")

    def url(self, text: str, problem: type[ModuleError]) -> httpx.URL:
        """A node's address, which a base address may begin.

        Raises:
            ModuleError: as `problem`, when it is none, or another host than the connection's.
        """
        if "://" not in text and self.base:
            base = str(self.base.copy_with(query=None, fragment=None)).rstrip("/")
            text = f"{base}/{text.lstrip('/')}" if text else base
        url = checked_url(text, "The URL", problem)
        if self.base and origin(url) != origin(self.base):
            raise problem(
                f"The URL leads to {shown(url)}, but the connection is for {shown(self.base)}: its credentials go only "
                "there. Write the URL without its host, or choose another connection."
            )
        return url

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must not be told, in each way that it may be written, the longest first."""
        values = {*self.headers.values(), *self.params.values(), self.password}
        values |= {value.split(" ", 1)[1] for value in values if value.startswith(("Bearer ", "Basic "))}
        written = {form for value in values for form in (value, quote(value, safe=""), quote_plus(value))}
        return tuple(sorted((value for value in written if len(value) > 3), key=len, reverse=True))

    def redacted(self, text: str) -> str:
        """The text without credentials, and without characters that would break a line of a log."""
        return " ".join(self.redacted_lines(text))

    def redacted_lines(self, text: str) -> list[str]:
        """The text's lines, each as `redacted`."""
        for secret in self.secrets:
            text = text.replace(secret, "***")
        return [_CONTROL.sub(" ", line).strip() for line in text.splitlines()]


def checked_url(text: str, what: str, problem: type[ModuleError]) -> httpx.URL:
    """An HTTP address without a user in it.

    Raises:
        ModuleError: as `problem`.
    """
    import httpx  # noqa: PLC0415

    try:
        url = httpx.URL(text.strip())
    except (httpx.InvalidURL, ValueError):
        raise problem(f"{what} is no address such as https://api.example.com/orders.") from None
    if url.userinfo:
        raise problem(f"{what} has a user or password in it. Put them into a connection.")
    if url.scheme not in _PORTS or not url.host:
        raise problem(f"{what} must begin with https:// or http:// and a host; or choose a connection, which has one.")
    if len(str(url)) > _LONGEST_URL:
        raise problem(f"{what} is longer than {_LONGEST_URL:,} characters.")
    return url.copy_with(fragment=None)


def origin(url: httpx.URL) -> tuple[str, str, int]:
    return url.scheme, url.host, url.port or _PORTS[url.scheme]


def shown(url: httpx.URL) -> str:
    """An address for a message: without its query, where keys may be."""
    return str(url.copy_with(query=None, fragment=None))


def _texts(found: Any, what: str, problem: type[ModuleError]) -> dict[str, str]:
    if not found:
        return {}
    if not isinstance(found, Mapping):
        raise problem(f"{what} must be an object of names and texts.")
    return {str(name): str(value) for name, value in found.items()}

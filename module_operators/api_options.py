"""Options that both REST modules have: addresses, headers, and run parameters in them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Annotated, Any
from urllib.parse import quote

from pydantic import AfterValidator, StringConstraints

from module_operators.run import Run

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_SECRET = {"authorization", "proxy-authorization", "cookie", "x-api-key", "api-key", "apikey", "x-auth-token"}
_OURS = {"host", "content-length", "transfer-encoding", "connection", "upgrade", "accept-encoding", "idempotency-key"}


def _checked_headers(headers: dict[str, str]) -> dict[str, str]:
    """Refuses what would be a secret in a pipeline, or would change how the request is sent."""
    for name, value in headers.items():
        if not _TOKEN.fullmatch(name):
            raise ValueError(f"'{name}' is no name of a header.")
        if name.casefold() in _SECRET:
            raise ValueError(
                f"'{name}' is a credential, which a pipeline must not have. Put it into the connection: its login and "
                "password, or 'token' or 'headers' in its extra."
            )
        if name.casefold() in _OURS:
            raise ValueError(f"'{name}' is set by LogiData.")
        if not value.isascii() or any(ord(character) < 32 or ord(character) == 127 for character in value):
            raise ValueError(f"The value of '{name}' has a character that a header cannot have.")
    return headers


def _without_user(url: str) -> str:
    """Refuses a password in the address while it is drawn: no version of the pipeline should have it."""
    if "://" in url and "@" in re.split(r"[/?#\\]", url.split("://", 1)[1], maxsplit=1)[0]:
        raise ValueError("The URL has a user or password in it. Put them into a connection.")
    return url


Url = Annotated[str, StringConstraints(min_length=1, max_length=4000), AfterValidator(_without_user)]
"""An HTTP address; with a connection also what stands behind its host."""

Headers = Annotated[dict[str, str], AfterValidator(_checked_headers)]
"""Headers that are no secret."""


class _Quoted(Mapping[str, Any]):
    """The run's parameters as they stand in an address: none can change its host or add to its query."""

    def __init__(self, params: Mapping[str, Any]) -> None:
        self._params = params

    def __getitem__(self, name: str) -> Any:
        value = self._params[name]
        return None if value is None else quote(str(value), safe="")

    def __iter__(self) -> Iterator[str]:
        return iter(self._params)

    def __len__(self) -> int:
        return len(self._params)


def substituted_url(run: Run, url: str) -> str:
    """The address with the run's parameters, percent-encoded."""
    return replace(run, params=_Quoted(run.params)).substitute(url)


def substituted(run: Run, value: Any) -> Any:
    """A JSON value with the run's parameters in its texts."""
    if isinstance(value, str):
        return run.substitute(value)
    if isinstance(value, Mapping):
        return {key: substituted(run, each) for key, each in value.items()}
    return [substituted(run, each) for each in value] if isinstance(value, list) else value

"""One signed-in session with Airflow's REST API: time-outs, tokens, pages, errors in the domain's words."""

import threading
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, Self, TypeVar

import requests
from pydantic import BaseModel
from requests.adapters import HTTPAdapter

from api.errors import AirflowUnavailable, Conflict

CONNECT_TIMEOUT = 2.0
READ_TIMEOUT = 20.0
MANY_RUNS_TIMEOUT = 120.0  # Airflow writes each run of a backfill before it answers
STREAM_TIMEOUT = 300.0  # Airflow reads a long log whole before it sends the first line
NDJSON = "application/x-ndjson"
PAGE = 100  # Airflow's own maximum_page_limit default
NOT_ABOUT_THE_REQUEST = frozenset({401, 408, 429})  # a sign-in that does not hold, or too much to do
IDEMPOTENT = frozenset({"GET", "PUT", "DELETE", "PATCH"})  # our PUT and PATCH set a state, so twice is once

Model = TypeVar("Model", bound=BaseModel)
Params = Mapping[str, str | int | float | bool | list[str]]


class AirflowRefused(Conflict):
    """Airflow answered and said no."""

    code = "airflow-refused"
    title = "Airflow refused"

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(f"Airflow answered {status}: {detail}", airflow_status=status)
        self.status = status
        self.detail = detail


class AirflowFailed(AirflowUnavailable):
    """Airflow is there, but broke on this one request; others may work."""


class AirflowSession:
    """Requests to one Airflow; safe to share between threads."""

    def __init__(
        self,
        url: str,
        username: str,
        password: str,
        *,
        timeout: tuple[float, float] = (CONNECT_TIMEOUT, READ_TIMEOUT),
        pool_size: int = 16,
    ) -> None:
        self._url = url.rstrip("/")
        self._credentials = {"username": username, "password": password}
        self._timeout = timeout
        self._token: str | None = None
        self._ahead: timedelta | None = None  # Airflow's clock before ours
        self._signing_in = threading.Lock()
        self._session = requests.Session()
        self._session.trust_env = False  # a proxy or a ~/.netrc must not see or replace the token
        adapter = HTTPAdapter(pool_connections=1, pool_maxsize=pool_size)
        self._session.mount("http://", adapter)
        self._session.mount("https://", adapter)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Airflow({self._url})"

    def close(self) -> None:
        """Close the connections; a later call opens new ones."""
        self._session.close()

    def one(self, model: type[Model], path: str, params: Params | None = None) -> Model | None:
        """What a GET finds there, None for 404."""
        answer = self.call("GET", path, params=params, missing_ok=True)
        return model.model_validate_json(answer.content) if answer is not None else None

    def json(self, path: str, params: Params | None = None) -> Any:
        """What a GET answers."""
        answer = self.call("GET", path, params=params)
        assert answer is not None
        return answer.json()

    def offset_pages(self, path: str, rows: str, params: Params) -> Iterator[dict[str, Any]]:
        """Rows of a list that is read by offset."""
        offset = 0
        while True:
            page = self.json(path, params={**params, "limit": PAGE, "offset": offset})[rows]
            yield from page
            offset += len(page)
            if len(page) < PAGE:
                return

    def keyset_pages(self, path: str, rows: str, params: Params) -> Iterator[dict[str, Any]]:
        """Rows of a list that is read from row to row, so that a change in between moves none out of sight."""
        cursor = ""
        while cursor is not None:
            page = self.json(path, params={**params, "limit": PAGE, "cursor": cursor})
            yield from page[rows]
            cursor = page["next_cursor"]

    def call(
        self,
        method: str,
        path: str,
        *,
        params: Params | None = None,
        json: dict[str, Any] | None = None,
        missing_ok: bool = False,
        stream: bool = False,
        read_timeout: float | None = None,
    ) -> requests.Response | None:
        """One answer; None for 404 when that is fine. Reads are tried once more when the connection breaks."""
        timeout = (self._timeout[0], read_timeout or (STREAM_TIMEOUT if stream else self._timeout[1]))
        attempts = 2 if method in IDEMPOTENT else 1
        signed_in = False
        while True:
            attempts -= 1
            token = self._token or self._sign_in(None)
            try:
                answer = self._session.request(
                    method,
                    f"{self._url}/api/v2{path}",
                    params=params,
                    json=json,
                    timeout=timeout,
                    headers={"Authorization": f"Bearer {token}", "Accept": NDJSON if stream else "application/json"},
                    stream=stream,
                    allow_redirects=False,
                )
            except requests.ConnectionError as error:
                if attempts > 0 and not isinstance(error, requests.ConnectTimeout):
                    continue
                raise AirflowUnavailable(_reason(error)) from error
            except requests.RequestException as error:
                raise AirflowUnavailable(_reason(error)) from error
            self._tell_time(answer)
            if answer.status_code == requests.codes.unauthorized and not signed_in:
                signed_in, attempts = True, attempts + 1
                self._sign_in(token)
                continue
            return self._checked(answer, missing_ok=missing_ok)

    def _checked(self, answer: requests.Response, *, missing_ok: bool) -> requests.Response | None:
        if answer.is_redirect:
            raise AirflowUnavailable("its address leads elsewhere; correct LOGIDATA_AIRFLOW_URL")
        if answer.ok:
            return answer
        if answer.status_code == requests.codes.not_found and missing_ok:
            return None
        if answer.status_code == requests.codes.internal_server_error:
            raise AirflowFailed("it broke on this request")
        if answer.status_code > 500 or answer.status_code in NOT_ABOUT_THE_REQUEST:
            raise AirflowUnavailable(f"it answers {answer.status_code}")
        raise AirflowRefused(answer.status_code, _detail(answer))

    def _sign_in(self, rejected: str | None) -> str:
        """A new token, unless another thread fetched one since the rejected one was read."""
        with self._signing_in:
            if self._token is not None and self._token != rejected:
                return self._token
            try:
                answer = self._session.post(
                    f"{self._url}/auth/token", json=self._credentials, timeout=self._timeout, allow_redirects=False
                )
            except requests.RequestException as error:
                raise AirflowUnavailable(_reason(error)) from error
            if not answer.ok:
                raise AirflowUnavailable(f"it does not accept this service's sign-in ({answer.status_code})")
            self._tell_time(answer)
            self._token = _token_in(answer)
            return self._token

    def _tell_time(self, answer: requests.Response) -> None:
        stamp = answer.headers.get("Date")
        if stamp:
            self._ahead = parsedate_to_datetime(stamp) - datetime.now(UTC)

    def now(self) -> datetime:
        """The time on Airflow's clock, to about a second, told by its last answer."""
        if self._ahead is None:
            self.call("GET", "/version")
        return datetime.now(UTC) + (self._ahead or timedelta())


def _reason(error: requests.RequestException) -> str:
    """What went wrong, without the address: it may hold what should not be shown."""
    if isinstance(error, requests.Timeout):
        return "it did not answer in time"
    return "no connection" if isinstance(error, requests.ConnectionError) else type(error).__name__


def _token_in(answer: requests.Response) -> str:
    try:
        return answer.json()["access_token"]
    except (ValueError, KeyError, TypeError) as error:
        raise AirflowUnavailable("what answers at LOGIDATA_AIRFLOW_URL is not Airflow") from error


def _detail(answer: requests.Response) -> str:
    try:
        detail = answer.json()["detail"]
    except (ValueError, KeyError, TypeError):
        return answer.reason or "no reason given"
    return detail if isinstance(detail, str) else str(detail)[:2000]

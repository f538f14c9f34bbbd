"""Requests to the service, with the token of the environment or of a sign-in that is renewed when it must be."""

import time
from typing import Any
from urllib.parse import quote, urlsplit

import httpx

from logidata_cli import login_file
from logidata_cli.failures import Away, Failure, NotSignedIn, Refused

PAGE = 200
SPARE = 30.0
"""Seconds before its end at which an access token is renewed."""
SIGN_IN = "Run `logidata login`, or set LOGIDATA_TOKEN."


class Service:
    """One service; its tokens go nowhere else."""

    def __init__(self, url: str, token: str | None = None) -> None:
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise Failure(
                f"“{url}” is no address of a service.", "Set LOGIDATA_URL or --url, such as https://host:8000."
            )
        self.url = url.rstrip("/")
        self._token = token
        self._http = httpx.Client(base_url=f"{self.url}/api/v1", timeout=60)

    def get(self, path: str, **params: Any) -> Any:
        """The JSON of an answer."""
        return self.ask("GET", path, params={name: value for name, value in params.items() if value is not None}).json()

    def all(self, path: str, **params: Any) -> list[Any]:
        """The items of all pages."""
        items: list[Any] = []
        while True:
            page = self.get(path, limit=PAGE, offset=len(items), **params)
            items += page["items"]
            if not page["items"] or len(items) >= page["total"]:
                return items

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        """The JSON of an answer to JSON."""
        return self.ask("POST", path, json={} if body is None else body, headers=headers).json()

    def ask(self, method: str, path: str, **request: Any) -> httpx.Response:
        """A successful answer.

        Raises:
            Failure: anything else, with what to do.
        """
        headers = {**request.pop("headers", {}), "Authorization": f"Bearer {self.token()}"}
        answer = self._sent(method, path, headers=headers, **request)
        if answer.status_code == httpx.codes.UNAUTHORIZED:
            raise NotSignedIn(f"{self.url} does not take the token.", _problem(answer).get("detail", ""), SIGN_IN)
        return self._good(answer)

    def token(self) -> str:
        """The token that counts now."""
        if self._token:
            return self._token
        login = login_file.read(self.url)
        if login is None:
            raise NotSignedIn(f"You are not signed in at {self.url}.", SIGN_IN)
        if time.time() < login["expires_at"] - SPARE:
            return login["access_token"]
        with login_file.alone():
            login = login_file.read(self.url)
            if login is None:
                raise NotSignedIn(f"You are not signed in at {self.url}.", SIGN_IN)
            if time.time() >= login["expires_at"] - SPARE:
                login = self._renewed(login)
        return login["access_token"]

    def sign_in(self, email: str, password: str) -> dict[str, Any]:
        """Sign in and remember it; who that is."""
        form = {"username": email, "password": password, "scope": "offline_access"}
        answer = self._sent("POST", "/auth/login", data=form)
        if answer.status_code == httpx.codes.UNAUTHORIZED:
            raise NotSignedIn(_problem(answer).get("detail") or "E-mail or password is wrong.")
        found = self._good(answer).json()
        with login_file.alone():
            login_file.write(self.url, _kept(found))
        return found["account"]

    def sign_out(self) -> None:
        """End the sign-in here and at the service."""
        with login_file.alone():
            login = login_file.read(self.url)
            if login is not None:
                login_file.write(self.url, None)
                self._good(self._sent("POST", "/auth/logout", json={"refresh_token": login["refresh_token"]}))

    def _renewed(self, login: dict[str, Any]) -> dict[str, Any]:
        answer = self._sent("POST", "/auth/refresh", json={"refresh_token": login["refresh_token"]})
        if answer.status_code == httpx.codes.UNAUTHORIZED:
            login_file.write(self.url, None)
            raise NotSignedIn(f"Your sign-in at {self.url} has ended.", SIGN_IN)
        kept = _kept(self._good(answer).json())
        login_file.write(self.url, kept)
        return kept

    def _sent(self, method: str, path: str, **request: Any) -> httpx.Response:
        try:
            return self._http.request(method, path, **request)
        except httpx.HTTPError as error:
            hint = "Is it running, and is LOGIDATA_URL right?"
            raise Away(f"{self.url} does not answer: {error or type(error).__name__}.", hint) from None

    def _good(self, answer: httpx.Response) -> httpx.Response:
        if answer.is_success:
            return answer
        document = _problem(answer)
        if answer.is_server_error:
            detail = document.get("detail") or f"status {answer.status_code}"
            raise Away(f"{self.url} cannot do it now: {detail}", "Try again in a moment.")
        if not document:
            raise Away(f"{self.url} answers with status {answer.status_code}, and not as LogiData does.")
        raise Refused(answer.status_code, document)


def segment(text: str) -> str:
    """A name as a part of a path."""
    return quote(text, safe="")


def _problem(answer: httpx.Response) -> dict[str, Any]:
    try:
        found = answer.json()
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _kept(answer: dict[str, Any]) -> dict[str, Any]:
    return {
        "access_token": answer["access_token"],
        "refresh_token": answer["refresh_token"],
        "expires_at": time.time() + answer["expires_in"],
    }

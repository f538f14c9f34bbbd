"""Requests to an API: redirects, retries and limits, credentials only for their own host."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar

from module_operators.connections.http_access import Access, Caller, checked_url, origin, shown
from module_operators.connections.http_body import Answer, BadBody, CutOff
from module_operators.problems import ModuleError
from module_operators.settings import Settings

if TYPE_CHECKING:
    import httpx
    import tenacity

T = TypeVar("T")

_REDIRECTS = {301, 302, 303, 307, 308}
_MOST_REDIRECTS = 5
_PASSING = {408, 425, 429, 500, 502, 503, 504}
_LONGEST_WAIT = 300.0
_HINTS = {
    401: "Check the credentials of the connection.",
    403: "The credentials may not do this here.",
    404: "Check the URL.",
    405: "Check the method.",
}
_ACCEPTED = {"User-Agent": "logidata", "Accept-Encoding": "gzip, deflate"}


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked; `headers` go to the API's own host only."""

    method: str
    url: httpx.URL
    headers: Mapping[str, str] = field(default_factory=dict)
    content: bytes | None = None
    what: str = ""
    """What a message calls it: a page, a batch."""


class Refusal(Exception):
    """The server has answered with an error that trying again does not change."""

    def __init__(self, status: int, error: ModuleError) -> None:
        self.status, self.error = status, error
        super().__init__(str(error))


class _Passing(Exception):
    """What may be over at the next try, and the seconds until then when the server says."""

    def __init__(self, error: ModuleError, wait: float | None = None) -> None:
        self.error, self.wait = error, wait
        super().__init__(str(error))


class Http:
    """One node's way to an API; closes its connections at the end of a `with`."""

    def __init__(self, run: Caller, access: Access, timeout: float, retries: int, problem: type[ModuleError]) -> None:
        from module_operators.egress import connection_pool  # noqa: PLC0415

        self._run, self._access, self._problem = run, access, problem
        self._retries = retries if run.time_limit is None else 0
        self._timeout = timeout if run.time_limit is None else min(timeout, run.time_limit)
        self._deadline = None if run.time_limit is None else time.monotonic() + run.time_limit
        try:
            self._pool = connection_pool(Settings.from_environment())
        except ValueError as error:
            raise problem(str(error)) from None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pool.close()

    def send(self, request: Request, receive: Callable[[Answer], T]) -> T:
        """What `receive` makes of a successful answer; after a passing failure both are done again.

        Raises:
            Refusal: the server has answered with another error.
            ModuleError: as `problem`, for all else.
        """
        import tenacity  # noqa: PLC0415

        retrying = tenacity.Retrying(
            retry=tenacity.retry_if_exception_type(_Passing),
            stop=_stop(self._retries + 1),
            wait=_wait,
            before_sleep=self._tell,
            reraise=True,
        )
        try:
            return retrying(self._once, request, receive)
        except _Passing as passing:
            raise self._failed(passing, retrying.statistics.get("attempt_number", 1)) from None

    def _failed(self, passing: _Passing, tries: int) -> ModuleError:
        asked = f" It asks to be left alone for {passing.wait:,.0f} s." if (passing.wait or 0) > _LONGEST_WAIT else ""
        return self._problem(f"{passing.error}{f' Tried {tries} times.' if tries > 1 else ''}{asked}")

    def _tell(self, state: tenacity.RetryCallState) -> None:
        error = state.outcome.exception() if state.outcome else None
        seconds = state.next_action.sleep if state.next_action else 0
        self._run.log.warning("%s Next try in %.1f s.", error, seconds)

    def _once(self, request: Request, receive: Callable[[Answer], T]) -> T:
        import httpcore  # noqa: PLC0415

        from module_operators.egress import Refused  # noqa: PLC0415

        place = f"{request.what}{' of ' if request.what else ''}{shown(request.url)}"
        try:
            return self._followed(request, receive, place)
        except Refused as error:
            raise self._problem(f"{place}: {error}") from None
        except BadBody as error:
            raise self._problem(f"{place}: {self._access.redacted(str(error))}.") from None
        except (httpcore.LocalProtocolError, httpcore.UnsupportedProtocol) as error:
            raise self._problem(f"{place}: {self._access.redacted(str(error))}.") from None
        except httpcore.TimeoutException:
            raise _Passing(self._problem(f"{place}: no answer within {self._timeout:g} s.")) from None
        except (httpcore.NetworkError, httpcore.ProtocolError, CutOff) as error:
            reason = self._access.redacted(str(error)) or "the connection was closed"
            raise _Passing(self._problem(f"{place}: {reason}.")) from None

    def _followed(self, request: Request, receive: Callable[[Answer], T], place: str) -> T:
        method, url, content = request.method, request.url, request.content
        for _ in range(_MOST_REDIRECTS + 1):
            with self._opened(method, url, content, request, origin(url) == origin(request.url)) as response:
                headers = _headers(response.headers)
                answer = Answer(response.status, url, headers, self._chunks(response))
                if 200 <= response.status < 300:
                    return receive(answer)
                location = headers.get("location")
                if response.status not in _REDIRECTS or not location:
                    raise self._refused(answer, place)
                target = self._target(url, location, place)
                keeps = response.status in {307, 308} or method in {"GET", "HEAD"}
                if request.content is not None and (not keeps or origin(target) != origin(request.url)):
                    raise self._problem(
                        f"{place}: the server redirects to {self._access.redacted(shown(target))}. Use that as the URL."
                    )
                url = target
        raise self._problem(f"{place}: the server redirects more than {_MOST_REDIRECTS} times.")

    def _target(self, url: httpx.URL, location: str, place: str) -> httpx.URL:
        import httpx  # noqa: PLC0415

        try:
            joined = url.join(location)
        except (httpx.InvalidURL, ValueError):
            raise self._problem(f"{place}: the server redirects to what is no address.") from None
        return checked_url(str(joined), f"{place}: the address that the server redirects to", self._problem)

    def _opened(self, method: str, url: httpx.URL, content: bytes | None, request: Request, is_own: bool) -> Any:
        headers = dict(_ACCEPTED)
        if is_own:
            # A node's own headers come first: what a connection says about the same header wins.
            given = {name.casefold(): (name, value) for name, value in request.headers.items()}
            if self._is_for(url):
                given |= {name.casefold(): (name, value) for name, value in self._access.headers.items()}
                missing = {name: value for name, value in self._access.params.items() if name not in url.params}
                url = url.copy_merge_params(missing) if missing else url
            headers = {name: value for name, value in headers.items() if name.casefold() not in given}
            headers |= dict(given.values())
        left = self._left()
        timeout = dict.fromkeys(("connect", "read", "write", "pool"), left)
        encoded = [(name.encode("ascii"), value.encode("utf-8")) for name, value in headers.items()]
        return self._pool.stream(method, str(url), headers=encoded, content=content, extensions={"timeout": timeout})

    def _is_for(self, url: httpx.URL) -> bool:
        return self._access.base is not None and origin(self._access.base) == origin(url)

    def _left(self) -> float:
        """Seconds until this try is given up; never nothing, which would mean no limit."""
        import httpcore  # noqa: PLC0415

        if self._deadline is None:
            return self._timeout
        left = min(self._timeout, self._deadline - time.monotonic())
        if left <= 0:
            raise httpcore.ReadTimeout
        return left

    def _chunks(self, response: Any) -> Iterator[bytes]:
        for chunk in response.iter_stream():
            self._left()
            yield chunk

    def _refused(self, answer: Answer, place: str) -> Exception:
        status = answer.status
        text = f"{place}: the server answered {status}"
        if line := self._first_line(answer):
            text += f": {line}"
        error = self._problem(f"{text.rstrip('.')}.{f' {_HINTS[status]}' if status in _HINTS else ''}")
        if status in _PASSING:
            return _Passing(error, _retry_after(answer.headers.get("retry-after")))
        return Refusal(status, error)

    def _first_line(self, answer: Answer) -> str:
        """What the server says about an error, as far as a message takes it."""
        import httpcore  # noqa: PLC0415

        start = b""
        with suppress(BadBody, CutOff, httpcore.NetworkError, httpcore.ProtocolError, httpcore.TimeoutException):
            for block in answer.blocks(1 << 16):
                start += block
                if len(start) > 4000:
                    break
        lines = self._access.redacted_lines(start.decode("utf-8", "replace"))
        return next((line for line in lines if line), "")[:300]


def _headers(raw: Any) -> httpx.Headers:
    import httpx  # noqa: PLC0415

    return httpx.Headers(raw)


def _retry_after(text: str | None) -> float | None:
    """Seconds that a Retry-After asks for, as a number or a date."""
    if not text:
        return None
    if text.strip().isdecimal():
        return float(text[:12])
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())


def _stop(most: int) -> Callable[[tenacity.RetryCallState], bool]:
    """After so many tries, or when the server asks for a longer pause than a task should wait."""
    return lambda state: state.attempt_number >= most or (_asked(state) or 0) > _LONGEST_WAIT


def _wait(state: tenacity.RetryCallState) -> float:
    import tenacity  # noqa: PLC0415

    backed_off = tenacity.wait_exponential_jitter(multiplier=0.5, max=60, jitter=0.5)(state)
    asked = _asked(state)
    return backed_off if asked is None else asked


def _asked(state: tenacity.RetryCallState) -> float | None:
    error = state.outcome.exception() if state.outcome else None
    return error.wait if isinstance(error, _Passing) else None

"""What a page must not do while a test uses it: say errors in its console, throw, or fail at a request."""

import re
from dataclasses import dataclass, field
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, Response, WebError

# The browser's own line about an answer of 400 and more; the answer itself is watched, with its address.
_ABOUT_AN_ANSWER = "Failed to load resource"
# A request that the page itself gave up: an older validation, or what a page left behind asked for.
_GIVEN_UP = "net::ERR_ABORTED"
SERIOUS = {"serious", "critical"}


@dataclass
class Watch:
    """Collects what went wrong in every page of a browser context."""

    troubles: list[str] = field(default_factory=list)
    _expected: list[tuple[int, str]] = field(default_factory=list)

    def follow(self, context: BrowserContext) -> None:
        """Begin with a context, whatever pages it opens."""
        context.on("console", self._console)
        context.on("weberror", self._thrown)
        context.on("requestfailed", self._failed)
        context.on("response", self._answered)

    def expect(self, status: int, address: str) -> None:
        """Allow answers of this status from addresses that match the pattern; a status of 0 is no answer."""
        self._expected.append((status, address))

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith(_ABOUT_AN_ANSWER):
            self.troubles.append(f"console of {_path_of(message.page)}: {message.text}")

    def _thrown(self, error: WebError) -> None:
        self.troubles.append(f"thrown in {_path_of(error.page)}: {error.error}")

    def _failed(self, request: Request) -> None:
        if request.failure != _GIVEN_UP and not self._may(0, request.url):
            self.troubles.append(f"no answer to {request.method} {request.url}: {request.failure}")

    def _answered(self, response: Response) -> None:
        if response.status >= 400 and not self._may(response.status, response.url):
            self.troubles.append(f"{response.status} {response.request.method} {response.url}")

    def _may(self, status: int, url: str) -> bool:
        return any(expected == status and re.search(address, url) for expected, address in self._expected)


def serious_issues(page: Page, *rules: str) -> list[str]:
    """What axe calls serious or critical, by all of its rules or by some, with the elements."""
    options: dict[str, Any] = {"resultTypes": ["violations"]}
    if rules:
        options["runOnly"] = list(rules)
    found: list[dict[str, Any]] = Axe().run(page, options=options).response["violations"]
    return [
        f"{each['id']} at {node['target']}: {node['failureSummary']}"
        for each in found
        if each["impact"] in SERIOUS
        for node in each["nodes"]
    ]


def _path_of(page: Page | None) -> str:
    return re.sub(r"^https?://[^/]+", "", page.url) if page else "a page"

"""A real browser, and real people who sign in with it."""

import re
import secrets
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from psycopg2.extensions import connection

from stack.settings import REPOSITORY
from tests.browser.watching import Watch
from tests.conftest import RunningStack, SparkProcess, running_stack
from tests.programs import required

LEFT_BEHIND = REPOSITORY / "build" / "browser"
"""Screenshots and traces of failed tests; `playwright show-trace` opens a trace."""
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-dev-shm-usage"]
WIDE = {"width": 1280, "height": 860}
_failed = pytest.StashKey[bool]()

PATIENCE = 60_000
"""Milliseconds that a page may take to show something; a busy machine is slow."""
expect.set_options(timeout=PATIENCE)


# Ends with this folder's tests: while it is there, its event loop would be in the way of others' `asyncio.run`.
@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, without a screen."""
    path = required("chromium", "chromium")
    if not (REPOSITORY / "frontend" / "dist" / "index.html").is_file():
        pytest.fail("The builder is not built: make frontend")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@dataclass(frozen=True)
class Person:
    """Somebody with an account here."""

    name: str
    email: str
    password: str
    role: str


@dataclass(frozen=True)
class Service:
    """The API as a program uses it, with an admin's rights: to prepare what a test finds, and to see what it did."""

    url: str
    session: requests.Session

    def get(self, path: str, **query: Any) -> Any:
        """Ask for something."""
        return self._json(self.session.get(f"{self.url}/{path}", params=query))

    def post(self, path: str, body: Any = None, **query: Any) -> Any:
        """Make something."""
        return self._json(self.session.post(f"{self.url}/{path}", json=body, params=query))

    def put(self, path: str, body: Any) -> Any:
        """Replace something."""
        return self._json(self.session.put(f"{self.url}/{path}", json=body))

    def delete(self, path: str) -> None:
        """Take something away."""
        self._json(self.session.delete(f"{self.url}/{path}"))

    def upload(self, path: str, content: bytes) -> None:
        """Put a file into the file store."""
        url = f"{self.url}/files/content/{path}?overwrite=true"
        self._json(self.session.put(url, data=content, headers={"Content-Type": "application/octet-stream"}))

    @staticmethod
    def _json(answer: requests.Response) -> Any:
        assert answer.ok, f"{answer.request.method} {answer.url}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None


@pytest.fixture(scope="package")
def stack(tmp_path_factory: pytest.TempPathFactory, spark_process: SparkProcess) -> Iterator[RunningStack]:
    """One for all tests of this folder."""
    with running_stack(tmp_path_factory.mktemp("stack"), spark_process.server) as running:
        yield running


@pytest.fixture(scope="package")
def service(stack: RunningStack) -> Service:
    return Service(f"{stack.api_url}/api/v1", stack.api)


@pytest.fixture(scope="package")
def people(service: Service) -> Callable[[str], Person]:
    """Make a person with a role."""

    def make(role: str) -> Person:
        name = f"{role.title()} {secrets.token_hex(3)}"
        person = Person(name, f"{name.replace(' ', '.').lower()}@example.com", secrets.token_urlsafe(12), role)
        service.post("users", {"email": person.email, "name": name, "role": role, "password": person.password})
        return person

    return make


@pytest.fixture(scope="package")
def editor(people: Callable[[str], Person]) -> Person:
    return people("editor")


@pytest.fixture(scope="package")
def admin(people: Callable[[str], Person]) -> Person:
    return people("admin")


@pytest.fixture
def held_table(stack: RunningStack) -> Iterator[tuple[str, connection]]:
    """A table that nobody can write into until the session that holds it commits."""
    table = f"delays_{secrets.token_hex(4)}"
    holder = stack.postgres.connect()
    with holder.cursor() as cursor:
        cursor.execute(f"CREATE TABLE {table} (name text, flights bigint, mean_delay float8, fastest float8)")
        holder.autocommit = False
        cursor.execute(f"LOCK TABLE {table} IN SHARE MODE")
    yield table, holder
    holder.close()


@pytest.fixture
def database(stack: RunningStack, service: Service) -> str:
    """A connection to the stack's own PostgreSQL."""
    server, connection_id = stack.postgres, f"delays_{secrets.token_hex(3)}"
    fields = {"host": server.host, "port": server.port, "database": "postgres"}
    secret = {"login": server.user, "password": server.password}
    service.post("connections", {"connection_id": connection_id, "type": "postgres", "fields": fields | secret})
    return connection_id


class Visits:
    """Opens browsers for people; every page in them is watched, and closed with the test."""

    def __init__(self, browser: Browser, url: str, watch: Watch, folder: Path) -> None:
        self.watch = watch
        self._browser, self._url, self._folder = browser, url, folder
        self._contexts: list[BrowserContext] = []

    def stranger(self, **options: Any) -> Page:
        """A page of somebody who is not signed in."""
        given = {"viewport": WIDE, "reduced_motion": "reduce", "locale": "en-GB", "timezone_id": "Europe/Amsterdam"}
        context = self._browser.new_context(base_url=self._url, **(given | options))
        self.watch.follow(context)
        context.tracing.start(snapshots=True)
        context.set_default_timeout(PATIENCE)
        self._contexts.append(context)
        return context.new_page()

    def of(self, person: Person, **options: Any) -> Page:
        """A page of somebody who signed in here before: their browser has the cookie."""
        page = self.stranger(**options)
        answer = page.request.post(
            "/api/v1/auth/login",
            form={"grant_type": "password", "username": person.email, "password": person.password},
        )
        assert answer.ok, answer.text()
        return page

    def close(self, *, failed: bool) -> None:
        """Close all; what the pages of a failed test looked like, and did, is kept."""
        with ExitStack() as closing:
            for number, context in enumerate(self._contexts):
                closing.callback(context.close)
                if not failed:
                    continue
                self._folder.mkdir(parents=True, exist_ok=True)
                for page in context.pages:
                    page.screenshot(path=self._folder / f"{number}.png")
                context.tracing.stop(path=self._folder / f"{number}.zip")


@pytest.fixture
def visits(chromium: Browser, stack: RunningStack, request: pytest.FixtureRequest) -> Iterator[Visits]:
    """Browsers for a test, which fails when a page said an error that was not expected."""
    watch = Watch()
    folder = LEFT_BEHIND / re.sub(r"\W+", "-", request.node.name)
    opened = Visits(chromium, stack.api_url, watch, folder)
    yield opened
    opened.close(failed=bool(watch.troubles) or request.node.stash.get(_failed, False))
    assert not watch.troubles, "\n".join(watch.troubles)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Any:
    """Remember for the fixtures whether the test itself failed."""
    report = yield
    if report.when == "call":
        item.stash[_failed] = report.failed
    return report

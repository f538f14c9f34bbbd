"""The builder's files, as browsers get them."""

import gzip
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.clients.checker import CheckerProcess
from api.main import create_app
from api.settings import Settings
from tests.api.catalogue import catalog

SCRIPT = "console.log('built');" * 100
PAGE = '<!doctype html><div id="root"></div>'
BROWSER = {"Accept": "text/html,application/xhtml+xml", "Accept-Encoding": "gzip"}


@pytest.fixture
def browser(settings: Settings, checker: CheckerProcess, tmp_path: Path) -> TestClient:
    """A browser before a service with a built frontend; nobody has signed in."""
    assets = tmp_path / "dist" / "assets"
    assets.mkdir(parents=True)
    (assets / "index-1a2b.js").write_text(SCRIPT)
    (assets / "index-1a2b.js.gz").write_bytes(gzip.compress(SCRIPT.encode()))
    (tmp_path / "dist" / "index.html").write_text(PAGE)
    (tmp_path / "secret.txt").write_text("outside")
    served = settings.model_copy(update={"frontend_dist": tmp_path / "dist"})
    return TestClient(create_app(served, catalog=catalog(), checker=checker, background=False), headers=BROWSER)


@pytest.mark.parametrize("path", ["/", "/pipelines", "/pipelines/7f0c", "/sign-in?next=%2Fpipelines", "/index.html"])
def test_every_address_of_the_builder_is_its_page(browser: TestClient, path: str) -> None:
    answer = browser.get(path)

    assert (answer.status_code, answer.text) == (200, PAGE)
    assert answer.headers["cache-control"] == "no-cache"
    policy = answer.headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "script-src" not in policy  # so default-src holds: no inline script, no eval


def test_hashed_files_are_kept_for_ever_and_come_compressed(browser: TestClient) -> None:
    answer = browser.get("/assets/index-1a2b.js")

    assert answer.text == SCRIPT
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.headers["content-type"].startswith("text/javascript")
    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["vary"] == "Accept-Encoding"
    assert browser.get("/assets/index-1a2b.js", headers={"If-None-Match": answer.headers["etag"]}).status_code == 304


def test_a_browser_that_takes_no_gzip_gets_the_file(browser: TestClient) -> None:
    answer = browser.get("/assets/index-1a2b.js", headers={"Accept-Encoding": "identity"})

    assert answer.text == SCRIPT
    assert "content-encoding" not in answer.headers


@pytest.mark.parametrize("path", ["/assets/index-old.js", "/api/v1/nothing", "/..%2fsecret.txt"])
def test_what_is_missing_is_not_a_page(browser: TestClient, path: str) -> None:
    accept = "text/html" if path.startswith("/api") else "*/*"
    answer = browser.get(path, headers={"Accept": accept})

    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


def test_the_api_and_its_description_stay_where_they_are(browser: TestClient) -> None:
    assert browser.get("/api/v1/health").json() == {"status": "ok"}
    assert browser.get("/api/v1/pipelines").status_code == 401
    assert browser.delete("/api/v1/modules").status_code == 405
    assert "swagger" in browser.get("/docs").text
    assert browser.post("/pipelines").status_code == 404


def test_without_a_build_the_address_leads_to_the_description(
    settings: Settings, checker: CheckerProcess, tmp_path: Path
) -> None:
    bare = settings.model_copy(update={"frontend_dist": tmp_path / "nothing"})
    client = TestClient(create_app(bare, catalog=catalog(), checker=checker, background=False))

    assert client.get("/", follow_redirects=False).headers["location"] == "/docs"

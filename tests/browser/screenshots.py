"""`python -m tests.browser.screenshots`: every page of a stack of its own, light and dark, into docs/images."""

import secrets
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import requests
from playwright.sync_api import BrowserContext, Page, expect, sync_playwright

from stack.lifecycle import Stack
from stack.settings import REPOSITORY
from tests.browser.conftest import FLAGS, Service
from tests.browser.examples import ended_run
from tests.conftest import stack_settings
from tests.programs import required

IMAGES = REPOSITORY / "docs" / "images"
WIDE, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 780}
SCHEMES = ("light", "dark")
ON_A_PHONE = ("pipelines", "execution")


def main() -> int:
    """Exit code 0 when every page was taken."""
    with tempfile.TemporaryDirectory(prefix="logidata-screenshots-") as folder, _running(Path(folder)) as stack:
        session = requests.Session()
        session.headers["Authorization"] = f"Bearer {stack.credentials.service_token}"
        service = Service(f"{stack.settings.api_url}/api/v1", session)
        pages = _furnished(service)
        IMAGES.mkdir(parents=True, exist_ok=True)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=required("chromium", "chromium"), args=FLAGS)
            for size, suffix in ((WIDE, ""), (PHONE, "-phone")):
                for scheme in SCHEMES:
                    context = browser.new_context(
                        base_url=stack.settings.api_url,
                        viewport=size,  # pyright: ignore[reportArgumentType]
                        color_scheme=scheme,
                        reduced_motion="reduce",
                        locale="en-GB",
                        timezone_id="UTC",
                    )
                    context.set_default_timeout(120_000)
                    chosen = pages if not suffix else {name: pages[name] for name in ON_A_PHONE}
                    _take_all(context, stack, chosen, f"{suffix}-{scheme}")
                    context.close()
            browser.close()
    return 0


@contextmanager
def _running(folder: Path) -> Iterator[Stack]:
    stack = Stack(stack_settings(folder), report=_say)
    try:
        stack.up()
        yield stack
    finally:
        stack.down()


def _furnished(service: Service) -> dict[str, str]:
    """A new installation after its first hour; the pages' names with their addresses."""
    made = {each["name"]: service.post(f"examples/{each['name']}")["id"] for each in service.get("examples")["items"]}
    runs = {name: ended_run(service, pipeline)["id"] for name, pipeline in made.items()}
    shown = next(iter(made))
    pipeline, run = made[shown], runs[shown]
    people = (("Ada Lovelace", "admin"), ("Grace Hopper", "editor"), ("Alan Turing", "viewer"))
    for name, role in people:
        body = {"email": f"{name.split()[0].lower()}@example.com", "name": name, "role": role}
        service.post("users", body | {"password": secrets.token_urlsafe(16)})
    connection = {"host": "db.example.com", "port": 5432, "database": "sales", "login": "etl", "password": "-" * 20}
    service.post("connections", {"connection_id": "warehouse", "type": "postgres", "fields": connection})
    return {
        "pipelines": "/pipelines",
        "editor": f"/pipelines/{pipeline}",
        "editor-run": f"/pipelines/{pipeline}?run={run}",
        "versions": f"/pipelines/{pipeline}/versions",
        "schedule": f"/pipelines/{pipeline}/schedule",
        "webhooks": f"/pipelines/{pipeline}/webhooks",
        "alerts": f"/pipelines/{pipeline}/alerts",
        "executions": "/executions",
        "execution": f"/executions/{run}",
        "files": "/files",
        "templates": "/templates",
        "connections": "/connections",
        "modules": "/modules",
        "users": "/users",
        "audit": "/audit",
        "alert-defaults": "/alerts",
        "profile": "/profile",
    }


def _take_all(context: BrowserContext, stack: Stack, pages: dict[str, str], suffix: str) -> None:
    page = context.new_page()
    if "phone" not in suffix:
        page.goto("/sign-in")
        _take(page, f"sign-in{suffix}")
    credentials = stack.credentials
    signing_in = {"username": credentials.admin_email, "password": credentials.admin_password}
    form: dict[str, str | float | bool] = {"grant_type": "password", **signing_in}
    answer = page.request.post("/api/v1/auth/login", form=form)
    assert answer.ok, answer.text()
    for name, address in pages.items():
        page.goto(address)
        _take(page, f"{name}{suffix}")


def _take(page: Page, name: str) -> None:
    expect(page.locator("h1")).to_be_attached()
    expect(page.locator(".mantine-Skeleton-root, .mantine-Loader-root")).to_have_count(0)
    page.wait_for_load_state("networkidle")
    path = IMAGES / f"{name}.png"
    page.screenshot(path=path, animations="disabled", caret="hide")
    _say(f"{path.relative_to(REPOSITORY)}: {path.stat().st_size // 1024} KB")


def _say(line: str) -> None:
    sys.stdout.write(f"  {line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())

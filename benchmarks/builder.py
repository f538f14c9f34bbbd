"""How smoothly the builder drags a step among many, beside React Flow's own stress example, and what it loads first."""

from __future__ import annotations

import functools
import gzip
import os
import statistics
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import requests
from playwright.sync_api import Browser, BrowserContext, Page, Response, sync_playwright

from benchmarks.measure import Figure, alone, alternating, beside
from benchmarks.runs import running_stack

FRONTEND = Path(__file__).parents[1] / "frontend"
BIN = Path(sys.executable).parent
CHROMIUM = "/usr/bin/chromium"
ROUNDS, ACROSS, STEPS = 3, 20, 90

# Every frame's time while the mouse moves, from the browser's own clock.
RECORD = """() => {
  window.frames_ = []; let last = performance.now()
  const next = now => { window.frames_.push(now - last); last = now; window.going = requestAnimationFrame(next) }
  window.going = requestAnimationFrame(next)
}"""
RECORDED = "() => { cancelAnimationFrame(window.going); return window.frames_.slice(2) }"


def figures() -> Iterator[Figure]:
    if not (FRONTEND / "dist" / "index.html").is_file():
        raise SystemExit("The builder is not built; run `make frontend` first.")
    with running_stack() as stack, _stress() as stress:
        yield from measured(stack.settings.api_url, stack.credentials.service_token, stress)


def measured(service: str, token: str, stress: str) -> Iterator[Figure]:
    """All figures of a builder that is served."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield alone("builder: first load, scripts and styles, gzip", _first_load(browser, service, token), "kB", 350)
        for count, goal in ((200, 1.2), (500, None)):
            pipeline = _pipeline(service, token, count)
            ours, other = alternating(
                ROUNDS,
                lambda pipeline=pipeline: _drag(_signed_in(browser, token), f"{service}/pipelines/{pipeline}"),
                lambda count=count: _drag(browser.new_context(), f"{stress}?nodes={count}"),
            )
            requests.delete(f"{service}/api/v1/pipelines/{pipeline}", headers=_bearer(token), timeout=30)
            yield beside(f"builder: frame while dragging, {count} nodes, mean of {ROUNDS}", ours, other, "ms", goal)
        browser.close()


def _drag(context: BrowserContext, address: str) -> float:
    """Mean milliseconds of a frame while one node is drawn about among the others."""
    context.set_default_timeout(120_000)
    page = context.new_page()
    page.set_viewport_size({"width": 1600, "height": 1000})
    page.goto(address)
    page.locator(".react-flow__edge").first.wait_for(state="attached")
    page.wait_for_timeout(3000)
    x, y = _middle_of_a_node(page)
    page.mouse.move(x, y)
    page.mouse.down()
    page.evaluate(RECORD)
    for step in range(STEPS):
        page.mouse.move(x + step % 30 * 4, y + step % 20 * 3)
    frames: list[float] = page.evaluate(RECORDED)
    page.mouse.up()
    context.close()
    return statistics.fmean(frames)


def _middle_of_a_node(page: Page) -> tuple[float, float]:
    box = page.locator(".react-flow__node").nth(ACROSS + ACROSS // 2).bounding_box()
    if box is None:
        raise RuntimeError("the canvas shows no node")
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def _first_load(browser: Browser, service: str, token: str) -> float:
    """Kilobytes of what the list of pipelines needs, as a browser that takes gzip gets it."""
    context = _signed_in(browser, token)
    page = context.new_page()
    answers: list[Response] = []
    page.on("response", lambda answer: answers.append(answer))  # noqa: PLW0108 - a built-in is not taken
    page.goto(f"{service}/pipelines")
    page.locator("h1").wait_for()
    page.wait_for_load_state("networkidle")
    loaded = [each for each in answers if each.request.resource_type in {"document", "script", "stylesheet"}]
    size = sum(len(gzip.compress(each.body())) for each in loaded)
    context.close()
    return size / 1000


def _signed_in(browser: Browser, token: str) -> BrowserContext:
    """A service token has no cookie to renew a session by, so the renewal is answered with the token itself."""
    context = browser.new_context()
    context.route("**/api/v1/auth/refresh", lambda route: route.fulfill(json={"access_token": token}))
    return context


def _pipeline(service: str, token: str, count: int) -> str:
    """As many steps in the same places: rows of filters, each joined to the next."""
    nodes: list[dict[str, Any]] = [
        {
            "id": f"n{number}",
            "type": "transformer",
            "position": {"x": number % ACROSS * 280, "y": number // ACROSS * 120},
            "data": {"moduleId": "filter-transformer", "label": f"Node {number}", "config": {"condition": "a > 1"}},
        }
        for number in range(count)
    ]
    edges = [
        {"id": f"e{number}", "source": f"n{number}", "target": f"n{number + 1}", "targetHandle": "input"}
        for number in range(count - 1)
    ]
    body = {"name": f"Benchmark of {count} nodes", "config": {"nodes": nodes, "edges": edges}}
    answer = requests.post(f"{service}/api/v1/pipelines", json=body, headers=_bearer(token), timeout=120)
    answer.raise_for_status()
    return answer.json()["id"]


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


@contextmanager
def _stress() -> Iterator[str]:
    """React Flow's example, built by the same tool with the same version of the library, and served."""
    with tempfile.TemporaryDirectory(prefix="logidata-stress-") as folder:
        command = [str(BIN / "npx"), "vite", "build", "stress", "--base", "./", "--outDir", folder, "--emptyOutDir"]
        environment = os.environ | {"PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}
        subprocess.run(command, cwd=FRONTEND, check=True, capture_output=True, env=environment)
        handler = functools.partial(_Quiet, directory=folder)
        with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            yield f"http://127.0.0.1:{server.server_port}/"
            server.shutdown()


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class calls it so
        pass

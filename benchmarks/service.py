"""The service among many pipelines: lists, searches and saves, and requests a second beside the bare queries."""

from __future__ import annotations

import asyncio
import itertools
import os
import random
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import requests
from sqlalchemy import create_engine

from benchmarks.measure import RUNS, Figure, alone, alternating, beside, percentile
from benchmarks.runs import running_stack
from benchmarks.seeds import EXECUTIONS, PIPELINES, graph_of, seed
from stack.lifecycle import Stack
from stack.ports import free_port
from stack.programs import service_environment

CLIENTS = 20
SECONDS = 8.0
"""How long each way of asking is kept up; the first second warms up and does not count."""
SAVES = 40
NODES = 50
JUST_IN_TIME = 0.05
AT_ONCE = f"{CLIENTS} clients that ask without a pause"
"""What so many clients see then is how much the service gets done: their number divided by its answers a second."""
EACH_SECOND = f"{CLIENTS} clients that each ask once a second"
BARE = "bare FastAPI and SQL"
Request = tuple[str, Mapping[str, str]]


@dataclass(frozen=True)
class Load:
    """What clients that ask at once saw: seconds of each answer, and how many came a second."""

    seconds: list[float]
    rate: float


def figures() -> Iterator[Figure]:
    with running_stack() as stack:
        files = Path(stack.settings.shared_environment["LOGIDATA_FILES_URL"])
        files.mkdir(parents=True, exist_ok=True)
        (files / "rows.csv").write_text("id,amount,status\n1,10.5,paid\n2,20,new\n")
        database = create_engine(_database(stack))
        ids = seed(database)
        database.dispose()
        service = _Client(stack.settings.api_url, _access_token(stack))
        yield from _saves(service)
        with _bare(stack) as address:
            bare = _Client(address, "")
            yield from _lists(service, bare)
            yield from _rates(service, bare, ids)


class _Client:
    """Asks one server, as many at once as it is told."""

    def __init__(self, address: str, token: str) -> None:
        self._address = f"{address}/api/v1/"
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}

    def load(self, requests_of: Callable[[], Iterator[Request]], seconds: float = SECONDS, every: float = 0.0) -> Load:
        """What `CLIENTS` see that each ask again as soon as they have their answer, or `every` so many seconds."""
        return asyncio.run(self._load(requests_of, seconds, every))

    def save(self, body: Mapping[str, Any], saved: Mapping[str, Any] | None) -> tuple[float, dict[str, Any]]:
        """Seconds that a save took, and what came back."""
        begun = time.perf_counter()
        if saved is None:
            answer = requests.post(f"{self._address}pipelines", json=body, headers=self._headers, timeout=60)
        else:
            url = f"{self._address}pipelines/{saved['id']}"
            answer = requests.put(url, json={**body, "revision": saved["revision"]}, headers=self._headers, timeout=60)
        taken = time.perf_counter() - begun
        assert answer.ok, answer.text
        return taken, answer.json()

    async def _load(self, requests_of: Callable[[], Iterator[Request]], seconds: float, every: float) -> Load:
        taken: list[float] = []
        chance = random.Random(1)  # people do not ask in step, nor evenly spread
        async with aiohttp.ClientSession(headers=self._headers) as session:
            begun = time.perf_counter()
            clients = (
                self._ask(session, _paced(requests_of(), begun + every * chance.random(), every), begun, seconds, taken)
                for _ in range(CLIENTS)
            )
            await asyncio.gather(*clients)
        return Load(taken, len(taken) / (seconds - 1))

    async def _ask(
        self,
        session: aiohttp.ClientSession,
        asked: AsyncIterator[Request],
        begun: float,
        seconds: float,
        taken: list[float],
    ) -> None:
        async for path, query in asked:
            before = time.perf_counter()
            if before - begun > seconds:
                return
            async with session.get(self._address + path, params=query) as answer:
                assert answer.ok, await answer.text()
                await answer.read()
            if before - begun > 1:
                taken.append(time.perf_counter() - before)


async def _paced(asked: Iterator[Request], first: float, every: float) -> AsyncIterator[Request]:
    """Each request when its time has come; one that is late puts no other off."""
    for number, request in enumerate(asked):
        await asyncio.sleep(max(0.0, first + number * every - time.perf_counter()))
        yield request


def _lists(service: _Client, bare: _Client) -> Iterator[Figure]:
    what = f"{PIPELINES:,} pipelines and {EXECUTIONS:,} executions"
    for name, asked, is_bare_too in (
        ("pages of pipelines", lambda: _pages("pipelines", PIPELINES), True),
        ("pipelines searched by a word", _searches, False),
        ("pages of executions", lambda: _pages("executions", EXECUTIONS), True),
    ):
        for how, every, seconds in ((AT_ONCE, 0.0, SECONDS), (EACH_SECOND, 1.0, 2 * SECONDS)):
            figure = f"{name} of 50 among {what}, {how}, p95"
            taken = service.load(asked, seconds, every).seconds
            yield alone(figure, percentile(taken, 95), "s", JUST_IN_TIME)
            if is_bare_too:
                taken = bare.load(asked, seconds, every).seconds
                yield alone(f"{figure}, {BARE}", percentile(taken, 95), "s", None)


def _saves(service: _Client) -> Iterator[Figure]:
    taken: list[float] = []
    saved = None
    for number in range(SAVES + 3):
        seconds, saved = service.save(graph_of(NODES, f"edited {number} times"), saved)
        taken.append(seconds)
    yield alone(f"saving a pipeline of {NODES} nodes, p95 of {SAVES}", percentile(taken[3:], 95), "s", 0.15)


def _rates(service: _Client, bare: _Client, ids: list[str]) -> Iterator[Figure]:
    for name, asked in {
        "a page of pipelines": lambda: _pages("pipelines", 500),
        "one pipeline": lambda: ((f"pipelines/{pipeline_id}", {}) for pipeline_id in itertools.cycle(ids)),
        "a page of executions": lambda: _pages("executions", 500),
    }.items():
        ours, theirs = alternating(
            RUNS, lambda asked=asked: service.load(asked, 3).rate, lambda asked=asked: bare.load(asked, 3).rate
        )
        yield beside(f"requests a second, {name}, beside {BARE}", ours, theirs, "1/s", at_least=0.6)


def _pages(path: str, number: int) -> Iterator[Request]:
    """The first page as often as all the others together, as people leaf."""
    for page in itertools.count():
        yield path, {"limit": "50", "offset": "0" if page % 2 else str(50 * (page // 2 * 7 % (number // 50)))}


def _searches() -> Iterator[Request]:
    for number in itertools.count():
        yield "pipelines", {"limit": "50", "search": ("orders", f"{number % 97} of", "nothing has this")[number % 3]}


def _access_token(stack: Stack) -> str:
    credentials = stack.credentials
    answer = requests.post(
        f"{stack.settings.api_url}/api/v1/auth/login",
        data={"username": credentials.admin_email, "password": credentials.admin_password},
        timeout=30,
    )
    answer.raise_for_status()
    return answer.json()["access_token"]


def _database(stack: Stack) -> str:
    return stack.cluster.url("logidata", user="logidata", password=stack.credentials.logidata_database_password)


@contextmanager
def _bare(stack: Stack) -> Iterator[str]:
    """The bare service on the same database, in a process of its own as the service is."""
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", "benchmarks.bare_service:app", "--port", str(port), "--no-access-log"]
    environment = os.environ | service_environment(stack.settings, stack.credentials, stack.cluster)
    process = subprocess.Popen([*command, "--log-level", "warning"], env=environment)
    address = f"http://127.0.0.1:{port}"
    try:
        while True:
            try:
                requests.get(f"{address}/api/v1/pipelines?limit=1", timeout=30).raise_for_status()
            except requests.ConnectionError:
                assert process.poll() is None, "the bare service ended"
                time.sleep(0.1)
            else:
                break
        yield address
    finally:
        process.terminate()
        process.wait()

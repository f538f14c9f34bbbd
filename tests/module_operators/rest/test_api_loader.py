"""The REST loader against a real server: batches once, whatever ends the task, counted by their keys."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from module_operators.loaders.api import ApiLoader
from module_operators.problems import InvalidNode, TargetError
from module_operators.run import Run
from tests.module_operators import loads_once
from tests.module_operators.conftest import rows_plan
from tests.module_operators.rest.conftest import CANARY, Api, Asked

COLUMNS = (("id", "bigint"), ("price", "decimal(38,9)"), ("at", "timestamptz"))
ROWS = [(number, "12345678901234567.123456789", "2024-01-02T03:04:05Z") for number in range(25)]
MakeRun = Callable[..., Run]


def loaded(run: Run, rows: Any = ROWS, **config: Any) -> int:
    plan = rows_plan(run, COLUMNS, rows)
    options = ApiLoader.options(config)
    ApiLoader.check(options, plan.result, run)
    return ApiLoader.load(options, plan, run).rows


def keys(api: Api) -> list[str]:
    return [asked.headers["idempotency-key"] for asked in api.asked]


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
def test_batches_have_the_rows_in_their_order(api: Api, make_run: MakeRun, method: str) -> None:
    api.gives("/orders", (201, {}, b""))
    assert loaded(make_run(), url=f"{api.url}/orders", method=method, batch_size=10) == 25
    assert {asked.method for asked in api.asked} == {method}
    bodies = [json.loads(asked.body) for asked in api.asked]
    assert [len(body) for body in bodies] == [10, 10, 5]
    assert [row["id"] for body in bodies for row in body] == list(range(25))
    assert b'"price":12345678901234567.123456789' in api.asked[0].body
    assert bodies[0][0]["at"] == "2024-01-02T03:04:05Z"
    assert len(set(keys(api))) == 3


@pytest.mark.parametrize(
    ("config", "body"),
    [
        ({"send_as": "object", "batch_size": 1}, b'{"id":0,'),
        ({"send_as": "lines"}, b'{"id":0,'),
        ({"list_key": 'a"b'}, b'{"a\\"b":[{"id":0,'),
    ],
)
def test_forms(api: Api, make_run: MakeRun, config: dict[str, Any], body: bytes) -> None:
    api.gives("/orders", 204)
    assert loaded(make_run(), ROWS[:2], url=f"{api.url}/orders", **config) == 2
    assert api.asked[0].body.startswith(body)
    texts = api.asked[0].body.splitlines() if config.get("send_as") == "lines" else [each.body for each in api.asked]
    assert all(json.loads(text) for text in texts)


def test_no_rows_ask_nothing(api: Api, make_run: MakeRun) -> None:
    assert loaded(make_run(), [], url=f"{api.url}/orders") == 0
    assert api.asked == []


def test_a_retry_goes_on_behind_the_last_confirmed_batch(api: Api, make_run: MakeRun) -> None:
    api.gives("/orders", 200, (422, {}, b"row 3: no such customer\nmore"), 200)
    config = {"url": f"{api.url}/orders", "batch_size": 10}
    with pytest.raises(TargetError, match=r"batch 2 of 3 of .*/orders: .* answered 422: row 3: no such customer\.$"):
        loaded(make_run(), **config)
    changed = [(99, "1.0", "2024-01-02T03:04:05Z")]  # what the source has by now
    assert loaded(make_run(try_number=2), changed, **config | {"batch_size": 7}) == 25
    assert [len(json.loads(asked.body)) for asked in api.asked] == [10, 10, 10, 5]
    assert keys(api)[1] == keys(api)[2]
    assert loaded(make_run(try_number=3), **config) == 25
    assert len(api.asked) == 4
    assert loaded(make_run(run_id="manual__2"), **config) == 25
    assert len({*keys(api)}) == 6


def test_what_passes_is_sent_again_with_the_same_key(api: Api, make_run: MakeRun) -> None:
    api.gives("/orders", 503, (429, {"Retry-After": "0"}, b""), lambda handler: handler.connection.close(), 200)
    assert loaded(make_run(), url=f"{api.url}/orders") == 25
    assert len(api.asked) == 4
    assert len({*keys(api)}) == 1


def test_redirects_that_would_lose_rows_or_leave_the_host_are_errors(
    start_api: Callable[[], Api], make_run: MakeRun
) -> None:
    api, other = start_api(), start_api()
    api.gives("/new", 200)
    api.gives("/a", (308, {"Location": "/new"}, b""))
    assert loaded(make_run(), url=f"{api.url}/a") == 25
    assert api.asked[1].body == api.asked[0].body
    api.gives("/b", (302, {"Location": "/new"}, b""))
    api.gives("/c", (307, {"Location": f"{other.url}/new"}, b""))
    for number, path in enumerate(("/b", "/c")):
        with pytest.raises(TargetError, match=r"redirects to http.*/new\. Use that as the URL"):
            loaded(make_run(run_id=f"r{number}"), url=f"{api.url}{path}")
    assert other.asked == []


def test_secrets_are_in_no_error(api: Api, make_run: MakeRun, caplog: pytest.LogCaptureFixture) -> None:
    connections = {"api": api.connection(extra={"params": {"key": f"{CANARY}/ü"}}, login="u", password=CANARY)}
    api.answers["/orders"] = lambda asked: (403, {}, f"{asked.query['key']} {asked.headers['authorization']}".encode())
    with pytest.raises(TargetError, match=r"403: \*\*\* \*\*\*\. The credentials may not") as raised:
        loaded(make_run(connections=connections), url="/orders", connection_id="api")
    assert CANARY not in str(raised.value) + caplog.text


def test_options_that_contradict_are_refused(make_run: MakeRun) -> None:
    with pytest.raises(InvalidNode) as raised:
        loaded(make_run(), url="https://x", send_as="object", list_key="a")
    assert [problem.path for problem in raised.value.problems] == ["/batch_size", "/list_key"]


@pytest.mark.parametrize("moment", ["before", "during", "after"])
def test_a_killed_load_goes_on_and_loads_once(api: Api, tmp_path: Path, moment: str) -> None:
    arrived, release, killed = threading.Event(), threading.Event(), 2
    taken: Counter[str] = Counter()

    def answer(asked: Asked) -> Any:
        key = asked.headers["idempotency-key"]
        is_the_one = key.endswith(f"-{killed}") and not arrived.is_set()
        if not is_the_one or moment != "before":
            taken[key] += key not in taken  # as an API does that knows the header
        if is_the_one:
            arrived.set()
            return _wait
        return 200

    def _wait(handler: Any) -> None:
        if moment == "after":
            handler.send_response(200)
            handler.send_header("Content-Length", "0")
            handler.end_headers()
            handler.wfile.flush()
        release.wait(60)
        handler.close_connection = True

    api.answers["/orders"] = answer
    connection = {"conn_type": "http", "host": api.url}
    config = {"url": "/orders", "batch_size": 100}
    job = (tmp_path, "module_operators.loaders.api.ApiLoader", connection, config)
    child = loads_once.start(*job, rows=1000)
    assert arrived.wait(120)
    loads_once.kill(child)
    release.set()
    assert loads_once.finished(loads_once.start(*job, rows=1000)) == 1000
    assert len(taken) == 10
    assert set(taken.values()) == {1}
    sent = Counter(keys(api))
    again = {key for key, times in sent.items() if times > 1}
    assert len(again) <= 1, "only the batch whose answer was lost is sent again"
    before = len(api.asked)
    assert loads_once.finished(loads_once.start(*job, rows=1000)) == 1000
    assert len(api.asked) == before

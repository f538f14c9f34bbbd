"""The REST extractor against a real server: values, failures, limits, credentials."""

from __future__ import annotations

import gzip
import json
import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from pydantic import ValidationError

from module_operators.extractors.api import ApiExtractor
from module_operators.problems import SourceError
from tests.module_operators.rest.conftest import CANARY, Api, bomb, cut, slow
from tests.module_operators.rest.extraction import RECORDS, MakeRun, extracted, ids, numbered


def test_numbers_keep_their_digits_and_nested_values_their_text(api: Api, make_run: MakeRun) -> None:
    body = b'[{"a": 9223372036854775807,\n "b": {"c": 1.5},\r\n "d": "x\\ny"}]'
    api.gives("/orders", (200, {"Content-Type": "application/json"}, body))
    [row] = extracted(make_run(), url=f"{api.url}/orders")
    assert row == (9223372036854775807, '{"c":1.5}', "x\ny")


def test_other_encodings_and_json_lines(api: Api, make_run: MakeRun) -> None:
    latin = '[{"a": "é"}]'.encode("latin-1")
    api.gives("/latin", (200, {"Content-Type": "application/json; charset=ISO-8859-1"}, latin))
    api.gives("/lines", (200, {"Content-Type": "application/x-ndjson"}, b'{"a": "1st"}\n{"a": "2nd"}\n'))
    api.gives("/mark", (200, {}, '\ufeff[{"a": "é"}]'.encode()))
    assert extracted(make_run(), url=f"{api.url}/latin") == [("é",)]
    assert extracted(make_run(), url=f"{api.url}/lines") == [("1st",), ("2nd",)]
    assert extracted(make_run(), url=f"{api.url}/mark") == [("é",)]


def test_run_parameters_cannot_leave_their_place(api: Api, make_run: MakeRun) -> None:
    api.answers["/a%2F..%2Fb%3Fx%3D1"] = api.answers["/"] = lambda _: [{"id": 1}]
    run = make_run(params={"region": "a/../b?x=1", "since": "2024-01-01T00:00:00+00:00", "status": 'o"pen'})
    config = {"params": {"since": "${since}"}, "method": "POST", "body": {"status": ["${status}"]}}
    assert extracted(run, url=f"{api.url}/${{region}}", **config) == [(1,)]
    assert api.asked[0].query == {"since": "2024-01-01T00:00:00+00:00"}
    assert json.loads(api.asked[0].body) == {"status": ['o"pen']}


@pytest.mark.parametrize("first", [503, 429, (429, {"Retry-After": "0"}, b""), cut(RECORDS), 500])
def test_what_passes_is_tried_again(api: Api, make_run: MakeRun, first: Any) -> None:
    api.gives("/orders", first, RECORDS)
    assert ids(extracted(make_run(), url=f"{api.url}/orders")) == list(range(25))
    assert len(api.asked) == 2


def test_a_page_that_breaks_off_leaves_nothing_behind(api: Api, make_run: MakeRun) -> None:
    api.gives("/orders", RECORDS[:10], cut(RECORDS[10:]), RECORDS[10:], [])
    assert ids(extracted(make_run(), url=f"{api.url}/orders", pagination={"type": "page"})) == list(range(25))


def test_retry_after_is_kept_to(api: Api, make_run: MakeRun, caplog: pytest.LogCaptureFixture) -> None:
    moment = format_datetime(datetime.now(UTC) + timedelta(seconds=2), usegmt=True)
    api.gives("/orders", (503, {"Retry-After": "1"}, b""), (429, {"Retry-After": moment}, b""), RECORDS)
    with caplog.at_level(logging.WARNING):
        assert len(extracted(make_run(), url=f"{api.url}/orders")) == 25
    assert "Next try in 1.0 s" in caplog.text


def test_a_long_retry_after_is_an_error_at_once(api: Api, make_run: MakeRun) -> None:
    api.gives("/orders", (429, {"Retry-After": "4000"}, b"slow down"))
    with pytest.raises(SourceError, match=r"429: slow down\. It asks to be left alone for 4,000 s"):
        extracted(make_run(), url=f"{api.url}/orders")
    assert len(api.asked) == 1


def test_what_stays_is_told_with_status_and_first_line(api: Api, make_run: MakeRun) -> None:
    api.gives("/orders", (500, {}, b"\n broken \x1b[31m\nmore"))
    with pytest.raises(SourceError, match=r"/orders: the server answered 500: broken  \[31m\. Tried 2 times"):
        extracted(make_run(), url=f"{api.url}/orders", retries=1)
    with pytest.raises(SourceError, match=r"404\. Check the URL"):
        extracted(make_run(), url=f"{api.url}/nowhere")
    assert api.paths == ["/orders", "/orders", "/nowhere"]


def test_a_slow_server_is_given_up(api: Api, make_run: MakeRun) -> None:
    api.gives("/orders", slow(5))
    with pytest.raises(SourceError, match=r"no answer within 0\.3 s"):
        extracted(make_run(), url=f"{api.url}/orders", timeout_seconds=0.3, retries=0)


@pytest.mark.parametrize(
    ("reply", "message"),
    [
        ((200, {}, b"<html>Log in</html>"), "<html"),
        ((200, {}, b"[1, 2"), "middle of a value"),
        ((200, {}, b"[1, 2]"), "not an object"),
        ((200, {}, b'"text"'), "not a list"),
        ((200, {"Content-Encoding": "gzip"}, b"[{}]"), "not gzip, although it says so"),
        ((200, {"Content-Encoding": "gzip, gzip"}, b"[{}]"), "compressed as 'gzip, gzip'"),
        ((200, {"Content-Encoding": "br"}, b"[{}]"), "compressed as 'br'"),
        ((200, {}, b'[{"a": "\xff"}]'), "no text of the encoding"),
        ((200, {"Content-Type": "application/json; charset=klingon"}, b"[{}]"), "klingon"),
        ((200, {"Content-Encoding": "gzip"}, gzip.compress(b'[{"a": 1}]', mtime=0)[:-9]), "ends in its middle"),
        (bomb(200), "larger than 1 MB"),
        ((200, {}, b"[" * 100_000), "JSON|nested|middle"),
        ((204, {}, b""), "without records"),
        ([], "without records"),
    ],
    ids=str,
)
def test_garbage_is_named(api: Api, make_run: MakeRun, reply: Any, message: str) -> None:
    api.gives("/orders", reply)
    with pytest.raises(SourceError, match=message):
        extracted(make_run(), url=f"{api.url}/orders", max_megabytes=1, retries=0)


def test_a_compressed_answer_is_read(api: Api, make_run: MakeRun) -> None:
    half = len(text := json.dumps(RECORDS).encode()) // 2
    two_members = gzip.compress(text[:half]) + gzip.compress(text[half:])
    api.gives("/orders", (200, {"Content-Encoding": "gzip"}, two_members))
    assert ids(extracted(make_run(), url=f"{api.url}/orders")) == list(range(25))


def test_no_records_have_the_columns_of_the_last_save(api: Api, make_run: MakeRun) -> None:
    api.gives("/orders", [])
    operator = ApiExtractor(
        task_id="n1", node_id="n1", config={}, columns={"id": "bigint", "price": "decimal(9,2)", "at": "timestamptz"}
    )
    outcome = operator.work(ApiExtractor.options({"url": f"{api.url}/orders"}), make_run())
    assert [column["type"] for column in outcome["columns"]] == ["bigint", "decimal(9,2)", "timestamptz"]
    assert outcome["rows_out"] == 0


def test_credentials_go_to_their_own_host_only(
    start_api: Callable[[], Api], make_run: MakeRun, caplog: pytest.LogCaptureFixture
) -> None:
    own, other = start_api(), start_api()
    extra = {"token": CANARY, "headers": {"X-Key": f"k-{CANARY}"}, "params": {"api_key": f"p-{CANARY}"}}
    connections = {"api": own.connection(extra=extra)}
    own.answers["/a"] = lambda asked: (302, {"Location": f"{other.url}/b"}, b"")
    other.answers["/b"] = lambda asked: [{"id": 1}]
    config = {"connection_id": "api", "headers": {"X-Version": "2"}}
    with caplog.at_level(logging.DEBUG):
        assert extracted(make_run(connections=connections), url="/a", **config) == [(1,)]
    assert own.asked[0].headers["authorization"] == f"Bearer {CANARY}"
    assert own.asked[0].query == {"api_key": f"p-{CANARY}"}
    assert CANARY not in repr(other.asked)
    assert "x-version" not in other.asked[0].headers
    with pytest.raises(SourceError, match="but the connection is for"):
        extracted(make_run(connections=connections), url=f"{other.url}/b", **config)
    own.gives("/a", (401, {}, f"no such key: {CANARY} p-{CANARY}".encode()))
    with pytest.raises(SourceError, match=r"no such key: \*\*\* \*\*\*\. Check the credentials") as raised:
        extracted(make_run(connections=connections), url="/a", **config)
    assert CANARY not in str(raised.value) + caplog.text


def test_a_next_link_to_another_host_gets_no_credentials(start_api: Callable[[], Api], make_run: MakeRun) -> None:
    own, other = start_api(), start_api()
    connections = {"api": own.connection(login="u", password=CANARY)}
    own.gives("/a", [{"id": 1}], headers={"Link": f'<{other.url}/b>; rel="next"'})
    other.gives("/b", [{"id": 2}])
    run = make_run(connections=connections)
    assert ids(extracted(run, url="/a", connection_id="api", pagination={"type": "link"})) == [1, 2]
    assert own.asked[0].headers["authorization"].startswith("Basic ")
    assert "authorization" not in other.asked[0].headers


@pytest.mark.parametrize(
    "url",
    [
        "http://169.254.169.254/latest/meta-data",
        "http://[::ffff:169.254.169.254]/",
        "http://[64:ff9b::a9fe:a9fe]/",
        "http://2852039166/",
        "http://0xa9fea9fe/",
    ],
)
def test_link_local_addresses_are_refused_also_after_a_redirect(api: Api, make_run: MakeRun, url: str) -> None:
    api.gives("/a", (302, {"Location": url}, b""))
    for address in (url, f"{api.url}/a"):
        with pytest.raises(SourceError, match=r"may not be connected to: LOGIDATA_OUTGOING_DENY"):
            extracted(make_run(), url=address)
    assert len(api.asked) == 1


@pytest.mark.parametrize("target", ["file:///etc/passwd", "http://user:pw@127.0.0.1/", "gopher://x/"])
def test_redirects_to_what_is_no_plain_address_are_refused(api: Api, make_run: MakeRun, target: str) -> None:
    api.gives("/a", (302, {"Location": target}, b""))
    with pytest.raises(SourceError, match="redirects to"):
        extracted(make_run(), url=f"{api.url}/a")


def test_redirects_in_a_circle_end(api: Api, make_run: MakeRun) -> None:
    api.gives("/a", (302, {"Location": "/a"}, b""))
    with pytest.raises(SourceError, match="redirects more than 5 times"):
        extracted(make_run(), url=f"{api.url}/a")


@pytest.mark.parametrize(
    "config",
    [
        {"url": "https://u:p@example.com/"},
        {"url": "https://x", "headers": {"Authorization": "Bearer x"}},
        {"url": "https://x", "headers": {"X-A": "a\r\nB: c"}},
        {"url": "https://x", "headers": {"Host": "y"}},
        {"url": "https://x", "pagination": {"type": "cursor"}},
        {"url": "https://x", "json_path": "a["},
    ],
)
def test_bad_options_are_refused_while_drawn(config: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        ApiExtractor.Config.model_validate(config)


def test_columns_take_one_page_and_a_post_is_not_sent_for_them(api: Api, make_run: MakeRun) -> None:
    api.answers["/orders"] = numbered
    config = {"url": f"{api.url}/orders", "pagination": {"type": "page", "size": 10}}
    columns = ApiExtractor.schema(ApiExtractor.options(config), make_run())
    assert [(column.name, column.type) for column in columns] == [("id", "bigint"), ("name", "string")]
    sampled = ApiExtractor.sample(ApiExtractor.options(config), make_run(), 5)
    assert len(api.asked) == 2
    assert sampled.staged
    with pytest.raises(SourceError, match="Ask while drawing"):
        ApiExtractor.schema(ApiExtractor.options({**config, "method": "POST"}), make_run())
    assert len(api.asked) == 2

"""Page after page from a real server: by number, offset, cursor and link, until the last."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest

from module_operators.problems import SourceError
from tests.module_operators.rest.conftest import Api, Asked
from tests.module_operators.rest.extraction import RECORDS, MakeRun, extracted, ids, numbered


@pytest.mark.parametrize("size", [10, 25, 5])
def test_pages_by_number_until_one_is_empty(api: Api, make_run: MakeRun, size: int) -> None:
    api.answers["/orders"] = numbered
    rows = extracted(make_run(), url=f"{api.url}/orders", pagination={"type": "page", "size": size})
    assert ids(rows) == list(range(25))
    assert len(api.asked) == -(-25 // size) + 1


def test_a_short_page_is_not_the_last(api: Api, make_run: MakeRun) -> None:
    api.gives("/orders", [{"id": 1}], [{"id": 2}, {"id": 3}], [{"id": 4}], [])
    assert ids(extracted(make_run(), url=f"{api.url}/orders", pagination={"type": "page"})) == [1, 2, 3, 4]


def test_a_page_not_found_is_behind_the_last(api: Api, make_run: MakeRun) -> None:
    api.gives("/orders", [{"id": 1}], [{"id": 2}], 404)
    assert ids(extracted(make_run(), url=f"{api.url}/orders", pagination={"type": "page"})) == [1, 2]


def test_offsets_go_on_by_what_came(api: Api, make_run: MakeRun) -> None:
    def answer(asked: Asked) -> Any:  # the server gives ten at most, whatever is asked for
        start = int(asked.query["offset"])
        return {"data": {"items": RECORDS[start : start + min(10, int(asked.query["limit"]))]}}

    api.answers["/orders"] = answer
    paging = {"type": "offset", "size": 1000}
    rows = extracted(make_run(), url=f"{api.url}/orders", json_path="data.items", pagination=paging)
    assert ids(rows) == list(range(25))
    assert [each.query["offset"] for each in api.asked] == ["0", "10", "20", "25"]


@pytest.mark.parametrize("place", ["query", "body"])
def test_cursors(api: Api, make_run: MakeRun, place: str) -> None:
    def answer(asked: Asked) -> Any:
        given = asked.query if place == "query" else json.loads(asked.body)
        start = int(given.get("cursor", 0))
        return {"meta": {"next": start + 10 if start < 20 else None}, "items": RECORDS[start : start + 10]}

    api.answers["/orders"] = answer
    paging = {"type": "cursor", "cursor_path": "meta.next", "place": place}
    rows = extracted(make_run(), url=f"{api.url}/orders", method="POST", json_path="items", pagination=paging)
    assert ids(rows) == list(range(25))


@pytest.mark.parametrize("way", ["link", "address"])
def test_links(api: Api, make_run: MakeRun, way: str) -> None:
    def answer(asked: Asked) -> Any:
        page = int(asked.query.get("p", 0))
        address = f"/orders?p={page + 1}" if page < 2 else None
        part = RECORDS[page * 10 : page * 10 + 10]
        if way == "address":
            return {"next": address, "results": part}
        link = {"Link": f'<{api.url}/orders?p=0>; rel="first", <{address}>; rel="next"'} if address else {}
        return 200, link, json.dumps(part).encode()

    api.answers["/orders"] = answer
    paging: Any = {"type": "link"}
    if way == "address":
        paging = {"type": "cursor", "cursor_path": "next", "cursor_param": None}
    path = "results" if way == "address" else None
    assert ids(extracted(make_run(), url=f"{api.url}/orders", json_path=path, pagination=paging)) == list(range(25))


@pytest.mark.parametrize(
    ("paging", "reply", "message"),
    [
        ({"type": "page"}, [{"id": 1}], "not know the paging"),
        ({"type": "cursor", "cursor_path": "next"}, {"next": "a", "data": []}, "leads back to a page"),
    ],
)
def test_an_api_that_pages_in_a_circle_is_noticed(
    api: Api, make_run: MakeRun, paging: Any, reply: Any, message: str
) -> None:
    api.gives("/orders", reply)
    path = "data" if isinstance(reply, dict) else None
    with pytest.raises(SourceError, match=message):
        extracted(make_run(), url=f"{api.url}/orders", json_path=path, pagination=paging)
    assert len(api.asked) == 2


def test_max_pages_says_in_the_log_that_it_cuts(api: Api, make_run: MakeRun, caplog: pytest.LogCaptureFixture) -> None:
    api.answers["/orders"] = numbered
    paging = {"type": "page", "size": 10}
    with caplog.at_level(logging.WARNING):
        rows = extracted(make_run(), url=f"{api.url}/orders", max_pages=2, pagination=paging)
    assert len(rows) == 20
    assert "Stopped after 2 pages" in caplog.text

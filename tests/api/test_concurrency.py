"""Several requests at once: one wins, the others are told."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

from fastapi.testclient import TestClient
from httpx import Response

from tests.api.conftest import CreatePipeline
from tests.api.graphs import chain

PIPELINES = "/api/v1/pipelines"


def at_once(count: int, request: Callable[[int], Response]) -> list[Response]:
    """Send requests from as many threads, started together."""
    barrier = Barrier(count)

    def send(number: int) -> Response:
        barrier.wait()
        return request(number)

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(send, range(count)))


def test_of_updates_of_one_revision_one_wins(client: TestClient, create_pipeline: CreatePipeline) -> None:
    url = f"{PIPELINES}/{create_pipeline()['id']}"

    answers = at_once(6, lambda number: client.put(url, json=chain(f"Name {number}", revision=1)))

    assert Counter(answer.status_code for answer in answers) == {200: 1, 409: 5}
    assert {answer.json()["revision"] for answer in answers} == {2}
    winner = next(answer.json() for answer in answers if answer.status_code == 200)
    assert client.get(url).json() == winner
    assert client.get(f"{url}/versions").json()["total"] == 2


def test_of_creations_with_one_name_one_wins(client: TestClient, live: Path) -> None:
    answers = at_once(6, lambda _: client.post(PIPELINES, json=chain()))

    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: 5}
    assert {answer.json().get("code") for answer in answers} == {None, "name-taken"}
    assert client.get(PIPELINES).json()["total"] == 1
    assert len(list(live.glob("*.py"))) == 1


def test_creations_with_different_names_all_win(client: TestClient, live: Path) -> None:
    answers = at_once(8, lambda number: client.post(PIPELINES, json=chain(f"Name {number}")))

    assert {answer.status_code for answer in answers} == {201}
    assert len(list(live.glob("*.py"))) == 8


def test_an_update_and_a_deletion_leave_one_state(
    client: TestClient, create_pipeline: CreatePipeline, live: Path
) -> None:
    for round_number in range(5):
        url = f"{PIPELINES}/{create_pipeline(name=f'Round {round_number}')['id']}"

        def send(number: int, url: str = url) -> Response:
            return client.delete(url) if number else client.put(url, json=chain(f"New {url[-8:]}", revision=1))

        updated, deleted = at_once(2, send)

        assert deleted.status_code == 204
        assert updated.status_code in {200, 404}
    assert client.get(PIPELINES).json()["total"] == 0
    assert list(live.glob("*.py")) == []


def test_changes_of_one_module_do_not_lose_each_other(client: TestClient) -> None:
    url = "/api/v1/modules/transformer/filter-transformer"
    link = "https://wiki.example/filter"

    at_once(2, lambda number: client.patch(url, json={"documentation_url": link} if number else {"is_active": False}))

    changed = client.get(url).json()
    assert (changed["documentation_url"], changed["is_active"]) == (link, False)

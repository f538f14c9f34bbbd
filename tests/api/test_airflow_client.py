"""What the Airflow client does before Airflow has a say: bounds, addresses, silence."""

import time

import pytest

from api.clients.airflow import AirflowClient, AirflowUnavailable
from api.clients.airflow_log import LINE_LIMIT, split_lines
from stack.ports import free_port


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
def test_lines_are_put_together_from_chunks_of_any_size(size: int) -> None:
    text = b"one\n\ntwo and a half\nlast"
    chunks = [text[start : start + size] for start in range(0, len(text), size)]
    assert list(split_lines(chunks)) == [b"one", b"", b"two and a half", b"last"]


def test_an_endless_line_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    chunks = [b"x" * 60_000] * 50 + [b"\nnext\n"]
    lines = list(split_lines(chunks))
    assert [len(line) for line in lines] == [LINE_LIMIT, 4]


def test_silence_is_unavailable_and_names_no_secret() -> None:
    with AirflowClient(f"http://127.0.0.1:{free_port()}", "someone", "a-very-secret-password") as airflow:
        begun = time.monotonic()
        with pytest.raises(AirflowUnavailable) as away:
            airflow.dag("x")
        assert time.monotonic() - begun < 2
        assert "secret" not in f"{away.value} {airflow!r} {airflow.__dict__['_url']}"
        assert "127.0.0.1" not in str(away.value)


def test_at_most_a_page_of_dags_is_asked_for_at_once() -> None:
    with AirflowClient("http://127.0.0.1:9", "", "") as airflow:
        assert airflow.dags_named([]) == {}
        with pytest.raises(ValueError, match="at most 100"):
            airflow.dags_named([f"pipeline_{number}" for number in range(101)])

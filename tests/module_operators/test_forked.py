"""The server that forks: whatever comes in one round, it goes on."""

import json
import os
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from module_operators.forked import Server


def echo(request: Mapping[str, Any], scratch: Path) -> dict[str, Any]:
    (scratch / "file").write_text("left behind")
    return {"told": request["say"], "scratch": str(scratch)}


@pytest.fixture
def pipes() -> Iterator[tuple[int, int, int, int]]:
    """The ends of a pipe for requests (read, write) and of one for answers (read, write)."""
    ends = (*os.pipe(), *os.pipe())
    yield ends
    for end in ends:
        try:
            os.close(end)
        except OSError:
            continue


def test_a_request_that_is_cancelled_while_its_answer_arrives_does_not_end_the_server(
    pipes: tuple[int, int, int, int],
) -> None:
    requests, write, read, answers = pipes
    server = Server(echo, requests, answers)
    os.write(write, b'{"cancel": 1}\n{"cancel": 2}\n{"id": 3, "say": "still here", "timeout": 30}\n')
    for number in (1, 2):
        server._start({"id": number, "say": "hello", "timeout": 30})
    time.sleep(0.5)  # the first round sees the cancellations, and then both answers

    serving = threading.Thread(target=server.run)
    serving.start()
    told = b""
    while b"still here" not in told and serving.is_alive():
        told += os.read(read, 65536)
    os.close(write)
    serving.join(10)

    assert not serving.is_alive()
    answered = [json.loads(line) for line in told.splitlines()]
    assert answered[-1]["told"] == "still here"
    assert not Path(answered[-1]["scratch"]).exists()

"""A JSON-lines server that forks a process for each request, and ends it when it takes too long or is not wanted."""

from __future__ import annotations

import json
import logging
import os
import selectors
import shutil
import signal
import sys
import tempfile
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

log = logging.getLogger("logidata.preview")

AT_ONCE = 4
"""Requests that are worked on at a time; others wait their turn."""

SCRATCH = "logidata-preview-"
_BLOCK = 1 << 16

Request = Mapping[str, Any]
Answer = Callable[[Request, Path], Mapping[str, Any]]


@dataclass(slots=True)
class Worker:
    """A process at work on a request."""

    request: Request
    pid: int
    output: int
    scratch: Path
    deadline: float
    received: bytearray = field(default_factory=bytearray)


class Server:
    """Reads requests from one file descriptor and writes answers to another, in a single thread: forks must be safe.

    A request has an `id` and a `timeout` in seconds; `{"cancel": id}` ends one.
    """

    def __init__(self, answer: Answer, requests: int, answers: int) -> None:
        self._answer = answer
        self._requests, self._answers = requests, answers
        self._selector = selectors.DefaultSelector()
        self._selector.register(requests, selectors.EVENT_READ)
        self._unread = bytearray()
        self._waiting: deque[Request] = deque()
        self._workers: dict[int, Worker] = {}

    def run(self) -> None:
        """Works until the requests end; then nobody waits for what is still under way."""
        self._tell({"ready": True})
        try:
            while self._requests in self._selector.get_map():
                for key, _ in self._selector.select(self._until_next_deadline()):
                    if key.fd == self._requests:
                        self._read_requests()
                    elif (
                        key.data.pid in self._workers
                    ):  # not one that a request before it, in this round, has cancelled
                        self._read_answer(key.data)
                self._end_overdue()
                self._start_waiting()
        finally:
            for worker in list(self._workers.values()):
                self._end(worker)

    def _read_requests(self) -> None:
        block = os.read(self._requests, _BLOCK)
        if not block:
            self._selector.unregister(self._requests)
            return
        self._unread += block
        *lines, rest = self._unread.split(b"\n")
        self._unread = bytearray(rest)
        for line in lines:
            message = json.loads(line)
            if "cancel" in message:
                self._cancel(message["cancel"])
            else:
                self._waiting.append(message)

    def _cancel(self, number: int) -> None:
        self._waiting = deque(request for request in self._waiting if request["id"] != number)
        for worker in [worker for worker in self._workers.values() if worker.request["id"] == number]:
            self._end(worker)

    def _start_waiting(self) -> None:
        while self._waiting and len(self._workers) < AT_ONCE:
            self._start(self._waiting.popleft())

    def _start(self, request: Request) -> None:
        scratch = Path(tempfile.mkdtemp(prefix=SCRATCH))
        output, write = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(output)
            self._work(request, scratch, write)
        os.close(write)
        worker = Worker(request, pid, output, scratch, time.monotonic() + request["timeout"])
        self._workers[pid] = worker
        self._selector.register(output, selectors.EVENT_READ, worker)

    def _work(self, request: Request, scratch: Path, write: int) -> NoReturn:
        """The forked process: answers and ends, whatever happens, without the parent's clean-up."""
        try:
            os.setpgid(0, 0)  # ended with whatever it starts
            signal.alarm(int(request["timeout"]) + 2)  # should the parent be gone
            text = json.dumps(self._answer(request, scratch), ensure_ascii=True, allow_nan=False).encode()
            with os.fdopen(write, "wb") as out:
                out.write(text)
        except BaseException:
            log.exception("preview")
            os._exit(1)
        os._exit(0)

    def _read_answer(self, worker: Worker) -> None:
        block = os.read(worker.output, _BLOCK)
        if block:
            worker.received += block
            return
        self._end(worker)
        try:
            answer = json.loads(worker.received)
        except ValueError:
            answer = {"error": "the preview's process ended before it had an answer"}
        self._tell({"id": worker.request["id"], **answer})

    def _end_overdue(self) -> None:
        now = time.monotonic()
        for worker in [worker for worker in self._workers.values() if worker.deadline <= now]:
            self._end(worker)
            self._tell({"id": worker.request["id"], "error": "time-out"})

    def _end(self, worker: Worker) -> None:
        """Ends the process, if it has not, and leaves nothing of it behind."""
        for kill in (os.killpg, os.kill):  # it may not have its own group yet
            try:
                kill(worker.pid, signal.SIGKILL)
            except (ProcessLookupError, PermissionError):
                continue
        os.waitpid(worker.pid, 0)
        self._selector.unregister(worker.output)
        os.close(worker.output)
        del self._workers[worker.pid]
        shutil.rmtree(worker.scratch, ignore_errors=True)

    def _until_next_deadline(self) -> float | None:
        deadlines = [worker.deadline for worker in self._workers.values()]
        return max(0.0, min(deadlines) - time.monotonic()) if deadlines else None

    def _tell(self, answer: Mapping[str, Any]) -> None:
        line = json.dumps(answer, ensure_ascii=True).encode() + b"\n"
        while line:
            line = line[os.write(self._answers, line) :]


def serve(answer: Answer) -> None:
    """Answers requests on standard input; standard output carries answers only, all else goes to standard error."""
    answers = os.dup(sys.stdout.fileno())
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    for leftover in Path(tempfile.gettempdir()).glob(f"{SCRATCH}*"):
        if leftover.stat().st_uid == os.getuid() and time.time() - leftover.stat().st_mtime > 3600:
            shutil.rmtree(leftover, ignore_errors=True)  # of a process that was killed
    Server(answer, sys.stdin.fileno(), answers).run()

"""A warm process beside the service that knows the operators, spoken to in JSON lines; the service imports none."""

from __future__ import annotations

import itertools
import json
import logging
import os
import subprocess
import threading
import time
from concurrent.futures import Future, InvalidStateError
from concurrent.futures import TimeoutError as FutureTimeout
from contextlib import suppress
from typing import Any

OURS_ALONE = {
    "LOGIDATA_SERVICE_TOKEN",
    "LOGIDATA_DATABASE_URL",
    "LOGIDATA_AIRFLOW_PASSWORD",
    "LOGIDATA_JWT_SECRET",
    "LOGIDATA_METRICS_TOKEN",
    "LOGIDATA_ADMIN_PASSWORD",
    "LOGIDATA_OIDC_CLIENT_SECRET",
    "LOGIDATA_ASSIST_API_KEY",
}
"""The service's own secrets, which the operators' process has no use for."""

ENDED: dict[str, Any] = {"error": "its process ended; it starts again with the next request"}

WARM_AFTER = 10.0
"""Seconds after which a process surely had started."""

log = logging.getLogger(__name__)


class WorkerUnavailable(Exception):
    """The process is starting, died or took too long; says which."""


class WorkerProcess:
    """Starts a program when it is first needed and again when it has died; safe for many threads.

    One that ran for a while is replaced at once, so that the next request finds it warm; what ends sooner may not start
    at all, and waits for the next request.
    """

    def __init__(self, name: str, command: tuple[str, ...]) -> None:
        self._name = name
        self._command = command
        self._lock = threading.Lock()
        self._process: subprocess.Popen[str] | None = None
        self._waiting: dict[int, Future[dict[str, Any]]] = {}
        self._numbers = itertools.count(1)

    def start(self) -> None:
        """Starts the process so that the first request finds it warm; answers at once."""
        with self._lock:
            self._running()

    @property
    def pid(self) -> int | None:
        """The process's id, None before the first request."""
        return self._process.pid if self._process else None

    @property
    def is_running(self) -> bool:
        """Whether the process lives."""
        return self._process is not None and self._process.poll() is None

    @property
    def waiting(self) -> int:
        """How many requests have no answer yet."""
        return len(self._waiting)

    def ask(self, request: dict[str, Any], timeout: float) -> dict[str, Any]:
        """The program's answer.

        Args:
            request: as the program takes it, without its `id`.
            timeout: seconds to wait.

        Raises:
            WorkerUnavailable: no answer in time, or the process ended.
        """
        result = self._ask(request, timeout)
        if result is ENDED:  # it had died before this request; one that kills it twice is told so
            result = self._ask(request, timeout)
        if "error" in result:
            raise WorkerUnavailable(f"{self._name}: {result['error']}")
        return result

    def _ask(self, request: dict[str, Any], timeout: float) -> dict[str, Any]:
        number, answer = self.submit(request)
        try:
            return answer.result(timeout)
        except FutureTimeout:
            raise WorkerUnavailable(f"{self._name} took longer than {timeout:g} seconds") from None
        finally:
            self._waiting.pop(number, None)

    def submit(self, request: dict[str, Any]) -> tuple[int, Future[dict[str, Any]]]:
        """Sends a request and answers its number and what will hold its answer; whoever asks gives it up by `cancel`.

        Raises:
            WorkerUnavailable: the process cannot be started.
        """
        answer: Future[dict[str, Any]] = Future()
        number = next(self._numbers)
        self._waiting[number] = answer
        try:
            self._send({"id": number, **request})
        except OSError as error:
            self._waiting.pop(number, None)
            raise WorkerUnavailable(f"{self._name} is not running: {error}") from error
        return number, answer

    def cancel(self, number: int) -> None:
        """Gives a request up; programs that can stop working on it are told."""
        if self._waiting.pop(number, None) is not None:
            with suppress(OSError):
                self._send({"cancel": number})

    def _send(self, message: dict[str, Any]) -> None:
        with self._lock:
            process = self._running()
            assert process.stdin
            process.stdin.write(json.dumps(message) + "\n")
            process.stdin.flush()

    def stop(self) -> None:
        """Ends the process; a later request starts a new one."""
        with self._lock:
            process, self._process = self._process, None
        if process is None:
            return
        if process.stdin:
            process.stdin.close()
        try:
            process.wait(timeout=3)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _running(self) -> subprocess.Popen[str]:
        if self._process is None or self._process.poll() is not None:
            self._process = subprocess.Popen(
                self._command,
                env={name: value for name, value in os.environ.items() if name not in OURS_ALONE},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                encoding="utf-8",
            )
            threading.Thread(
                target=self._read, args=(self._process,), name=f"{self._name}-answers", daemon=True
            ).start()
        return self._process

    def _read(self, process: subprocess.Popen[str]) -> None:
        """Hands answers to whoever waits for them, until the process ends."""
        assert process.stdout
        begun = time.monotonic()
        for line in process.stdout:
            answer = json.loads(line)
            waiting = self._waiting.pop(answer.get("id", 0), None)
            if waiting is not None:
                _settle(waiting, answer)
        log.info("%s ended with code %s", self._name, process.wait())
        for waiting in list(self._waiting.values()):
            _settle(waiting, ENDED)
        if time.monotonic() - begun > WARM_AFTER:
            self._replace(process)

    def _replace(self, ended: subprocess.Popen[str]) -> None:
        with self._lock:
            if self._process is ended:  # not stopped on purpose
                self._running()


def _settle(waiting: Future[dict[str, Any]], answer: dict[str, Any]) -> None:
    """Answers once: a process that ended and the one started in its place may both have word for a request."""
    with suppress(InvalidStateError):
        waiting.set_result(answer)

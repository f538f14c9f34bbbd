"""The column checker: a warm process beside the service that knows the operators, spoken to in JSON lines."""

from __future__ import annotations

import itertools
import json
import logging
import os
import subprocess
import sys
import threading
import time
from concurrent.futures import Future, InvalidStateError
from concurrent.futures import TimeoutError as FutureTimeout
from contextlib import suppress
from typing import Any

OURS_ALONE = {"LOGIDATA_SERVICE_TOKEN", "LOGIDATA_DATABASE_URL", "LOGIDATA_AIRFLOW_PASSWORD"}
"""The service's own secrets, which the operators' process has no use for."""

ENDED: dict[str, Any] = {"error": "the column checker ended; it starts again with the next check"}

WARM_AFTER = 10.0
"""Seconds after which a process surely had started."""

log = logging.getLogger(__name__)


class CheckerUnavailable(Exception):
    """The process is starting, died or took too long; says which."""


class CheckerProcess:
    """Starts `module_operators.checker` when first needed and again when it has died; safe for many threads.

    One that ran for a while is replaced at once, so that the next check finds it warm; what ends sooner may not start
    at all, and waits for the next check.
    """

    def __init__(self, command: tuple[str, ...] = (sys.executable, "-m", "module_operators.checker")) -> None:
        self._command = command
        self._lock = threading.Lock()
        self._process: subprocess.Popen[str] | None = None
        self._waiting: dict[int, Future[dict[str, Any]]] = {}
        self._numbers = itertools.count(1)

    def start(self) -> None:
        """Starts the process so that the first check finds it warm; answers at once."""
        with self._lock:
            self._running()

    @property
    def pid(self) -> int | None:
        """The process's id, None before the first check."""
        return self._process.pid if self._process else None

    def check(self, request: dict[str, Any], timeout: float) -> dict[str, Any]:
        """Schemas and problems of a graph (the request's and the answer's form: `module_operators.checker`).

        Args:
            request: what to check.
            timeout: seconds to wait.

        Raises:
            CheckerUnavailable: no answer in time, or the process ended.
        """
        result = self._ask(request, timeout)
        if result is ENDED:  # it had died before this check; one that kills it twice is told so
            result = self._ask(request, timeout)
        if "error" in result:
            raise CheckerUnavailable(result["error"])
        return result

    def _ask(self, request: dict[str, Any], timeout: float) -> dict[str, Any]:
        answer: Future[dict[str, Any]] = Future()
        number = next(self._numbers)
        try:
            with self._lock:
                process = self._running()
                self._waiting[number] = answer
                assert process.stdin
                process.stdin.write(json.dumps({"id": number, **request}) + "\n")
                process.stdin.flush()
            return answer.result(timeout)
        except FutureTimeout:
            raise CheckerUnavailable(f"the column check took longer than {timeout:g} seconds") from None
        except OSError as error:
            raise CheckerUnavailable(f"the column checker is not running: {error}") from error
        finally:
            self._waiting.pop(number, None)

    def stop(self) -> None:
        """Ends the process; a later check starts a new one."""
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
            threading.Thread(target=self._read, args=(self._process,), name="checker-answers", daemon=True).start()
        return self._process

    def _read(self, process: subprocess.Popen[str]) -> None:
        """Hands answers to whoever waits for them, until the process ends."""
        assert process.stdout
        begun = time.monotonic()
        for line in process.stdout:
            answer = json.loads(line)
            waiting = self._waiting.get(answer.get("id", 0))
            if waiting is not None:
                _settle(waiting, answer)
        log.info("the column checker ended with code %s", process.wait())
        for waiting in list(self._waiting.values()):
            _settle(waiting, ENDED)
        if time.monotonic() - begun > WARM_AFTER:
            self._replace(process)

    def _replace(self, ended: subprocess.Popen[str]) -> None:
        with self._lock:
            if self._process is ended:  # not stopped on purpose
                self._running()


def _settle(waiting: Future[dict[str, Any]], answer: dict[str, Any]) -> None:
    """Answers a check once: a process that ended and the one started in its place may both have word for it."""
    with suppress(InvalidStateError):
        waiting.set_result(answer)

"""The service in a process of its own, on a real socket: for what depends on its memory or on broken connections."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Self

import httpx

from api.settings import Settings
from stack.ports import free_port
from tests.api.conftest import TOKEN

REPOSITORY = Path(__file__).parents[2]


class LiveService:
    """`uvicorn api.main:app` with the test's settings, from the block's start to its end."""

    def __init__(self, settings: Settings, grace: int = 5) -> None:
        """`grace` is how many seconds requests may take to end once the service is told to stop."""
        self._grace = grace
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.headers = {"Authorization": f"Bearer {TOKEN}"}
        values = {name: getattr(settings, name) for name in settings.model_fields_set}
        shown = {
            name: getattr(value, "get_secret_value", lambda value=value: value)() for name, value in values.items()
        }
        self._environment = {f"LOGIDATA_{name.upper()}": str(value) for name, value in shown.items()}

    def __enter__(self) -> Self:
        command = [sys.executable, "-m", "uvicorn", "api.main:app", "--port", str(self.port), "--log-level", "warning"]
        command += ["--timeout-graceful-shutdown", str(self._grace)]
        self._process = subprocess.Popen(command, cwd=REPOSITORY, env=os.environ | self._environment)
        self.until(self._answers)
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        try:
            self._process.wait(30)
        except subprocess.TimeoutExpired:
            self._process.kill()
            raise

    def terminate(self) -> None:
        """Tell it to stop, as `make down` and the cluster do."""
        self._process.terminate()

    def ended(self) -> None:
        """Wait until it has stopped by itself."""
        assert self._process.wait(300) in {0, -signal.SIGTERM}

    def until(self, condition: Callable[[], object], seconds: float = 60) -> None:
        """Wait until something holds."""
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, "it did not happen"
            time.sleep(0.05)

    def peak_memory(self) -> int:
        """Bytes that the process has held at most."""
        status = Path(f"/proc/{self._process.pid}/status").read_text()
        match = re.search(r"VmHWM:\s+(\d+) kB", status)
        assert match
        return int(match[1]) * 1024

    def _answers(self) -> bool:
        try:
            return httpx.get(f"{self.url}/api/v1/health", timeout=1).is_success
        except httpx.HTTPError:
            return False

"""The column checker, `module_operators.checker`, in a process of its own."""

import sys
from typing import Any

from api.clients.worker import WorkerProcess


class CheckerProcess(WorkerProcess):
    """Derives the columns of graphs."""

    def __init__(self, command: tuple[str, ...] = (sys.executable, "-m", "module_operators.checker")) -> None:
        super().__init__("the column checker", command)

    def check(self, request: dict[str, Any], timeout: float) -> dict[str, Any]:
        """Schemas and problems of a graph (the request's and the answer's form: `module_operators.column_checker`).

        Raises:
            WorkerUnavailable: no answer in time, or the process ended.
        """
        return self.ask(request, timeout)

"""The column checker as a process beside the service, which never imports Airflow or the operators.

It starts `python -m module_operators.checker` and speaks JSON lines with it: a request a line on standard input, an
answer a line on standard output, matched by `id`, in any order.
"""

from __future__ import annotations

import json
import logging
import os
import sys
import threading
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TextIO

# Connections are read as Airflow's own services read them; a task would ask the execution API.
os.environ.setdefault("_AIRFLOW_PROCESS_CONTEXT", "server")

from module_operators.catalog import discover
from module_operators.column_checker import ColumnChecker
from module_operators.expressions.facts import all_facts
from module_operators.settings import Settings

log = logging.getLogger("logidata.checker")


def answered(checker: ColumnChecker, request: Mapping[str, Any]) -> dict[str, Any]:
    """What is asked of a graph's columns, or with `expressions` of what they read and how they can fail."""
    if "expressions" in request:
        return {"facts": all_facts(request["expressions"])}
    return checker.check(request)


def serve(checker: ColumnChecker, requests: Iterable[str], answers: TextIO) -> None:
    """Answers requests as they come, several at a time, until the input ends."""
    lock = threading.Lock()

    def answer(line: str) -> None:
        request = json.loads(line)
        try:
            result = answered(checker, request)
        except Exception:
            log.exception("column check")
            result = {"error": "the column check failed; see the service's log"}
        with lock:
            answers.write(json.dumps({"id": request["id"], **result}, ensure_ascii=True) + "\n")
            answers.flush()

    with ThreadPoolExecutor(max_workers=4, thread_name_prefix="check") as pool:
        for line in requests:
            pool.submit(answer, line)


def main() -> None:
    """The process: standard output carries answers only; whatever else prints goes to standard error."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    checker = ColumnChecker(Settings.from_environment(), discover())
    checker.check({"id": 0, "nodes": []})
    answers.write('{"ready": true}\n')
    answers.flush()
    serve(checker, sys.stdin, answers)


if __name__ == "__main__":
    main()

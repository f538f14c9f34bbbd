"""A file's head and columns, read by the process that knows the modules."""

from typing import Any

from api.clients.previewer import GRACE, PreviewerProcess
from api.clients.worker import WorkerUnavailable
from api.errors import PreviewUnavailable

SECONDS = 20.0
TOO_SLOW = {
    "path": None,
    "message": f"Reading the head of this file took longer than {SECONDS:g} seconds.",
    "hint": "It can be used all the same; its columns are found when the pipeline is validated.",
}
EMPTY: dict[str, Any] = {
    "module_id": None,
    "config": {},
    "choices": {},
    "columns": [],
    "rows": [],
    "truncated": False,
    "problems": [],
}


def head(previewer: PreviewerProcess, path: str, config: dict[str, Any], *, limit: int) -> dict[str, Any]:
    """What `module_operators.file_preview` tells of a file; what cannot be read is told as problems.

    Raises:
        PreviewUnavailable: the process that reads it is starting or away.
    """
    request = {"path": path, "config": config, "limit": limit, "timeout": SECONDS}
    try:
        answer = previewer.ask(request, SECONDS + GRACE)
    except WorkerUnavailable as error:
        if "time-out" in str(error):
            return EMPTY | {"problems": [TOO_SLOW]}
        raise PreviewUnavailable(str(error)) from error
    return EMPTY | {name: answer[name] for name in EMPTY.keys() & answer.keys()}

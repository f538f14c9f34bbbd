"""The file store."""

from typing import Any

from api.errors.families import Conflict, Invalid, NoSpace, NotFound, TooLarge, Unavailable


class FilePathUnsafe(Invalid):
    code = "file-path-unsafe"
    title = "The path cannot be used"

    def __init__(self, reason: str) -> None:
        super().__init__(reason)


class FileNotFound(NotFound):
    code = "file-not-found"
    title = "File not found"

    def __init__(self, path: str) -> None:
        super().__init__(f"There is no “{path}” in the file store.")


class FileExists(Conflict):
    """The name is taken, or what has it is not what the request expected; `etag` is what it is."""

    code = "file-exists"
    title = "The name is taken"

    def __init__(self, path: str, etag: str | None = None) -> None:
        message = (
            f"“{path}” is there already, or is not what you expected; say `overwrite=true`, or its ETag in If-Match."
        )
        super().__init__(message, etag=etag)


class FolderNotEmpty(Conflict):
    code = "folder-not-empty"
    title = "The folder is not empty"

    def __init__(self, path: str) -> None:
        super().__init__(f"“{path}” holds files; delete or move them first.")


class FileInUse(Conflict):
    """Pipelines name it: those that may be seen are told by name, others by number."""

    code = "file-in-use"
    title = "Pipelines use the file"

    def __init__(self, path: str, used_by: list[dict[str, Any]], hidden: int) -> None:
        message = f"“{path}” is used by {_named(used_by, hidden)}; say `force=true` to do it all the same."
        super().__init__(message, used_by=used_by, used_by_hidden=hidden)


class FileTooLarge(TooLarge):
    code = "file-too-large"
    title = "The file is too large"

    def __init__(self, limit: int) -> None:
        super().__init__(f"A file may hold at most {limit:,} bytes.", limit_bytes=limit)


class StoreFull(NoSpace):
    """The quota is used up, or (without one) the disk is full."""

    code = "store-full"
    title = "The file store is full"

    def __init__(self, quota: int | None, free: int) -> None:
        message = "The file store's disk is full." if quota is None else f"{free:,} bytes of {quota:,} are free."
        super().__init__(f"{message} Delete files that are no longer needed.", quota_bytes=quota, free_bytes=free)


class FileStoreAway(Unavailable):
    code = "file-store-unavailable"
    title = "The file store is not reachable"

    def __init__(self, reason: str) -> None:
        super().__init__(f"The file store did not answer: {reason}.")


def _named(used_by: list[dict[str, Any]], hidden: int) -> str:
    """Some pipelines by name, the others by number."""
    names = [f"“{use['name']}”" for use in used_by[:5]]
    rest = len(used_by) - len(names) + hidden
    others = [f"{rest} {'other' if names else 'pipeline'}{'' if rest == 1 else 's'}"] if rest else []
    return " and ".join([", ".join(names), *others] if names else others)

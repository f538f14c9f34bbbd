"""Files of the store that a pipeline could read, and the module that reads each."""

from collections.abc import Iterable

from api.clients.files import Entry

_READERS = {
    **dict.fromkeys(("csv", "tsv"), "csv-extractor"),
    **dict.fromkeys(("json", "jsonl", "ndjson"), "json-extractor"),
    **dict.fromkeys(("xlsx", "xlsm", "xlsb", "xls", "ods"), "excel-extractor"),
}


def reader_of(path: str) -> str | None:
    """The extractor for files of this ending."""
    return _READERS.get(path.rpartition(".")[2].lower())


def newest_first(entries: Iterable[Entry]) -> list[str]:
    """The paths of files, those that changed last first."""
    files = [(entry.modified_at, entry.path) for entry in entries if entry.kind == "file" and entry.modified_at]
    return [path for _, path in sorted(files, reverse=True)]

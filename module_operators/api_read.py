"""An API's records brought to a file, one a line, page after page."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

from module_operators.api_pages import Cursor, NoPages, Offsets, Page, PageNumbers, Pagination, Position
from module_operators.connections.http import Http, Refusal, Request
from module_operators.connections.http_access import origin, shown
from module_operators.connections.http_body import Answer
from module_operators.files import FileStore, StoredFile
from module_operators.json_path import NotFound, copy_members, copy_value, parsed_path
from module_operators.problems import SourceError
from module_operators.run import Log
from module_operators.text_files import LONGEST_LINE

_LONGEST_CURSOR = 4000
_LINES = {
    "application/x-ndjson",
    "application/ndjson",
    "application/jsonl",
    "application/x-jsonlines",
    "application/jsonlines",
}


@dataclass(frozen=True, slots=True)
class ReceivedFile(FileStore):
    """A file store that has the one file which was received; `url` is only what it is called."""

    @property
    def local_root(self) -> Path | None:
        return None  # so that its rows are landed in staging: the file does not outlive the task

    def matching(self, pattern: str) -> list[StoredFile]:  # noqa: ARG002 - there is one
        return [StoredFile(self.url, str(self.scratch))]

    def open(self, file: StoredFile) -> BinaryIO:
        return Path(file.location).open("rb")

    def fetched(self, file: StoredFile) -> Path:
        return Path(file.location)


@dataclass(slots=True)
class Reader:
    """Asks page after page and appends their records to `out`."""

    http: Http
    pagination: Pagination
    json_path: str | None
    folder: Path
    out: Path
    limit: int
    """Bytes that all answers may have."""
    log: Log
    received: int = 0

    def read(self, request: Request, max_pages: int | None) -> int:
        """Reads until the end or `max_pages`; answers the number of pages."""
        seen: set[Position] = set()
        position, number, last = self.pagination.start_at(), 1, b""
        while True:
            seen.add(position)
            asked = replace(self.pagination.applied(request, position), what="" if number == 1 else f"page {number}")
            if number > 1 and origin(asked.url) != origin(request.url):
                self.log.warning("Page %d is on another host (%s): asked without credentials.", number, asked.url.host)
            try:
                page, digest = self.http.send(asked, self._received)
            except Refusal as refusal:
                if refusal.status == 404 and number > 1 and isinstance(self.pagination, PageNumbers | Offsets):
                    return number - 1
                raise refusal.error from None
            if page.records and digest == last:
                raise SourceError(
                    f"Page {number} of {shown(request.url)} has the same records as the page before it: the API does "
                    "not know the paging that is set."
                )
            last = digest
            position = self.pagination.after(position, page)
            if position is None:
                return number
            if position in seen:
                raise SourceError(f"Page {number} of {shown(request.url)} leads back to a page that was read before.")
            if number == max_pages:
                self.log.warning("Stopped after %d pages, as max_pages says; there may be more.", number)
                return number
            number += 1

    def _received(self, answer: Answer) -> tuple[Page, bytes]:
        """Takes one answer in; nothing of it is kept when it breaks off."""
        body, records = self.folder / "body.json", self.folder / "page.jsonl"
        size = answer.save(body, self.limit - self.received)
        number, cursor = self._split(answer, body, records, size)
        digest = hashlib.sha256()
        with records.open("rb") as source, self.out.open("ab") as out:
            while block := source.read(1 << 20):
                digest.update(block)
                out.write(block)
        self.received += size
        return Page(answer.url, number, cursor, _next_link(answer)), digest.digest()

    def _split(self, answer: Answer, body: Path, records: Path, size: int) -> tuple[int, object]:
        """Writes a page's records, one a line; answers their number and the next cursor."""
        place = shown(answer.url)
        is_paged = not isinstance(self.pagination, NoPages)
        with body.open("rb") as source, records.open("wb") as target:
            if not size or not source.read(min(4096, size)).strip():
                return 0, None
            source.seek(0)
            if not is_paged and not self.json_path and _content_type(answer) in _LINES:
                shutil.copyfileobj(source, target)
                return 1, None
            try:
                number = copy_members(source, parsed_path(self.json_path or ""), target, LONGEST_LINE)
                cursor = self._cursor(source)
            except NotFound as error:
                raise SourceError(f"{place} has no records at 'Path to the records': {error}.") from None
            except (ValueError, RecursionError) as error:
                raise SourceError(f"The answer of {place} is not the JSON that was expected: {error}.") from None
        if number is None and is_paged:
            hint = "Set 'Path to the records' to the list in it."
            raise SourceError(f"The answer of {place} is an object, which cannot be paged through. {hint}")
        return 1 if number is None else number, cursor

    def _cursor(self, source: BinaryIO) -> object:
        if not isinstance(self.pagination, Cursor):
            return None
        source.seek(0)
        found = io.BytesIO()
        try:
            is_whole = copy_value(source, _steps(self.pagination.cursor_path), found, _LONGEST_CURSOR)
        except NotFound:
            return None
        if not is_whole or found.tell() > _LONGEST_CURSOR:
            raise ValueError(f"what is at '{self.pagination.cursor_path}' is too long for a cursor")
        text = found.getvalue().decode()
        return json.loads(text, parse_int=str, parse_float=str)


def _steps(path: str) -> Sequence[str | int]:
    return parsed_path(path)


def _content_type(answer: Answer) -> str:
    return answer.headers.get("content-type", "").partition(";")[0].strip().casefold()


def _next_link(answer: Answer) -> str | None:
    import httpx  # noqa: PLC0415

    links = httpx.Response(200, headers=[(b"link", each.encode()) for each in answer.headers.get_list("link")]).links
    return next((link["url"] for rel, link in links.items() if rel and "next" in rel.casefold().split()), None)

"""The ways in which APIs hand out records page by page: how each asks for the next one, and where it ends."""

from __future__ import annotations

import json
from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import AfterValidator, Field, StringConstraints

from module_operators.config import ModuleConfig, field
from module_operators.connections.http import Request
from module_operators.connections.http_access import checked_url
from module_operators.json_path import is_path
from module_operators.problems import SourceError

if TYPE_CHECKING:
    import httpx

JsonPath = Annotated[str, StringConstraints(min_length=1, max_length=1000), AfterValidator(is_path)]
ParamName = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Position = int | str | None
"""Where in the records a page starts: a number, a cursor or an address; None before the first."""


@dataclass(frozen=True, slots=True)
class Page:
    """What an answer tells about the way on."""

    url: httpx.URL
    records: int
    cursor: Any = None
    next_link: str | None = None


class _Pagination(ModuleConfig):
    """One way of paging."""

    def start_at(self) -> Position:
        return None

    @abstractmethod
    def after(self, position: Position, page: Page) -> Position:
        """Where the next page starts; None behind the last."""

    def applied(self, request: Request, position: Position) -> Request:  # noqa: ARG002 - most look at it
        """The request for the page that starts there."""
        return request


class NoPages(_Pagination):
    type: Literal["none"] = field("none", "Pages", "One request has all records.")

    def after(self, position: Position, page: Page) -> Position:  # noqa: ARG002 - there is one page
        return None


class _Numbered(_Pagination):
    place: Literal["query", "body"] = field("query", "Where", "Where the parameters go; body: keys of the POST body.")
    size: int = field(100, "Page size", "Records that are asked for at a time.", ge=1, le=100_000)

    def _with(self, request: Request, values: Mapping[str | None, Any]) -> Request:
        return with_parameters(request, {name: value for name, value in values.items() if name}, self.place)


class PageNumbers(_Numbered):
    type: Literal["page"] = field("page", "Pages", "Pages by number, until one is empty.")
    page_param: ParamName = field("page", "Page parameter", "The parameter that takes the page's number.", "page")
    size_param: ParamName | None = field(
        "per_page", "Size parameter", "The parameter that takes the page size; empty: it is not sent.", "per_page"
    )
    start: int = field(1, "First page", "The number of the first page.", ge=0)

    def start_at(self) -> Position:
        return self.start

    def after(self, position: Position, page: Page) -> Position:
        return int(position or 0) + 1 if page.records else None

    def applied(self, request: Request, position: Position) -> Request:
        return self._with(request, {self.page_param: position, self.size_param: self.size})


class Offsets(_Numbered):
    type: Literal["offset"] = field(
        "offset", "Pages", "Pages by the number of records before them, until one is empty."
    )
    offset_param: ParamName = field("offset", "Offset parameter", "The parameter that takes the offset.", "offset")
    size_param: ParamName | None = field(
        "limit", "Size parameter", "The parameter that takes the page size; empty: it is not sent.", "limit"
    )
    start: int = field(0, "First offset", "The offset of the first record.", ge=0)

    def start_at(self) -> Position:
        return self.start

    def after(self, position: Position, page: Page) -> Position:
        # By what came, not by what was asked for: a server may have a smaller limit of its own.
        return int(position or 0) + page.records if page.records else None

    def applied(self, request: Request, position: Position) -> Request:
        return self._with(request, {self.offset_param: position, self.size_param: self.size})


class Cursor(_Pagination):
    type: Literal["cursor"] = field("cursor", "Pages", "Each answer says where the next page is.")
    cursor_path: JsonPath = field(
        ..., "Path to the cursor", "Where in the answer the next cursor, or the next page's address, is.", "meta.next"
    )
    cursor_param: ParamName | None = field(
        "cursor",
        "Cursor parameter",
        "The parameter that takes the cursor; empty: what is at the path is the next page's address.",
        "cursor",
        "starting_after",
    )
    place: Literal["query", "body"] = field("query", "Where", "Where the cursor goes; body: a key of the POST body.")

    def after(self, position: Position, page: Page) -> Position:  # noqa: ARG002 - the answer alone tells
        if page.cursor is None or page.cursor is False or page.cursor == "":
            return None
        if isinstance(page.cursor, (dict, list, bool)):
            raise SourceError(f"What is at '{self.cursor_path}' is no cursor: it must be a text or a number.")
        return str(page.cursor) if self.cursor_param else _joined(page.url, str(page.cursor))

    def applied(self, request: Request, position: Position) -> Request:
        if position is None:
            return request
        if self.cursor_param is None:
            return _at(request, str(position))
        return with_parameters(request, {self.cursor_param: position}, self.place)


class LinkHeader(_Pagination):
    type: Literal["link"] = field("link", "Pages", 'The Link header (rel="next") has the next page\'s address.')

    def after(self, position: Position, page: Page) -> Position:  # noqa: ARG002 - the answer alone tells
        return _joined(page.url, page.next_link) if page.next_link else None

    def applied(self, request: Request, position: Position) -> Request:
        return request if position is None else _at(request, str(position))


Pagination = Annotated[NoPages | PageNumbers | Offsets | Cursor | LinkHeader, Field(discriminator="type")]


def with_parameters(request: Request, values: Mapping[str, Any], place: str = "query") -> Request:
    """The request with parameters set in its query, or in the object that its body is."""
    if place == "query":
        return replace(request, url=request.url.copy_merge_params(dict(values)))
    body = json.loads(request.content or b"{}")
    if not isinstance(body, dict):
        raise SourceError("Parameters of the paging can go into the body only when the body is an object.")
    return replace(request, content=json.dumps({**body, **values}).encode())


def _at(request: Request, address: str) -> Request:
    return replace(request, url=checked_url(address, "The next page's address", SourceError))


def _joined(url: httpx.URL, address: str) -> str:
    import httpx  # noqa: PLC0415

    try:
        return str(url.join(address))
    except (httpx.InvalidURL, ValueError):
        raise SourceError("What the API gives as the next page's address is no address.") from None

import json
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar, Literal

from pydantic import JsonValue

from module_operators.api_options import Headers, Url, substituted, substituted_url
from module_operators.api_pages import JsonPath, NoPages, Pagination, with_parameters
from module_operators.api_read import Reader, ReceivedFile
from module_operators.base import Extracted, Extractor, Preset
from module_operators.config import ADVANCED, ColumnName, ConnectionId, field
from module_operators.connections.http import Http, Request
from module_operators.connections.http_access import Access, shown
from module_operators.extractors.json import JsonExtractor, JsonExtractorConfig
from module_operators.late_values import GivenType
from module_operators.problems import SourceError
from module_operators.relation import Column
from module_operators.run import Run
from module_operators.schema_change import SourceConfig

_PREVIEW_MEGABYTES = 64


class ApiExtractorConfig(SourceConfig):
    url: Url = field(
        ...,
        "URL",
        "The address; with a connection also only what stands behind its host. `${name}` takes run parameters.",
        "https://api.example.com/v1/orders",
        "/orders/${region}",
    )
    method: Literal["GET", "POST"] = field("GET", "Method", "POST: for searches that take a body.")
    connection_id: ConnectionId | None = field(
        None, "Connection", "An HTTP connection: the API's host and the credentials, which go nowhere else."
    )
    headers: Headers = field(
        {},
        "Headers",
        "Sent with each request; credentials belong to the connection.",
        {"X-Version": "2"},
        max_length=50,
    )
    params: dict[str, str | int | float | bool] = field(
        {},
        "Parameters",
        "Query parameters of each request. `${name}` takes run parameters.",
        {"updated_since": "${last_run_date}"},
        max_length=100,
    )
    body: dict[str, JsonValue] | list[JsonValue] | None = field(
        None, "Body", "POST: the JSON that is sent. `${name}` in its texts takes run parameters.", {"status": "open"}
    )
    json_path: JsonPath | None = field(
        None, "Path to the records", "Where in an answer the list of records is; empty: at its top.", "data.items"
    )
    pagination: Pagination = field(NoPages(), "Pagination", "How the API hands out its records page by page.")
    max_pages: int | None = field(
        None,
        "Most pages",
        "Stop after so many pages; empty: at the end. The log tells when it stops early.",
        100,
        ge=1,
        hints=ADVANCED,
    )
    max_megabytes: int = field(
        1000,
        "Most megabytes",
        "A run fails when all answers are larger than this.",
        ge=1,
        le=1_000_000,
        hints={**ADVANCED, "unit": "MB"},
    )
    timeout_seconds: float = field(
        30,
        "Timeout",
        "Seconds to wait for the connection, and for each next piece of an answer.",
        gt=0,
        le=3600,
        hints={**ADVANCED, "unit": "seconds"},
    )
    retries: int = field(
        3,
        "Retries",
        "How often a request is tried again that failed for lack of a connection or with 408, 425, 429 or 5xx; the "
        "waits grow, and a Retry-After of up to five minutes is kept to.",
        ge=0,
        le=20,
        hints=ADVANCED,
    )
    column_types: dict[ColumnName, GivenType] = field(
        {},
        "Column types",
        "Types by column, for those that the first records do not show.",
        {"zip": "string"},
        max_length=1000,
        hints=ADVANCED,
    )
    ask_for_columns: bool = field(
        False,
        "Ask while drawing",
        "POST: send the request also to know the columns while the pipeline is drawn.",
        hints=ADVANCED,
    )


class _Remembering(ApiExtractorConfig):
    """The options, and the columns of the last save: those of an answer without records."""

    saved: Mapping[str, str]


class ApiExtractor(Extractor):
    """Read records from a REST API that answers with JSON, page by page.

    Nested objects and lists become text columns that hold their JSON; integers of 64 bits keep their digits. The
    connection (of type HTTP) has the API's host, login and password (Basic), and in its extra `token` (Bearer),
    `headers` and `params` (keys in the query). Redirects and links to another host are followed without any of it.
    Whoever runs LogiData says in LOGIDATA_OUTGOING_DENY and LOGIDATA_OUTGOING_ALLOW what may be connected to. POST is
    taken as a search: it is sent again after a failure. A run that finds no records has the columns of the last save.
    """

    display_name: ClassVar = "REST API"
    category: ClassVar = "api"
    icon: ClassVar = "cloud-download"
    tags: ClassVar = ("api", "http")
    tested_against: ClassVar = "an HTTP/1.1 server of Python's standard library, DuckDB 2.0."
    connection_types: ClassVar = ("http",)
    Config: ClassVar = ApiExtractorConfig
    presets: ClassVar = (
        Preset("page-numbers", "Page numbers", "?page=1, ?page=2, …", {"pagination": {"type": "page"}}),
        Preset("link-header", "Link header", "As GitHub pages.", {"pagination": {"type": "link"}}),
        Preset(
            "next-address",
            "Next address in the answer",
            "As Django REST framework pages.",
            {"json_path": "results", "pagination": {"type": "cursor", "cursor_path": "next", "cursor_param": None}},
        ),
        Preset(
            "incremental",
            "Since the last run",
            "What has changed since the last successful run; give it a parameter of your API.",
            {"params": {"updated_since": "${last_run_date}"}},
        ),
    )

    def work(self, config: ApiExtractorConfig, run: Run) -> dict[str, Any]:
        return super().work(_Remembering.model_construct(**dict(config), saved=self.columns or {}), run)

    @classmethod
    def extract(cls, config: ApiExtractorConfig, run: Run) -> Extracted:
        within, options = _received(config, run)
        return JsonExtractor.extract(options, within)

    @classmethod
    def sample(cls, config: ApiExtractorConfig, run: Run, rows: int) -> Extracted:
        return super().sample(_one_page(config), run, rows)

    @classmethod
    def schema(cls, config: ApiExtractorConfig, run: Run) -> tuple[Column, ...]:
        if config.method == "POST" and not config.ask_for_columns:
            raise SourceError(
                "The columns of a POST are known after a run. Switch on 'Ask while drawing' to send it for them."
            )
        within, options = _received(_one_page(config), run)
        return JsonExtractor.schema(options, within)


def _one_page(config: ApiExtractorConfig) -> ApiExtractorConfig:
    return config.model_copy(update={"max_pages": 1, "max_megabytes": min(config.max_megabytes, _PREVIEW_MEGABYTES)})


def _received(config: ApiExtractorConfig, run: Run) -> tuple[Run, JsonExtractorConfig]:
    """The run with the records as its file store, and how they are read."""
    access = Access.of(run, config.connection_id, SourceError)
    request = _request(config, run, access)
    folder = Path(tempfile.mkdtemp(prefix="api-", dir=run.files.scratch))
    records = folder / "records.jsonl"
    records.touch()
    with Http(run, access, config.timeout_seconds, config.retries, SourceError) as http:
        reader = Reader(http, config.pagination, config.json_path, folder, records, config.max_megabytes << 20, run.log)
        pages = reader.read(request, config.max_pages)
    run.log.info("%s: %d pages, %d bytes.", shown(request.url), pages, reader.received)
    types = dict(config.column_types)
    if not records.stat().st_size:
        types = {**_given(getattr(config, "saved", {})), **types}
        if not types:
            raise SourceError(
                f"{shown(request.url)} has answered without records, so that its columns are unknown. Name them in "
                "'Column types', or save the pipeline while there are some."
            )
    options = JsonExtractorConfig(file_path="records", format="lines", column_types=types)
    return replace(run, files=ReceivedFile(shown(request.url), records)), options


def _given(saved: Mapping[str, str]) -> Mapping[str, str]:
    return {name: kind if "(" not in kind or kind.startswith("decimal(") else "string" for name, kind in saved.items()}


def _request(config: ApiExtractorConfig, run: Run, access: Access) -> Request:
    url = access.url(substituted_url(run, config.url), SourceError)
    headers = {"Accept": "application/json"} | {name: run.substitute(value) for name, value in config.headers.items()}
    content = None
    if config.method == "POST":
        headers = {"Content-Type": "application/json"} | headers
        content = json.dumps(substituted(run, config.body) if config.body is not None else {}).encode()
    request = Request(config.method, url, headers, content)
    params = {name: _text(substituted(run, value)) for name, value in config.params.items()}
    return with_parameters(request, params) if params else request


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)

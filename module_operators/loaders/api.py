import fcntl
import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Annotated, ClassVar, Literal

from pydantic import StringConstraints

from module_operators.api_options import Headers, Url, substituted_url
from module_operators.base import Loaded, Loader, Preset
from module_operators.config import ADVANCED, ConnectionId, ModuleConfig, field
from module_operators.connections.http import Http, Refusal, Request
from module_operators.connections.http_access import Access
from module_operators.json_rows import write_rows
from module_operators.problems import Findings, TargetError
from module_operators.relation import Plan, Relation
from module_operators.run import Run

_PROGRESS, _ROWS, _LOCK = "progress.json", "rows.jsonl", "lock"


class ApiLoaderConfig(ModuleConfig):
    url: Url = field(
        ...,
        "URL",
        "The address; with a connection also only what stands behind its host. `${name}` takes run parameters.",
        "https://api.example.com/v1/orders/bulk",
        "/orders",
    )
    method: Literal["POST", "PUT", "PATCH"] = field("POST", "Method", "How each batch is sent.")
    connection_id: ConnectionId | None = field(
        None, "Connection", "An HTTP connection: the API's host and the credentials, which go nowhere else."
    )
    headers: Headers = field(
        {}, "Headers", "Sent with each batch; credentials belong to the connection.", {"X-Version": "2"}, max_length=50
    )
    batch_size: int = field(100, "Batch size", "Rows that are sent at a time.", ge=1, le=10_000)
    send_as: Literal["list", "object", "lines"] = field(
        "list",
        "Form",
        "list: a batch is a JSON list of objects; object: the one row of a batch of size 1; lines: one object a line "
        "(JSON Lines).",
    )
    list_key: Annotated[str, StringConstraints(min_length=1, max_length=200)] | None = field(
        None, "Key of the list", "list: send an object that has the list under this key.", "records", hints=ADVANCED
    )
    timeout_seconds: float = field(
        30,
        "Timeout",
        "Seconds to wait for the connection, and for the answer to a batch.",
        gt=0,
        le=3600,
        hints={**ADVANCED, "unit": "seconds"},
    )
    retries: int = field(
        3,
        "Retries",
        "How often a batch is sent again that failed for lack of a connection or with 408, 425, 429 or 5xx; the waits "
        "grow, and a Retry-After of up to five minutes is kept to.",
        ge=0,
        le=20,
        hints=ADVANCED,
    )


class ApiLoader(Loader):
    """Send the rows to a REST API as JSON, batch by batch.

    HTTP has no transactions: readers of the API see a load batch by batch, and a load that fails leaves the batches
    that were accepted. Each batch has an `Idempotency-Key`, the same at every try: an API that knows this header takes
    each batch once. For others, batches that were answered are never sent again by a retry on the same staging; one
    whose answer was lost is. Numbers are written exactly, times as ISO 8601. The connection (of type HTTP) has the
    host, login and password (Basic), and in its extra `token` (Bearer), `headers` and `params`. Redirects are followed
    on the same host only, and only those that keep the method.
    """

    display_name: ClassVar = "REST API"
    category: ClassVar = "api"
    icon: ClassVar = "cloud-upload"
    tags: ClassVar = ("api", "http")
    tested_against: ClassVar = "an HTTP/1.1 server of Python's standard library, DuckDB 2.0."
    connection_types: ClassVar = ("http",)
    Config: ClassVar = ApiLoaderConfig
    presets: ClassVar = (
        Preset("bulk", "Bulk", "A list of 1000 rows a request.", {"send_as": "list", "batch_size": 1000}),
        Preset("one-by-one", "One by one", "An object a request.", {"send_as": "object", "batch_size": 1}),
    )

    @classmethod
    def check(cls, config: ApiLoaderConfig, source: Relation, run: Run) -> None:  # noqa: ARG003 - the options tell it
        findings = Findings()
        if config.send_as == "object" and config.batch_size != 1:
            findings.add("/batch_size", "An object is sent a row at a time.", "Set it to 1, or choose another form.")
        if config.list_key and config.send_as != "list":
            findings.add("/list_key", "Only a list can be sent under a key.", "Choose list, or remove the key.")
        findings.raise_if_any()

    @classmethod
    def load(cls, config: ApiLoaderConfig, plan: Plan, run: Run) -> Loaded:
        access = Access.of(run, config.connection_id, TargetError)
        url = access.url(substituted_url(run, config.url), TargetError)
        kind = "application/x-ndjson" if config.send_as == "lines" else "application/json"
        headers = {"Accept": "application/json", "Content-Type": kind}
        headers |= {name: run.substitute(value) for name, value in config.headers.items()}
        with (
            _Load.of(run, config.batch_size) as load,
            Http(run, access, config.timeout_seconds, config.retries, TargetError) as http,
        ):
            if not load.is_prepared:
                load.prepare(plan, run)
            if load.confirmed:
                run.log.info("An earlier try has sent %d of %d batches.", load.confirmed, load.batches)
            for number, rows in load.rest():
                what = f"batch {number} of {load.batches}"
                own = {"Idempotency-Key": f"{load.name}-{number}"}
                request = Request(config.method, url, headers | own, _body(config, rows), what)
                try:
                    http.send(request, lambda _: None)
                except Refusal as refusal:
                    raise refusal.error from None
                load.confirm(number)
            return Loaded(load.rows)


def _body(config: ApiLoaderConfig, rows: list[bytes]) -> bytes:
    if config.send_as == "lines":
        return b"".join(rows)
    if config.send_as == "object":
        return rows[0].rstrip(b"\n")
    listed = b"[" + b",".join(row.rstrip(b"\n") for row in rows) + b"]"
    return b"{" + json.dumps(config.list_key).encode() + b":" + listed + b"}" if config.list_key else listed


@dataclass(slots=True)
class _Load:
    """A load as its tries share it, in the task's own folder: its rows, fixed by the first, and what is confirmed."""

    folder: Path
    name: str
    batch_size: int
    rows: int = 0
    confirmed: int = 0
    is_prepared: bool = False

    @classmethod
    @contextmanager
    def of(cls, run: Run, batch_size: int) -> Iterator["_Load"]:
        """The load; a try that still runs is waited for, so that no batch is on its way twice."""
        folder = run.staging.final_path("").parent / "load"
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / _LOCK).open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            load = cls(folder, run.short_load_key, batch_size)
            if (folder / _PROGRESS).exists():
                found = json.loads((folder / _PROGRESS).read_text())
                load.rows, load.confirmed, load.batch_size = found["rows"], found["confirmed"], found["batch_size"]
                load.is_prepared = True
            yield load

    @property
    def batches(self) -> int:
        return -(-self.rows // self.batch_size)

    def prepare(self, plan: Plan, run: Run) -> None:
        """Writes the rows down: a source that has changed at the next try changes no batch."""
        aside = run.files.scratch / _ROWS
        self.rows = write_rows(plan, run, aside).rows
        os.replace(aside, self.folder / _ROWS)  # noqa: PTH105 - both are on the staging's disk
        self._remember()
        self.is_prepared = True

    def rest(self) -> Iterator[tuple[int, list[bytes]]]:
        """The batches that are not confirmed, by number from 1."""
        if self.confirmed == self.batches:
            return
        with (self.folder / _ROWS).open("rb") as file:
            lines = islice(file, self.confirmed * self.batch_size, None)
            for number in range(self.confirmed + 1, self.batches + 1):
                yield number, list(islice(lines, self.batch_size))

    def confirm(self, number: int) -> None:
        self.confirmed = number
        self._remember()
        if number == self.batches:
            (self.folder / _ROWS).unlink()

    def _remember(self) -> None:
        told = {"rows": self.rows, "confirmed": self.confirmed, "batch_size": self.batch_size}
        with tempfile.NamedTemporaryFile("w", dir=self.folder, delete=False) as aside:
            json.dump(told, aside)
            aside.flush()
            os.fsync(aside.fileno())
        Path(aside.name).replace(self.folder / _PROGRESS)

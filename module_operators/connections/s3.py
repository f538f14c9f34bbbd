"""Buckets of S3 and of what speaks its protocol, with the credentials of an Airflow connection."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, cast
from urllib.parse import urlsplit

from module_operators.problems import ModuleError

if TYPE_CHECKING:
    from obstore.store import S3Store

    from module_operators.run import Run

BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_CHUNK = 8 << 20
_CODE = re.compile(r"<Code>(?P<code>[^<]+)</Code>(?:\s*<Message>(?P<message>[^<]*)</Message>)?")
_STATUS = re.compile(r"status code: (?P<status>\d+ [A-Za-z ]+)")
_HINTS = {
    "SignatureDoesNotMatch": "Check the secret key of the connection.",
    "InvalidAccessKeyId": "Check the access key of the connection.",
    "AccessDenied": "The credentials may not do this here.",
    "NoSuchBucket": "Check the bucket's name, and the endpoint_url and region_name of the connection.",
    "PermanentRedirect": "The bucket is in another region: set region_name in the connection's extra.",
}


@dataclass(frozen=True, slots=True)
class StoredObject:
    """An object as a listing or a look at it showed it."""

    key: str
    size: int
    tag: str | None
    modified: datetime | None = None


@dataclass(frozen=True, slots=True)
class Bucket:
    """A bucket that an Airflow connection, or the machine's own role, opens."""

    name: str
    store: S3Store = field(repr=False)
    secrets: tuple[str, ...] = field(repr=False)
    problem: type[ModuleError]
    """What its failures are raised as: SourceError when reading, TargetError when loading."""

    @classmethod
    def named(cls, run: Run, name: str, connection_id: str | None, problem: type[ModuleError]) -> Self:
        """The bucket; nothing is asked of it yet.

        Raises:
            ModuleError: as `problem`, for a name that is no bucket's or options that are none.
        """
        from obstore.exceptions import BaseError  # noqa: PLC0415
        from obstore.store import S3Store  # noqa: PLC0415

        if not BUCKET.fullmatch(name) or ".." in name:
            raise problem(f"'{name}' is no name of a bucket: 3 to 63 lower-case letters, digits, dots and hyphens.")
        options: dict[str, Any] = {}
        secrets: tuple[str, ...] = ()
        if connection_id:
            found = run.connection(connection_id)
            options, secrets = _options(found.login, found.password, found.extra_dejson, found.host)
        client: dict[str, Any] = {"connect_timeout": "10s", "timeout": "10m", "user_agent": "logidata"}
        retries: dict[str, Any] = {"max_retries": 5, "retry_timeout": timedelta(minutes=3)}
        if run.time_limit is not None:
            client |= {"connect_timeout": f"{run.time_limit}s", "timeout": f"{run.time_limit}s"}
            retries = {"max_retries": 1, "retry_timeout": timedelta(seconds=run.time_limit)}
        client["allow_http"] = str(options.get("endpoint", "")).startswith("http://")
        try:
            store = S3Store(name, client_options=cast("Any", client), retry_config=cast("Any", retries), **options)
        except (BaseError, ValueError, TypeError) as error:
            raise problem(f"Bucket '{name}' cannot be opened: {_first_line(error)}") from None
        return cls(name, store, secrets, problem)

    def look(self, key: str) -> StoredObject | None:
        """The object as it is now, or None."""
        import obstore  # noqa: PLC0415

        try:
            with self.explained(key):
                found = obstore.head(self.store, key)
        except FileNotFoundError:
            return None
        return StoredObject(key, found["size"], found["e_tag"])

    def under(self, prefix: str) -> list[StoredObject]:
        """The objects whose keys begin with `prefix/`, in the order of their keys."""
        import obstore  # noqa: PLC0415

        with self.explained(prefix):
            found = [each for batch in obstore.list(self.store, prefix or None, chunk_size=1000) for each in batch]
        objects = [StoredObject(each["path"], each["size"], each["e_tag"], each["last_modified"]) for each in found]
        return sorted(objects, key=lambda each: each.key)

    def attributes(self, key: str) -> Mapping[str, str] | None:
        """The object's metadata, or None when there is no such object."""
        import obstore  # noqa: PLC0415

        try:
            with self.explained(key):
                return cast("Mapping[str, str]", obstore.get(self.store, key, options={"head": True}).attributes)
        except FileNotFoundError:
            return None

    def put(self, key: str, content: Path | bytes, attributes: Mapping[str, str] | None = None) -> None:
        """Writes an object, in parts when it is large; it is there only when all of it is."""
        import obstore  # noqa: PLC0415

        with self.explained(key):
            obstore.put(
                self.store,
                key,
                content,
                attributes=cast("Any", dict(attributes or {})),
                chunk_size=_CHUNK,
                max_concurrency=4,
            )

    def delete(self, keys: list[str]) -> None:
        import obstore  # noqa: PLC0415

        with self.explained(""):
            for key in keys:
                try:
                    obstore.delete(self.store, key)
                except FileNotFoundError:
                    continue

    def download(self, found: StoredObject, target: Path) -> None:
        """Copies an object to a local file, as it was when it was looked at.

        Raises:
            ModuleError: as `problem`, when it was changed or deleted meanwhile.
        """
        import obstore  # noqa: PLC0415
        from obstore.exceptions import PreconditionError  # noqa: PLC0415

        target.parent.mkdir(parents=True, exist_ok=True)
        size = 0
        try:
            with self.explained(found.key):
                answer = obstore.get(self.store, found.key, options={"if_match": found.tag} if found.tag else None)
                with target.open("wb") as file:
                    for chunk in answer.stream(min_chunk_size=_CHUNK):
                        size += file.write(chunk)
        except (FileNotFoundError, PreconditionError):
            raise self.problem(f"'{found.key}' changed after this run had started. Run again.") from None
        if size != found.size:
            raise self.problem(f"'{found.key}' changed after this run had started. Run again.")

    @contextmanager
    def explained(self, key: str) -> Iterator[None]:
        """The library's errors as this bucket's problem, without credentials; a missing object stays what it is."""
        from obstore.exceptions import BaseError, PreconditionError  # noqa: PLC0415

        try:
            yield
        except (FileNotFoundError, PreconditionError):
            raise
        except (BaseError, OSError, ValueError) as error:
            place = f"'{key}' in bucket '{self.name}'" if key else f"Bucket '{self.name}'"
            raise self.problem(f"{place}: {self._told(error)}") from None

    def _told(self, error: Exception) -> str:
        text = str(error)
        for secret in self.secrets:
            text = text.replace(secret, "***")
        if found := _CODE.search(text):
            hint = _HINTS.get(found["code"])
            message = (found["message"] or found["code"]).rstrip(".")
            return f"{message} ({found['code']}).{f' {hint}' if hint else ''}"
        if found := _STATUS.search(text):
            hint = " Check the keys of the connection, and what they may do." if found["status"][0:2] == "40" else ""
            return f"the server answered {found['status'].strip()}.{hint}"
        if "error sending request" in text or "Connect" in text or "timed out" in text:
            return "the server cannot be reached. Check endpoint_url in the extra of the connection."
        return _first_line(error)


def _options(
    login: str | None, password: str | None, extra: Mapping[str, Any], host: str | None
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """obstore's options from the keys that Airflow's Amazon connection has."""
    key = login or extra.get("aws_access_key_id")
    secret = password or extra.get("aws_secret_access_key")
    token = extra.get("aws_session_token")
    endpoint = extra.get("endpoint_url") or extra.get("host") or (host if host and "://" in host else None)
    options: dict[str, Any] = {"region": extra.get("region_name") or extra.get("region") or "us-east-1"}
    if key and secret:
        options |= {"access_key_id": key, "secret_access_key": secret}
    if token:
        options["session_token"] = token
    if endpoint:
        if urlsplit(endpoint).scheme not in {"http", "https"}:
            endpoint = f"https://{endpoint}"
        options |= {"endpoint": endpoint, "virtual_hosted_style_request": False}
    return options, tuple(value for value in (secret, token) if value)


def _first_line(error: Exception) -> str:
    return str(error).strip().split("\n", 1)[0]

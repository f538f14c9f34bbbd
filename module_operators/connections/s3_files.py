"""The objects of a bucket as files: found by key or glob, read as a file store's are."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from module_operators.connections.s3 import Bucket, StoredObject
from module_operators.files import FileStore, StoredFile, UnsafePath, checked_path
from module_operators.problems import ModuleError, SourceError

if TYPE_CHECKING:
    from typing_extensions import Buffer

_MAGIC = re.compile(r"[*?\[]")


class _ObjectStream(io.RawIOBase):
    """An object's bytes, fetched as far as they are asked for."""

    def __init__(self, bucket: Bucket, key: str, reader: Any) -> None:
        self._bucket, self._key, self._reader = bucket, key, reader

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Buffer) -> int:
        view = memoryview(buffer)
        with self._bucket.explained(self._key):
            chunk = bytes(self._reader.read(len(view)))
        view[: len(chunk)] = chunk
        return len(chunk)


@dataclass(frozen=True, slots=True)
class BucketFiles(FileStore):
    """A bucket as a file store that is read from: `url` is only what it is called."""

    bucket: Bucket | None = None

    @property
    def local_root(self) -> Path | None:
        return None

    def matching(self, pattern: str) -> list[StoredFile]:
        """The objects that a key or glob names, in the order of their keys."""
        return [StoredFile(each.key, f"{each.tag or ''}\n{each.size}") for each in found_objects(self._bucket, pattern)]

    def open(self, file: StoredFile) -> BinaryIO:
        import obstore  # noqa: PLC0415

        with self._bucket.explained(file.name):
            try:
                reader = obstore.open_reader(self._bucket.store, file.name)
            except FileNotFoundError:
                raise SourceError(f"'{file.name}' is gone: it was deleted after this run had started.") from None
        return cast("BinaryIO", io.BufferedReader(_ObjectStream(self._bucket, file.name, reader)))

    def fetched(self, file: StoredFile) -> Path:
        target = self.scratch / "objects" / file.name
        if not target.exists():
            tag, _, size = file.location.partition("\n")
            self._bucket.download(StoredObject(file.name, int(size), tag or None), target)
        return target

    @property
    def _bucket(self) -> Bucket:
        assert self.bucket is not None
        return self.bucket


def checked_key(pattern: str, problem: type[ModuleError]) -> str:
    """A key or glob without `..`, control characters or empty parts.

    Raises:
        ModuleError: as `problem`.
    """
    try:
        checked = checked_path(pattern)
    except UnsafePath as unsafe:
        raise problem(f"'{pattern}' cannot be used: {str(unsafe).replace('file store', 'bucket')}") from None
    if checked != pattern.rstrip("/") or "//" in pattern:
        raise problem(f"'{pattern}' cannot be used as a key: write it as '{checked}'.")
    return checked


def found_objects(bucket: Bucket, pattern: str) -> list[StoredObject]:
    """The objects that a key or a glob names, never hidden ones; of a folder that a load wrote, those of the last load.

    Raises:
        SourceError: there is none.
    """
    from module_operators.s3_folder import MANIFEST, current_keys  # noqa: PLC0415

    checked = checked_key(pattern, SourceError)
    if not pattern.endswith("/") and (exact := bucket.look(checked)):
        return [exact]
    magic = _MAGIC.search(checked)
    listed = bucket.under(checked[: magic.start()].rpartition("/")[0] if magic else checked)
    wanted = _as_regex(checked if magic else f"{checked}/**")
    named = [each for each in listed if wanted.fullmatch(each.key) and not _is_hidden(each.key, checked)]
    manifests = [each.key for each in listed if each.key.rpartition("/")[2] == MANIFEST]
    objects = current_keys(bucket, named, manifests)
    if not objects:
        what = "No object matches" if magic else "There is no object"
        raise SourceError(f"{what} '{pattern}' in bucket '{bucket.name}'.")
    return objects


def _is_hidden(key: str, pattern: str) -> bool:
    """Names that begin with a dot or an underscore (`_SUCCESS`) hold no rows, unless the pattern names them."""
    named = set(pattern.split("/"))
    parts = key.split("/")
    return key.endswith("/") or any(
        part.startswith((".", "_")) and "=" not in part and part not in named for part in parts
    )


def _as_regex(pattern: str) -> re.Pattern[str]:
    """`*` and `?` stay in one folder, `**` goes through any number of them."""
    parts = []
    for token in re.split(r"(\*\*/|\*\*|\*|\?|\[[^\]]*\])", pattern):
        known = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}.get(token)
        if known is None and token.startswith("[") and len(token) > 2:
            inner = token[1:-1].replace("\\", "\\\\")
            known = f"[{'^' + inner[1:] if inner.startswith('!') else inner}]"
        parts.append(known if known is not None else re.escape(token))
    return re.compile("".join(parts), re.DOTALL)

"""A folder of a bucket that a load replaces in one step: the manifest in it names the objects that are its content.

S3 puts one object at a time. A load writes new objects beside the old ones, then the manifest, which is its commit, and
then deletes what the manifest does not name. Who reads by the manifest, as the S3 extractor does, sees one load whole.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from module_operators.run import Log

if TYPE_CHECKING:
    from module_operators.connections.s3 import Bucket, StoredObject

MANIFEST = "_logidata_manifest.json"
_ABANDONED = timedelta(days=1)
"""A load whose objects are older, and that no manifest names, has been killed and was never tried again."""


@dataclass(frozen=True, slots=True)
class Folder:
    """A place in a bucket that one load after the other fills."""

    bucket: Bucket
    key: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """Which load filled a folder: its id, its rows, its objects and those that it replaces, relative to the folder."""

    load: str
    rows: int
    bytes: int
    objects: tuple[str, ...]
    replaces: tuple[str, ...]

    def to_json(self) -> bytes:
        return json.dumps(asdict(self), ensure_ascii=False, indent=1).encode()


def read_manifest(bucket: Bucket, folder: str) -> Manifest | None:
    """The folder's manifest, or None when no load has filled it."""
    import obstore  # noqa: PLC0415

    key = f"{folder}/{MANIFEST}"
    try:
        with bucket.explained(key):
            found = json.loads(bytes(obstore.get(bucket.store, key).bytes()))
            objects, replaces = tuple(found["objects"]), tuple(found["replaces"])
            return Manifest(found["load"], found["rows"], found["bytes"], objects, replaces)
    except FileNotFoundError:
        return None
    except (KeyError, TypeError):
        raise bucket.problem(f"'{key}' in bucket '{bucket.name}' is no manifest of a load. Delete it.") from None


def current_keys(bucket: Bucket, objects: Sequence[StoredObject], manifests: Sequence[str]) -> list[StoredObject]:
    """The objects without those that lie in a folder with a manifest which does not name them."""
    current = list(objects)
    for key in manifests:
        folder = key.rpartition("/")[0]
        manifest = read_manifest(bucket, folder)
        named = {f"{folder}/{name}" for name in manifest.objects} if manifest else set()
        if manifest:
            current = [each for each in current if not each.key.startswith(f"{folder}/") or each.key in named]
    return current


def replace_folder(place: Folder, load: str, local: Path, write: Callable[[Path, str], int], log: Log) -> Manifest:
    """Fills the folder with what `write` makes locally, unless an earlier try of the load did.

    Args:
        local: an empty folder.
        write: fills it; is told the pattern of the files' names, and answers the rows.

    Raises:
        TargetError: the folder holds what no load wrote.
    """
    bucket, folder = place.bucket, place.key
    before = read_manifest(bucket, folder)
    existing = bucket.under(folder)
    if before and before.load == load:
        log.info("An earlier try of this task has written '%s'; nothing to do.", folder)
        _clean(place, before, existing)
        return before
    foreign = [each.key for each in existing if not each.key.endswith((".parquet", MANIFEST, "/"))]
    if foreign:
        raise bucket.problem(
            f"The folder '{folder}' holds other objects ({foreign[0]}); a load would hide them. Choose another name."
        )
    rows = write(local, f"load-{load}-{{i}}")
    names, size = [], 0
    for file in sorted(path for path in local.rglob("*") if path.is_file()):
        name = file.relative_to(local).as_posix()
        bucket.put(f"{folder}/{name}", file, {"Content-Type": "application/vnd.apache.parquet"})
        names.append(name)
        size += file.stat().st_size
        file.unlink()
    replaced = before.objects if before else tuple(each.key[len(folder) + 1 :] for each in existing)
    manifest = Manifest(load, rows, size, tuple(names), replaced)
    bucket.put(f"{folder}/{MANIFEST}", manifest.to_json(), {"Content-Type": "application/json"})
    _clean(place, manifest, existing)
    return manifest


def _clean(place: Folder, manifest: Manifest, existing: Sequence[StoredObject]) -> None:
    """Deletes what the manifest has replaced, and what killed loads have left; a load that still runs keeps its own."""
    current, replaced, long_ago = set(manifest.objects), set(manifest.replaces), datetime.now(UTC) - _ABANDONED
    leftovers = []
    for each in existing:
        name = each.key[len(place.key) + 1 :]
        is_old = each.modified is not None and each.modified < long_ago
        if name not in current and name != MANIFEST and (name in replaced or f"load-{manifest.load}" in name or is_old):
            leftovers.append(each.key)
    place.bucket.delete(leftovers)

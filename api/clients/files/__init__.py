"""The file store as the service sees it: what people upload, look at and take away; modules read and write it too."""

from pathlib import Path

from api.clients.files.entries import Entry, Store
from api.clients.files.local import LocalStore
from api.clients.files.remote import RemoteStore

__all__ = ["Entry", "LocalStore", "RemoteStore", "Store", "open_store"]


def open_store(url: str) -> Store:
    """The store of an address: a folder of this machine, or whatever fsspec reaches."""
    if url.startswith("file://"):
        return LocalStore(Path(url.removeprefix("file://")))
    return RemoteStore(url) if "://" in url else LocalStore(Path(url))

"""Ways from Airflow's pages into the builder: a tab on every DAG, run, task and task instance."""

import hashlib
import os
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from airflow.plugins_manager import AirflowPlugin

_PAGES = Path(__file__).with_name("pages")
_SCRIPT = "open_in_builder.js"
_PREFIX = "/logidata"
_TITLE = "Open in builder"
_PLACES = ("dag", "dag_run", "task", "task_instance")


class LogiDataPlugin(AirflowPlugin):
    """Where the builder is says LOGIDATA_BUILDER_URL; without it Airflow's pages are as they were.

    Airflow could show a page of the builder inside of its own instead. But nobody may put the builder into a frame, and
    such a frame could not open a window either.
    """

    name = "logidata"

    @cached_property
    def react_apps(self) -> list[dict[str, Any]]:  # pyright: ignore[reportIncompatibleVariableOverride]
        """A tab for each kind of page; Airflow wants a route of its own for each."""
        builder = os.environ.get("LOGIDATA_BUILDER_URL", "").rstrip("/")
        if not builder.startswith(("http://", "https://")):
            return []
        version = hashlib.sha256((_PAGES / _SCRIPT).read_bytes()).hexdigest()[:12]
        # Relative to Airflow's own address, wherever a proxy has put that.
        address = f"{_PREFIX[1:]}/{_SCRIPT}?{urlencode({'builder': builder, 'v': version})}"
        routes = {place: f"builder-{place.replace('_', '-')}" for place in _PLACES}
        return [
            {"name": _TITLE, "bundle_url": address, "destination": place, "url_route": route}
            for place, route in routes.items()
        ]

    @cached_property
    def fastapi_apps(self) -> list[dict[str, Any]]:  # pyright: ignore[reportIncompatibleVariableOverride]
        """The script of these tabs; only Airflow's API server asks for it, and only there its import is paid."""
        from starlette.staticfiles import StaticFiles  # noqa: PLC0415

        return [{"name": "logidata", "app": StaticFiles(directory=_PAGES), "url_prefix": _PREFIX}]

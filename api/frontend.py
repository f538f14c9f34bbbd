"""The builder: the files of `frontend/dist` at `/`, and its one page for every address that is not the API's."""

import mimetypes
import os
from pathlib import Path

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import BaseRoute, Match
from starlette.staticfiles import StaticFiles
from starlette.types import Receive, Scope, Send

ENCODINGS = {"br": ".br", "gzip": ".gz"}
"""What the build writes beside a file, the smallest first."""

HASHED = "assets/"
"""Names in there hold a hash of the content."""

POLICY = "; ".join(
    [
        "default-src 'self'",
        "style-src 'self' 'unsafe-inline'",  # the component library and the code editor make style elements
        "img-src 'self' data: blob:",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    ]
)
HEADERS = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin"}


class FrontendRoute(BaseRoute):
    """Takes what a browser gets and what no route before it wanted; the API's addresses answer for themselves."""

    def __init__(self, dist: Path) -> None:
        self._files = _Files(directory=dist)

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Match any GET outside the API."""
        wanted = (
            scope["type"] == "http"
            and scope["method"] in {"GET", "HEAD"}
            and not scope["path"].startswith(("/api/", "/static-offline-docs/"))
        )
        return (Match.FULL, {"endpoint": self._files}) if wanted else (Match.NONE, {})

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a file, or the page."""
        await self._files(scope, receive, send)


class _Files(StaticFiles):
    """Compressed ahead of time; hashed names are kept for ever, all others are asked for again each time."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        path = "index.html" if path == "." else path
        try:
            return self._described(await super().get_response(path, scope), path)
        except HTTPException as refusal:
            # A missing script must not come as a page: the browser would report a syntax error in it.
            is_page = "text/html" in Headers(scope=scope).get("accept", "") and not path.startswith(HASHED)
            if refusal.status_code != 404 or not is_page:
                raise
        return self._described(await super().get_response("index.html", scope), "index.html")

    def file_response(
        self, full_path: str | os.PathLike[str], stat_result: os.stat_result, scope: Scope, status_code: int = 200
    ) -> Response:
        """Send the smallest form that the browser takes."""
        accepted = {each.split(";")[0].strip() for each in Headers(scope=scope).get("accept-encoding", "").split(",")}
        for encoding, suffix in ENCODINGS.items():
            packed = f"{full_path}{suffix}"
            if encoding in accepted and Path(packed).is_file():
                response = super().file_response(packed, os.stat(packed), scope, status_code)  # noqa: PTH116
                response.headers["Content-Encoding"] = encoding
                response.headers["Content-Type"] = mimetypes.guess_type(full_path)[0] or "application/octet-stream"
                break
        else:
            response = super().file_response(full_path, stat_result, scope, status_code)
        response.headers["Vary"] = "Accept-Encoding"
        return response

    @staticmethod
    def _described(response: Response, path: str) -> Response:
        hashed = path.startswith(HASHED)
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if hashed else "no-cache"
        response.headers.update(HEADERS)
        if path == "index.html":
            response.headers["Content-Security-Policy"] = POLICY
        return response

"""What browsers are told to refuse, on every answer."""

import base64
import hashlib
import re

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
HSTS = "max-age=31536000; includeSubDomains"
DATA = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
"""Of what is no page: an uploaded file that a browser opens runs nothing."""
DESCRIPTIONS = frozenset({"/docs", "/redoc", "/docs/oauth2-redirect"})
_SCRIPT = re.compile(rb"<script>(.*?)</script>", re.DOTALL)


class SecurityHeaders:
    """Adds what an answer does not say itself: the builder's pages bring their own policy."""

    def __init__(self, app: ASGIApp, *, is_https: bool) -> None:
        self.app = app
        self.is_https = is_https

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hold a description's page back until its inline script is known."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        held: Message | None = None

        async def send_with_headers(message: Message) -> None:
            nonlocal held
            if message["type"] != "http.response.start":
                if held is not None:
                    MutableHeaders(scope=held)["Content-Security-Policy"] = _policy_of(message.get("body", b""))
                    start, held = held, None
                    await send(start)
                await send(message)
                return
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
            if self.is_https or scope["scheme"] == "https":
                headers.setdefault("Strict-Transport-Security", HSTS)
            if scope["path"] in DESCRIPTIONS and "html" in headers.get("content-type", ""):
                held = message
                return
            headers.setdefault("Content-Security-Policy", DATA)
            await send(message)

        await self.app(scope, receive, send_with_headers)


def _policy_of(page: bytes) -> str:
    """The descriptions begin with an inline script, which may run because it is the one that we sent."""
    digests = [base64.b64encode(hashlib.sha256(script).digest()).decode() for script in _SCRIPT.findall(page)]
    scripts = " ".join(f"'sha256-{digest}'" for digest in digests)
    return (
        f"default-src 'self'; script-src 'self' {scripts}; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data:; worker-src blob:; object-src 'none'; base-uri 'self'; frame-ancestors 'none'"
    )

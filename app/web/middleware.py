"""Pure ASGI, outermost first: request id, headers and access log; host; same origin; body size; places (S4, S8, S10)."""

import asyncio
import logging
import secrets
import time
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.core.db import PLACES
from app.web.addresses import keep_slashes
from app.web.routing import SAFE

access = logging.getLogger("compagnon.access")
WRITE_PLACES = 10
MAX_BODY = 12 * 1024 * 1024
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; object-src 'none'; "
    "manifest-src 'self'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), geolocation=(), microphone=()",
}


class Edge:
    """Request id, security headers on every answer (also 404, 413, 500), the access log without names."""

    def __init__(self, app: ASGIApp, *, secure: bool) -> None:
        self.app = app
        self.headers = HEADERS | ({"Strict-Transport-Security": "max-age=31536000"} if secure else {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id, started, status = secrets.token_hex(6), time.perf_counter(), 500
        scope.setdefault("state", {})["request_id"] = request_id
        scope["path"] = keep_slashes(scope.get("raw_path") or b"", scope["path"])

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                for name, value in self.headers.items():
                    headers.setdefault(name, value)
                headers["X-Request-Id"] = request_id
                if not scope["path"].startswith("/static/"):
                    headers.setdefault("Cache-Control", "no-store")
            await send(message)

        try:
            await self.app(scope, receive, send_with_headers)
        finally:
            spent = (time.perf_counter() - started) * 1000
            access.info("%s %s %s %d %.1f ms", request_id, scope["method"], scope["path"], status, spent)


class SameOrigin:
    """No token in forms: the browser itself says where an unsafe request comes from (S10)."""

    def __init__(self, app: ASGIApp, *, cookies: tuple[str, ...]) -> None:
        self.app = app
        self.cookies = cookies

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse a request that another site made a browser send."""
        if scope["type"] == "http" and scope["method"] not in SAFE and not self._trusted(Headers(scope=scope)):
            text = "Cette demande vient d’un autre site : elle a été refusée."
            await PlainTextResponse(text, 403)(scope, receive, send)
            return
        await self.app(scope, receive, send)

    def _trusted(self, headers: Headers) -> bool:
        site, origin = headers.get("sec-fetch-site"), headers.get("origin")
        if site is not None and site != "same-origin":
            return False
        if origin is not None:
            return urlsplit(origin).netloc == headers.get("host", "")
        if site is None:
            return not any(f"{name}=" in headers.get("cookie", "") for name in self.cookies)
        return True


class Hosts:
    """Only the school's own address is answered to, so that no link can be built from a forged one (S13)."""

    def __init__(self, app: ASGIApp, *, hosts: list[str]) -> None:
        self.app = app
        self.hosts = frozenset(hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse an unknown host; the health check of a container asks by any name."""
        if scope["type"] == "http" and scope["path"] != "/health":
            host = urlsplit(f"//{Headers(scope=scope).get('host', '')}").hostname or ""
            if host not in self.hosts:
                await PlainTextResponse("Adresse inconnue. Voir COMPAGNON_BASE_URL.", 400)(scope, receive, send)
                return
        await self.app(scope, receive, send)


class Places:
    """At most twenty requests inside, ten of them writing, so that threads and connections never starve (X1)."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.all = asyncio.Semaphore(PLACES)
        self.writers = asyncio.Semaphore(WRITE_PLACES)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Wait for a place, unless the request needs none."""
        if scope["type"] != "http" or scope["path"].startswith("/static/") or scope["path"] == "/health":
            await self.app(scope, receive, send)
        elif scope["method"] in SAFE:
            async with self.all:
                await self.app(scope, receive, send)
        else:
            async with self.writers, self.all:
                await self.app(scope, receive, send)

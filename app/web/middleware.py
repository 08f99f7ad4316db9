"""Pure ASGI, outermost first: request id, headers, access log; host; same origin; body size; places (S4, S8, S10)."""

import asyncio
import ipaddress
import logging
import re
import secrets
import time
from collections.abc import Callable
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.core.db import PLACES
from app.web.addresses import keep_slashes
from app.web.routing import SAFE

access = logging.getLogger("compagnon.access")
WRITE_PLACES = 10
MAX_BODY = 13 * 1024 * 1024  # a file of 12 MB, and the form around it
MAX_JSON = 1024 * 1024
_SECRET = re.compile(r"[A-Za-z0-9_-]{32,}")
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
    """Request id, security headers on every answer (also 404, 413, 500), the access log without names or tokens.

    A bug is answered here: the framework's own place for it lies outside every middleware, without our headers.
    """

    def __init__(self, app: ASGIApp, *, secure: bool, on_bug: Callable[[Request, Exception], Response]) -> None:
        self.app = app
        self.on_bug = on_bug
        self.headers = HEADERS | ({"Strict-Transport-Security": "max-age=31536000"} if secure else {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id, started, status = secrets.token_hex(6), time.perf_counter(), 0
        scope.setdefault("state", {})["request_id"] = request_id
        raw_path = scope.get("raw_path") or b""
        scope["path"] = keep_slashes(raw_path, scope["path"])

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
        except ClientDisconnect:
            access.info("%s left before the end", request_id)
        except Exception as error:
            if status:
                raise
            await self.on_bug(Request(scope), error)(scope, receive, send_with_headers)
        finally:
            spent = (time.perf_counter() - started) * 1000
            access.info("%s %s %s %d %.1f ms", request_id, scope["method"], _loggable(raw_path), status, spent)


def _loggable(raw_path: bytes) -> str:
    """The path as it was sent, so that no line break gets into the log; what may be a token is left out (V71)."""
    return _SECRET.sub("…", raw_path.split(b"?")[0].decode("latin-1"))[:300]


def _host_of(address: str) -> str:
    """The host name in « host:port » or an origin; nothing when it is not one."""
    try:
        return urlsplit(address if "//" in address else f"//{address}").hostname or ""
    except ValueError:
        return ""


def _netloc(origin: str) -> str:
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return ""


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
            return _netloc(origin) == headers.get("host", "")
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
        host = _host_of(Headers(scope=scope).get("host", "")) if scope["type"] == "http" else ""
        if scope["type"] == "http" and scope["path"] != "/health" and host not in self.hosts:
            await PlainTextResponse("Adresse inconnue. Voir COMPAGNON_BASE_URL.", 400)(scope, receive, send)
            return
        await self.app(scope, receive, send)


class PrivateOnly:
    """Without TLS only the private network is let in, when the school has asked for that (S9)."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse an address of the internet."""
        if scope["type"] == "http" and not _is_private((scope.get("client") or ("", 0))[0]):
            await PlainTextResponse("Réservé au réseau de l’école.", 403)(scope, receive, send)
            return
        await self.app(scope, receive, send)


def _is_private(host: str) -> bool:
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return (mapped or address).is_private


class BodyLimit:
    """1 MB of JSON, 13 MB of anything else; larger is refused before it is read whole (S11).

    An address or a query that holds NUL is refused too: PostgreSQL cannot store it, nobody types it (X6).
    """

    def __init__(self, app: ASGIApp, *, on_large: Callable[[Request], Response]) -> None:
        self.app = app
        self.on_large = on_large
        self.json = RequestBodyLimitMiddleware(app, max_body_size=MAX_JSON)
        self.other = RequestBodyLimitMiddleware(app, max_body_size=MAX_BODY)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, with its limit."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        limited = self.json if "json" in headers.get("content-type", "") else self.other
        length = headers.get("content-length", "")
        if "\x00" in scope["path"] or b"%00" in scope.get("query_string", b""):
            await PlainTextResponse("Cette adresse n’est pas lisible.", 400)(scope, receive, send)
        elif length.isdigit() and int(length) > limited.max_body_size:
            await self.on_large(Request(scope))(scope, receive, send)
        else:
            await limited(scope, receive, send)


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

"""The assembly: middlewares, error pages, routers, and what happens at start and stop."""

import importlib
import importlib.util
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import anyio.to_thread
from fastapi import APIRouter, FastAPI

from app import __version__
from app.core.db import Database
from app.settings import Settings
from app.web import errors
from app.web.addresses import path_formats
from app.web.assets import mount_assets
from app.web.middleware import BodyLimit, Edge, Hosts, Places, PrivateOnly, SameOrigin
from app.web.pages import environment

THREADS = 40
DOMAINS = ("web", "accounts", "clients", "orders", "pedagogy", "workshop", "graduates", "board", "exchange")


def _routers() -> tuple[APIRouter, ...]:
    found = []
    for domain in DOMAINS:
        for part in ("screens", "api"):
            name = f"app.{domain}.{part}"
            if importlib.util.find_spec(name) is not None:
                found.append(getattr(importlib.import_module(name), "router", APIRouter()))
    return tuple(found)


ROUTERS = _routers()


def create_app(settings: Settings | None = None, database: Database | None = None) -> FastAPI:
    """The whole application on one database."""
    settings = settings or Settings()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        anyio.to_thread.current_default_thread_limiter().total_tokens = THREADS
        environment()
        yield
        app.state.database.dispose()

    app = FastAPI(
        title="Compagnon", version=__version__, lifespan=lifespan, openapi_url=None, docs_url=None, redoc_url=None,
        redirect_slashes=False,
    )  # fmt: skip
    app.state.settings = settings
    app.state.database = database or Database(settings.url)
    app.state.paths = path_formats(ROUTERS)
    errors.install(app)
    for router in ROUTERS:
        app.include_router(router)
    mount_assets(app)
    _add_middleware(app, settings)
    return app


def _add_middleware(app: FastAPI, settings: Settings) -> None:
    """Innermost first: the last one added sees the request first."""
    wrap: Any = app.add_middleware
    wrap(Places)
    wrap(BodyLimit, on_large=errors.answer_large)
    wrap(SameOrigin, cookies=("__Host-sid", "sid"))
    wrap(Hosts, hosts=settings.hosts)
    if settings.plain_http == "private" and not settings.secure:
        wrap(PrivateOnly)
    wrap(Edge, secure=settings.secure, on_bug=errors.answer_bug)

"""The assembly: middlewares, error pages, routers, and what happens at start and stop."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from typing import Any

from fastapi import APIRouter, FastAPI

from app import __version__
from app.absences import api as absences_api
from app.absences import screens as absences_screens
from app.accounts import api as accounts_api
from app.accounts import screens as accounts_screens
from app.accounts.queries import find_school
from app.admissions import api as admissions_api
from app.admissions import screens as admissions_screens
from app.board import screens as board_screens
from app.clients import api as clients_api
from app.clients import screens as clients_screens
from app.core.db import PLACES, Database
from app.core.mail.sender import Postman
from app.core.mail.smtp import MailServer
from app.exchange import screens as exchange_screens
from app.graduates import api as graduates_api
from app.graduates import screens as graduates_screens
from app.kiosk import api as kiosk_api
from app.kiosk import screens as kiosk_screens
from app.learning import api as learning_api
from app.learning import screens as learning_screens
from app.ledger import api as ledger_api
from app.ledger import screens as ledger_screens
from app.machines import api as machines_api
from app.machines import screens as machines_screens
from app.orders import api as orders_api
from app.orders import screens as orders_screens
from app.pedagogy import api as pedagogy_api
from app.pedagogy import screens as pedagogy_screens
from app.records import api as records_api
from app.records import screens as records_screens
from app.settings import Settings
from app.timetable import api as timetable_api
from app.timetable import screens as timetable_screens
from app.web import errors
from app.web import screens as web_screens
from app.web.addresses import Dispatch, path_formats, routes_of
from app.web.assets import mount_assets
from app.web.middleware import BodyLimit, Edge, Hosts, Places, PrivateOnly, SameOrigin
from app.web.pages import environment
from app.workshop import api as workshop_api
from app.workshop import screens as workshop_screens

ROUTERS: tuple[APIRouter, ...] = (
    web_screens.router,
    accounts_screens.router, accounts_api.router,
    clients_screens.router, clients_api.router,
    orders_screens.router, orders_api.router,
    pedagogy_screens.router, pedagogy_api.router,
    timetable_screens.router, timetable_api.router,
    records_screens.router, records_api.router,
    learning_screens.router, learning_api.router,
    absences_screens.router, absences_api.router,
    admissions_screens.router, admissions_api.router,
    machines_screens.router, machines_api.router,
    workshop_screens.router, workshop_api.router,
    graduates_screens.router, graduates_api.router,
    ledger_screens.router, ledger_api.router,
    kiosk_screens.router, kiosk_api.router,
    board_screens.router,
    exchange_screens.router,
)  # fmt: skip


def create_app(settings: Settings | None = None, database: Database | None = None) -> FastAPI:
    """The whole application on one database."""
    settings = settings or Settings()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(PLACES, "request"))
        environment()
        with _postman(app):
            yield
        app.state.database.dispose()

    app = FastAPI(
        title="Compagnon", version=__version__, lifespan=lifespan, openapi_url=None, docs_url=None, redoc_url=None,
        redirect_slashes=False, telemetry={"tracing": False, "metrics": False, "logs": False},
    )  # fmt: skip
    app.state.settings = settings
    app.state.database = database or Database(settings.url)
    routes = routes_of(ROUTERS)
    app.state.paths = path_formats(routes)
    errors.install(app)
    app.router.routes.append(Dispatch(routes))
    mount_assets(app)
    app.router.routes.extend(routes)  # where FastAPI looks for what it describes in the schema
    _add_middleware(app, settings)
    return app


@contextmanager
def _postman(app: FastAPI) -> Iterator[None]:
    """Carries the outbox while the server runs, where the school has a mail server."""
    settings: Settings = app.state.settings
    if not settings.smtp_host:
        yield
        return
    with app.state.database.reading() as db:
        school = find_school(db)
    server = MailServer(
        settings.smtp_host, settings.smtp_port, settings.smtp_user, settings.smtp_password, settings.smtp_starttls,
        settings.smtp_from, school.name if school else "",
    )  # fmt: skip
    postman = Postman(app.state.database, server)
    postman.start()
    try:
        yield
    finally:
        postman.stop()


def _add_middleware(app: FastAPI, settings: Settings) -> None:
    """Innermost first: the last one added sees the request first."""
    wrap: Any = app.add_middleware
    wrap(Places)
    wrap(BodyLimit, on_large=errors.answer_large)
    wrap(SameOrigin, cookies=("__Host-sid", "sid", "__Host-device", "device", "__Host-seat", "seat"))
    wrap(Hosts, hosts=settings.hosts)
    if settings.plain_http == "private" and not settings.secure:
        wrap(PrivateOnly)
    wrap(Edge, secure=settings.secure, on_bug=errors.answer_bug)

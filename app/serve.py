"""The server: where it listens, what it refuses to listen on, and the code of the first run."""

import contextlib
import ipaddress
import logging
import os
import socket
from typing import Any
from urllib.parse import urlsplit

import typer
import uvicorn
from sqlalchemy.exc import DBAPIError
from uvicorn.supervisors import Multiprocess

from app import __version__
from app.accounts.service import new_setup_code
from app.core.db import Database
from app.core.errors import Refused
from app.main import create_app
from app.pedagogy.service import settle_groups
from app.settings import Settings
from app.upkeep import NOT_MIGRATED, alone, begin, first_line, require_schema

OPTIONS: dict[str, Any] = {
    "limit_concurrency": 200, "timeout_keep_alive": 5, "timeout_graceful_shutdown": 15, "server_header": False,
    "access_log": False, "log_config": None,
}  # fmt: skip


def serve(settings: Settings, *, workers: int = 1) -> None:
    """Serve until stopped. Refuses what would be unsafe, with the way out in one sentence."""
    if why := why_unsafe(settings) or why_no_mail(settings):
        raise Refused(why)
    begin(settings)
    database = Database(settings.url)
    if database.is_sqlite and workers > 1:
        raise Refused("Avec SQLite, un seul processus : retirez --workers, ou passez à PostgreSQL.")
    with alone(database, "Un serveur tourne déjà sur cette base."), contextlib.closing(_listen(settings)) as listening:
        settings = settings.model_copy(update={"port": listening.getsockname()[1]})
        code = _first_code(database)
        database.dispose()
        _say(settings, code)
        _run(settings, listening, workers)


def why_unsafe(settings: Settings) -> str | None:
    """Why this address may not be served in the clear: passwords never cross a network unprotected (S9)."""
    if bool(settings.tls_cert) != bool(settings.tls_key):
        return "COMPAGNON_TLS_CERT et COMPAGNON_TLS_KEY vont ensemble : il en manque un."
    if settings.tls_cert or is_loopback(settings.host) or settings.plain_http == "private":
        return None
    if urlsplit(settings.base_url).scheme == "https":
        return None  # a proxy in front speaks TLS
    return (
        f"Refus d’écouter sur {settings.host} sans chiffrement : les mots de passe circuleraient en clair. "
        "Donnez un certificat (COMPAGNON_TLS_CERT et COMPAGNON_TLS_KEY), ou l’adresse https de votre serveur "
        "mandataire (COMPAGNON_BASE_URL). Sur un réseau privé seulement : COMPAGNON_PLAIN_HTTP=private."
    )


def why_no_mail(settings: Settings) -> str | None:
    """A mail server needs an address to send from."""
    if settings.smtp_host and "@" not in settings.smtp_from:
        return "COMPAGNON_SMTP_HOST demande une adresse d’expéditeur : donnez COMPAGNON_SMTP_FROM."
    return None


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach the address."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _listen(settings: Settings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listening = socket.socket(family)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((settings.host, settings.port))
    except OSError as reason:
        listening.close()
        raise Refused(
            f"Impossible d’écouter sur {settings.host}, port {settings.port} ({reason.strerror}) : "
            "choisissez un autre port avec COMPAGNON_PORT."
        ) from None
    listening.set_inheritable(True)
    return listening


def _first_code(database: Database) -> str | None:
    require_schema(database)
    try:
        with database.writing() as db:
            settle_groups(db)
            return new_setup_code(db)
    except DBAPIError as reason:
        raise Refused(f"{NOT_MIGRATED} ({first_line(reason)})") from None


def _say(settings: Settings, code: str | None) -> None:
    typer.echo(f"Compagnon {__version__} : {settings.address}")
    if settings.plain_http == "private" and not settings.secure:
        typer.echo("Attention : sans chiffrement, réservé aux adresses du réseau privé.")
    if code:
        typer.echo(
            "\nPersonne ne peut encore se connecter. Créez le compte de la direction ici :\n"
            f"  {settings.address}/premiere-connexion\n"
            f"Code, valable une fois pendant 72 heures : {code}\n"
        )


def _run(settings: Settings, listening: socket.socket, workers: int) -> None:
    """A proxy's word on the caller's address is believed only where there is one: https that is not ours (V59)."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("alembic").setLevel(logging.WARNING)
    options = OPTIONS | {
        "ssl_certfile": settings.tls_cert or None, "ssl_keyfile": settings.tls_key or None,
        "proxy_headers": settings.secure and not settings.tls_cert,
    }  # fmt: skip
    if workers == 1:
        with contextlib.suppress(KeyboardInterrupt):  # Ctrl-C, once everything is answered and closed
            uvicorn.Server(uvicorn.Config(create_app(settings), **options)).run(sockets=[listening])
        return
    os.environ["COMPAGNON_PORT"] = str(settings.port)  # each worker reads its own settings
    config = uvicorn.Config("app.main:create_app", factory=True, workers=workers, **options)
    Multiprocess(config, sockets=[listening]).run()

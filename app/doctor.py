"""What is wrong or risky with this installation, in French, one line each."""

import shutil
import sqlite3
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.accounts.models import School
from app.accounts.queries import anybody_can_sign_in
from app.core import documents, mail
from app.core.clock import today
from app.core.db import Database
from app.orders.models import CustomerOrder, OrderLine
from app.pedagogy.models import AttendanceDay
from app.pedagogy.service import recompute_days
from app.pedagogy.service.attendance import odd_records
from app.serve import is_loopback, why_unsafe
from app.settings import Settings
from app.upkeep import first_line, revisions
from app.workshop.models import Operation, Ticket
from app.workshop.queries import coming_refusals
from app.workshop.service import recompute_sums

SAFE_SQLITE = (3, 51, 3)
OLDEST_POSTGRESQL = 15
LITTLE_SPACE = 1024**3
MOST = 20


class Level(StrEnum):
    """How bad it is."""

    GOOD = "bien"
    RISK = "risque"
    WRONG = "faux"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report."""

    level: Level
    sentence: str


def examine(settings: Settings) -> Iterator[Finding]:
    """Everything, cheapest first. Without a database the rest is left out."""
    yield from _of_settings(settings)
    yield from _of_folder(settings)
    database = Database(settings.url)
    try:
        yield from _of_database(database, settings)
    except DBAPIError as reason:
        yield Finding(Level.WRONG, f"La base de données ne répond pas : {first_line(reason)}")
    finally:
        database.dispose()


def _of_settings(settings: Settings) -> Iterator[Finding]:
    yield Finding(Level.GOOD, f"Adresse : {settings.address} (écoute sur {settings.host}, port {settings.port}).")
    if why := why_unsafe(settings):
        yield Finding(Level.WRONG, why)
    elif settings.plain_http == "private" and not settings.secure:
        yield Finding(Level.RISK, "Sans chiffrement : les mots de passe circulent en clair sur le réseau privé.")
    host = urlsplit(settings.address).hostname or ""
    if is_loopback(host) and not is_loopback(settings.host):
        yield Finding(
            Level.RISK, f"COMPAGNON_BASE_URL est {settings.address} : les autres appareils seront refusés."
        )  # fmt: skip


def _of_folder(settings: Settings) -> Iterator[Finding]:
    folder = settings.data_dir
    if not folder.is_dir():
        yield Finding(Level.WRONG, f"Le dossier « {folder} » n’existe pas : lancez « compagnon migrate ».")
        return
    try:
        probe = folder / ".essai"
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as reason:
        yield Finding(Level.WRONG, f"On ne peut pas écrire dans « {folder} » : {reason.strerror}.")
    if stat.S_IMODE(folder.stat().st_mode) & 0o077:
        yield Finding(Level.RISK, f"D’autres utilisateurs peuvent lire « {folder} » : chmod 700 {folder}")
    if (free := shutil.disk_usage(folder).free) < LITTLE_SPACE:
        yield Finding(Level.RISK, f"Il ne reste que {free // 1024**2} Mo sur le disque de « {folder} ».")
    yield Finding(Level.GOOD, f"Dossier de données : {folder.resolve()}.")


def _of_database(database: Database, settings: Settings) -> Iterator[Finding]:
    current, wanted = revisions(database)
    with database.reading() as db:
        yield from (_of_sqlite(db) if database.is_sqlite else _of_postgresql(db))
    if current != wanted:
        yield Finding(Level.WRONG, "Le schéma n’est pas celui de cette version : lancez « compagnon migrate ».")
        return
    yield Finding(Level.GOOD, "Le schéma est celui de cette version.")
    with database.reading() as db:
        yield from _of_school(db)
        yield from _of_files(db, settings)
        yield from _of_tickets(db)
        yield from _of_mail(db, settings)
    yield from _of_sums(database)


def _of_sqlite(db: Session) -> Iterator[Finding]:
    version = sqlite3.sqlite_version_info
    if version < SAFE_SQLITE:
        yield Finding(
            Level.RISK,
            f"SQLite {sqlite3.sqlite_version} : un défaut rare peut abîmer la base quand deux programmes l’ouvrent "
            "ensemble, corrigé en 3.51.3. Sauvegardez chaque jour ; un seul serveur à la fois.",
        )
    else:
        yield Finding(Level.GOOD, f"SQLite {sqlite3.sqlite_version}.")
    if (said := str(db.execute(text("PRAGMA quick_check(1)")).scalar_one())) != "ok":
        yield Finding(Level.WRONG, f"Le fichier de la base est abîmé ({said}) : restaurez une sauvegarde.")
    if db.execute(text("PRAGMA foreign_key_check")).first() is not None:
        yield Finding(Level.WRONG, "Des lignes renvoient à d’autres qui n’existent plus : restaurez une sauvegarde.")


def _of_postgresql(db: Session) -> Iterator[Finding]:
    asked = ("server_version_num", "server_version", "fsync", "synchronous_commit")
    number, version, fsync, commit = (str(db.execute(text(f"SHOW {name}")).scalar_one()) for name in asked)
    old = int(number) // 10_000 < OLDEST_POSTGRESQL
    level = Level.WRONG if old else Level.GOOD
    yield Finding(level, f"PostgreSQL {version}{' : il faut la version 15 ou plus' if old else ''}.")
    if fsync != "on" or commit == "off":
        yield Finding(Level.WRONG, f"fsync={fsync}, synchronous_commit={commit} : une coupure perdrait des écritures.")


def _of_school(db: Session) -> Iterator[Finding]:
    school = db.get(School, 1)
    if school is None:
        yield Finding(Level.RISK, "Aucune école pour l’instant : importez ses fichiers, ou démarrez le serveur.")
    else:
        kind = "école de démonstration" if school.is_demo else "école"
        yield Finding(Level.GOOD, f"{school.name} ({kind}).")
    if not anybody_can_sign_in(db):
        yield Finding(Level.RISK, "Personne ne peut se connecter : le serveur affichera un code à son démarrage.")


def _of_tickets(db: Session) -> Iterator[Finding]:
    """Tickets already given that the gate will refuse to start within thirty days, so that a nightly run tells."""
    found = coming_refusals(db, today())
    for one in found[:MOST]:
        words = f"{one.number} ne pourra pas démarrer à partir du {one.day:%d/%m/%Y} (« {one.center} »)."
        yield Finding(Level.RISK, f"{words} Pourquoi : « Bons à revoir », dans l’atelier.")
    if len(found) > MOST:
        yield Finding(Level.RISK, f"Et encore {len(found) - MOST} bons donnés à revoir.")
    if not found:
        yield Finding(Level.GOOD, "Les bons donnés pourront tous démarrer dans les 30 jours.")


def _of_mail(db: Session, settings: Settings) -> Iterator[Finding]:
    """Messages that somebody confirmed and that did not leave, with what to do about them."""
    found = mail.troubles(db)
    if found.failed:
        words = f"{_messages(found.failed)} en échec, dont un du {found.since:%d/%m/%Y} : {found.why}"
        yield Finding(Level.RISK, f"{words} Dans « Absences », « Messages » : renvoyez-les, ou appelez et annulez-les.")
    if found.waiting and not settings.smtp_host:
        words = f"{_messages(found.waiting)} en attente et aucun serveur de messagerie."
        yield Finding(Level.RISK, f"{words} Réglez COMPAGNON_SMTP_HOST, ou appelez et annulez-les dans « Messages ».")
    elif found.stuck:
        words = f"{_messages(found.stuck)} en attente depuis plus d’une heure."
        yield Finding(Level.RISK, f"{words} Le serveur tourne-t-il ? « Messages » dit ce que le dernier essai a donné.")
    if not (found.failed or found.waiting):
        yield Finding(Level.GOOD, "Tous les messages confirmés sont partis.")


def _messages(count: int) -> str:
    return f"{count} message{'s' if count > 1 else ''}"


def _of_files(db: Session, settings: Settings) -> Iterator[Finding]:
    """Drawings and photos: every row has its bytes."""
    folder = settings.data_dir / documents.FOLDER
    if lost := documents.missing(db, settings.data_dir):
        names = ", ".join(f"« {row.name} »" for row in lost[:3])
        more = f" et {len(lost) - 3} autres" if len(lost) > 3 else ""
        yield Finding(
            Level.WRONG,
            f"Fichiers joints absents ou abîmés dans « {folder} » : {names}{more}. Remettez-les d’une sauvegarde.",
        )
    else:
        yield Finding(Level.GOOD, "Les fichiers joints sont tous là.")


def _of_sums(database: Database) -> Iterator[Finding]:
    """Stored sums against the facts, by the derivation that writes them, in a transaction that is thrown away."""
    db = database.session(write=True)
    try:
        stored = _sums(db)
        odd_orders, odd_rolls = int(db.execute(_odd_orders()).scalar_one()), odd_records(db)
        recompute_days(db, None)
        recompute_sums(db)
        differing = [name for name, rows in _sums(db).items() if rows != stored[name]]
    finally:
        db.close()
    differing += ["totaux des commandes"] if odd_orders else []
    differing += ["présences, avec retards et départs"] if odd_rolls else []
    if differing:
        yield Finding(Level.WRONG, f"Ces sommes ne sont pas celles des faits : {', '.join(differing)}.")
    else:
        yield Finding(Level.GOOD, "Les sommes enregistrées sont celles des faits.")


def _sums(db: Session) -> dict[str, list[Any]]:
    day = AttendanceDay
    queries = {
        "minutes suivies": select(day.pupil_id, day.group_id, day.on_date, day.practice_minutes, day.theory_minutes),
        "bons": select(Ticket.id, *_totals(Ticket)),
        "opérations": select(Operation.id, *_totals(Operation)),
        "pièces bonnes des commandes": select(OrderLine.id, OrderLine.good),
    }
    return {name: sorted(tuple(row) for row in db.execute(query)) for name, query in queries.items()}


def _totals(of: type[Ticket | Operation]) -> tuple[Any, ...]:
    return of.good, of.scrap, of.booked_seconds, of.machine_seconds


def _odd_orders() -> Any:
    lines = select(func.coalesce(func.sum(OrderLine.net), 0)).where(OrderLine.order_id == CustomerOrder.id)
    return select(func.count()).select_from(CustomerOrder).where(CustomerOrder.net != lines.scalar_subquery())

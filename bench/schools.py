"""The schools to measure on: generated, imported as a school's own files are, with somebody signed in."""

import secrets
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select

from app.accounts.models import AuthSession, Staff
from app.accounts.queries import token_hash
from app.core.clock import now, today
from app.core.db import Base, Database
from app.core.permissions import Role
from app.demo import generate
from app.demo.install import as_source, fill
from app.orders.models import CustomerOrder
from app.settings import Settings
from app.tables import metadata
from app.upkeep import migrate
from app.workshop.models import Ticket


@dataclass(frozen=True)
class Bench:
    """A filled database and the cookie of a director who is signed in to it."""

    folder: Path
    url: str
    cookie: str
    rows: dict[str, int]


def build(folder: Path, *, years: int, scale: int = 1) -> Bench:
    """A school with that many years of history in a new SQLite database, and a signed-in director."""
    folder.mkdir(parents=True)
    url = f"sqlite:///{folder / 'compagnon.db'}"
    migrate(Settings(data_dir=folder))
    database = Database(url)
    with database.writing() as db:
        fill(db, as_source(generate(today(), years=years, scale=scale)))
    cookie = secrets.token_urlsafe(32)
    with database.writing() as db:
        director = db.scalars(select(Staff).where(Staff.role == Role.DIRECTOR)).first()
        if director is None:
            raise LookupError("the generated school has no director")
        moment = now()
        db.add(AuthSession(token_hash=token_hash(cookie), staff_id=director.id, created_at=moment, last_seen_at=moment))
    rows = _rows(database)
    database.dispose()
    return Bench(folder, url, cookie, rows)


def _rows(database: Database) -> dict[str, int]:
    wanted: dict[str, type[Base]] = {"orders": CustomerOrder, "tickets": Ticket}
    with database.reading() as db:
        counted = {name: db.scalar(select(func.count()).select_from(model)) or 0 for name, model in wanted.items()}
        for table in ("attendance", "work_session", "journal_entry"):
            counted[table] = db.scalar(select(func.count()).select_from(metadata.tables[table])) or 0
    return counted

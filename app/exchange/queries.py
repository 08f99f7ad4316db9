"""Reads of the import's own pages: what is stored of each file, and the imports that were applied."""

import json
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from app.accounts.models import Staff
from app.core.errors import NotFound
from app.exchange.apply.rows import PLAIN
from app.exchange.doubts import Doubt
from app.exchange.models import ImportRun
from app.exchange.report import Line
from app.exchange.tables import TABLES
from app.pedagogy.models import AttendanceRecord, Membership
from app.workshop.models import Assignment, Operation, WorkSession

OTHERS = {
    "operations": Operation, "affectations": Assignment, "pointages": WorkSession, "presences": AttendanceRecord,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Run:
    """One import that was applied."""

    id: int
    at: datetime
    who: str
    source: str
    lines: tuple[Line, ...]
    doubts: tuple[Doubt, ...] = ()

    @property
    def created(self) -> int:
        """Rows created in all."""
        return sum(line.created for line in self.lines)

    @property
    def updated(self) -> int:
        """Rows updated in all."""
        return sum(line.updated for line in self.lines)

    @property
    def read(self) -> int:
        """Rows read in all."""
        return sum(line.read for line in self.lines)


def count_stored(db: Session) -> dict[str, int]:
    """How many records the database holds of each file, in one statement."""
    counts = []
    for name in TABLES:
        model = OTHERS.get(name) or PLAIN[name].model
        statement = select(func.count()).select_from(model)
        if name == "inscriptions":
            statement = statement.where(Membership.implied.is_(False))
        counts.append(statement.scalar_subquery().label(name))
    row = db.execute(select(*counts)).one()
    return dict(zip(TABLES, row, strict=True))


def list_runs(db: Session, limit: int = 10) -> list[Run]:
    """The latest imports, newest first."""
    rows = db.execute(_runs().order_by(ImportRun.id.desc()).limit(limit)).all()
    return [_run(*row) for row in rows]


def get_run(db: Session, run_id: int) -> Run:
    """One import."""
    row = db.execute(_runs().where(ImportRun.id == run_id)).one_or_none()
    if row is None:
        raise NotFound("Cette reprise n’existe pas.")
    return _run(*row)


def _runs() -> Select[ImportRun, str, str]:
    return select(ImportRun, Staff.first_name, Staff.last_name).outerjoin(Staff, Staff.id == ImportRun.by_id)


def _run(run: ImportRun, first: str | None, last: str | None) -> Run:
    counts = json.loads(run.counts)
    lines = tuple(Line(name, **counts[name]) for name in TABLES if name in counts)
    doubts = tuple(
        Doubt(
            **one
            | {"day": date.fromisoformat(one["day"]), "codes": tuple(one["codes"]), "reasons": tuple(one["reasons"])}
        )
        for one in json.loads(run.doubts)
    )
    return Run(run.id, run.at, f"{first} {last}" if last else "Compagnon", run.source, lines, doubts)

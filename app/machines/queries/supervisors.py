"""Masters and others who supervise: their qualities, their absences, and what an absence leaves without anybody."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlalchemy import bindparam, func, or_, select
from sqlalchemy.orm import Session, aliased

from app.accounts.models import Staff
from app.core.db import run
from app.core.errors import NotFound
from app.core.permissions import Role
from app.machines.models import StaffAbsence, SupervisorQuality
from app.machines.rules.supervision import Days
from app.pedagogy.models import TimetableSession
from app.pedagogy.rules import SessionKind, SessionState

KEPT = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class AbsenceRow:
    """An absence as the page shows it. `sessions`: workshop sessions still to come that it touches."""

    id: int
    staff_id: int
    name: str
    starts_on: date
    ends_on: date
    note: str
    substitute_id: int | None
    substitute: str
    sessions: int
    substitute_away: bool

    @property
    def uncovered(self) -> bool:
        """Whether pupils are left without anybody."""
        return self.sessions > 0 and (self.substitute_id is None or self.substitute_away)


@dataclass(frozen=True, slots=True)
class SupervisorRow:
    """A member of staff who supervises or might."""

    id: int
    code: str
    name: str
    role: Role
    qualities: list[Any] = field(default_factory=list)
    away: AbsenceRow | None = None


@dataclass(frozen=True, slots=True)
class SupervisorsPage:
    """What the page shows."""

    rows: list[SupervisorRow]
    absences: list[AbsenceRow]
    day: date

    @property
    def uncovered(self) -> list[AbsenceRow]:
        """Absences that leave a workshop session without anybody."""
        return [one for one in self.absences if one.uncovered]


_STAFF = (
    select(Staff.id, Staff.code, Staff.first_name, Staff.last_name, Staff.role)
    .where(Staff.disabled_at.is_(None))
    .order_by(Staff.sort_key, Staff.id)
)
_QUALITIES = (
    select(
        SupervisorQuality.id, SupervisorQuality.staff_id, SupervisorQuality.quality, SupervisorQuality.starts_on,
        SupervisorQuality.ends_on,
    )
    .where(or_(SupervisorQuality.ends_on.is_(None), SupervisorQuality.ends_on >= bindparam("day")))
    .order_by(SupervisorQuality.starts_on, SupervisorQuality.id)
)  # fmt: skip
_SUBSTITUTE = aliased(Staff)
_TOUCHED = (
    select(func.count())
    .where(
        TimetableSession.staff_id == StaffAbsence.staff_id, TimetableSession.kind == SessionKind.PRACTICE,
        TimetableSession.state == SessionState.PLANNED, TimetableSession.on_date >= StaffAbsence.starts_on,
        TimetableSession.on_date <= StaffAbsence.ends_on, TimetableSession.on_date >= bindparam("day"),
    )
    .correlate(StaffAbsence)
    .scalar_subquery()
)  # fmt: skip
_ABSENCES = (
    select(
        StaffAbsence.id, StaffAbsence.staff_id, Staff.first_name, Staff.last_name, StaffAbsence.starts_on,
        StaffAbsence.ends_on, StaffAbsence.note, StaffAbsence.substitute_id, _SUBSTITUTE.first_name,
        _SUBSTITUTE.last_name, _TOUCHED.label("sessions"),
    )
    .join(Staff, Staff.id == StaffAbsence.staff_id)
    .outerjoin(_SUBSTITUTE, _SUBSTITUTE.id == StaffAbsence.substitute_id)
    .where(StaffAbsence.cancelled_at.is_(None), StaffAbsence.ends_on >= bindparam("since"))
    .order_by(StaffAbsence.starts_on, StaffAbsence.id)
)  # fmt: skip
_DAYS = select(StaffAbsence.staff_id, StaffAbsence.starts_on, StaffAbsence.ends_on).where(
    StaffAbsence.cancelled_at.is_(None), StaffAbsence.starts_on <= bindparam("last"),
    StaffAbsence.ends_on >= bindparam("first"),
)  # fmt: skip
_SAME = select(SupervisorQuality.starts_on, SupervisorQuality.ends_on).where(
    SupervisorQuality.staff_id == bindparam("staff"), SupervisorQuality.quality == bindparam("quality")
)


def supervisors_page(db: Session, day: date) -> SupervisorsPage:
    """Everybody who works here with qualities and absences; those who neither lead nor hold any come last."""
    absences = _absences(db, day)
    qualities: dict[int, list[Any]] = {}
    for row in run(db, _QUALITIES, {"day": day}).all():
        qualities.setdefault(row.staff_id, []).append(row)
    now_away = {one.staff_id: one for one in absences if one.starts_on <= day <= one.ends_on}
    rows = [
        SupervisorRow(
            row.id, row.code, f"{row.first_name} {row.last_name}", Role(row.role), qualities.get(row.id, []),
            now_away.get(row.id),
        )
        for row in run(db, _STAFF).all()
        if row.role in {Role.MASTER, Role.DIRECTOR} or row.id in qualities
    ]  # fmt: skip
    return SupervisorsPage(rows, absences, day)


def _absences(db: Session, day: date) -> list[AbsenceRow]:
    rows = run(db, _ABSENCES, {"day": day, "since": day - KEPT}).all()
    away = [Days(row.staff_id, row.starts_on, row.ends_on) for row in rows]
    return [_absence(row, away) for row in rows]


def _absence(row: Any, away: Sequence[Days]) -> AbsenceRow:
    number, staff_id, first, last, starts_on, ends_on, note, substitute_id, other_first, other_last, sessions = row
    days = Days(staff_id, starts_on, ends_on)
    gone = any(one.staff_id == substitute_id and one.meets(days) for one in away)
    name = f"{other_first} {other_last}" if substitute_id else ""
    return AbsenceRow(
        number, staff_id, f"{first} {last}", starts_on, ends_on, note or "", substitute_id, name, int(sessions), gone
    )


def absences_meeting(db: Session, first: date, last: date, *, but: int | None = None) -> list[Days]:
    """The absences of everybody that touch these days, one aside."""
    query = _DAYS if but is None else _DAYS.where(StaffAbsence.id != but)
    return [Days(*row) for row in run(db, query, {"first": first, "last": last}).all()]


def times_of_quality(db: Session, staff_id: int, quality: str) -> list[tuple[date, date | None]]:
    """From when to when somebody holds or held a quality."""
    return [(start, end) for start, end in run(db, _SAME, {"staff": staff_id, "quality": quality}).all()]


def get_absence(db: Session, absence_id: int, *, lock: bool = False) -> StaffAbsence:
    """An absence."""
    found = db.get(StaffAbsence, absence_id, with_for_update=True if lock else None)
    if found is None:
        raise NotFound("Cette absence n’existe pas.")
    return found


def get_quality(db: Session, quality_id: int, *, lock: bool = False) -> SupervisorQuality:
    """A quality of somebody."""
    found = db.get(SupervisorQuality, quality_id, with_for_update=True if lock else None)
    if found is None:
        raise NotFound("Cette qualité n’existe pas.")
    return found

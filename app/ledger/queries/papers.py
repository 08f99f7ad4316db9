"""What the papers about attendance say, read from the register; and the papers that were issued."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import Session

from app.accounts.models import Staff
from app.core.db import run
from app.core.errors import NotFound
from app.ledger.models import IssuedPaper
from app.pedagogy.models import AttendanceRecord, Membership, Pupil, PupilGroup, TimetableSession
from app.pedagogy.queries import get_group, get_pupil_by_code, practice_share
from app.pedagogy.queries.shares import ShareRow, pupil_minutes
from app.pedagogy.rules import Minutes, Period, SessionState, is_member

SHOWN = 100


@dataclass(frozen=True, slots=True)
class Register:
    """A group's register over some days: its sessions, who belonged to it, and what holds of them."""

    group: PupilGroup
    sessions: Sequence[Any]
    pupils: dict[int, str]
    stays: dict[int, list[Any]]
    said: dict[tuple[int, int], Any]

    def belongs(self, pupil_id: int, day: date) -> bool:
        """Whether the pupil was of the group that day."""
        return is_member(self.stays[pupil_id], day)


@dataclass(frozen=True, slots=True)
class Assiduity:
    """A pupil's hours over a period: planned, held and attended."""

    pupil: Pupil
    planned: Minutes
    held: Minutes
    attended: Minutes


_SESSIONS = (
    select(TimetableSession.id, TimetableSession.on_date, TimetableSession.start_minute, TimetableSession.end_minute,
           TimetableSession.called_at, Staff.first_name, Staff.last_name)
    .join(Staff, Staff.id == TimetableSession.staff_id)
    .where(
        TimetableSession.group_id == bindparam("group"), TimetableSession.state == SessionState.PLANNED,
        TimetableSession.on_date >= bindparam("start"), TimetableSession.on_date <= bindparam("end"),
    )
    .order_by(TimetableSession.on_date, TimetableSession.start_minute)
)  # fmt: skip
_STAYS = (
    select(Pupil.id, Pupil.first_name, Pupil.last_name, Membership.starts_on, Membership.ends_on)
    .join(Membership, Membership.pupil_id == Pupil.id)
    .where(
        Membership.group_id == bindparam("group"), Membership.starts_on <= bindparam("end"),
        or_(Membership.ends_on.is_(None), Membership.ends_on >= bindparam("start")),
    )
    .order_by(Pupil.sort_key, Pupil.id)
)  # fmt: skip
_SAID = (
    select(AttendanceRecord.session_id, AttendanceRecord.pupil_id, AttendanceRecord.status,
           AttendanceRecord.minutes_late, AttendanceRecord.attended_minutes)
    .join(TimetableSession, TimetableSession.id == AttendanceRecord.session_id)
    .where(
        TimetableSession.group_id == bindparam("group"), TimetableSession.on_date >= bindparam("start"),
        TimetableSession.on_date <= bindparam("end"),
    )
)  # fmt: skip


def register_of(db: Session, code: str, start: date, end: date) -> Register:
    """A group's register; four statements."""
    group = get_group(db, code)
    values = {"group": group.id, "start": start, "end": end}
    stays: dict[int, list[Any]] = {}
    names: dict[int, str] = {}
    for row in run(db, _STAYS, values).all():
        stays.setdefault(row.id, []).append(row)
        names[row.id] = f"{row.last_name} {row.first_name}"
    said = {(row.session_id, row.pupil_id): row for row in run(db, _SAID, values).all()}
    return Register(group, run(db, _SESSIONS, values).all(), names, stays, said)


def assiduity(db: Session, code: str, start: date, end: date) -> Assiduity:
    """A pupil's hours for a certificate, by the one definition of them."""
    pupil = get_pupil_by_code(db, code)
    return Assiduity(pupil, *pupil_minutes(db, pupil.id, Period(start, end)))


def region_rows(db: Session, start: date, end: date) -> list[ShareRow]:
    """The pupils who attended anything in a year."""
    return [row for row in practice_share(db, Period(start, end)).pupils if row.attended.total]


_LATEST = select(IssuedPaper).order_by(IssuedPaper.id.desc()).limit(bindparam("most"))


def list_papers(db: Session) -> Sequence[IssuedPaper]:
    """The latest papers issued."""
    return db.scalars(_LATEST, {"most": SHOWN}).all()


def get_paper(db: Session, number: str) -> IssuedPaper:
    """A paper that was issued."""
    found = db.execute(select(IssuedPaper).where(IssuedPaper.number == number)).scalar_one_or_none()
    if found is None:
        raise NotFound("Ce papier n’a pas été émis.")
    return found


_PUPILS = select(Pupil.code, Pupil.first_name, Pupil.last_name).order_by(Pupil.sort_key, Pupil.id)


def pupil_options(db: Session) -> list[tuple[str, str]]:
    """(code, name) of every pupil, those who left too: a certificate is often asked for later."""
    return [(row.code, f"{row.last_name} {row.first_name}") for row in run(db, _PUPILS).all()]

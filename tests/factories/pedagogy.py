"""Diplomas, groups, pupils, timetable and roll call."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Staff
from app.core.clock import now, today
from app.core.permissions import Role
from app.core.text import fold, search_key
from app.pedagogy.models import (
    AttendanceDay,
    AttendanceRecord,
    Diploma,
    Guardian,
    Membership,
    Pupil,
    PupilGroup,
    RollCallEvent,
    Skill,
    Subject,
    TimetableSession,
)
from app.pedagogy.rules import Attendance, SessionKind, attended_minutes
from tests.factories.accounts import make_staff
from tests.factories.numbers import serial


def make_diploma(db: Session, **other: Any) -> Diploma:
    """A CAP."""
    n = serial()
    diploma = Diploma(**({"code": f"CAP{n}", "label": f"CAP Usinage {n}", "level": 3} | other))
    db.add(diploma)
    db.flush()
    return diploma


def make_skill(db: Session, diploma: Diploma, **other: Any) -> Skill:
    """A competence of the diploma."""
    n = serial()
    skill = Skill(diploma_id=diploma.id, **({"code": f"C{n}", "label": f"Préparer l’usinage {n}"} | other))
    db.add(skill)
    db.flush()
    return skill


def make_subject(db: Session, diploma: Diploma, kind: SessionKind = SessionKind.PRACTICE, **other: Any) -> Subject:
    """A subject of the diploma."""
    n = serial()
    values = {"code": f"M{n}", "label": f"Matière {n}", "yearly_hours": Decimal(100)} | other
    subject = Subject(diploma_id=diploma.id, kind=kind, **values)
    db.add(subject)
    db.flush()
    return subject


def make_group(db: Session, diploma: Diploma | None = None, **other: Any) -> PupilGroup:
    """A class of the current school year."""
    diploma = diploma or make_diploma(db)
    n = serial()
    values = {"code": f"G{n}", "label": f"Première année {n}", "school_year": "2026-2027"} | other
    group = PupilGroup(diploma_id=diploma.id, **values)
    db.add(group)
    db.flush()
    return group


def make_pupil(db: Session, group: PupilGroup | None = None, **other: Any) -> Pupil:
    """A minor of 16, member of the group since the first of September of its school year."""
    group = group or make_group(db)
    n = serial()
    entered_on = other.pop("entered_on", date(int(group.school_year[:4]), 9, 1))
    values = {
        "code": f"E{n:04}", "first_name": "Noa", "last_name": f"Bernard{n}",
        "born_on": today().replace(day=1) - timedelta(days=16 * 366),
    } | other  # fmt: skip
    values.setdefault("sort_key", fold(f"{values['last_name']} {values['first_name']}"))
    values.setdefault("search_key", search_key(values["code"], values["first_name"], values["last_name"]))
    pupil = Pupil(group_id=group.id, entered_on=entered_on, **values)
    db.add(pupil)
    db.flush()
    make_membership(db, pupil, group, starts_on=entered_on, ends_on=pupil.left_on, implied=True)
    return pupil


def make_guardian(db: Session, pupil: Pupil, **other: Any) -> Guardian:
    """The first to call, who gets the notices."""
    n = serial()
    values = {"name": f"Claude Bernard{n}", "email": f"famille{n}@exemple.fr", "phone": "0639981000"} | other
    guardian = Guardian(pupil_id=pupil.id, **values)
    db.add(guardian)
    db.flush()
    return guardian


def make_membership(db: Session, pupil: Pupil, group: PupilGroup, **other: Any) -> Membership:
    """A stay in a group; `make_pupil` has already made one in the pupil's own."""
    membership = Membership(pupil_id=pupil.id, group_id=group.id, **({"starts_on": pupil.entered_on} | other))
    db.add(membership)
    db.flush()
    return membership


def make_session(
    db: Session,
    group: PupilGroup,
    kind: SessionKind = SessionKind.PRACTICE,
    *,
    on_date: date | None = None,
    staff: Staff | None = None,
    subject: Subject | None = None,
    **other: Any,
) -> TimetableSession:
    """A session of today from 08:00 to 12:00."""
    diploma = db.get_one(Diploma, group.diploma_id)
    staff = staff or make_staff(db, Role.MASTER if kind is SessionKind.PRACTICE else Role.TEACHER)
    session = TimetableSession(
        group_id=group.id, kind=kind, on_date=on_date or today(), staff_id=staff.id,
        subject_id=(subject or make_subject(db, diploma, kind)).id,
        **({"start_minute": 480, "end_minute": 720, "room": "Atelier"} | other),
    )  # fmt: skip
    db.add(session)
    db.flush()
    return session


def make_attendance(
    db: Session,
    session: TimetableSession,
    pupil: Pupil,
    status: Attendance = Attendance.PRESENT,
    *,
    minutes_late: int = 0,
    minutes_early: int = 0,
) -> AttendanceRecord:
    """A first roll-call statement, with the derived rows that the service keeps."""
    event = RollCallEvent(
        session_id=session.id, pupil_id=pupil.id, status=status, minutes_late=minutes_late,
        minutes_early=minutes_early, at=now(),
    )  # fmt: skip
    db.add(event)
    session.called_at = session.called_at or now()
    db.flush()
    minutes = attended_minutes(status, session.minutes, minutes_late, minutes_early)
    record = AttendanceRecord(
        session_id=session.id, pupil_id=pupil.id, event_id=event.id, status=status, minutes_late=minutes_late,
        minutes_early=minutes_early, attended_minutes=minutes,
    )  # fmt: skip
    db.add(record)
    day = _day_of(db, session, pupil)
    if session.kind == SessionKind.PRACTICE:
        day.practice_minutes += minutes
    else:
        day.theory_minutes += minutes
    db.flush()
    return record


def _day_of(db: Session, session: TimetableSession, pupil: Pupil) -> AttendanceDay:
    key = {"pupil_id": pupil.id, "group_id": session.group_id, "on_date": session.on_date}
    day = db.scalars(select(AttendanceDay).filter_by(**key)).one_or_none()
    if day is None:
        day = AttendanceDay(**key, practice_minutes=0, theory_minutes=0)
        db.add(day)
    return day

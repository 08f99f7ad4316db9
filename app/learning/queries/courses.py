"""Courses: which group has which subject with whom, as the timetable of the school year says; and terms."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import Session

from app.core.actor import Actor
from app.core.clock import today
from app.core.db import run
from app.core.errors import NotFound
from app.learning.models import Term
from app.learning.policies import marks_all
from app.pedagogy.models import PupilGroup, Subject, TimetableSession
from app.pedagogy.rules import school_year_label


@dataclass(frozen=True, slots=True)
class Course:
    """A subject taught to a group."""

    group_id: int
    group_code: str
    group: str
    subject_id: int
    subject_code: str
    subject: str

    @property
    def key(self) -> str:
        """As a form names it."""
        return f"{self.group_id}-{self.subject_id}"

    @property
    def label(self) -> str:
        """« CAP 2e année, Français »"""
        return f"{self.group}, {self.subject}"


_COURSES = (
    select(
        PupilGroup.id, PupilGroup.code.label("group_code"), PupilGroup.label.label("group"),
        Subject.id.label("subject_id"), Subject.code.label("subject_code"), Subject.label.label("subject"),
    )
    .where(
        PupilGroup.school_year == bindparam("year"),
        Subject.diploma_id == PupilGroup.diploma_id,
        select(TimetableSession.id)
        .where(
            TimetableSession.group_id == PupilGroup.id, TimetableSession.subject_id == Subject.id,
            or_(bindparam("staff") == 0, TimetableSession.staff_id == bindparam("staff")),
        )
        .exists(),
    )
    .order_by(PupilGroup.code, Subject.label)
)  # fmt: skip
_TEACHES = (
    select(TimetableSession.id)
    .where(
        TimetableSession.group_id == bindparam("group"),
        TimetableSession.subject_id == bindparam("subject"),
        TimetableSession.staff_id == bindparam("staff"),
    )
    .limit(1)
)
_TERMS = select(Term).order_by(Term.starts_on.desc())


def courses_of(db: Session, by: Actor, year: str = "") -> list[Course]:
    """What this person teaches in a school year, the present one by default; all there is, for who marks all."""
    asked = {"year": year or school_year_label(today()), "staff": 0 if marks_all(by) else (by.staff_id or -1)}
    return [Course(*row) for row in run(db, _COURSES, asked)]


def all_courses(db: Session, year: str) -> list[Course]:
    """Every course of a school year."""
    return [Course(*row) for row in run(db, _COURSES, {"year": year, "staff": 0})]


def teaches(db: Session, by: Actor, group_id: int, subject_id: int) -> bool:
    """Whether the timetable ever gave this person that subject with that group."""
    asked = {"group": group_id, "subject": subject_id, "staff": by.staff_id or -1}
    return run(db, _TEACHES, asked).first() is not None


def list_terms(db: Session) -> list[Term]:
    """The terms, the latest first."""
    return list(db.execute(_TERMS).scalars())


def get_term(db: Session, term_id: int, *, lock: bool = False) -> Term:
    """A term."""
    query: Any = select(Term).where(Term.id == term_id)
    found: Term | None = db.execute(query.with_for_update() if lock else query).scalar_one_or_none()
    if found is None:
        raise NotFound
    return found


def term_of(terms: list[Term], day: date) -> Term | None:
    """The term of a day, else the latest that has begun."""
    here = next((term for term in terms if term.starts_on <= day <= term.ends_on), None)
    return here or next((term for term in terms if term.starts_on <= day), None)


def get_subject(db: Session, subject_id: int) -> Subject:
    """A subject."""
    found = db.get(Subject, subject_id)
    if found is None:
        raise NotFound
    return found

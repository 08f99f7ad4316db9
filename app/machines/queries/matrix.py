"""Pupils by machines on any day, and one answer of the gate in full with who else may do the work."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import Session

from app.core.db import run
from app.core.errors import NotFound
from app.machines.models import WorkCenter
from app.machines.queries.facts import facts_for
from app.machines.queries.known import Answer, Known
from app.machines.rules import Check, Facts, Finding
from app.machines.rules.answer import May, Word, answer
from app.machines.rules.case import ADULT
from app.machines.rules.spans import birthday, up_to
from app.pedagogy.models import Membership, Pupil, PupilGroup, TimetableSession
from app.pedagogy.queries import group_options, initials_of
from app.pedagogy.queries.pupils import belongs_on
from app.pedagogy.rules import SessionKind, SessionState, school_year_label


@dataclass(frozen=True, slots=True)
class Column:
    """A machine of the matrix."""

    id: int
    code: str
    label: str
    articles: str
    state: Any
    vibration: Any

    @property
    def vibrates(self) -> bool:
        """Whether its minutes of the day count (G15). They are the workshop's to know, and left out here."""
        return bool(self.vibration)


@dataclass(frozen=True, slots=True)
class Row:
    """A pupil of the matrix, with one word per machine."""

    id: int
    code: str
    name: str
    initials: str
    words: tuple[Word, ...] = ()

    @property
    def open(self) -> int:
        """On how many machines they may work, with the master beside or without."""
        return sum(1 for word in self.words if word.may != May.NO)


@dataclass(frozen=True, slots=True)
class Matrix:
    """What the page shows."""

    group: str
    label: str
    groups: list[tuple[str, str]]
    day: date
    everything: bool
    columns: list[Column]
    rows: list[Row]


@dataclass(frozen=True, slots=True)
class AnswerPage:
    """One cell in full."""

    pupil: Row
    group: str
    center: Column
    day: date
    answer: Answer
    word: Word
    others: list[tuple[Row, Word]]

    @property
    def findings(self) -> list[tuple[Check, Finding | None]]:
        """Every check in its order, with what it found if it was asked."""
        return [(check, self.answer.verdict.finding(check)) for check in Check]

    @property
    def facts(self) -> Facts:
        """What it was judged on."""
        return self.answer.facts

    @property
    def adult_since(self) -> date | None:
        """The 18th birthday once it has come by that day."""
        reached = birthday(self.answer.request.young.born_on, ADULT)
        return reached if reached <= self.day else None

    @property
    def open_training(self) -> date | None:
        """The day of a training that waits for its assessment."""
        last = up_to(self.facts.trainings, self.day)
        return last.on if last is not None and last.result == "not_assessed" else None


_CENTERS = select(
    WorkCenter.id, WorkCenter.code, WorkCenter.label, WorkCenter.regulated_articles, WorkCenter.state,
    WorkCenter.vibration,
).order_by(WorkCenter.sort_key, WorkCenter.id)  # fmt: skip
_WATCHED = _CENTERS.where(
    or_(
        WorkCenter.regulated_articles != "", WorkCenter.needs_driving_authorisation, WorkCenter.electrical != "",
        WorkCenter.load_kg.is_not(None), WorkCenter.vibration.is_not(None),
    )
)  # fmt: skip
_CENTER = _CENTERS.where(WorkCenter.code == bindparam("code"))
_MEMBERS = (
    select(
        Pupil.id, Pupil.code, Pupil.first_name, Pupil.last_name, PupilGroup.code.label("group"),
        PupilGroup.label.label("group_label"), Pupil.sort_key,
    )
    .join(Membership, Membership.pupil_id == Pupil.id)
    .join(PupilGroup, PupilGroup.id == Membership.group_id)
    .where(belongs_on(bindparam("day")))
    .order_by(Pupil.sort_key, Pupil.id)
    .distinct()
)  # fmt: skip
_OF_GROUP = _MEMBERS.where(PupilGroup.code == bindparam("group"))
_PRACTISING = select(TimetableSession.group_id).where(
    TimetableSession.on_date == bindparam("day"), TimetableSession.kind == SessionKind.PRACTICE,
    TimetableSession.state == SessionState.PLANNED,
)  # fmt: skip
_IN_PRACTICE = _MEMBERS.where(Membership.group_id.in_(_PRACTISING))
_GROUPS_THEN = (
    select(PupilGroup.code)
    .where(PupilGroup.school_year == bindparam("year"))
    .order_by(PupilGroup.id.in_(_PRACTISING).desc(), PupilGroup.code)
    .limit(1)
)
_PUPIL = select(Pupil.id, Pupil.code, Pupil.first_name, Pupil.last_name).where(Pupil.code == bindparam("code"))


def matrix(db: Session, group: str, day: date, *, everything: bool) -> Matrix:
    """A class by machines; `everything` shows also those whose work the law leaves free. The same few statements."""
    groups = group_options(db)
    if group not in dict(groups):
        group = run(db, _GROUPS_THEN, {"year": school_year_label(day), "day": day}).scalar() or ""
    columns = [Column(*row) for row in run(db, _CENTERS if everything else _WATCHED).all()]
    people = [_row(row) for row in run(db, _OF_GROUP, {"group": group, "day": day}).all()] if group else []
    known = facts_for(db, [one.id for one in people], [one.id for one in columns], day)
    rows = [Row(one.id, one.code, one.name, one.initials, _words(known, one.id, columns, day)) for one in people]
    return Matrix(group, dict(groups).get(group, ""), groups, day, everything, columns, rows)


def answer_page(db: Session, pupil_code: str, center_code: str, day: date) -> AnswerPage:
    """One pupil on one machine: every check, and of those in practice that day who else may do it."""
    person = run(db, _PUPIL, {"code": pupil_code}).one_or_none()
    center = run(db, _CENTER, {"code": center_code}).one_or_none()
    if person is None or center is None:
        raise NotFound("Cet élève ou cette machine n’existe pas.")
    column, pupil = Column(*center), _row(person)
    others = run(db, _IN_PRACTICE, {"day": day}).all()
    known = facts_for(db, {pupil.id, *(one.id for one in others)}, [column.id], day)
    given = known.ask(pupil.id, column.id, day)
    able = [(_row(one), answer(known.ask(one.id, column.id, day).verdict)) for one in others if one.id != pupil.id]
    stay = known.pupils[pupil.id].stay(day)
    group = next((one.group_label for one in others if one.id == pupil.id), "")
    return AnswerPage(
        pupil, group if stay else "", column, day, given, answer(given.verdict),
        [(one, word) for one, word in able if word.may != May.NO],
    )  # fmt: skip


def _words(known: Known, pupil_id: int, columns: list[Column], day: date) -> tuple[Word, ...]:
    return tuple(answer(known.ask(pupil_id, column.id, day).verdict) for column in columns)


def _row(row: Any) -> Row:
    return Row(row.id, row.code, f"{row.first_name} {row.last_name}", initials_of(row.first_name, row.last_name))

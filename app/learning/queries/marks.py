"""Evaluations, the marks that hold, averages. Pupils always stand in the order of their names, never of their marks."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any

from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.orm import Session, aliased

from app.core.actor import Actor
from app.core.db import run
from app.core.errors import NotFound
from app.core.journal import Deed, history
from app.learning.models import Evaluation, Mark
from app.learning.policies import marks_all
from app.learning.rules.marks import MarkStanding, Said, average, read_mark
from app.pedagogy.models import Membership, Pupil, PupilGroup, Subject, TimetableSession
from app.pedagogy.queries import members_on


@dataclass(frozen=True, slots=True)
class MarkLine:
    """A pupil of the group on the day of the evaluation, with the mark that holds."""

    pupil_id: int
    code: str
    name: str
    said: Said
    mark_id: int


@dataclass(frozen=True, slots=True)
class MarkSheet:
    """The table of one evaluation."""

    evaluation: Evaluation
    lines: list[MarkLine]
    journal: list[Deed]

    @property
    def marked(self) -> int:
        """How many have a mark or a word."""
        return sum(line.said.standing != MarkStanding.NONE for line in self.lines)

    @property
    def average(self) -> Decimal | None:
        """Of those who have a mark, out of 20."""
        one = self.evaluation
        return average(
            Weighed(line.said.standing, line.said.points, one.out_of, one.coefficient) for line in self.lines
        )


@dataclass(frozen=True, slots=True)
class Weighed:
    """A mark with what it is out of and its weight."""

    standing: MarkStanding
    points: Decimal | None
    out_of: Decimal
    coefficient: Decimal


@dataclass(frozen=True, slots=True)
class TermMark:
    """A mark of a term, with the evaluation it is of."""

    pupil_id: int
    subject_id: int
    evaluation_id: int
    standing: MarkStanding
    points: Decimal | None
    out_of: Decimal
    coefficient: Decimal


@dataclass(frozen=True, slots=True)
class Gradebook:
    """A group in a subject over some days: pupils by name, evaluations by date, averages at the end of each line."""

    evaluations: list[Any]
    rows: list[tuple[Any, list[Said | None], Decimal | None]]
    average: Decimal | None


@dataclass(frozen=True, slots=True)
class MarkCell:
    """A cell as the page shows it, under the number its row has there.

    `seen`: the mark that stood there when the page was first read (0: none). `other`: what somebody else entered
    meanwhile in a cell that this person changed as well; shown beside what was typed.
    """

    line: MarkLine
    place: int
    text: str
    seen: int
    other: str = ""


NOTHING = Said(MarkStanding.NONE)
_later = aliased(Mark)
HOLDS = ~select(_later.id).where(_later.replaces_id == Mark.id).exists()
_MARKS = select(Mark.id, Mark.pupil_id, Mark.standing, Mark.points).where(
    Mark.evaluation_id == bindparam("evaluation"), HOLDS
)
_EVERY_MARK = select(Mark.id, Mark.standing, Mark.points).where(Mark.evaluation_id == bindparam("evaluation"))
_OF_TERM = (
    select(
        Mark.pupil_id, Evaluation.subject_id, Mark.evaluation_id, Mark.standing, Mark.points, Evaluation.out_of,
        Evaluation.coefficient,
    )
    .join(Evaluation, Evaluation.id == Mark.evaluation_id)
    .where(
        Mark.pupil_id.in_(bindparam("pupils", expanding=True)), HOLDS, Evaluation.on_date >= bindparam("start"),
        Evaluation.on_date <= bindparam("end"), Mark.standing != MarkStanding.NONE,
    )
)  # fmt: skip
_BOOK = (
    select(
        Evaluation.id, Evaluation.title, Evaluation.on_date, Evaluation.out_of, Evaluation.coefficient,
    )
    .where(
        Evaluation.group_id == bindparam("group"), Evaluation.subject_id == bindparam("subject"),
        Evaluation.on_date >= bindparam("start"), Evaluation.on_date <= bindparam("end"),
    )
    .order_by(Evaluation.on_date, Evaluation.id)
)  # fmt: skip
_MEMBERS_BETWEEN = (
    select(Pupil.id, Pupil.code, Pupil.first_name, Pupil.last_name)
    .where(
        select(Membership.id)
        .where(
            Membership.pupil_id == Pupil.id, Membership.group_id == bindparam("group"),
            Membership.starts_on <= bindparam("end"),
            func.coalesce(Membership.ends_on, bindparam("end")) >= bindparam("start"),
        )
        .exists()
    )
    .order_by(Pupil.sort_key, Pupil.id)
)  # fmt: skip


def get_evaluation(db: Session, evaluation_id: int, *, lock: bool = False) -> Evaluation:
    """An evaluation."""
    query = select(Evaluation).where(Evaluation.id == evaluation_id)
    found = db.execute(query.with_for_update() if lock else query).scalar_one_or_none()
    if found is None:
        raise NotFound
    return found


def mark_sheet(db: Session, evaluation: Evaluation) -> MarkSheet:
    """The pupils of the group on that day, and whoever has a mark, each with what holds."""
    held = {row.pupil_id: row for row in run(db, _MARKS, {"evaluation": evaluation.id})}
    lines = []
    for member in members_on(db, evaluation.group_id, evaluation.on_date):
        row = held.pop(member.pupil_id, None)
        said = Said(MarkStanding(row.standing), row.points) if row else Said(MarkStanding.NONE)
        lines.append(MarkLine(member.pupil_id, member.code, member.name, said, row.id if row else 0))
    return MarkSheet(evaluation, lines, history(db, "evaluation", evaluation.id, limit=12))


def said_before(db: Session, evaluation_id: int) -> dict[int, Said]:
    """Every mark that an evaluation ever had, by its number: marks are only ever added."""
    rows = run(db, _EVERY_MARK, {"evaluation": evaluation_id})
    return {row.id: Said(MarkStanding(row.standing), row.points) for row in rows}


def fresh_cells(sheet: MarkSheet) -> list[MarkCell]:
    """The table as it stands."""
    return [MarkCell(line, place, line.said.typed, line.mark_id) for place, line in enumerate(sheet.lines)]


def typed_cells(
    sheet: MarkSheet, typed: Mapping[str, tuple[int, str, int]], before: Mapping[int, Said], *, stale: bool
) -> list[MarkCell]:
    """The table shown again: what was typed stays, at its pupil's line whatever the order.

    `typed`: place, text and mark seen, by pupil. After a conflict a cell that this person left alone shows what the
    other one entered, and one that both changed shows both, so that saving again is a choice made with both in view.
    """
    free = count(max((place for place, _, _ in typed.values()), default=-1) + 1)
    found = []
    for line in sheet.lines:
        place, text, seen = typed.get(line.code) or (next(free), line.said.typed, line.mark_id)
        if not stale or seen == line.mark_id:
            found.append(MarkCell(line, place, text, seen))
            continue
        touched = read_mark(text) != before.get(seen, NOTHING)
        differs = touched and read_mark(text) != line.said
        shown = text if touched else line.said.typed
        found.append(MarkCell(line, place, shown, line.mark_id, (line.said.words or "rien") if differs else ""))
    return found


def list_evaluations(db: Session, by: Actor, *, mine: bool, group: str = "", limit: int = 200) -> list[Any]:
    """Evaluations, the latest first, with how many marks each has; `mine`: of what this person teaches only."""
    counted = (
        select(func.count())
        .where(Mark.evaluation_id == Evaluation.id, HOLDS, Mark.standing != MarkStanding.NONE)
        .scalar_subquery()
    )
    query: Select[Any] = (
        select(
            Evaluation.id, Evaluation.title, Evaluation.on_date, Evaluation.out_of, Evaluation.coefficient,
            PupilGroup.code.label("group_code"), PupilGroup.label.label("group"), Subject.label.label("subject"),
            Subject.id.label("subject_id"), counted.label("marks"),
        )
        .join(PupilGroup, PupilGroup.id == Evaluation.group_id)
        .join(Subject, Subject.id == Evaluation.subject_id)
        .order_by(Evaluation.on_date.desc(), Evaluation.id.desc())
        .limit(limit)
    )  # fmt: skip
    if group:
        query = query.where(PupilGroup.code == group)
    if mine and not marks_all(by):
        taught = select(TimetableSession.id).where(
            TimetableSession.group_id == Evaluation.group_id, TimetableSession.subject_id == Evaluation.subject_id,
            TimetableSession.staff_id == (by.staff_id or -1),
        )  # fmt: skip
        query = query.where(taught.exists())
    return list(db.execute(query).all())


def term_marks(db: Session, pupils: Sequence[int], start: date, end: date) -> list[TermMark]:
    """Every mark that holds of these pupils between two days, both included."""
    asked = {"pupils": list(pupils), "start": start, "end": end}
    return [
        TermMark(row.pupil_id, row.subject_id, row.evaluation_id, MarkStanding(row.standing), row.points, row.out_of,
                 row.coefficient)
        for row in run(db, _OF_TERM, asked)
    ]  # fmt: skip


def averages(marks: Iterable[TermMark]) -> dict[tuple[int, int], Decimal | None]:
    """The average of each pupil in each subject."""
    found: dict[tuple[int, int], list[TermMark]] = {}
    for mark in marks:
        found.setdefault((mark.pupil_id, mark.subject_id), []).append(mark)
    return {key: average(listed) for key, listed in found.items()}


def members_between(db: Session, group_id: int, start: date, end: date) -> list[Any]:
    """Who belonged to a group on any day between two, by name: id, code, first and last name."""
    return list(run(db, _MEMBERS_BETWEEN, {"group": group_id, "start": start, "end": end}))


def gradebook(db: Session, group_id: int, subject_id: int, start: date, end: date) -> Gradebook:
    """A group in a subject: a fixed number of statements."""
    members = members_between(db, group_id, start, end)
    asked = {"group": group_id, "subject": subject_id, "start": start, "end": end}
    evaluations = list(run(db, _BOOK, asked))
    marks = [m for m in term_marks(db, [one.id for one in members], start, end) if m.subject_id == subject_id]
    said = {(m.pupil_id, m.evaluation_id): Said(m.standing, m.points) for m in marks}
    own = averages(marks)
    rows = [(one, [said.get((one.id, e.id)) for e in evaluations], own.get((one.id, subject_id))) for one in members]
    return Gradebook(evaluations, rows, average(marks))

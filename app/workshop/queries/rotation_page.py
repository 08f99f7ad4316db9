"""The rotation of a class: how often each pupil ran which machine, did which work, showed which skill; what waits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import bindparam, false, func, select
from sqlalchemy.orm import Session, aliased

from app.core.clock import local, today
from app.core.db import run
from app.machines.models import WorkCenter
from app.machines.queries import facts_for
from app.pedagogy.models import Membership, Pupil, PupilGroup, SkillEvidence
from app.pedagogy.queries.skills import GROUP_SKILLS, STANDS
from app.workshop.models import Assignment, Operation, Ticket, WorkSession
from app.workshop.queries.foresight import lasting_refusal
from app.workshop.queries.people import Person, on_day, people_of
from app.workshop.queries.rotation import WORKED
from app.workshop.queries.routing import Routed, routings_in_workshop
from app.workshop.rules import Hint, ago, suits, training_year

VIEWS = ("machines", "travaux", "competences")
MOST_COLUMNS = 24
MOST_CHORES = 12
CANDIDATES = 3


@dataclass(frozen=True, slots=True)
class Column:
    """A machine, a kind of work or a skill."""

    key: str
    label: str
    code: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """How often and when last; `level` of a skill, where somebody assessed it."""

    times: int = 0
    last_on: date | None = None
    level: int | None = None

    @property
    def never(self) -> bool:
        """Not once."""
        return self.times == 0

    def words(self, day: date) -> str:
        """« il y a 3 sem. »"""
        return ago(self.last_on, day) if self.last_on else ""


@dataclass(frozen=True, slots=True)
class PupilRow:
    """A pupil of the class."""

    person: Person
    year: int
    cells: list[Cell]

    @property
    def missing(self) -> int:
        """How many columns the pupil has never done."""
        return sum(cell.never for cell in self.cells)


@dataclass(frozen=True, slots=True)
class Chore:
    """Work that may be given now, and for whom it would be something new and not too hard.

    Whom the law, a paper or the school keeps from that machine is not among them.
    """

    operation_id: int
    label: str
    center: str
    job: str
    difficulty: int
    takers: list[tuple[Person, Hint]]


@dataclass(frozen=True, slots=True)
class RotationPage:
    """What the page shows."""

    day: date
    view: str
    group: str
    label: str
    groups: list[tuple[str, str]]
    columns: list[Column]
    rows: list[PupilRow]
    chores: list[Chore]

    @property
    def never(self) -> int:
        """Cells in which nobody has been yet."""
        return sum(row.missing for row in self.rows)


_GROUPS = (
    select(PupilGroup.id, PupilGroup.code, PupilGroup.label)
    .join(Membership, Membership.group_id == PupilGroup.id)
    .where(on_day(bindparam("day")))
    .group_by(PupilGroup.id)
    .order_by(PupilGroup.code)
)
_CENTERS = select(WorkCenter.id, WorkCenter.label, WorkCenter.code).order_by(WorkCenter.sort_key, WorkCenter.id)
_ENTERED = select(Pupil.id, Pupil.entered_on).where(Pupil.id.in_(bindparam("pupils", expanding=True)))
_reversal = aliased(WorkSession)
_RUNS = (
    select(
        Assignment.pupil_id, Operation.work_center_id, Operation.label, func.count(Ticket.id.distinct()),
        func.max(WorkSession.started_at),
    )
    .join(Ticket, Ticket.id == Assignment.ticket_id)
    .join(Operation, Operation.id == Ticket.operation_id)
    .join(WorkSession, WORKED)
    .outerjoin(_reversal, _reversal.reverses_id == WorkSession.id)
    .where(Assignment.pupil_id.in_(bindparam("pupils", expanding=True)), _reversal.id.is_(None))
    .group_by(Assignment.pupil_id, Operation.work_center_id, Operation.label)
)  # fmt: skip
_SKILLS = (
    select(GROUP_SKILLS.c.code, GROUP_SKILLS.c.label)
    .where(GROUP_SKILLS.c.group_id == bindparam("group"))
    .order_by(GROUP_SKILLS.c.position, GROUP_SKILLS.c.code)
)
_EVIDENCE = (
    select(
        SkillEvidence.pupil_id, SkillEvidence.skill_code, func.count(), func.max(SkillEvidence.on_date),
        func.max(SkillEvidence.level),
    )
    .where(
        SkillEvidence.pupil_id.in_(bindparam("pupils", expanding=True)), SkillEvidence.self_assessed == false(), STANDS,
    )
    .group_by(SkillEvidence.pupil_id, SkillEvidence.skill_code)
)  # fmt: skip
_DIFFICULTY = select(Operation.id, Operation.difficulty).where(
    Operation.id.in_(bindparam("operations", expanding=True))
)


@dataclass(frozen=True, slots=True)
class _Run:
    """How often a pupil did one kind of work on one machine."""

    pupil_id: int
    center_id: int
    label: str
    times: int
    last_on: date


def rotation_page(db: Session, *, group: str = "", view: str = "machines") -> RotationPage:
    """The matrix of a class and what waits for somebody to learn on it; as many statements whatever the size."""
    day = today()
    groups = run(db, _GROUPS, {"day": day}).all()
    chosen = next((row for row in groups if row.code == group), groups[0] if groups else None)
    people = people_of(db, [chosen.id], day) if chosen else []
    ids = [person.id for person in people]
    years = {row[0]: training_year(row[1], day) for row in run(db, _ENTERED, {"pupils": ids}).all()}
    rows = run(db, _RUNS, {"pupils": ids}).all()
    runs = [_Run(pupil, center, label, int(count), local(last).date()) for pupil, center, label, count, last in rows]
    columns, cells = _matrix(db, view, runs, ids, chosen.id if chosen else 0)
    shown = [PupilRow(one, years[one.id], [cells.get((one.id, c.key), Cell()) for c in columns]) for one in people]
    shown.sort(key=lambda row: (-row.missing, row.person.name))
    return RotationPage(
        day, view, chosen.code if chosen else "", chosen.label if chosen else "",
        [(row.code, row.label) for row in groups], columns, shown, _chores(db, people, _Known(years, runs, day)),
    )  # fmt: skip


Cells = dict[tuple[int, str], Cell]


def _matrix(
    db: Session, view: str, runs: Sequence[_Run], ids: Sequence[int], group_id: int
) -> tuple[list[Column], Cells]:
    if view == "competences":
        return _skills(db, ids, group_id)
    if view == "travaux":
        often: dict[str, int] = {}
        for one in runs:
            often[one.label] = often.get(one.label, 0) + one.times
        labels = sorted(often, key=lambda label: (-often[label], label))[:MOST_COLUMNS]
        return [Column(label, label) for label in labels], _added(runs, lambda one: one.label)
    columns = [Column(str(id_), label, code) for id_, label, code in run(db, _CENTERS).all()]
    return columns, _added(runs, lambda one: str(one.center_id))


def _added(runs: Sequence[_Run], key: Any) -> Cells:
    found: Cells = {}
    for one in runs:
        place = (one.pupil_id, key(one))
        before = found.get(place, Cell())
        last = max(one.last_on, before.last_on or one.last_on)
        found[place] = Cell(before.times + one.times, last)
    return found


def _skills(db: Session, ids: Sequence[int], group_id: int) -> tuple[list[Column], Cells]:
    """Skills of the diploma, and what masters and teachers saw of them; what pupils say of themselves stays apart."""
    columns = [Column(code, label, code) for code, label in run(db, _SKILLS, {"group": group_id}).all()]
    rows = run(db, _EVIDENCE, {"pupils": list(ids)}).all()
    return columns, {(pupil, code): Cell(int(times), last, level) for pupil, code, times, last, level in rows}


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of a class that day."""

    years: dict[int, int]
    runs: Sequence[_Run]
    day: date

    def hint(self, pupil_id: int, operation: Routed, difficulty: int) -> Hint:
        """What to know of a pupil before giving this operation."""
        mine = [one for one in self.runs if one.pupil_id == pupil_id and one.center_id == operation.center_id]
        same = sum(one.times for one in mine if one.label == operation.step.label)
        last = max((one.last_on for one in mine), default=None)
        fit = suits(difficulty, self.years[pupil_id], same)
        return Hint(sum(one.times for one in mine), same, last, fit, self.day)


def _chores(db: Session, people: Sequence[Person], known: _Known) -> list[Chore]:
    """What may be given now, with those to whom it would teach most among those who may do it."""
    ready = [
        (routing.number, operation)
        for routing in routings_in_workshop(db)
        for place, operation in enumerate(routing.operations)
        if routing.left_at(place) and not routing.waiting_at(place)
    ][:MOST_CHORES]
    asked = {"operations": [operation.id for _, operation in ready]}
    grades = {row[0]: row[1] for row in run(db, _DIFFICULTY, asked).all()}
    gate = facts_for(db, {one.id for one in people}, {operation.center_id for _, operation in ready}, known.day)
    found = []
    for job, operation in ready:
        grade, center = grades[operation.id], operation.center_id
        able = [one for one in people if lasting_refusal(gate, one.id, center, known.day) is None]
        hints = [(one, known.hint(one.id, operation, grade)) for one in able]
        best = sorted(hints, key=lambda pair: (pair[1].order, pair[0].name))[:CANDIDATES]
        found.append(Chore(operation.id, operation.step.label, operation.center_label, job, grade, best))
    return found

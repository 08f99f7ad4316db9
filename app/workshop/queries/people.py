"""Pupils as the workshop sees them: who is in practice today, who is present, who is already at work."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, func, or_, select
from sqlalchemy.orm import Session, aliased

from app.accounts.models import Staff
from app.core.db import run
from app.core.errors import Refused
from app.machines.models import StaffAbsence, WorkCenter
from app.pedagogy.models import AttendanceRecord, Membership, Pupil, PupilGroup, TimetableSession
from app.pedagogy.rules import HERE, Attendance, SessionKind, SessionState, age_on
from app.workshop.models import Assignment, Operation, Ticket
from app.workshop.policies import Candidate
from app.workshop.rules import HalfDay, Presence, half_of, training_year

END_OF_DAY = 24 * 60 - 1
PRACTICE = (TimetableSession.kind == SessionKind.PRACTICE, TimetableSession.state == SessionState.PLANNED)


@dataclass(frozen=True, slots=True)
class Slot:
    """A practice session of a day, in local minutes, and who runs it that day: the master or who stands in."""

    id: int
    group_id: int
    group: str
    start: int
    end: int
    called: bool
    on_date: date
    staff_id: int
    master: str

    @property
    def span(self) -> tuple[int, int]:
        """From, to."""
        return self.start, self.end

    @property
    def half(self) -> HalfDay:
        """Morning or afternoon."""
        return half_of(self.start)


@dataclass(frozen=True, slots=True)
class Person:
    """A pupil of a group."""

    id: int
    code: str
    first_name: str
    last_name: str
    group_id: int
    group: str
    born_on: date
    entered_on: date

    @property
    def name(self) -> str:
        """First name then last name."""
        return f"{self.first_name} {self.last_name}"

    @property
    def initials(self) -> str:
        """Two letters."""
        return f"{self.first_name[:1]}{self.last_name[:1]}".upper()

    def year(self, day: date) -> int:
        """First, second or third year in the school."""
        return training_year(self.entered_on, day)

    def meta(self, day: date) -> str:
        """« CAP1, 16 ans »"""
        return f"{self.group}, {age_on(self.born_on, day)}\u00a0ans"


def on_day(day: Any) -> ColumnElement[bool]:
    """A membership that holds that day, both ends included."""
    return and_(Membership.starts_on <= day, or_(Membership.ends_on.is_(None), Membership.ends_on >= day))


_AWAY, _STANDS_IN = aliased(StaffAbsence), aliased(Staff)
_SLOTS = (
    select(
        TimetableSession.id, TimetableSession.group_id, PupilGroup.code, TimetableSession.start_minute,
        TimetableSession.end_minute, TimetableSession.called_at, TimetableSession.on_date,
        func.coalesce(_STANDS_IN.id, Staff.id), func.coalesce(_STANDS_IN.first_name, Staff.first_name),
        func.coalesce(_STANDS_IN.last_name, Staff.last_name),
    )
    .join(PupilGroup, PupilGroup.id == TimetableSession.group_id)
    .join(Staff, Staff.id == TimetableSession.staff_id)
    .outerjoin(
        _AWAY,
        (_AWAY.staff_id == TimetableSession.staff_id) & (_AWAY.starts_on <= TimetableSession.on_date)
        & (_AWAY.ends_on >= TimetableSession.on_date) & _AWAY.cancelled_at.is_(None)
        & _AWAY.substitute_id.is_not(None),
    )
    .outerjoin(_STANDS_IN, _STANDS_IN.id == _AWAY.substitute_id)
    .where(TimetableSession.on_date >= bindparam("first"), TimetableSession.on_date <= bindparam("last"), *PRACTICE)
    .order_by(TimetableSession.on_date, TimetableSession.start_minute, PupilGroup.code)
)  # fmt: skip
_PEOPLE = (
    select(
        Pupil.id, Pupil.code, Pupil.first_name, Pupil.last_name, Membership.group_id, PupilGroup.code, Pupil.born_on,
        Pupil.entered_on,
    )
    .join(Membership, Membership.pupil_id == Pupil.id)
    .join(PupilGroup, PupilGroup.id == Membership.group_id)
    .where(Membership.group_id.in_(bindparam("groups", expanding=True)), on_day(bindparam("day")))
    .order_by(Pupil.sort_key, Pupil.id)
)  # fmt: skip


def practice_slots(db: Session, first: date, last: date | None = None, *, staff_id: int | None = None) -> list[Slot]:
    """The practice sessions of a day, or from one day to another, that are not cancelled; of one master or of all."""
    found: dict[int, Slot] = {}
    for row in run(db, _SLOTS, {"first": first, "last": last or first}).all():
        id_, group_id, group, start, end, called, on_date, master_id, given, family = row
        slot = Slot(id_, group_id, group, start, end, called is not None, on_date, master_id, f"{given} {family}")
        found.setdefault(slot.id, slot)
    return [slot for slot in found.values() if staff_id in {None, slot.staff_id}]


def people_of(db: Session, group_ids: Iterable[int], day: date) -> list[Person]:
    """The members of the groups on that day, by name."""
    return [Person(*row) for row in run(db, _PEOPLE, {"groups": sorted(set(group_ids)), "day": day}).all()]


_PRESENCES = (
    select(AttendanceRecord.pupil_id, AttendanceRecord.status)
    .join(TimetableSession, TimetableSession.id == AttendanceRecord.session_id)
    .where(
        TimetableSession.on_date == bindparam("day"),
        AttendanceRecord.pupil_id.in_(bindparam("pupils", expanding=True)), *PRACTICE,
    )
    .order_by(TimetableSession.start_minute)
)  # fmt: skip


def presences(db: Session, pupil_ids: Sequence[int], day: date) -> dict[int, Presence]:
    """What the day's practice roll calls say: the latest one decides, and before the first nobody is absent."""
    found = dict.fromkeys(pupil_ids, Presence.UNKNOWN)
    for pupil_id, status in run(db, _PRESENCES, {"day": day, "pupils": list(pupil_ids)}).all():
        found[pupil_id] = Presence.HERE if Attendance(status) in HERE else Presence.ABSENT
    return found


_GROUPS = select(Membership.pupil_id, Membership.group_id).where(
    Membership.pupil_id.in_(bindparam("pupils", expanding=True)), on_day(bindparam("day"))
)


def groups_of(db: Session, pupil_ids: Sequence[int], day: date) -> dict[int, int]:
    """The group each pupil belongs to that day; who belongs to none is left out."""
    return {row[0]: row[1] for row in run(db, _GROUPS, {"pupils": list(pupil_ids), "day": day}).all()}


def candidates(
    db: Session, pupil_ids: Sequence[int], day: date, *, ticket_id: int | None, groups: Mapping[int, int]
) -> dict[int, Candidate]:
    """These pupils as the giving of one ticket sees them; `groups` are those of `groups_of`."""
    here = presences(db, pupil_ids, day)
    held = Assignment.ticket_id == (ticket_id or 0)
    rows = db.execute(
        select(Pupil.id, Pupil.first_name, Pupil.left_on, Assignment.id)
        .outerjoin(Assignment, and_(Assignment.pupil_id == Pupil.id, Assignment.ended_at.is_(None), held))
        .where(Pupil.id.in_(pupil_ids))
    )
    return {
        id_: Candidate(first_name, here[id_], id_ in groups, holding is not None, left_on)
        for id_, first_name, left_on, holding in rows
    }


def pupil_ids(db: Session, codes: Sequence[str], *, field: str = "pupils") -> list[int]:
    """The pupils of these codes, in the order given; an unknown one is refused at its field."""
    found = {row.code: row.id for row in db.execute(select(Pupil.code, Pupil.id).where(Pupil.code.in_(codes)))}
    for code in codes:
        if code not in found:
            raise Refused(f"Aucun élève n’a le code « {code} ».", field=field)
    return [found[code] for code in dict.fromkeys(codes)]


def experience(db: Session, pupil_ids: Sequence[int], center_id: int) -> dict[int, int]:
    """How many tickets each pupil has held on a work centre."""
    found = dict.fromkeys(pupil_ids, 0)
    rows = db.execute(
        select(Assignment.pupil_id)
        .join(Ticket, Ticket.id == Assignment.ticket_id)
        .join(Operation, Operation.id == Ticket.operation_id)
        .where(Assignment.pupil_id.in_(pupil_ids), Operation.work_center_id == center_id)
    )
    for (pupil_id,) in rows:
        found[pupil_id] += 1
    return found


_CENTERS = select(WorkCenter.code, WorkCenter.label).order_by(WorkCenter.sort_key)


def center_options(db: Session) -> list[tuple[str, str]]:
    """(code, label) of the work centres, by name."""
    return [(code, label) for code, label in run(db, _CENTERS).all()]

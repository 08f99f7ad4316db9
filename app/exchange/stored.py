"""What the database holds, read back in the typed form of the files: the other half of every check and every diff."""

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date
from functools import cached_property
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import Session, aliased

from app.accounts.models import School, Staff
from app.clients.models import Company, Contact
from app.core.clock import local, today
from app.exchange.tables import TABLES
from app.graduates.models import ExamResult, JobOffer, Outcome
from app.machines.models import Clearance, Declaration, WorkCenter
from app.orders.models import CustomerOrder, OrderLine
from app.pedagogy.models import (
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
from app.pedagogy.rules import SessionState
from app.workshop.models import Assignment, Job, Operation, QuantityReport, Ticket, WorkSession

Rows = Select[*tuple[Any, ...]]
Fix = Callable[[list[Any]], None]


class Database:
    """The stored rows of each table, asked for once: cells by key, and the id behind each key."""

    def __init__(self, db: Session) -> None:
        self._db = db
        self._cells: dict[str, dict[Any, Any]] = {}
        self._ids: dict[str, dict[Any, int]] = {}

    def cells(self, table: str) -> Mapping[Any, Any]:
        """The cells of every stored row, by key."""
        self._load(table)
        return self._cells[table]

    def ids(self, table: str) -> Mapping[Any, int]:
        """The id of every stored row, by key."""
        self._load(table)
        return self._ids[table]

    def forget(self, *tables: str) -> None:
        """Rows were written: read these tables again when next asked."""
        for table in tables:
            self._cells.pop(table, None)
            self._ids.pop(table, None)

    def _load(self, name: str) -> None:
        if name in self._cells:
            return
        table = TABLES[name]
        make, key_of = table.record, table.key_of
        cells: dict[Any, Any] = {}
        ids: dict[Any, int] = {}
        for row_id, *values in _rows(self._db, name):
            record = make(*values)
            key = key_of(record)
            cells[key], ids[key] = record, row_id
        self._cells[name], self._ids[name] = cells, ids

    def loose_good(self) -> Mapping[Any, int]:
        """Good pieces of each operation that were reported without booked time: they stand in no row of `pointages`."""
        booked: dict[Any, int] = {}
        for cells in self.cells("pointages").values():
            key = (cells.commande, cells.ligne, cells.operation)
            booked[key] = booked.get(key, 0) + cells.bonnes
        return {key: good - booked.get(key, 0) for key, good in self._good.items() if good != booked.get(key, 0)}

    @cached_property
    def _good(self) -> dict[Any, int]:
        found = self._db.execute(
            select(CustomerOrder.number, OrderLine.line_no, Operation.seq, Operation.good)
            .select_from(Operation)
            .join(Job, Job.id == Operation.job_id)
            .join(OrderLine, OrderLine.id == Job.line_id)
            .join(CustomerOrder, CustomerOrder.id == Job.order_id)
        )
        return {(order, line, step): good for order, line, step, good in found}

    def cancelled(self) -> Collection[Any]:
        """Keys of cancelled sessions."""
        found = self._db.execute(
            select(PupilGroup.code, TimetableSession.on_date, TimetableSession.start_minute)
            .join(PupilGroup, PupilGroup.id == TimetableSession.group_id)
            .where(TimetableSession.state == SessionState.CANCELLED)
        )
        return {(group, day, start) for group, day, start in found}


def _rows(db: Session, name: str) -> Iterable[list[Any]]:
    statement, fix = STATEMENTS[name]
    for row in db.execute(statement()):
        values = list(row)
        if fix:
            fix(values)
        yield values


def _split(*places: int) -> Fix:
    """Codes joined by « + » become a tuple; place 0 is the id."""

    def fix(values: list[Any]) -> None:
        for place in places:
            values[place] = tuple(values[place].split("+")) if values[place] else ()

    return fix


def _absent(*places: int) -> Fix:
    """An empty string stands for a value that is not known."""

    def fix(values: list[Any]) -> None:
        for place in places:
            values[place] = values[place] or None

    return fix


def _school() -> Rows:
    s = School
    return select(
        s.id, s.name, s.siret, s.uai, s.address, s.postal_code, s.city, s.zone, s.practice_target, s.vat_regime,
        s.vat_number, s.iban, s.bic,
    )  # fmt: skip


def _staff() -> Rows:
    return select(Staff.id, Staff.code, Staff.last_name, Staff.first_name, Staff.role, Staff.email)


def _diplomas() -> Rows:
    return select(Diploma.id, Diploma.code, Diploma.label, Diploma.level, Diploma.rncp)


def _skills() -> Rows:
    return select(Skill.id, Diploma.code, Skill.code, Skill.label).join(Diploma, Diploma.id == Skill.diploma_id)


def _subjects() -> Rows:
    return select(Subject.id, Diploma.code, Subject.code, Subject.label, Subject.kind, Subject.yearly_hours).join(
        Diploma, Diploma.id == Subject.diploma_id
    )


def _groups() -> Rows:
    group = PupilGroup
    return select(group.id, group.code, group.label, Diploma.code, group.school_year).join(
        Diploma, Diploma.id == group.diploma_id
    )


def _pupils() -> Rows:
    p = Pupil
    return select(
        p.id, p.code, p.last_name, p.first_name, p.born_on, PupilGroup.code, p.entered_on, p.left_on, Guardian.name,
        Guardian.email, Guardian.phone,
    ).join(PupilGroup, PupilGroup.id == p.group_id).outerjoin(
        Guardian, and_(Guardian.pupil_id == p.id, first_guardian_holds(today()))
    )  # fmt: skip


def first_guardian_holds(day: date) -> ColumnElement[bool]:
    """The guardian the files speak of: the first one of the day. The service lets nobody be first beside another."""
    g = Guardian
    return and_(g.rank == 1, or_(g.starts_on.is_(None), g.starts_on <= day), or_(g.ends_on.is_(None), g.ends_on >= day))


def _memberships() -> Rows:
    """Declared stays only: an implied one is no row of the school's."""
    m = Membership
    return (
        select(m.id, Pupil.code, PupilGroup.code, m.starts_on, m.ends_on)
        .join(Pupil, Pupil.id == m.pupil_id)
        .join(PupilGroup, PupilGroup.id == m.group_id)
        .where(m.implied.is_(False))
    )


def _work_centers() -> Rows:
    w = WorkCenter
    return select(w.id, w.code, w.label, w.capacity, w.regulated_articles, w.risk_assessed_on)


def _declarations() -> Rows:
    d = Declaration
    return select(d.id, d.code, d.sent_on, d.articles, d.work_centers, d.diplomas)


def _clearances() -> Rows:
    """What comes later speaks: a paper that holds before one that was voided, the latest of those."""
    c = Clearance
    return (
        select(c.id, Pupil.code, c.kind, WorkCenter.code, c.on_date, c.result, c.restriction)
        .join(Pupil, Pupil.id == c.pupil_id)
        .outerjoin(WorkCenter, WorkCenter.id == c.work_center_id)
        .order_by(c.voided_at.is_(None), c.id)
    )


def _companies() -> Rows:
    c = Company
    return select(
        c.id, c.code, c.name, c.siret, c.vat_number, c.address, c.postal_code, c.city, c.country, c.email, c.phone,
        c.payment_days,
    )  # fmt: skip


def _contacts() -> Rows:
    c = Contact
    return select(c.id, Company.code, c.last_name, c.first_name, c.position, c.email, c.phone).join(
        Company, Company.id == c.company_id
    )


def _orders() -> Rows:
    o = CustomerOrder
    return select(
        o.id, o.number, Company.code, o.customer_reference, o.ordered_on, o.due_on, o.state, o.delivered_on
    ).join(Company, Company.id == o.company_id)


def _lines() -> Rows:
    line = OrderLine
    return select(
        line.id, CustomerOrder.number, line.line_no, line.label, line.quantity, line.unit, line.unit_price,
        line.discount, line.vat_rate,
    ).join(CustomerOrder, CustomerOrder.id == line.order_id)  # fmt: skip


def _operations() -> Rows:
    o = Operation
    return (
        select(
            o.id, CustomerOrder.number, OrderLine.line_no, o.seq, o.label, WorkCenter.code, o.setup_seconds,
            o.unit_seconds, o.skill_code,
        )
        .join(Job, Job.id == o.job_id)
        .join(OrderLine, OrderLine.id == Job.line_id)
        .join(CustomerOrder, CustomerOrder.id == Job.order_id)
        .join(WorkCenter, WorkCenter.id == o.work_center_id)
    )  # fmt: skip


def _assignments() -> Rows:
    """A pupil may hold an operation several times: the latest one still held speaks, else the latest."""
    held = case((Assignment.ended_at.is_(None), 1), else_=0)
    return (
        select(Assignment.id, CustomerOrder.number, OrderLine.line_no, Operation.seq, Pupil.code, Staff.code)
        .join(Ticket, Ticket.id == Assignment.ticket_id)
        .join(Operation, Operation.id == Ticket.operation_id)
        .join(Job, Job.id == Operation.job_id)
        .join(OrderLine, OrderLine.id == Job.line_id)
        .join(CustomerOrder, CustomerOrder.id == Job.order_id)
        .join(Pupil, Pupil.id == Assignment.pupil_id)
        .join(Staff, Staff.id == Assignment.master_id)
        .order_by(held, Assignment.id)
    )


def _work() -> Rows:
    """Closed booked time that counts (neither reversed nor reversing), with its pieces."""
    reversal = aliased(WorkSession)
    pieces = (
        select(
            QuantityReport.work_session_id,
            func.sum(QuantityReport.good).label("good"),
            func.sum(QuantityReport.scrap).label("scrap"),
        )
        .group_by(QuantityReport.work_session_id)
        .subquery()
    )
    w = WorkSession
    return (
        select(
            w.id, CustomerOrder.number, OrderLine.line_no, Operation.seq, Pupil.code, w.started_at, w.started_at,
            w.ended_at, func.coalesce(pieces.c.good, 0), func.coalesce(pieces.c.scrap, 0),
        )
        .join(Ticket, Ticket.id == w.ticket_id)
        .join(Operation, Operation.id == Ticket.operation_id)
        .join(Job, Job.id == Operation.job_id)
        .join(OrderLine, OrderLine.id == Job.line_id)
        .join(CustomerOrder, CustomerOrder.id == Job.order_id)
        .join(Pupil, Pupil.id == w.pupil_id)
        .outerjoin(reversal, reversal.reverses_id == w.id)
        .outerjoin(pieces, pieces.c.work_session_id == w.id)
        .where(w.reverses_id.is_(None), w.ended_at.is_not(None), reversal.id.is_(None))
        .order_by(w.id)
    )  # fmt: skip


def _wall_clock(values: list[Any]) -> None:
    """Two instants become the local date and two local minutes."""
    start, end = local(values[5]), local(values[7])
    values[5], values[6] = start.date(), start.hour * 60 + start.minute
    values[7] = end.hour * 60 + end.minute
    values[8], values[9] = int(values[8]), int(values[9])


def _sessions() -> Rows:
    t = TimetableSession
    return (
        select(
            t.id, t.on_date, t.start_minute, t.end_minute, PupilGroup.code, t.kind, Subject.code, Staff.code, t.room,
            t.content,
        )
        .join(PupilGroup, PupilGroup.id == t.group_id)
        .join(Subject, Subject.id == t.subject_id)
        .join(Staff, Staff.id == t.staff_id)
    )  # fmt: skip


def _attendance() -> Rows:
    """What holds now; the id is that of the last statement made, which a correction follows.

    It need not be the one that holds: a teacher may have spoken after the office, whose word stays.
    """
    a, t, said = AttendanceRecord, TimetableSession, RollCallEvent
    last = select(func.max(said.id)).where(said.session_id == a.session_id, said.pupil_id == a.pupil_id)
    return (
        select(
            last.scalar_subquery(), t.on_date, t.start_minute, PupilGroup.code, Pupil.code, a.status, a.minutes_late,
            a.minutes_early,
        )
        .join(t, t.id == a.session_id)
        .join(PupilGroup, PupilGroup.id == t.group_id)
        .join(Pupil, Pupil.id == a.pupil_id)
    )  # fmt: skip


def _results() -> Rows:
    r = ExamResult
    return (
        select(r.id, Pupil.code, Diploma.code, r.session, r.verdict)
        .join(Pupil, Pupil.id == r.pupil_id)
        .join(Diploma, Diploma.id == r.diploma_id)
    )


def _offers() -> Rows:
    o = JobOffer
    return select(o.id, Pupil.code, o.company_name, o.siret, o.offered_on, o.contract, o.state).join(
        Pupil, Pupil.id == o.pupil_id
    )


def _outcomes() -> Rows:
    o = Outcome
    return select(o.id, Pupil.code, o.as_of, o.situation, o.company_name).join(Pupil, Pupil.id == o.pupil_id)


STATEMENTS: Mapping[str, tuple[Callable[[], Rows], Fix | None]] = {
    "ecole": (_school, None), "personnel": (_staff, None), "diplomes": (_diplomas, None),
    "competences": (_skills, None), "matieres": (_subjects, None), "groupes": (_groups, None),
    "eleves": (_pupils, _absent(8)), "inscriptions": (_memberships, None), "postes": (_work_centers, _split(4)),
    "declarations": (_declarations, _split(3, 4, 5)), "aptitudes": (_clearances, _split(6)),
    "clients": (_companies, None), "contacts": (_contacts, _absent(3)), "commandes": (_orders, None),
    "lignes": (_lines, None), "operations": (_operations, None), "affectations": (_assignments, None),
    "pointages": (_work, _wall_clock), "seances": (_sessions, None), "presences": (_attendance, None),
    "resultats": (_results, None), "promesses": (_offers, None), "devenirs": (_outcomes, None),
}  # fmt: skip

"""Reads over every domain for the home pages. Each bounded by what is open or by one school year."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import bindparam, case, func, select
from sqlalchemy.orm import Session

from app.accounts.models import Staff
from app.board.rules import Hit, months_back, school_year_start
from app.clients.models import Company
from app.core.actor import Actor
from app.core.db import run
from app.core.permissions import Permission
from app.core.text import like_pattern
from app.orders.models import CustomerOrder
from app.orders.rules import OPEN_STATES, OrderState
from app.pedagogy.models import Pupil, PupilGroup, Subject, TimetableSession
from app.pedagogy.rules import SessionKind, SessionState
from app.workshop.models import Job, MaterialLot, Operation, Ticket

HITS = 8
BILLABLE = (OrderState.DELIVERED, OrderState.INVOICED)


@dataclass(frozen=True, slots=True)
class OrderCounts:
    """What the office must look after: numbers of orders, euros excluding VAT."""

    to_invoice: int
    to_invoice_net: Decimal
    due_this_week: int
    late: int
    quotes: int


@dataclass(frozen=True, slots=True)
class Turnover:
    """Euros excluding VAT delivered in a month, by date of delivery."""

    month: date
    net: Decimal


_ORDER, _SESSION = CustomerOrder, TimetableSession
_IS_OPEN, _IS_DELIVERED = _ORDER.state.in_(sorted(OPEN_STATES)), _ORDER.state == OrderState.DELIVERED
_COUNTS = select(
    func.count().filter(_IS_DELIVERED),
    func.coalesce(func.sum(_ORDER.net).filter(_IS_DELIVERED), 0),
    func.count().filter(_IS_OPEN, _ORDER.due_on.between(bindparam("today"), bindparam("sunday"))),
    func.count().filter(_IS_OPEN, _ORDER.due_on < bindparam("today")),
    func.count().filter(_ORDER.state == OrderState.QUOTE),
).where(_ORDER.state.in_((*sorted(OPEN_STATES), OrderState.DELIVERED, OrderState.QUOTE)))


def order_counts(db: Session, today: date) -> OrderCounts:
    """The orders that want a gesture now; one statement over the orders that are not over."""
    row = run(db, _COUNTS, {"today": today, "sunday": today + timedelta(days=6 - today.weekday())}).one()
    return OrderCounts(int(row[0]), Decimal(row[1]), int(row[2]), int(row[3]), int(row[4]))


# The state is looked at in the sum: as a condition it would draw the engine to an index that holds every year.
_DELIVERED = (
    select(_ORDER.delivered_on, func.sum(case((_ORDER.state.in_(BILLABLE), _ORDER.net), else_=0)))
    .where(_ORDER.delivered_on >= bindparam("start"))
    .group_by(_ORDER.delivered_on)
)


def turnover(db: Session, today: date, months: int = 12) -> list[Turnover]:
    """Deliveries of the last months; a delivered order counts in the month of its delivery, cancelled ones never."""
    firsts = months_back(today, months)
    sums = dict.fromkeys(firsts, Decimal(0))
    for day, net in run(db, _DELIVERED, {"start": firsts[0]}).all():
        if (month := day.replace(day=1)) in sums:
            sums[month] += net
    return [Turnover(month, net) for month, net in sums.items()]


_WITHOUT_ACCESS = select(func.count()).where(Staff.password_hash.is_(None), Staff.disabled_at.is_(None))
_ANY_PUPIL, _ANY_ORDER = select(Pupil.id).limit(1), select(_ORDER.id).limit(1)
_ENROLLED = select(func.count()).where(
    Pupil.entered_on <= bindparam("day"), Pupil.left_on.is_(None) | (Pupil.left_on >= bindparam("day"))
)


def staff_without_access(db: Session) -> int:
    """Staff taken over or created who cannot sign in yet."""
    return int(run(db, _WITHOUT_ACCESS).scalar_one())


def is_empty(db: Session) -> bool:
    """Whether the school has not begun: no pupil and no order yet."""
    return all(run(db, anything).first() is None for anything in (_ANY_PUPIL, _ANY_ORDER))


def present_pupils(db: Session, today: date) -> int:
    """Pupils enrolled on a day."""
    return int(run(db, _ENROLLED, {"day": today}).scalar_one())


def search(db: Session, words: str, actor: Actor, today: date) -> list[Hit]:
    """What a few letters find, of each kind this person may open; at most eight of each."""
    if len(words) < 2:
        return []
    pattern = like_pattern(words)
    hits: list[Hit] = []
    if actor.can(Permission.ORDER_READ):
        hits += _orders(db, pattern)
    if actor.can(Permission.PUPIL_READ):
        hits += _pupils(db, pattern)
    if actor.can(Permission.CLIENT_READ):
        hits += _companies(db, pattern)
    if actor.can(Permission.TICKET_READ):
        hits += _tickets(db, words, today)
        hits += _lots(db, pattern)
    return hits


def _orders(db: Session, pattern: str) -> list[Hit]:
    rows = db.execute(
        select(CustomerOrder.number, CustomerOrder.state, Company.name)
        .join(Company, Company.id == CustomerOrder.company_id)
        .where(CustomerOrder.search_key.like(pattern, escape="\\"))
        .order_by(CustomerOrder.ordered_on.desc(), CustomerOrder.id.desc())
        .limit(HITS)
    )
    return [
        Hit("Commande", "orders", number, f"{name}, {state.label.lower()}", "orders.show_order", (("number", number),))
        for number, state, name in rows
    ]


def _pupils(db: Session, pattern: str) -> list[Hit]:
    rows = db.execute(
        select(Pupil.code, Pupil.first_name, Pupil.last_name, PupilGroup.label)
        .join(PupilGroup, PupilGroup.id == Pupil.group_id)
        .where(Pupil.search_key.like(pattern, escape="\\"))
        .order_by(Pupil.sort_key, Pupil.id)
        .limit(HITS)
    )
    return [
        Hit("Élève", "people", f"{first} {last}", group, "pedagogy.show_pupil", (("code", code),))
        for code, first, last, group in rows
    ]


def _companies(db: Session, pattern: str) -> list[Hit]:
    rows = db.execute(
        select(Company.code, Company.name, Company.city)
        .where(Company.search_key.like(pattern, escape="\\"))
        .order_by(Company.sort_key, Company.id)
        .limit(HITS)
    )
    return [
        Hit("Client", "company", name, city or code, "clients.show_company", (("code", code),))
        for code, name, city in rows
    ]


def _lots(db: Session, pattern: str) -> list[Hit]:
    """Material by code, label, heat or certificate number; what is in stock first."""
    rows = db.execute(
        select(MaterialLot.code, MaterialLot.label, MaterialLot.shape, MaterialLot.heat)
        .where(MaterialLot.search_key.like(pattern, escape="\\"))
        .order_by(MaterialLot.closed_at.is_not(None), MaterialLot.received_on.desc(), MaterialLot.id.desc())
        .limit(HITS)
    )
    return [
        Hit(
            "Matière", "box", f"{label}, {shape}" if shape else label,
            f"{code}, coulée {heat}" if heat else code, "workshop.show_lot", (("code", code),),
        )
        for code, label, shape, heat in rows
    ]  # fmt: skip


def _tickets(db: Session, words: str, today: date) -> list[Hit]:
    """Tickets by their number, whole or as read aloud without its year: « 1234 » is BT2026-01234 or last year's."""
    typed = words.strip().upper()
    numbers = {typed}
    if typed.isdecimal() and len(typed) <= 6:
        numbers |= {f"BT{year}-{int(typed):05d}" for year in (today.year, today.year - 1)}
    rows = db.execute(
        select(Ticket.number, Operation.label, Job.number)
        .join(Operation, Operation.id == Ticket.operation_id)
        .join(Job, Job.id == Operation.job_id)
        .where(Ticket.number.in_(sorted(numbers)))
        .order_by(Ticket.id.desc())
    )
    return [
        Hit("Bon de travail", "ticket", ticket, f"{label}, {job}", "workshop.show_ticket", (("number", ticket),))
        for ticket, label, job in rows
    ]


_LESSONS = (
    select(
        _SESSION.id, _SESSION.start_minute, _SESSION.end_minute, PupilGroup.label, Subject.label, _SESSION.room,
        _SESSION.called_at.is_not(None), _SESSION.content.is_not(None),
    )
    .join(PupilGroup, PupilGroup.id == _SESSION.group_id)
    .join(Subject, Subject.id == _SESSION.subject_id)
    .where(
        _SESSION.staff_id == bindparam("staff"), _SESSION.on_date == bindparam("day"),
        _SESSION.state != SessionState.CANCELLED,
    )
    .order_by(_SESSION.start_minute, _SESSION.id)
)  # fmt: skip
_TAUGHT = (
    _SESSION.staff_id == bindparam("staff"), _SESSION.on_date >= bindparam("start"),
    _SESSION.on_date <= bindparam("end"), _SESSION.state != SessionState.CANCELLED,
)  # fmt: skip
_MISSING = select(
    func.count().filter(_SESSION.called_at.is_(None)),
    func.count().filter(_SESSION.content.is_(None), _SESSION.kind == SessionKind.THEORY),
).where(*_TAUGHT)
_LENGTH = func.coalesce(_SESSION.taught_minutes, _SESSION.end_minute - _SESSION.start_minute)
_HELD = select(
    func.coalesce(func.sum(_LENGTH).filter(_SESSION.on_date >= bindparam("month")), 0),
    func.coalesce(func.sum(_LENGTH), 0),
    func.count(),
).where(*_TAUGHT, _SESSION.called_at.is_not(None))


def lessons_of(db: Session, staff_id: int, day: date) -> list[tuple[Any, ...]]:
    """A person's sessions of a day, in order: id, start, end, group, subject, room, called?, logged?"""
    return [tuple(row) for row in run(db, _LESSONS, {"staff": staff_id, "day": day}).all()]


def lessons_missing(db: Session, staff_id: int, today: date) -> tuple[int, int]:
    """A person's sessions of this school year up to yesterday: without a call, and lessons without content."""
    values = {"staff": staff_id, "start": school_year_start(today), "end": today - timedelta(days=1)}
    calls, logs = run(db, _MISSING, values).one()
    return int(calls), int(logs)


def minutes_held(db: Session, staff_id: int, today: date) -> tuple[int, int, int]:
    """Minutes a person has held (roll called) this month and this school year, and in how many sessions."""
    values = {"staff": staff_id, "start": school_year_start(today), "end": today, "month": today.replace(day=1)}
    month, year, count = run(db, _HELD, values).one()
    return int(month), int(year), int(count)

"""Reads over every domain for the home pages. Each bounded by what is open or by one school year."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from app.accounts.models import Staff
from app.board.rules import Hit, months_back, school_year_start
from app.clients.models import Company
from app.core.actor import Actor
from app.core.permissions import Permission
from app.core.text import like_pattern
from app.orders.models import CustomerOrder
from app.orders.rules import OPEN_STATES, OrderState
from app.pedagogy.models import Pupil, PupilGroup, Subject, TimetableSession
from app.pedagogy.rules import SessionKind, SessionState
from app.workshop.models import Job, Operation, Ticket

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


def order_counts(db: Session, today: date) -> OrderCounts:
    """The orders that want a gesture now; one statement over the orders that are not over."""
    order = CustomerOrder
    end_of_week = today + timedelta(days=6 - today.weekday())
    is_open = order.state.in_(OPEN_STATES)
    delivered = order.state == OrderState.DELIVERED
    row = db.execute(
        select(
            func.count().filter(delivered),
            func.coalesce(func.sum(order.net).filter(delivered), 0),
            func.count().filter(and_(is_open, order.due_on >= today, order.due_on <= end_of_week)),
            func.count().filter(and_(is_open, order.due_on < today)),
            func.count().filter(order.state == OrderState.QUOTE),
        ).where(order.state.in_((*OPEN_STATES, OrderState.DELIVERED, OrderState.QUOTE)))
    ).one()
    return OrderCounts(int(row[0]), Decimal(row[1]), int(row[2]), int(row[3]), int(row[4]))


def turnover(db: Session, today: date, months: int = 12) -> list[Turnover]:
    """Deliveries of the last months; a delivered order counts in the month of its delivery, cancelled ones never."""
    firsts = months_back(today, months)
    rows = db.execute(
        select(CustomerOrder.delivered_on, func.sum(CustomerOrder.net))
        .where(CustomerOrder.delivered_on >= firsts[0], CustomerOrder.state.in_(BILLABLE))
        .group_by(CustomerOrder.delivered_on)
    )
    sums = dict.fromkeys(firsts, Decimal(0))
    for day, net in rows:
        month = day.replace(day=1) if day else None
        if month in sums:
            sums[month] += net
    return [Turnover(month, net) for month, net in sums.items()]


def calls_missing(db: Session, today: date) -> int:
    """Sessions of this school year up to yesterday that nobody has called."""
    session = TimetableSession
    return int(
        db.execute(
            select(func.count()).where(
                session.on_date >= school_year_start(today), session.on_date < today,
                session.state != SessionState.CANCELLED, session.called_at.is_(None),
            )
        ).scalar_one()
    )  # fmt: skip


def staff_without_access(db: Session) -> int:
    """Staff taken over or created who cannot sign in yet."""
    query = select(func.count()).where(Staff.password_hash.is_(None), Staff.disabled_at.is_(None))
    return int(db.execute(query).scalar_one())


def is_empty(db: Session) -> bool:
    """Whether the school has not begun: no pupil and no order yet."""
    return all(db.execute(select(column).limit(1)).first() is None for column in (Pupil.id, CustomerOrder.id))


def present_pupils(db: Session, today: date) -> int:
    """Pupils enrolled on a day."""
    query = select(func.count()).where(
        Pupil.entered_on <= today, Pupil.left_on.is_(None) | (Pupil.left_on >= today)
    )  # fmt: skip
    return int(db.execute(query).scalar_one())


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


def lessons_of(db: Session, staff_id: int, day: date) -> list[tuple[Any, ...]]:
    """A person's sessions of a day, in order: id, start, end, group, subject, room, called?, logged?"""
    session = TimetableSession
    rows = db.execute(
        select(
            session.id, session.start_minute, session.end_minute, PupilGroup.label, Subject.label, session.room,
            session.called_at.is_not(None), session.content.is_not(None),
        )
        .join(PupilGroup, PupilGroup.id == session.group_id)
        .join(Subject, Subject.id == session.subject_id)
        .where(session.staff_id == staff_id, session.on_date == day, session.state != SessionState.CANCELLED)
        .order_by(session.start_minute, session.id)
    )  # fmt: skip
    return [tuple(row) for row in rows]


def lessons_missing(db: Session, staff_id: int, today: date) -> tuple[int, int]:
    """A person's sessions of this school year up to yesterday: without a call, and lessons without content."""
    session = TimetableSession
    calls, logs = db.execute(
        select(
            func.count().filter(session.called_at.is_(None)),
            func.count().filter(session.content.is_(None), session.kind == SessionKind.THEORY),
        ).where(*_taught(staff_id, school_year_start(today), today - timedelta(days=1)))
    ).one()
    return int(calls), int(logs)


def minutes_held(db: Session, staff_id: int, today: date) -> tuple[int, int, int]:
    """Minutes a person has held (roll called) this month and this school year, and in how many sessions."""
    session = TimetableSession
    length = func.coalesce(session.taught_minutes, session.end_minute - session.start_minute)
    month, year, count = db.execute(
        select(
            func.coalesce(func.sum(length).filter(session.on_date >= today.replace(day=1)), 0),
            func.coalesce(func.sum(length), 0),
            func.count(),
        ).where(*_taught(staff_id, school_year_start(today), today), session.called_at.is_not(None))
    ).one()
    return int(month), int(year), int(count)


def _taught(staff_id: int, starts_on: date, ends_on: date) -> tuple[Any, ...]:
    session = TimetableSession
    return (
        session.staff_id == staff_id, session.on_date >= starts_on, session.on_date <= ends_on,
        session.state != SessionState.CANCELLED,
    )  # fmt: skip

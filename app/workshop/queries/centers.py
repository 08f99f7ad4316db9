"""Work centres: what they are for, who is on them, and how much waits for them."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from app.core.journal import Deed, history
from app.core.text import like_pattern
from app.machines.models import WorkCenter
from app.machines.queries import get_work_center
from app.machines.rules import CenterState
from app.machines.rules.articles import split_codes
from app.orders.models import CustomerOrder
from app.pedagogy.models import Pupil
from app.workshop.models import Job, Operation, Ticket, WorkSession
from app.workshop.queries.routing import IN_WORKSHOP, Routing, load_routings
from app.workshop.queries.tickets import TicketRow, ticket_rows
from app.workshop.rules import LIVE_STATES, TicketState

MISSING = Job.quantity - Operation.good
LOAD = case((MISSING > 0, MISSING * Operation.unit_seconds + Operation.setup_seconds), else_=0)


@dataclass(frozen=True, slots=True)
class CenterRow:
    """A work centre with its load: planned seconds of all pieces still to be made on it."""

    code: str
    label: str
    capacity: int
    regulated_articles: str
    risk_assessed_on: date | None
    state: CenterState
    state_note: str | None
    working: int
    tickets: int
    load_seconds: int

    @property
    def articles(self) -> str:
        """« D4153-28 + D4153-17 »"""
        return " + ".join(split_codes(self.regulated_articles))


@dataclass(frozen=True, slots=True)
class Worker:
    """Somebody who is on a work centre now."""

    name: str
    number: str
    since: datetime


@dataclass(frozen=True, slots=True)
class CenterPage:
    """What the page of a work centre shows."""

    center: WorkCenter
    workers: list[Worker]
    tickets: list[TicketRow]
    waiting: list[tuple[Routing, int]]
    journal: list[Deed]

    @property
    def articles(self) -> str:
        """« D4153-28 + D4153-17 »"""
        return " + ".join(split_codes(self.center.regulated_articles))


def list_work_centers(db: Session, text: str = "") -> list[CenterRow]:
    """Every work centre by name; one statement."""
    load, tickets, working = _load(), _tickets(), _working()
    query = (
        select(
            WorkCenter.code, WorkCenter.label, WorkCenter.capacity, WorkCenter.regulated_articles,
            WorkCenter.risk_assessed_on, WorkCenter.state, WorkCenter.state_note,
            func.coalesce(working.c.count, 0), func.coalesce(tickets.c.count, 0),
            func.coalesce(load.c.seconds, 0),
        )
        .outerjoin(load, load.c.work_center_id == WorkCenter.id)
        .outerjoin(tickets, tickets.c.work_center_id == WorkCenter.id)
        .outerjoin(working, working.c.work_center_id == WorkCenter.id)
        .order_by(WorkCenter.sort_key, WorkCenter.id)
    )  # fmt: skip
    if text:
        pattern = like_pattern(text)
        query = query.where(
            WorkCenter.sort_key.like(pattern, escape="\\") | func.lower(WorkCenter.code).like(pattern, escape="\\")
        )
    return [CenterRow(*(*row[:9], int(row[9]))) for row in db.execute(query)]


def _load() -> Any:
    return (
        select(Operation.work_center_id, func.sum(LOAD).label("seconds"))
        .join(Job, Job.id == Operation.job_id)
        .join(CustomerOrder, CustomerOrder.id == Job.order_id)
        .where(*IN_WORKSHOP)
        .group_by(Operation.work_center_id)
        .subquery()
    )


def _tickets() -> Any:
    return (
        select(Operation.work_center_id, func.count().label("count"))
        .join(Ticket, Ticket.operation_id == Operation.id)
        .where(Ticket.state.in_(LIVE_STATES - {TicketState.OPEN}))
        .group_by(Operation.work_center_id)
        .subquery()
    )


def _working() -> Any:
    return (
        select(Operation.work_center_id, func.count().label("count"))
        .join(Ticket, Ticket.operation_id == Operation.id)
        .join(WorkSession, WorkSession.ticket_id == Ticket.id)
        .where(WorkSession.ended_at.is_(None))
        .group_by(Operation.work_center_id)
        .subquery()
    )


def center_ids(db: Session) -> dict[str, int]:
    """Work centres by code."""
    return {row.code: row.id for row in db.execute(select(WorkCenter.code, WorkCenter.id))}


def center_page(db: Session, code: str) -> CenterPage:
    """A work centre, who is on it, what was given for it and what waits for it."""
    center = get_work_center(db, code)
    rows = db.execute(
        select(Pupil.first_name + " " + Pupil.last_name, Ticket.number, WorkSession.started_at)
        .join(Ticket, Ticket.id == WorkSession.ticket_id)
        .join(Operation, Operation.id == Ticket.operation_id)
        .join(Pupil, Pupil.id == WorkSession.pupil_id)
        .where(WorkSession.ended_at.is_(None), Operation.work_center_id == center.id)
        .order_by(WorkSession.started_at)
    )
    jobs = select(Operation.job_id).where(Operation.work_center_id == center.id)
    waiting = [
        (routing, place)
        for routing in load_routings(db, *IN_WORKSHOP, Job.id.in_(jobs))
        for place, operation in enumerate(routing.operations)
        if operation.center_id == center.id and routing.left_at(place)
    ]
    tickets = ticket_rows(db, Operation.work_center_id == center.id, Ticket.state.in_(LIVE_STATES))
    return CenterPage(
        center, [Worker(*row) for row in rows], tickets, waiting, history(db, "work_center", center.id)
    )  # fmt: skip

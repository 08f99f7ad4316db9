"""A small workshop day, arranged once: a master, a class at practice, an order with a job of three operations."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Staff
from app.core.actor import Actor
from app.core.clock import PARIS
from app.orders.models import CustomerOrder, OrderLine
from app.orders.rules import OrderState
from app.pedagogy.models import Pupil, PupilGroup, TimetableSession
from app.workshop import queries
from app.workshop.models import Job, Operation, Ticket
from app.workshop.rules import JobState
from tests.factories import (
    actor_of,
    make_attendance,
    make_group,
    make_job,
    make_operation,
    make_order,
    make_pupil,
    make_session,
    make_staff,
    make_work_center,
    operations_of,
)


@dataclass
class Scene:
    """What a test of the workshop starts from."""

    db: Session
    master: Staff
    by: Actor
    group: PupilGroup
    session: TimetableSession
    tom: Pupil
    ines: Pupil
    order: CustomerOrder
    job: Job

    @property
    def operations(self) -> list[Operation]:
        """The routing, read again."""
        return list(operations_of(self.db, self.job))

    def line(self) -> OrderLine:
        """The line the job is for."""
        return self.db.get_one(OrderLine, self.job.line_id)

    def pupil(self, first_name: str, **other: object) -> Pupil:
        """One more pupil of the class."""
        return make_pupil(self.db, self.group, first_name=first_name, **other)

    def attendance(self, pupil: Pupil, status: object) -> None:
        """Call the morning's roll for one pupil."""
        make_attendance(self.db, self.session, pupil, status)

    def ticket(self, number: str) -> Ticket:
        """A ticket as it is stored now."""
        self.db.flush()
        self.db.expire_all()
        return queries.get_ticket(self.db, number)

    def tickets(self) -> list[Ticket]:
        """All of them."""
        return list(self.db.execute(select(Ticket).order_by(Ticket.id)).scalars())


def arrange(
    db: Session, *, quantity: int = 10, state: OrderState = OrderState.CONFIRMED, due_on: date | None = None
) -> Scene:
    """Tom and Inès, at practice from 08:00 to 12:00; an order whose job is cut, turned, checked."""
    master = make_staff(db, first_name="Karim", last_name="Benali")
    group = make_group(db, code="CAP1")
    session = make_session(db, group, staff=master)
    make_session(db, group, staff=master, start_minute=780, end_minute=1020)
    order = make_order(db, state=state, number="CDE-2026-0007", due_on=due_on)
    job = make_job(db, _line(db, order), operations=0, quantity=quantity, state=JobState.PLANNED)
    for label, code in (("Débit", "SCIE"), ("Tournage", "TOUR"), ("Contrôle", "METRO")):
        make_operation(db, job, label=label, work_center=make_work_center(db, code=code, label=label))
    tom = make_pupil(db, group, first_name="Tom", last_name="Aubry", code="E-TOM")
    ines = make_pupil(db, group, first_name="Inès", last_name="Haddad", code="E-INES")
    return Scene(db, master, actor_of(master), group, session, tom, ines, order, job)


def _line(db: Session, order: CustomerOrder) -> OrderLine:
    return db.execute(select(OrderLine).where(OrderLine.order_id == order.id)).scalars().one()


def at(hour: int, minute: int = 0, *, day: int = 24, month: int = 11) -> datetime:
    """An instant of the autumn of the tests, by the school's clock."""
    return datetime(2026, month, day, hour, minute, tzinfo=PARIS)

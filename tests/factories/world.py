"""A whole school in the middle of a day, of any size: what lists, boards and home pages are tried on."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.orm import Session

from app.absences.models import AbsenceLetter
from app.accounts.models import Staff
from app.clients.models import Company
from app.core.clock import today
from app.core.mail import OutgoingMail
from app.core.permissions import Role
from app.graduates.models import JobOffer
from app.machines.models import Clearance, Declaration, WorkCenter
from app.orders.models import CustomerOrder
from app.orders.rules import OrderState
from app.pedagogy.models import AbsenceReason, Pupil, PupilGroup, TimetableSession
from app.pedagogy.rules import Attendance, SessionKind
from app.workshop.models import (
    Job,
    MaterialLot,
    MaterialMove,
    Operation,
    QuantityReport,
    RoutingTemplate,
    Ticket,
    WorkSession,
)
from app.workshop.rules import MoveKind, TicketState
from tests.factories.absences import make_letter, make_mail, make_notice, make_reason
from tests.factories.accounts import make_school, make_staff
from tests.factories.clients import make_company, make_contact
from tests.factories.graduates import make_offer, make_outcome, make_result
from tests.factories.learning import Schooling, make_schooling
from tests.factories.material import make_lot, make_move
from tests.factories.orders import make_line, make_order
from tests.factories.pedagogy import make_attendance, make_group, make_pupil, make_session, make_skill
from tests.factories.routings import make_template
from tests.factories.timetable import Planning, make_planning
from tests.factories.workshop import (
    make_clearance,
    make_declaration,
    make_job,
    make_quantity_report,
    make_ticket,
    make_work_center,
    make_work_session,
    operations_of,
)

ORDER_STATES = tuple(OrderState)
TICKET_STATES = tuple(TicketState)
STATUSES = tuple(Attendance)


@dataclass(frozen=True)
class World:
    """One of each thing, to look at."""

    company: Company
    order: CustomerOrder
    group: PupilGroup
    pupil: Pupil
    session: TimetableSession
    center: WorkCenter
    job: Job
    operation: Operation
    ticket: Ticket
    work: WorkSession
    report: QuantityReport
    offer: JobOffer
    staff: Staff
    lot: MaterialLot
    move: MaterialMove
    declaration: Declaration
    paper: Clearance
    template: RoutingTemplate
    reason: AbsenceReason
    letter: AbsenceLetter
    mail: OutgoingMail
    schooling: Schooling
    planning: Planning


def make_world(db: Session, size: int) -> World:
    """`size` clients, groups and work centres, and for each of them what belongs to them, in every state."""
    make_school(db)
    for number in range(size):
        world = _add(db, number)
    return world


def _add(db: Session, number: int) -> World:
    company = make_company(db)
    make_contact(db, company)
    state = ORDER_STATES[number % len(ORDER_STATES)]
    make_order(db, company, state=state, due_on=today() + timedelta(days=number % 9 - 4), lines=2)
    order = make_order(db, company, state=OrderState.IN_PRODUCTION)
    master = make_staff(db, Role.MASTER)
    group = make_group(db)
    make_skill(db, group.diploma)
    morning = make_session(db, group, staff=master)
    theory = make_session(db, group, SessionKind.THEORY, start_minute=780, end_minute=900)
    make_session(db, group, SessionKind.THEORY, on_date=today() - timedelta(days=1 + number % 5))
    center = make_work_center(db, regulated_articles="D4153-28" if number % 2 else "")
    declaration = make_declaration(db, work_centers=center.code)
    job = make_job(db, make_line(db, order), operations=2)
    operation = operations_of(db, job)[0]
    for place in range(3):
        pupil = make_pupil(db, group)
        make_clearance(db, pupil)
        paper = make_clearance(db, pupil, work_center=center)
        make_attendance(db, morning, pupil, STATUSES[(number + place) % 2])
        if place:
            make_attendance(db, theory, pupil, STATUSES[(number + place) % len(STATUSES)])
        if place == 1:
            make_notice(db, pupil, morning)
        ticket = make_ticket(
            db, operation, pupil=pupil, master=master, state=TICKET_STATES[1 + (number + place) % 3], quantity=4
        )  # fmt: skip
        work = make_work_session(db, ticket, pupil)
        report = make_quantity_report(db, ticket, pupil, good=1, scrap=place % 2, work_session=work)
    reason, letter, mail = make_reason(db, pupil, "AUT"), make_letter(db, pupil), make_mail(db)
    make_ticket(db, operation)
    make_result(db, pupil)
    offer = make_offer(db, pupil)
    make_outcome(db, pupil)
    template = make_template(db, center=center)
    job.template_id, job.template_revision = template.id, template.revision
    db.flush()  # the job's template, before a page asks for it
    return World(
        company, order, group, pupil, morning, center, job, operation, ticket, work, report, offer, master,
        *_lots(db, job), declaration, paper, template, reason, letter, mail,
        make_schooling(db, group, pupil, theory.subject), make_planning(db, group),
    )  # fmt: skip


def _lots(db: Session, job: Job) -> tuple[MaterialLot, MaterialMove]:
    """Two lots for the job, one partly consumed with an off-cut, and the reservation of the other."""
    used = make_lot(db, certificate_kind="3.1")
    make_move(db, used, MoveKind.RESERVE, 4, job=job)
    make_move(db, used, MoveKind.CONSUME, 3, job=job)
    offcut = make_lot(db, quantity=0, parent_id=used.id)
    make_move(db, offcut, MoveKind.OFFCUT, 1, job=job)
    other = make_lot(db, company_id=db.get_one(CustomerOrder, job.order_id).company_id)
    return other, make_move(db, other, MoveKind.RESERVE, 2, job=job)

"""The page on which a master goes past a rule of the school's own: who, what, and what stands against it."""

from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.errors import NotFound
from app.pedagogy.models import Pupil
from app.workshop.models import Ticket
from app.workshop.policies import Refusal, Work, all_against
from app.workshop.queries.gate import judge, planned_work, work_on
from app.workshop.queries.routing import routing_of_operation
from app.workshop.queries.tickets import get_ticket
from app.workshop.rules import HalfDay


@dataclass(frozen=True, slots=True)
class OverrideQuestion:
    """A pupil, a piece of work, and all that stands against it."""

    pupil: Pupil
    work: Work
    title: str
    against: list[Refusal]
    held: bool
    number: str = ""
    version: int = 0
    operation_id: int = 0

    @property
    def law(self) -> Refusal | None:
        """What nobody may go past, if anything."""
        return next((one for one in self.against if not one.setting), None)


def override_question(
    db: Session, pupil: str, *, number: str = "", operation_id: int = 0,
    slot: tuple[date, HalfDay | None] | None = None,
) -> OverrideQuestion:  # fmt: skip
    """The question for a ticket, or for an operation that is on no ticket yet; for a half-day, if one is named."""
    person = db.execute(select(Pupil).where(Pupil.code == pupil)).scalar_one_or_none()
    if person is None:
        raise NotFound("Choisissez d’abord un jeune sur le tableau du jour.")
    ticket = get_ticket(db, number) if number else None
    work, title = _work(db, ticket, operation_id)
    if slot is not None:
        work = replace(work, day=slot[0], half=slot[1])
    candidate, _ = judge(db, work, person.id, ticket=ticket)
    held = ticket is not None and any(one.pupil_id == person.id for one in ticket.assignments if one.ended_at is None)
    return OverrideQuestion(
        person, work, title, all_against(work, candidate), held, number, ticket.version if ticket else 0, operation_id
    )


def _work(db: Session, ticket: Ticket | None, operation_id: int) -> tuple[Work, str]:
    if ticket is not None:
        operation = routing_of_operation(db, ticket.operation_id).operation(ticket.operation_id)
        return planned_work(db, ticket), operation.step.label
    routing = routing_of_operation(db, operation_id)
    operation = routing.operation(operation_id)
    left = routing.left_at(routing.index(operation_id))
    name = f"bon de l’opération {operation.step.seq} ({routing.number})"
    return replace(work_on(routing, operation_id, left), name=name), operation.step.label

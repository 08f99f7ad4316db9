"""Pupils who call, and masters who come."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import journal
from app.core.actor import Actor
from app.core.clock import now
from app.core.errors import NotFound, Refused
from app.pedagogy.models import Pupil
from app.workshop.models import HelpRequest
from app.workshop.rules import FORGOTTEN, HelpReason


def ask_help(
    db: Session, pupil: Pupil, *, reason: HelpReason = HelpReason.HELP, ticket_id: int | None = None, by: Actor
) -> HelpRequest:
    """Call a master. One call a pupil is open at a time: asking again changes nothing.

    A call that nobody answered is over the next day, and what is amiss with a tablet is no call of the pupil's.
    """
    query = select(HelpRequest).where(
        HelpRequest.pupil_id == pupil.id, HelpRequest.answered_at.is_(None), HelpRequest.at > now() - FORGOTTEN,
        HelpRequest.reason.in_(reason.alike),
    )  # fmt: skip
    found = db.execute(query.order_by(HelpRequest.id).limit(1)).scalar_one_or_none()
    if found is not None:
        return found
    request = HelpRequest(pupil_id=pupil.id, ticket_id=ticket_id, reason=reason, at=now())
    db.add(request)
    db.flush()  # its id, for the journal, and so that the board shows it
    journal.record(db, request, "ask", f"{pupil.full_name} : {reason.label[:1].lower()}{reason.label[1:]}", by=by)
    return request


def get_call(db: Session, call_id: int) -> HelpRequest:
    """A call, held for its answer."""
    found = db.get(HelpRequest, call_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFound("Cet appel n’existe pas.")
    return found


def answer_help(db: Session, request: HelpRequest, *, by: Actor) -> None:
    """A master comes; the pupil's tablet says who."""
    if request.answered_at is not None:
        raise Refused("Quelqu’un a déjà répondu à cet appel.")
    request.answered_at, request.answered_by_id = now(), by.staff_id
    journal.record(db, request, "answer", f"{by.name} arrive", by=by)

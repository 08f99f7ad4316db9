"""A master signs on the pupil's tablet: the first piece, or the work that was handed in."""

from sqlalchemy.orm import Session

from app.accounts.queries import staff_actor
from app.core import journal
from app.core.errors import Refused
from app.core.permissions import Permission
from app.kiosk.models import Badge
from app.workshop import service as workshop
from app.workshop.models import Ticket
from app.workshop.rules import ReleaseKind, TicketState
from app.workshop.service.releases import require_first_article, write_release


def sign(db: Session, ticket: Ticket, badge: Badge, *, conforms: bool, note: str = "") -> None:
    """The master's word, as theirs; missing checks are passed over with their note, as on their own screen.

    Whoever holds the badge needs the right to give tickets: a PIN opens no more than the role does.
    """
    if badge.staff is None:
        raise Refused("Ce badge n’est pas celui d’un maître.", field="badge")
    by = staff_actor(badge.staff)
    if not by.can(Permission.TICKET_GIVE):
        raise Refused(f"{by.name} ne signe pas les bons.", field="badge")
    if not conforms and not note:
        raise Refused("Dites ce qui ne va pas.", field="note")
    final = ticket.state == TicketState.TO_RELEASE
    if conforms and final:
        workshop.release(db, ticket, note=note or None, override=note or None, by=by)
    elif conforms:
        workshop.release_first_article(db, ticket, note=note or None, override=note or None, by=by)
    elif final:
        workshop.reject(db, ticket, note=note, by=by)
    else:
        require_first_article(db, ticket)
        write_release(db, ticket, ReleaseKind.FIRST_ARTICLE, conforms=False, note=note, by=by)
        ticket.version += 1
        journal.record(db, ticket, "first_article", "Première pièce refusée", by=by, note=note)

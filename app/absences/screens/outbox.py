"""The outbox: what waits, what went out, what did not."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.absences import queries
from app.accounts.deps import Me, allow
from app.core import mail
from app.core.permissions import Permission
from app.web.deps import Db, Listing
from app.web.fields import Id
from app.web.pages import page, redirect, url
from app.web.routing import UnitOfWorkRoute

router = APIRouter(route_class=UnitOfWorkRoute, include_in_schema=False)
SEND = [allow(Permission.MAIL_SEND)]
STATES = [(state.value, state.label) for state in mail.MailState]


@router.get("/envois", name="absences.show_outbox", dependencies=SEND)
def show_outbox(request: Request, db: Db, listing: Listing) -> Response:
    """The messages, the latest first, with what the mail server said."""
    asked = listing.request(sorts=("date",), default="date", filters=("etat",))
    found, ready = queries.outbox_page(db, asked), bool(request.app.state.settings.smtp_host)
    return page(
        request, "absences/outbox.html", page=found, listing=listing, asked=asked, ready=ready, states=STATES
    )  # fmt: skip


@router.get("/envois/{mail_id}", name="absences.show_mail", dependencies=SEND)
def show_mail(request: Request, db: Db, mail_id: Id) -> Response:
    """One message, word for word, with its history."""
    found = mail.get_mail(db, mail_id)
    return page(request, "absences/mail.html", mail=found, journal=mail.history_of(db, found))


@router.post("/envois/{mail_id}/renvoi", name="absences.retry_mail", dependencies=SEND)
def retry_mail(request: Request, db: Db, me: Me, mail_id: Id) -> Response:
    """Try a failed message again."""
    mail.send_again(db, mail.get_mail(db, mail_id, lock=True), by=me)
    return redirect(request, url(request, "absences.show_outbox"), flash="Message à renvoyer.")


@router.post("/envois/{mail_id}/annulation", name="absences.cancel_mail", dependencies=SEND)
def cancel_mail(request: Request, db: Db, me: Me, mail_id: Id) -> Response:
    """A message that must not go out."""
    mail.cancel(db, mail.get_mail(db, mail_id, lock=True), by=me)
    return redirect(request, url(request, "absences.show_outbox"), flash="Message annulé.")

"""What the gate says ahead of time, and how a master goes past a rule of the school's own."""

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.accounts.deps import Me, allow
from app.core.clock import today
from app.core.permissions import Permission
from app.web.deps import Db, Listing, PostedForm
from app.web.fields import Id
from app.web.forms import Form, blank_form
from app.web.pages import page, redirect, url
from app.web.routing import UnitOfWorkRoute
from app.workshop import queries, service
from app.workshop.forms import OverrideForm
from app.workshop.forms.tickets import slot_or_none
from app.workshop.models import Ticket

router = APIRouter(route_class=UnitOfWorkRoute, include_in_schema=False)
READ, GIVE = [allow(Permission.TICKET_READ)], [allow(Permission.TICKET_GIVE)]


@router.get("/atelier/bons/a-revoir", name="workshop.list_coming", dependencies=READ)
def list_coming(request: Request, db: Db) -> Response:
    """The tickets in hands that will be refused at their start within thirty days."""
    return page(request, "workshop/coming.html", found=queries.coming_refusals(db, today()))


@router.get("/atelier/bons/{number}/passer-outre", name="workshop.ask_override", dependencies=GIVE)
def ask_override(request: Request, db: Db, number: str, listing: Listing) -> Response:
    """Why go past the school's own rules, for this pupil and this ticket?"""
    return _question(request, db, _asked(listing), number=number)


@router.post("/atelier/bons/{number}/passer-outre", name="workshop.override_ticket", dependencies=GIVE)
def override_ticket(request: Request, db: Db, me: Me, number: str, posted: PostedForm) -> Response:
    """The reason is kept, and the ticket given; who already holds it may start."""
    form = posted.read(OverrideForm)
    with form.refusals():
        if form.ok:
            held = _give(db, me, queries.get_ticket(db, number, lock=True), form.valid)
            return _done(request, number, held=held)
    return _question(request, db, form, number=number, status=form.status)


@router.get(
    "/atelier/operations/{operation_id}/passer-outre", name="workshop.ask_operation_override", dependencies=GIVE
)
def ask_operation_override(request: Request, db: Db, operation_id: Id, listing: Listing) -> Response:
    """The same for work that is on no ticket yet."""
    return _question(request, db, _asked(listing), operation_id=operation_id)


@router.post("/atelier/operations/{operation_id}/passer-outre", name="workshop.override_operation", dependencies=GIVE)
def override_operation(request: Request, db: Db, me: Me, operation_id: Id, posted: PostedForm) -> Response:
    """The ticket is made, the reason kept on it, and it is given."""
    form = posted.read(OverrideForm)
    with form.refusals():
        if form.ok:
            ticket = service.create_ticket(db, operation_id, by=me)
            _give(db, me, ticket, form.valid)
            return _done(request, ticket.number, held=False)
    return _question(request, db, form, operation_id=operation_id, status=form.status)


def _asked(listing: Listing) -> Form[Any]:
    """What the address names: the pupil, and the half-day."""
    return blank_form({"pupil": listing.values.get("jeune", ""), "slot": listing.values.get("moment", "")})


def _give(db: Db, me: Me, ticket: Ticket, given: OverrideForm) -> bool:
    pupil_id = queries.pupil_ids(db, [given.pupil], field="reason")[0]
    return service.give_past(
        db, ticket, pupil_id=pupil_id, reason=given.reason, slot=given.when, seen_version=given.version, by=me
    )  # fmt: skip


def _question(
    request: Request, db: Db, form: Form[Any], *, number: str = "", operation_id: int = 0, status: int = 200
) -> Response:  # fmt: skip
    """The page, as asked or with what is wrong; a half-day that cannot be read is left out."""
    found = queries.override_question(
        db, form.raw("pupil"), number=number, operation_id=operation_id, slot=slot_or_none(form.raw("slot"))
    )  # fmt: skip
    form.values.setdefault("version", str(found.version) if number else "")
    return page(request, "workshop/override.html", status=status, found=found, form=form)


def _done(request: Request, number: str, *, held: bool) -> Response:
    """Back to the ticket that may start now, or to the board."""
    if held:
        return redirect(request, url(request, "workshop.show_ticket", number=number), flash="C’est noté.")
    return redirect(request, url(request, "workshop.show_today"), flash=f"{number} donné, la raison est gardée.")

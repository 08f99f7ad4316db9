"""Non-conformances: the list, the sheet, what a master decides; scrapped pieces made again."""

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.accounts.deps import Me, allow, recheck
from app.core.documents import Kept, store
from app.core.paging import SCREEN_SIZE, ListRequest
from app.core.permissions import Permission
from app.web.deps import Db, Listing, PostedForm
from app.web.forms import Form, blank_form
from app.web.listing import Column, ListQuery, export
from app.web.pages import page, redirect, url
from app.web.routing import UnitOfWorkRoute
from app.web.uploads import receive, show_file
from app.workshop import queries, rules, service
from app.workshop.forms import DecisionForm, FindingForm, RemakeForm
from app.workshop.models import Defect
from app.workshop.rules import DefectDecision, DefectState
from app.workshop.service import Finding

router = APIRouter(route_class=UnitOfWorkRoute, include_in_schema=False)
READ, GIVE = [allow(Permission.TICKET_READ)], [allow(Permission.TICKET_GIVE)]
REPORT = [allow(Permission.TICKET_REPORT)]
EXPORT_ROWS = 20_000
CAUSES = [(word, word) for word in rules.CAUSES]
COLUMNS = (
    Column("Numéro", lambda row: row.number), Column("Ouverte le", lambda row: row.day),
    Column("État", lambda row: row.state.label), Column("Pièces", lambda row: row.pieces),
    Column("Cause", lambda row: row.cause), Column("Description", lambda row: row.description),
    Column("Décision", lambda row: row.decision.label if row.decision else ""),
    Column("Bon", lambda row: row.ticket), Column("Opération", lambda row: row.operation),
    Column("Machine", lambda row: row.center_code), Column("Article", lambda row: row.line),
    Column("Commande", lambda row: row.order_number), Column("Ouverte par", lambda row: row.by),
)  # fmt: skip


def _asked(listing: ListQuery, size: int = SCREEN_SIZE) -> ListRequest:
    return listing.request(
        sorts=queries.DEFECT_SORTS, default="-date", filters=queries.DEFECT_FILTERS, size=size
    )  # fmt: skip


@router.get("/atelier/non-conformites", name="workshop.list_defects", dependencies=READ)
def list_defects(request: Request, db: Db, listing: Listing) -> Response:
    """The sheets, latest first."""
    asked = _asked(listing)
    return page(
        request, "workshop/defect_list.html", listing=listing, asked=asked, found=queries.list_defects(db, asked),
        centers=queries.center_options(db), causes=CAUSES, states=DefectState,
    )  # fmt: skip


@router.get("/atelier/non-conformites/export.{kind}", name="workshop.export_defects", dependencies=READ)
def export_defects(db: Db, listing: Listing, kind: str) -> Response:
    """The filtered sheets as a table file; no pupil is named in it."""
    found = queries.list_defects(db, _asked(listing, EXPORT_ROWS))
    return export("non-conformités", kind, COLUMNS, found.items)


@router.get("/atelier/non-conformites/{number}", name="workshop.show_defect", dependencies=READ)
def show_defect(request: Request, db: Db, number: str) -> Response:
    """One sheet: the pieces, the decision, the journal."""
    defect = queries.get_defect(db, number)
    return _defect_page(request, db, number, blank_form({"version": defect.version}))


@router.get("/atelier/non-conformites/{number}/photo", name="workshop.show_defect_photo", dependencies=READ)
def show_defect_photo(request: Request, db: Db, number: str) -> Response:
    """What is wrong, to look at."""
    return show_file(request, queries.photo_of_defect(db, number))


@router.post("/atelier/non-conformites/{number}/decision", name="workshop.decide_defect", dependencies=GIVE)
def decide_defect(request: Request, db: Db, me: Me, number: str, posted: PostedForm) -> Response:
    """What becomes of the pieces."""
    form = posted.read(DecisionForm)
    with form.refusals():
        if form.ok:
            defect = queries.get_defect(db, number, lock=True)
            service.decide_defect(db, defect, form.valid.draft, seen_version=form.valid.version, by=me)
            here = url(request, "workshop.show_defect", number=number)
            return redirect(request, here, flash=f"Décision prise : {form.valid.decision.label.lower()}.")
    return _defect_page(request, db, number, form, status=form.status)


def _defect_page(request: Request, db: Db, number: str, form: Form[Any], status: int = 200) -> Response:
    found = queries.defect_page(db, number)
    return page(
        request, "workshop/defect_show.html", status=status, page=found, form=form, decisions=DefectDecision,
        minutes=rules.minutes,
    )  # fmt: skip


@router.get("/atelier/bons/{number}/fiche", name="workshop.ask_defect", dependencies=REPORT)
def ask_defect(request: Request, db: Db, number: str) -> Response:
    """What is wrong with how many pieces?"""
    ticket = queries.get_ticket(db, number)
    return _ask_page(request, db, number, blank_form({"pieces": 1, "version": ticket.version}))


@router.post(
    "/atelier/bons/{number}/fiche", name="workshop.open_defect",
    dependencies=[allow(Permission.TICKET_REPORT, before_lock=True)],
)  # fmt: skip
def open_defect(request: Request, db: Db, number: str, posted: PostedForm) -> Response:
    """A sheet is opened, its pieces set aside."""
    form = posted.read(FindingForm)
    with form.refusals():
        if form.ok:
            photo = receive(request, posted, "photo", optional=True)
            me = recheck(request, db, Permission.TICKET_REPORT)
            defect = _open(db, number, form.valid, photo=photo, me=me)
            here = url(request, "workshop.show_defect", number=defect.number)
            return redirect(request, here, flash=f"{defect.number} ouverte.")
    return _ask_page(request, db, number, form, status=form.status)


def _open(db: Db, number: str, given: FindingForm, *, photo: Kept | None, me: Me) -> Defect:
    ticket = queries.get_ticket(db, number, lock=True)
    stored = store(db, photo) if photo else None
    pupil_id = queries.pupil_ids(db, [given.pupil], field="pupil")[0] if given.pupil else None
    finding = Finding(
        given.pieces, given.cause, given.description, given.counted, stored.id if stored else None, given.point,
        pupil_id,
    )  # fmt: skip
    return service.open_defect(db, ticket, finding, by=me)


def _ask_page(request: Request, db: Db, number: str, form: Form[Any], status: int = 200) -> Response:
    found, sheet = queries.checks_page(db, number)
    return page(
        request, "workshop/defect_new.html", status=status, page=found, sheet=sheet, form=form, causes=CAUSES
    )  # fmt: skip


@router.get("/atelier/bons/{number}/refaire", name="workshop.ask_remake", dependencies=GIVE)
def ask_remake(request: Request, db: Db, number: str) -> Response:
    """How many scrapped pieces are made again?"""
    found = queries.ticket_facts(db, number)
    left = queries.remakable_pieces(db, found)
    return _remake_page(request, db, number, blank_form({"quantity": left, "version": found.ticket.version}))


@router.post("/atelier/bons/{number}/refaire", name="workshop.remake", dependencies=GIVE)
def remake(request: Request, db: Db, me: Me, number: str, posted: PostedForm) -> Response:
    """A ticket on the first operation takes their place."""
    form = posted.read(RemakeForm)
    with form.refusals():
        if form.ok:
            ticket, given = queries.get_ticket(db, number, lock=True), form.valid
            made = service.remake(db, ticket, quantity=given.quantity, seen_version=given.version, by=me)
            here = url(request, "workshop.show_ticket", number=made.number)
            return redirect(request, here, flash=f"{made.number} préparé : {rules.pieces(made.quantity)} à refaire.")
    return _remake_page(request, db, number, form, status=form.status)


def _remake_page(request: Request, db: Db, number: str, form: Form[Any], status: int = 200) -> Response:
    return page(
        request, "workshop/remake.html", status=status, page=queries.ticket_facts(db, number), form=form
    )  # fmt: skip

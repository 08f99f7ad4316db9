"""Drawings of an order line: attached, looked at, confirmed when a new index came."""

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.accounts.deps import Me, allow, recheck
from app.core.filetypes import DRAWINGS
from app.core.permissions import Permission
from app.web.deps import Db, Listing, PostedForm
from app.web.fields import Id
from app.web.forms import Form, blank_form
from app.web.pages import page, redirect, url
from app.web.routing import UnitOfWorkRoute
from app.web.uploads import receive, show_file
from app.workshop import queries, rules, service
from app.workshop.forms import DrawingForm, NewIndexForm, NoteForm, confirm_labels
from app.workshop.rules import DrawingState

router = APIRouter(route_class=UnitOfWorkRoute, include_in_schema=False)
READ, EDIT = [allow(Permission.TICKET_READ)], [allow(Permission.DRAWING_EDIT)]
GIVE = [allow(Permission.TICKET_GIVE)]
RECEIVE = [allow(Permission.DRAWING_EDIT, before_lock=True)]


@router.get("/atelier/commandes/{number}/lignes/{line_no}/dessins", name="workshop.list_drawings", dependencies=READ)
def list_drawings(request: Request, db: Db, number: str, line_no: Id, listing: Listing) -> Response:
    """The drawings of a line with their indexes; the form proposes the next one."""
    line = queries.get_line(db, number, line_no)
    found = queries.line_drawings(db, line)
    wanted = listing.values.get("dessin", "")
    chosen = next((each for each in found.sets if each.name == wanted), next(iter(found.sets), None))
    values = {"name": chosen.name if chosen else "Plan", "index": rules.next_index(chosen.latest if chosen else None)}
    return _page(request, db, (number, line_no), blank_form(values))


@router.post("/atelier/commandes/{number}/lignes/{line_no}/dessins", name="workshop.add_drawing", dependencies=RECEIVE)
def add_drawing(request: Request, db: Db, me: Me, *, number: str, line_no: Id, posted: PostedForm) -> Response:
    """A drawing comes in: the file is looked at before the lock, then the index takes its place."""
    form, kept = posted.read(DrawingForm), None
    with form.refusals():
        kept = receive(request, posted, "file", kinds=DRAWINGS)
    me = recheck(request, db, Permission.DRAWING_EDIT)
    with form.refusals():
        if form.ok and kept is not None:
            line, given = queries.get_line(db, number, line_no, lock=True), form.valid
            drawing = service.add_drawing(db, line, name=given.name, index=given.index, file=kept, by=me)
            words = f"{drawing.name}, indice {drawing.index_letter} enregistré."
            if drawing.confirmed_at is None:
                words += " Les bons en cours sont bloqués jusqu’à confirmation."
            return redirect(
                request, url(request, "workshop.list_drawings", number=number, line_no=line_no), flash=words
            )
    return _page(request, db, (number, line_no), form, status=form.status)


def _page(request: Request, db: Db, key: tuple[str, int], form: Form[Any], status: int = 200) -> Response:
    found = queries.line_drawings(db, queries.get_line(db, *key))
    return page(
        request, "workshop/drawing_list.html", status=status, page=found, form=form
    )  # fmt: skip


@router.get("/atelier/dessins", name="workshop.list_new_indexes", dependencies=READ)
def list_new_indexes(request: Request, db: Db) -> Response:
    """Every index that waits for a master."""
    return page(request, "workshop/drawing_waiting.html", rows=queries.waiting_drawings(db))


@router.get("/atelier/dessins/{drawing_id}/fichier", name="workshop.drawing_file", dependencies=READ)
def drawing_file(request: Request, db: Db, drawing_id: Id, listing: Listing) -> Response:
    """The file, to look at or to save."""
    download = listing.values.get("enregistrer") == "oui"
    return show_file(request, queries.get_drawing(db, drawing_id).file, download=download)


@router.get("/atelier/dessins/{drawing_id}/confirmation", name="workshop.ask_confirmation", dependencies=GIVE)
def ask_confirmation(request: Request, db: Db, drawing_id: Id) -> Response:
    """What becomes of each ticket that the new index holds up?"""
    return _confirm_page(request, db, drawing_id, blank_form())


@router.post("/atelier/dessins/{drawing_id}/confirmation", name="workshop.confirm_drawing", dependencies=GIVE)
def confirm_drawing(request: Request, db: Db, me: Me, drawing_id: Id, posted: PostedForm) -> Response:
    """The new index is in force."""
    form, drawing = posted.read(NewIndexForm), queries.get_drawing(db, drawing_id, lock=True)
    with form.refusals():
        if form.ok:
            service.confirm_drawing(db, drawing, decisions=form.valid.decisions, by=me)
            return _to_line(request, db, drawing_id, f"Indice {drawing.index_letter} confirmé.")
    return _confirm_page(request, db, drawing_id, form, status=form.status)


def _confirm_page(request: Request, db: Db, drawing_id: int, form: Form[Any], status: int = 200) -> Response:
    drawing = queries.get_drawing(db, drawing_id)
    found = queries.confirmation(db, drawing, rules.frozen_reason(drawing.index_letter))
    labels = confirm_labels([row.number for row in found.tickets])
    return page(
        request, "workshop/drawing_confirm.html", status=status, page=found, form=form, labels=labels,
        pending=found.row.state == DrawingState.PENDING,
    )  # fmt: skip


@router.get("/atelier/dessins/{drawing_id}/retrait", name="workshop.ask_withdrawal", dependencies=EDIT)
def ask_withdrawal(request: Request, db: Db, drawing_id: Id) -> Response:
    """Why was it a mistake?"""
    return page(request, "workshop/drawing_withdraw.html", row=queries.drawing_row(db, drawing_id), form=blank_form())


@router.post("/atelier/dessins/{drawing_id}/retrait", name="workshop.withdraw_drawing", dependencies=EDIT)
def withdraw_drawing(request: Request, db: Db, me: Me, drawing_id: Id, posted: PostedForm) -> Response:
    """An index that came by mistake."""
    form, drawing = posted.read(NoteForm), queries.get_drawing(db, drawing_id, lock=True)
    with form.refusals():
        if form.ok:
            service.withdraw_drawing(db, drawing, note=form.valid.note, by=me)
            return _to_line(request, db, drawing_id, f"Indice {drawing.index_letter} retiré.")
    row = queries.drawing_row(db, drawing_id)
    return page(request, "workshop/drawing_withdraw.html", status=form.status, row=row, form=form)


def _to_line(request: Request, db: Db, drawing_id: int, words: str) -> Response:
    row = queries.drawing_row(db, drawing_id)
    shown = url(request, "workshop.list_drawings", number=row.order_number, line_no=row.line_no)
    return redirect(request, shown, flash=words)

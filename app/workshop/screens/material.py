"""Material: the list of lots, a lot with its moves, what comes in, what is corrected."""

from decimal import Decimal
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.accounts.deps import Me, allow, recheck
from app.clients.queries import company_options
from app.core.clock import today
from app.core.documents import StoredFile, store
from app.core.errors import NotFound
from app.core.filetypes import DRAWINGS
from app.core.permissions import Permission
from app.web.deps import Db, Listing, PostedForm
from app.web.fields import Id
from app.web.forms import Form, Posted, blank_form
from app.web.listing import Column, export
from app.web.pages import page, redirect, url
from app.web.routing import UnitOfWorkRoute
from app.web.uploads import receive, show_file
from app.workshop import queries, rules, service
from app.workshop.forms import LotForm, MaterialMoveForm, MoveBackForm, NewLotForm
from app.workshop.models import MaterialLot
from app.workshop.rules import MoveKind

router = APIRouter(route_class=UnitOfWorkRoute, include_in_schema=False)
P = Permission.MATERIAL_EDIT
READ, EDIT, UPLOAD = [allow(Permission.TICKET_READ)], [allow(P)], [allow(P, before_lock=True)]
EXPORT_ROWS = 20_000


def _bare(value: Decimal) -> Decimal:
    """Without useless zeros."""
    return value.quantize(Decimal(1)) if value == value.to_integral_value() else value.normalize()


COLUMNS = (
    Column("Lot", lambda row: row.code), Column("Matière", lambda row: row.label),
    Column("Dimensions", lambda row: row.shape), Column("À", lambda row: row.owner or "École"),
    Column("Stock", lambda row: _bare(row.stock)), Column("Réservé", lambda row: _bare(row.reserved)),
    Column("Libre", lambda row: _bare(row.stock - row.reserved)), Column("Unité", lambda row: row.unit),
    Column("Certificat demandé", lambda row: row.certificate_kind), Column("Certificat", lambda row: row.certificate),
    Column("Coulée", lambda row: row.heat), Column("Emplacement", lambda row: row.place),
    Column("Reçu le", lambda row: row.received_on),
)  # fmt: skip
LABELS = service.LOT_LABELS | {
    "code": "Code", "unit": "Unité", "quantity": "Quantité", "received_on": "Reçu le", "company": "À qui",
    "note": "Remarque", "file": "Fichier du certificat", "kind": "Mouvement", "job": "OF",
}  # fmt: skip


@router.get("/atelier/matiere", name="workshop.list_lots", dependencies=READ)
def list_lots(request: Request, db: Db, listing: Listing) -> Response:
    """The lots, the school's own or the clients'."""
    asked = listing.request(sorts=queries.LOT_SORTS, default="matiere", filters=queries.LOT_FILTERS)
    found = queries.list_lots(db, asked)
    return page(
        request, "workshop/lot_list.html", listing=listing, asked=asked, found=found, proof_of=queries.lot_proof,
        amount=rules.amount,
    )  # fmt: skip


@router.get("/atelier/matiere/export.{kind}", name="workshop.export_lots", dependencies=READ)
def export_lots(db: Db, listing: Listing, kind: str) -> Response:
    """The filtered lots as a table file."""
    filters = queries.LOT_FILTERS
    asked = listing.request(sorts=queries.LOT_SORTS, default="matiere", filters=filters, size=EXPORT_ROWS)
    return export("matiere", kind, COLUMNS, queries.list_lots(db, asked).items)


@router.get("/atelier/matiere/nouveau", name="workshop.new_lot", dependencies=EDIT)
def new_lot(request: Request, db: Db) -> Response:
    """A blank lot."""
    return _form_page(request, db, blank_form({"received_on": today(), "unit": "m"}), None)


@router.post("/atelier/matiere", name="workshop.receive_lot", dependencies=UPLOAD)
def receive_lot(request: Request, db: Db, posted: PostedForm) -> Response:
    """Material comes in."""
    form = posted.read(NewLotForm)
    with form.refusals():
        if form.ok:
            kept = _certificate(request, posted)
            me = recheck(request, db, P)
            reception = form.valid.reception(store(db, kept).id if kept else None)
            lot = service.receive(db, reception, by=me)
            return redirect(request, url(request, "workshop.show_lot", code=lot.code), flash=f"{lot.code} reçu.")
    return _form_page(request, db, form, None, status=form.status)


@router.get("/atelier/matiere/{code}", name="workshop.show_lot", dependencies=READ)
def show_lot(request: Request, db: Db, code: str) -> Response:
    """One lot: what it holds, its certificate, where it went."""
    return page(request, "workshop/lot_show.html", page=queries.lot_page(db, code), amount=rules.amount)


@router.get("/atelier/matiere/{code}/modifier", name="workshop.edit_lot", dependencies=EDIT)
def edit_lot(request: Request, db: Db, code: str) -> Response:
    """The lot's form, filled."""
    lot = queries.get_lot(db, code)
    values = {name: getattr(lot, name) for name in [*service.LOT_LABELS, "version"]}
    return _form_page(request, db, blank_form(values), lot)


@router.post("/atelier/matiere/{code}/modifier", name="workshop.change_lot", dependencies=UPLOAD)
def change_lot(request: Request, db: Db, code: str, posted: PostedForm) -> Response:
    """Change what is known of a lot."""
    form = posted.read(LotForm)
    with form.refusals():
        if form.ok:
            kept = _certificate(request, posted)
            me = recheck(request, db, P)
            lot, file_id = queries.get_lot(db, code, lock=True), store(db, kept).id if kept else None
            seen = form.valid.version
            service.change_lot(db, lot, form.valid.described, file_id=file_id, seen_version=seen, by=me)
            return redirect(request, url(request, "workshop.show_lot", code=code), flash="Lot enregistré.")
    return _form_page(request, db, form, queries.get_lot(db, code), status=form.status)


@router.get("/atelier/matiere/{code}/certificat", name="workshop.show_certificate", dependencies=READ)
def show_certificate(request: Request, db: Db, code: str) -> Response:
    """The certificate as it was handed in."""
    file_id = queries.get_lot(db, code).certificate_file_id
    if file_id is None:
        raise NotFound("Ce lot n’a pas de certificat joint.")
    return show_file(request, db.get_one(StoredFile, file_id))


@router.get("/atelier/matiere/{code}/mouvement", name="workshop.ask_lot_move", dependencies=EDIT)
def ask_lot_move(request: Request, db: Db, code: str) -> Response:
    """Given back, lost, counted in."""
    lot = queries.get_lot(db, code)
    return _move_page(request, db, lot, blank_form({"kind": MoveKind.RETURN if lot.company_id else MoveKind.LOSS}))


@router.post("/atelier/matiere/{code}/mouvement", name="workshop.move_lot", dependencies=EDIT)
def move_lot(request: Request, db: Db, me: Me, code: str, posted: PostedForm) -> Response:
    """A move of the lot that is for no job."""
    lot, form = queries.get_lot(db, code, lock=True), posted.read(MaterialMoveForm)
    with form.refusals():
        if form.ok:
            service.move_material(db, lot, form.valid.kind, form.valid.quantity, note=form.valid.note, by=me)
            words = f"{form.valid.kind.label} : {rules.amount(form.valid.quantity, lot.unit)}."
            return redirect(request, url(request, "workshop.show_lot", code=code), flash=words)
    return _move_page(request, db, lot, form, status=form.status)


@router.get("/atelier/matiere/mouvements/{move_id}/correction", name="workshop.ask_take_back_move", dependencies=EDIT)
def ask_take_back_move(request: Request, db: Db, move_id: Id) -> Response:
    """Why is this move wrong?"""
    return _undo_page(request, db, move_id, blank_form())


@router.post("/atelier/matiere/mouvements/{move_id}/correction", name="workshop.take_back_move", dependencies=EDIT)
def take_back_move(request: Request, db: Db, me: Me, move_id: Id, posted: PostedForm) -> Response:
    """Take a move back; both stay readable."""
    form = posted.read(MoveBackForm)
    with form.refusals():
        if form.ok:
            move = queries.get_move(db, move_id)
            service.take_back_move(db, move, note=form.valid.note, by=me)
            return redirect(request, url(request, "workshop.show_lot", code=move.lot.code), flash="Mouvement corrigé.")
    return _undo_page(request, db, move_id, form, status=form.status)


def _certificate(request: Request, posted: Posted) -> Any:
    """The certificate's file, if one was sent."""
    return receive(request, posted, "file", kinds=DRAWINGS, optional=True)


def _form_page(request: Request, db: Db, form: Form[Any], lot: MaterialLot | None, status: int = 200) -> Response:
    return page(
        request, "workshop/lot_edit.html", status=status, form=form, lot=lot, labels=LABELS, units=rules.UNITS,
        certificates=list(rules.CERTIFICATES.items()), companies=company_options(db) if lot is None else [],
    )  # fmt: skip


def _move_page(request: Request, db: Db, lot: MaterialLot, form: Form[Any], status: int = 200) -> Response:
    kinds = [MoveKind.RETURN] if lot.company_id else []
    return page(
        request, "workshop/lot_move.html", status=status, form=form, lot=lot, held=queries.holding_of(db, lot.id),
        kinds=[(kind.value, kind.label) for kind in [*kinds, MoveKind.LOSS, MoveKind.RECEIVE]], labels=LABELS,
        amount=rules.amount,
    )  # fmt: skip


def _undo_page(request: Request, db: Db, move_id: int, form: Form[Any], status: int = 200) -> Response:
    move = queries.get_move(db, move_id)
    return page(request, "workshop/lot_undo.html", status=status, move=move, form=form, amount=rules.amount)

"""Material of a job, and of an order: reserved, consumed, cut off, freed; what every line was made from."""

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.accounts.deps import Me, allow
from app.core.errors import Refused
from app.core.permissions import Permission
from app.web.deps import Db, PostedForm
from app.web.forms import Form, blank_form
from app.web.pages import page, redirect, url
from app.web.routing import UnitOfWorkRoute
from app.workshop import queries, rules, service
from app.workshop.forms import MaterialMoveForm, ReserveForm
from app.workshop.rules import MoveKind

router = APIRouter(route_class=UnitOfWorkRoute, include_in_schema=False)
READ, EDIT = [allow(Permission.TICKET_READ)], [allow(Permission.MATERIAL_EDIT)]
KINDS = (
    (MoveKind.CONSUME.value, "Consommé"), (MoveKind.OFFCUT.value, "Chute à garder"),
    (MoveKind.FREE.value, "À libérer"),
)  # fmt: skip
LABELS = {"lot": "Lot", "quantity": "Quantité", "kind": "Que s’est-il passé ?", "job": "OF"}


@router.get("/atelier/of/{number}/matiere", name="workshop.show_job_material", dependencies=READ)
def show_job_material(request: Request, db: Db, number: str) -> Response:
    """What a job has reserved and consumed, and what it may still take."""
    return _job_page(request, db, number, blank_form())


@router.post("/atelier/of/{number}/matiere", name="workshop.reserve_material", dependencies=EDIT)
def reserve_material(request: Request, db: Db, me: Me, number: str, posted: PostedForm) -> Response:
    """Set material aside for a job."""
    form = posted.read(ReserveForm)
    with form.refusals():
        if form.ok:
            job, asked = queries.get_job(db, number), form.valid
            lot = queries.get_lot(db, asked.lot, lock=True)
            service.move_material(db, lot, MoveKind.RESERVE, asked.quantity, job_id=job.id, by=me)
            words = f"{rules.amount(asked.quantity, lot.unit)} de {lot.code} pour l’{number}."
            return redirect(request, url(request, "workshop.show_job_material", number=number), flash=words)
    return _job_page(request, db, number, form, status=form.status)


@router.get("/atelier/of/{number}/matiere/{code}", name="workshop.ask_job_move", dependencies=EDIT)
def ask_job_move(request: Request, db: Db, number: str, code: str) -> Response:
    """What happened to the material of a job?"""
    return _move_page(request, db, (number, code), blank_form({"kind": MoveKind.CONSUME}))


@router.post("/atelier/of/{number}/matiere/{code}", name="workshop.move_for_job", dependencies=EDIT)
def move_for_job(request: Request, db: Db, me: Me, *, number: str, code: str, posted: PostedForm) -> Response:
    """Consumed, cut off and kept, or free again."""
    form = posted.read(MaterialMoveForm)
    with form.refusals():
        if form.ok:
            words = _carry_out(db, me, (number, code), form.valid)
            return redirect(request, url(request, "workshop.show_job_material", number=number), flash=words)
    return _move_page(request, db, (number, code), form, status=form.status)


@router.get("/atelier/commandes/{number}/tracabilite", name="workshop.show_trace", dependencies=READ)
def show_trace(request: Request, db: Db, number: str) -> Response:
    """From the lines of an order to lots, certificates and heat numbers."""
    found = queries.trace_of_order(db, number)
    return page(request, "workshop/order_trace.html", page=found, amount=rules.amount)


@router.post("/atelier/commandes/{number}/matiere", name="workshop.free_material", dependencies=EDIT)
def free_material(request: Request, db: Db, me: Me, number: str) -> Response:
    """What an order that is over did not need goes back to the stock."""
    if not service.free_material(db, number, by=me):
        raise Refused("Plus rien n’est réservé pour cette commande.")
    return redirect(request, url(request, "workshop.show_order_jobs", number=number), flash="Matière libérée.")


def _carry_out(db: Db, me: Me, which: tuple[str, str], asked: MaterialMoveForm) -> str:
    """Do it, and say what was done."""
    job, lot = queries.get_job(db, which[0]), queries.get_lot(db, which[1], lock=True)
    if asked.kind == MoveKind.OFFCUT:
        offcut = service.put_back(
            db, lot, asked.quantity, job_id=job.id, shape=asked.shape, place=asked.place, by=me
        )  # fmt: skip
        return f"Chute {offcut.code} en stock : {rules.amount(asked.quantity, lot.unit)}."
    service.move_material(db, lot, asked.kind, asked.quantity, job_id=job.id, note=asked.note, by=me)
    return f"{asked.kind.label} : {rules.amount(asked.quantity, lot.unit)} de {lot.code}."


def _job_page(request: Request, db: Db, number: str, form: Form[Any], status: int = 200) -> Response:
    found = queries.job_material(db, number)
    return page(
        request, "workshop/job_material.html", status=status, page=found, form=form, labels=LABELS,
        amount=rules.amount,
    )  # fmt: skip


def _move_page(request: Request, db: Db, which: tuple[str, str], form: Form[Any], status: int = 200) -> Response:
    job, lot = queries.get_job(db, which[0]), queries.get_lot(db, which[1])
    return page(
        request, "workshop/job_move.html", status=status, form=form, lot=lot, job=job, labels=LABELS, kinds=KINDS,
        held=queries.holding_of(db, lot.id), amount=rules.amount,
    )  # fmt: skip

"""The checks of a ticket: a sheet of pieces and points, filled by keyboard; photos of pieces."""

import re
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.accounts.deps import Me, allow, recheck
from app.core.documents import store
from app.core.errors import NotFound
from app.core.permissions import Permission
from app.web.deps import Db, Listing, PostedForm
from app.web.fields import Id
from app.web.forms import Form, Posted, blank_form
from app.web.pages import page, redirect, url
from app.web.routing import UnitOfWorkRoute
from app.web.uploads import receive, show_file
from app.workshop import queries, rules, service
from app.workshop.forms import ChecksForm, PhotoForm
from app.workshop.rules import CheckKind, CheckStage
from app.workshop.service import Doubtful, Reading

router = APIRouter(route_class=UnitOfWorkRoute, include_in_schema=False)
READ, REPORT = [allow(Permission.TICKET_READ)], [allow(Permission.TICKET_REPORT)]
ROWS = 25
_CELL = re.compile(r"checks-(\d{1,4})-piece")


@router.get("/atelier/bons/{number}/controles", name="workshop.show_checks", dependencies=READ)
def show_checks(request: Request, db: Db, number: str, listing: Listing) -> Response:
    """What was measured, what is still to be, piece by piece; `jeune` notes for a pupil who checks himself."""
    return sheet_page(request, db, number, listing.values, None)


@router.post("/atelier/bons/{number}/controles", name="workshop.record_checks", dependencies=REPORT)
def record_checks(request: Request, db: Db, me: Me, number: str, posted: PostedForm) -> Response:
    """The cells that were filled are noted, all or none."""
    form = posted.read(ChecksForm)
    asked = {"jeune": form.raw("pupil"), "depuis": form.raw("depuis")}
    with form.refusals():
        if form.ok:
            _note(db, me, number, form)
            count = len(form.valid.checks)
            words = f"{count} contrôles notés." if count > 1 else "Contrôle noté."
            target = url(request, "workshop.show_checks", number=number, query=asked)
            return redirect(request, target, flash=words if count else "Rien à noter.")
    return sheet_page(request, db, number, asked, form)


def _note(db: Db, me: Me, number: str, form: Form[ChecksForm]) -> None:
    given = form.valid
    ticket = queries.get_ticket(db, number, lock=True)
    pupil_id = queries.pupil_ids(db, [given.pupil], field="pupil")[0] if given.pupil else None
    readings = [row.reading for row in given.checks]
    try:
        service.record_checks(db, ticket, readings, stage=given.stage, pupil_id=pupil_id, by=me)
    except Doubtful as doubt:
        row = int(doubt.field.split("-")[1])
        place = form.places["checks"][row]
        form.values[f"checks-{place}-sure"] = form.raw(f"checks-{place}-value")
        raise


def sheet_page(request: Request, db: Db, number: str, asked: dict[str, str], form: Form[Any] | None) -> Response:
    """The sheet as it is; after a refusal with what was typed."""
    found, sheet = queries.checks_page(db, number)
    side = next((h for h in found.holders if h.code == asked.get("jeune") and h.ended_at is None), None)
    pieces = _pieces(form, sheet, asked)
    status = form.status if form else 200
    form = form or _filled(sheet, pieces, CheckStage.SELF if side else CheckStage.RELEASE)
    return page(
        request, "workshop/checks.html", status=status, page=found, sheet=sheet, form=form, side=side, pieces=pieces,
        asked=asked, verdict=rules.verdict_words, kinds=CheckKind, open=found.ticket.state in rules.LIVE_STATES,
        more=[piece for piece in sheet.pieces if pieces and piece > pieces[-1]],
    )  # fmt: skip


def _pieces(form: Form[Any] | None, sheet: queries.CheckSheet, asked: dict[str, str]) -> list[int]:
    """The rows: those that were posted, else so many from the piece asked for; one asked for is always there."""
    if form is not None:
        typed = {form.raw(name) for name in form.values if _CELL.fullmatch(name)}
        if found := sorted({int(text) for text in typed if text.isdecimal() and len(text) < 7}):
            return found
    first, wanted = _whole(asked.get("depuis", "")), _whole(asked.get("piece", ""))
    shown = [piece for piece in sheet.pieces if piece >= first][:ROWS]
    return sorted({*shown, wanted}) if wanted else shown


def _whole(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 7 and int(text) <= rules.MAX_PIECE else 0


def _filled(sheet: queries.CheckSheet, pieces: list[int], stage: CheckStage) -> Form[Any]:
    """What this side noted before, in its cells."""
    own = {(each.point_id, each.piece): each for each in sheet.results if each.stage == stage}
    values: dict[str, Any] = {}
    for row, piece in enumerate(pieces):
        for column, spec in enumerate(sheet.points):
            name = f"checks-{row * len(sheet.points) + column}"
            if before := own.get((spec.id, piece)):
                kind = "value" if spec.kind == CheckKind.MEASURE else "conforms"
                values[f"{name}-{kind}"] = before.value if kind == "value" else ("true" if before.conforms else "false")
    return blank_form(values)


@router.get("/atelier/bons/{number}/controles/{point_id}/photo", name="workshop.ask_photo", dependencies=REPORT)
def ask_photo(request: Request, db: Db, number: str, point_id: Id, listing: Listing) -> Response:
    """Which photo?"""
    values = {"piece": _whole(listing.values.get("piece", "")) or 1, "conforms": "true"}
    return _photo_page(
        request, db, number, point_id=point_id, form=blank_form(values | {"pupil": listing.values.get("jeune")})
    )


@router.post(
    "/atelier/bons/{number}/controles/{point_id}/photo", name="workshop.record_photo",
    dependencies=[allow(Permission.TICKET_REPORT, before_lock=True)],
)  # fmt: skip
def record_photo(request: Request, db: Db, number: str, point_id: Id, posted: PostedForm) -> Response:
    """The photo is kept with its piece."""
    form = posted.read(PhotoForm)
    with form.refusals():
        if form.ok:
            _keep_photo(request, db, number, point_id, posted=posted, given=form.valid)
            target = url(request, "workshop.show_checks", number=number, query={"jeune": form.valid.pupil})
            return redirect(request, target, flash="Photo gardée.")
    return _photo_page(request, db, number, point_id=point_id, form=form)


def _keep_photo(request: Request, db: Db, number: str, point_id: int, *, posted: Posted, given: PhotoForm) -> None:
    kept = receive(request, posted, "photo")
    me = recheck(request, db, Permission.TICKET_REPORT)
    ticket = queries.get_ticket(db, number, lock=True)
    pupil_id = queries.pupil_ids(db, [given.pupil], field="pupil")[0] if given.pupil else None
    stage = CheckStage.SELF if given.pupil else CheckStage.RELEASE
    photo = store(db, kept) if kept else None
    reading = Reading(point_id, given.piece, conforms=given.conforms, photo_id=photo.id if photo else None)
    service.record_check(db, ticket, reading, stage=stage, pupil_id=pupil_id, by=me)


def _photo_page(request: Request, db: Db, number: str, *, point_id: int, form: Form[Any]) -> Response:
    found, sheet = queries.checks_page(db, number)
    spec = next((each for each in sheet.points if each.id == point_id), None)
    if spec is None:
        raise NotFound("Ce contrôle n’existe pas sur ce bon.")
    status = form.status if form.errors else 200
    return page(request, "workshop/check_photo.html", status=status, page=found, spec=spec, form=form)


@router.get("/atelier/controles/{check_id}/photo", name="workshop.show_photo", dependencies=READ)
def show_photo(request: Request, db: Db, check_id: Id) -> Response:
    """The photo of a check."""
    return show_file(request, queries.photo_of_check(db, check_id))

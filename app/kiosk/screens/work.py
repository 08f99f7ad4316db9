"""A ticket's checks, its drawing, what came of it; a master who signs; and every tap by a plain form."""

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.core.errors import NotFound
from app.kiosk import queries, rules, service
from app.kiosk.deps import AS_PUPIL, DOOR, ON_TABLET_BEFORE_LOCK, At, Spot, after_tap, identify_pupil
from app.kiosk.forms import FORMS, CheckForm, SignForm
from app.kiosk.policies import HANDED_IN
from app.kiosk.queries import Card
from app.kiosk.rules import TapKind
from app.kiosk.screens.tickets import new_key, own_page, show, ticket_page
from app.pedagogy.rules.skills import OWN_WORDS
from app.web.deps import Databases, Db, Listing, PostedForm
from app.web.forms import Form, Posted, blank_form
from app.web.pages import redirect, url
from app.web.routing import UnitOfWorkRoute
from app.web.uploads import show_file, show_first_page
from app.workshop.queries import check_sheet, get_ticket

router = APIRouter(route_class=UnitOfWorkRoute, include_in_schema=False)
TICKET = f"{DOOR}/bons/{{number}}"
# The sheet that is open again when a tap made on it is refused.
OPENED = {TapKind.COUNT: "compter", TapKind.FINISH: "compter"}


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 6 else 0


@router.get(f"{TICKET}/controle", name="kiosk.show_check", dependencies=[AS_PUPIL])
def show_check(at: At, number: str, listing: Listing) -> Response:
    """Measures of one piece: the next one that is due, or the one asked for."""
    card = queries.own_ticket(at.db, at.seat.pupil_id, number)
    return check_page(at, card, piece=_number(listing.values.get("piece", "")))


def check_page(at: Spot, card: Card, *, piece: int = 0, form: Form[CheckForm] | None = None) -> Response:
    """Point by point with its tolerance, and what was read before."""
    found = queries.check_page(check_sheet(at.db, get_ticket(at.db, card.number)), piece)
    return show(at, "check", status=409 if form else 200, card=card, found=found, form=form or blank_form())


@router.get(f"{TICKET}/plan", name="kiosk.show_drawing", dependencies=[AS_PUPIL])
def show_drawing(at: At, number: str, listing: Listing) -> Response:
    """The drawing, with its index in big and the dimensions that matter."""
    card = queries.own_ticket(at.db, at.seat.pupil_id, number)
    found = queries.drawings_of(at.db, card)
    chosen = next((one for one in found if str(one.id) == listing.values.get("plan")), found[0] if found else None)
    zoom = listing.values.get("zoom", "")
    sheet = check_sheet(at.db, get_ticket(at.db, number))
    return show(
        at, "drawing", card=card, drawings=found, chosen=chosen, zoom=zoom if zoom in {"2", "3"} else "1", sheet=sheet
    )  # fmt: skip


@router.get(f"{TICKET}/plan/fichier", name="kiosk.drawing_file", dependencies=[AS_PUPIL])
def drawing_file(at: At, number: str, listing: Listing) -> Response:
    """The drawing itself."""
    card = queries.own_ticket(at.db, at.seat.pupil_id, number)
    asked = listing.values.get("plan", "")
    found = next((one for one in queries.drawings_of(at.db, card) if str(one.id) == asked), None)
    if found is None:
        raise NotFound("Ce plan n’est pas celui de ton bon.")
    stored = queries.stored_file(at.db, found.file_id)
    as_picture = listing.values.get("vue") == "image" and not found.is_picture
    return show_first_page(at.request, stored) if as_picture else show_file(at.request, stored)


@router.get(f"{TICKET}/bilan", name="kiosk.show_result", dependencies=[AS_PUPIL])
def show_result(at: At, number: str) -> Response:
    """How long it took, how long it took the time before, and what was learnt; the ticket itself as long as it is not
    handed in.
    """
    card = queries.own_ticket(at.db, at.seat.pupil_id, number)
    if card.state not in HANDED_IN:
        return redirect(at.request, url(at.request, "kiosk.show_ticket", number=number))
    return result_page(at, card)


def result_page(at: Spot, card: Card, *, form: Form[Any] | None = None) -> Response:
    """The same again after a refusal."""
    pupil_id = at.seat.pupil_id
    return show(
        at, "result", status=409 if form else 200, card=card, form=form or blank_form(), ago=rules.ago_words,
        before=queries.time_before(at.db, pupil_id, card), skills=queries.skills_of(at.db, pupil_id, card),
        told=queries.has_told(at.db, pupil_id, card.id), own_words=OWN_WORDS.items(),
    )  # fmt: skip


@router.get(f"{TICKET}/signature", name="kiosk.ask_signature", dependencies=[AS_PUPIL])
def ask_signature(at: At, number: str) -> Response:
    """What the master looks at before signing."""
    return _sign_page(at, number)


def _sign_page(at: Spot, number: str, form: Form[SignForm] | None = None) -> Response:
    card = queries.own_ticket(at.db, at.seat.pupil_id, number)
    sheet = check_sheet(at.db, get_ticket(at.db, number))
    specs = {spec.id: spec for spec in sheet.points}
    status = 422 if form else 200
    return show(at, "sign", status=status, card=card, form=form or blank_form(), sheet=sheet, specs=specs)


@router.post(f"{TICKET}/signature", name="kiosk.sign", dependencies=[ON_TABLET_BEFORE_LOCK])
def sign(request: Request, db: Db, database: Databases, number: str, posted: PostedForm) -> Response:
    """A master's badge and PIN, for this one word; the pupil stays at the tablet."""
    form, device_id = posted.read(SignForm), request.state.tablet.id
    tried = service.check_signer(database, device_id=device_id, scanned=form.raw("badge"), pin=form.raw("pin"))
    at = identify_pupil(request, db)
    with form.refusals():
        if form.ok:
            badge = service.settle_signer(db, tried, device_id=device_id)
            queries.own_ticket(db, at.seat.pupil_id, number)
            ticket, word = get_ticket(db, number, lock=True), form.valid
            service.sign(db, ticket, badge, conforms=word.verdict == "yes", note=word.note)
            return redirect(request, url(request, "kiosk.show_ticket", number=number), flash="Signé.")
    return _sign_page(at, number, form)


@router.post(f"{DOOR}/appel", name="kiosk.call", dependencies=[AS_PUPIL])
def call(at: At, posted: PostedForm) -> Response:
    """Call the master, about no ticket in particular."""
    return _tap(at, "", TapKind.HELP, posted)


@router.post(f"{TICKET}/{{kind}}", name="kiosk.tap", dependencies=[AS_PUPIL])
def tap(at: At, number: str, kind: str, posted: PostedForm) -> Response:
    """A button of the ticket, by a plain form."""
    if kind not in set(TapKind):
        raise NotFound
    return _tap(at, number, TapKind(kind), posted)


def _tap(at: Spot, number: str, kind: TapKind, posted: Posted) -> Response:
    form = posted.read(FORMS[kind])
    if form.ok:
        pupil = queries.get_pupil(at.db, at.seat.pupil_id)
        gesture = service.Gesture(form.valid.tap or new_key(), kind, number, form.valid.content)
        by = service.pupil_actor(pupil)
        outcome = service.carry_out(at.db, gesture, device_id=at.here.id, pupil=pupil, by=by)
        if outcome.done:
            return redirect(at.request, after_tap(at.request, kind, number, gesture.content), flash=outcome.sentence)
        form.refuse(outcome.sentence, outcome.field)
    return _refused_page(at, number, kind, form)


def _refused_page(at: Spot, number: str, kind: TapKind, form: Form[Any]) -> Response:
    """The page the tap was made on, with the sentence and what was typed; my tickets when it is no longer mine."""
    card = queries.find_own(at.db, at.seat.pupil_id, number) if number else None
    if card is None:
        return own_page(at, next(iter(form.errors.values()), rules.GENERIC))
    if kind == TapKind.CHECK:
        return check_page(at, card, piece=_number(form.raw("piece")), form=form)
    if kind == TapKind.LEARNT:
        return result_page(at, card, form=form)
    return ticket_page(at, card, form=form, opened=OPENED.get(kind, ""))

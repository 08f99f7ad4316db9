"""The tablet's first screen: who are you? By badge or by first name, then four figures."""

import logging

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.kiosk import queries, service
from app.kiosk.deps import (
    DOOR,
    ON_TABLET,
    ON_TABLET_BEFORE_LOCK,
    Here,
    drop_seat,
    identify,
    set_seat,
)
from app.kiosk.forms import FirstPinForm, PinForm, ScanForm
from app.kiosk.models import Badge
from app.web.assets import STATIC
from app.web.deps import Databases, Db, Listing, PostedForm
from app.web.forms import Form, blank_form
from app.web.pages import page, redirect, url
from app.web.routing import UnitOfWorkRoute

router = APIRouter(route_class=UnitOfWorkRoute, include_in_schema=False)
log = logging.getLogger("compagnon.security")
UNREAD = "Je ne lis pas ce badge. Choisis ton prénom."
FOR_STAFF = "Ce badge est celui d’un maître. Choisis ton prénom."
FIRST_TIME = "Scanne ton badge pour choisir ton code."


@router.get(DOOR, name="kiosk.show_door", dependencies=[ON_TABLET])
def show_door(request: Request, db: Db, here: Here, listing: Listing) -> Response:
    """Scan, or pick your first name."""
    return _door_page(request, db, here, group=listing.values.get("groupe", ""))


def _door_page(request: Request, db: Db, here: Here, *, trouble: str = "", group: str = "") -> Response:
    found = queries.door_page(db, here.id, group=group)
    status = 422 if trouble else 200
    return page(request, "kiosk/door.html", status=status, door=found, here=here, trouble=trouble)


@router.post(f"{DOOR}/badge", name="kiosk.scan_badge", dependencies=[ON_TABLET])
def scan_badge(request: Request, db: Db, here: Here, posted: PostedForm) -> Response:
    """A badge was scanned: next comes its PIN, or the choice of one."""
    form = posted.read(ScanForm)
    badge = queries.find_badge(db, form.valid.badge) if form.ok else None
    if badge is None:
        return _door_page(request, db, here, trouble=UNREAD)
    if badge.pin_hash is None:
        return _choice_page(request, blank_form({"badge": form.valid.badge}), badge)
    if badge.pupil is None:
        return _door_page(request, db, here, trouble=FOR_STAFF)
    return redirect(request, url(request, "kiosk.ask_pin", code=badge.pupil.code))


def _choice_page(request: Request, form: Form[FirstPinForm], badge: Badge, status: int = 200) -> Response:
    holder = badge.pupil or badge.staff
    name = holder.first_name if holder else ""
    return page(request, "kiosk/pin_choose.html", status=status, form=form, first_name=name)


@router.post(f"{DOOR}/premier-code", name="kiosk.choose_pin", dependencies=[ON_TABLET_BEFORE_LOCK])
def choose_pin(request: Request, db: Db, database: Databases, posted: PostedForm) -> Response:
    """Four figures, twice; a pupil sits down with them at once. Hashed before the lock."""
    form = posted.read(FirstPinForm)
    scanned = form.raw("badge")
    with database.reading() as reading, form.refusals():
        held = queries.find_badge(reading, scanned)
        hashed = service.new_pin_hash(form.valid.pin, form.valid.again, badge=held) if held and form.ok else ""
    here = identify(request, db)
    badge = queries.find_badge(db, scanned, lock=True)
    if badge is None:
        return _door_page(request, db, here, trouble=UNREAD)
    if not form.ok:
        return _choice_page(request, form, badge, status=422)
    service.choose_pin(db, badge, hashed)
    if badge.pupil_id is None:
        return redirect(request, DOOR, flash="Code enregistré.")
    return _sit_down(request, db, here, badge.pupil_id)


@router.get(f"{DOOR}/code/{{code}}", name="kiosk.ask_pin", dependencies=[ON_TABLET])
def ask_pin(request: Request, db: Db, here: Here, code: str) -> Response:
    """Four figures."""
    comer = queries.find_comer(db, code)
    if comer.badge_id is None or comer.pin_hash is None:
        trouble = FIRST_TIME if comer.badge_id else service.NO_BADGE
        return _door_page(request, db, here, trouble=trouble)
    return _pin_page(request, here, comer, blank_form())


def _pin_page(
    request: Request, here: Here, comer: queries.Comer, form: Form[PinForm], status: int = 200
) -> Response:  # fmt: skip
    return page(request, "kiosk/pin.html", status=status, form=form, comer=comer, here=here)


@router.post(f"{DOOR}/code/{{code}}", name="kiosk.try_pin", dependencies=[ON_TABLET_BEFORE_LOCK])
def try_pin(request: Request, db: Db, database: Databases, code: str, posted: PostedForm) -> Response:
    """The PIN is right: the pupil sits. Wrong: a short sentence, and after five the tablet waits five minutes."""
    form = posted.read(PinForm)
    tablet = request.state.tablet
    with database.reading() as reading:
        comer = queries.find_comer(reading, code)
    if form.ok:
        tried = service.check_pin(database, device_id=tablet.id, badge_id=comer.badge_id, pin=form.valid.pin)
        if service.settle(db, tried, device_id=tablet.id) is not None:
            return _sit_down(request, db, identify(request, db), comer.pupil_id)
        log.warning("tablet sign-in refused device=%s pupil=%s", tablet.id, comer.pupil_id)
        form.refuse(tried.sentence or service.NO_BADGE, "pin")
    return _pin_page(request, identify(request, db), comer, form, status=422)


def _sit_down(request: Request, db: Db, here: Here, pupil_id: int) -> Response:
    token = service.open_seat(db, device_id=here.id, pupil_id=pupil_id)
    response = redirect(request, url(request, "kiosk.show_own"))
    set_seat(request, response, token)
    log.info("tablet sign-in device=%s pupil=%s", here.id, pupil_id)
    return response


@router.post(f"{DOOR}/verrou", name="kiosk.lock_seat", dependencies=[ON_TABLET])
def lock_seat(request: Request, db: Db, here: Here) -> Response:
    """The pupil goes to the machine: the screen asks for the PIN, the clock goes on."""
    if here.seat is not None:
        service.lock_seat(db, here.seat)
    response = redirect(request, DOOR)
    drop_seat(request, response)
    return response


@router.post(f"{DOOR}/sortie", name="kiosk.leave_seat", dependencies=[ON_TABLET])
def leave_seat(request: Request, db: Db, here: Here) -> Response:
    """The pupil leaves the tablet; also when the seat has just ended by itself."""
    if here.seat is not None:
        service.end_seat(db, here.seat)
    response = redirect(request, DOOR)
    drop_seat(request, response)
    return response


@router.get(f"{DOOR}/hors-ligne", name="kiosk.show_cut", dependencies=[ON_TABLET])
def show_cut(request: Request) -> Response:
    """What a tablet shows instead of a page that it cannot reach; kept by its worker, with nobody's name on it."""
    return page(request, "kiosk/cut.html")


@router.get(f"{DOOR}/veille.js", name="kiosk.worker", dependencies=[ON_TABLET])
def worker() -> Response:
    """The script that answers without a network; it may speak for every page of the tablet and for no other."""
    script = (STATIC / "js" / "kiosk_worker.js").read_bytes()
    return Response(script, media_type="text/javascript", headers={"Service-Worker-Allowed": DOOR})

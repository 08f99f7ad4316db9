"""*Tablettes*: which are in service, a new one, one taken out."""

import base64

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.accounts.deps import Me, allow, leave
from app.accounts.rules import CurrentUser
from app.core.errors import NotFound
from app.core.pdf import qr_svg
from app.core.permissions import Permission
from app.kiosk import queries, service
from app.kiosk.deps import DOOR, device_cookie, set_device
from app.kiosk.forms import DeviceForm
from app.web.deps import PUBLIC, Db, PostedForm
from app.web.fields import Id
from app.web.forms import Form, blank_form
from app.web.pages import page, redirect, url
from app.web.routing import UnitOfWorkRoute

router = APIRouter(route_class=UnitOfWorkRoute, include_in_schema=False)
MANAGE = [allow(Permission.DEVICE_MANAGE)]
LABELS = {"label": "Nom de la tablette", "place": "Place", "how": "Quelle tablette"}


@router.get("/atelier/tablettes", name="kiosk.list_devices", dependencies=MANAGE)
def list_devices(request: Request, db: Db) -> Response:
    """Every tablet, and a form for one more."""
    return _list_page(request, db, blank_form({"how": "here"}))


@router.post("/atelier/tablettes", name="kiosk.enrol_device", dependencies=MANAGE)
def enrol_device(request: Request, db: Db, me: Me, posted: PostedForm) -> Response:
    """This tablet goes into service, or a link is made that takes another one there."""
    form = posted.read(DeviceForm)
    if not form.ok:
        return _list_page(request, db, form, status=form.status)
    draft = service.DeviceDraft(form.valid.label, form.valid.place)
    if form.valid.how == "here":
        return _enrol_here(request, db, me, draft)
    return _link_page(request, draft, service.prepare_link(db, draft, by=me))


def _enrol_here(request: Request, db: Db, me: CurrentUser, draft: service.DeviceDraft) -> Response:
    """The browser becomes the tablet, and whoever enrolled it is signed out there: pupils come next."""
    service.replace_device(db, request.cookies.get(device_cookie(request), ""), by=me)
    token = service.enrol_here(db, draft, by=me)
    response = redirect(request, DOOR)
    leave(request, db, response)
    set_device(request, response, token)
    return response


def _list_page(request: Request, db: Db, form: Form[DeviceForm], status: int = 200) -> Response:
    return page(
        request, "kiosk/device_list.html", status=status, devices=queries.list_devices(db), form=form, labels=LABELS,
        kept=queries.kept_taps(db),
    )  # fmt: skip


def _link_page(request: Request, draft: service.DeviceDraft, token: str) -> Response:
    """The link is shown this once, as an address and as a code that the tablet's camera reads."""
    link = request.app.state.settings.address + url(request, "kiosk.show_link", token=token)
    drawn = base64.b64encode(qr_svg(link).encode()).decode()
    return page(
        request, "kiosk/device_link.html", draft=draft, link=link, drawn=f"data:image/svg+xml;base64,{drawn}"
    )  # fmt: skip


@router.post("/atelier/tablettes/{device_id}/retrait", name="kiosk.revoke_device", dependencies=MANAGE)
def revoke_device(request: Request, db: Db, me: Me, device_id: Id) -> Response:
    """Out of service, at once."""
    device = queries.get_device(db, device_id, lock=True)
    service.revoke_device(db, device, by=me)
    return redirect(request, url(request, "kiosk.list_devices"), flash=f"Tablette « {device.label} » retirée.")


@router.post("/atelier/tablettes/{device_id}/deblocage", name="kiosk.unlock_device", dependencies=MANAGE)
def unlock_device(request: Request, db: Db, me: Me, device_id: Id) -> Response:
    """Pupils may try again."""
    device = queries.get_device(db, device_id, lock=True)
    service.unlock_device(db, device, by=me)
    return redirect(request, url(request, "kiosk.list_devices"), flash=f"Tablette « {device.label} » débloquée.")


@router.post("/atelier/tablettes/gestes/{tap_id}", name="kiosk.settle_tap", dependencies=MANAGE)
def settle_tap(request: Request, db: Db, me: Me, tap_id: Id) -> Response:
    """Seen, and put right by hand."""
    service.settle_tap(db, tap_id, by=me)
    return redirect(request, url(request, "kiosk.list_devices"), flash="Geste classé.")


@router.get("/tablette/inscription/{token}", name="kiosk.show_link", dependencies=[PUBLIC])
def show_link(request: Request, db: Db, token: str) -> Response:
    """The page of a link, opened on the tablet: it asks once, because links are also opened by those who preview."""
    device = queries.find_link(db, token)
    if device is None:
        raise NotFound(service.LINK_GONE)
    return page(request, "kiosk/link_open.html", device=device, token=token)


@router.post("/tablette/inscription/{token}", name="kiosk.open_link", dependencies=[PUBLIC])
def open_link(request: Request, db: Db, token: str) -> Response:
    """This browser is that tablet from now on."""
    fresh, by = service.open_link(db, token)
    service.replace_device(db, request.cookies.get(device_cookie(request), ""), by=by)
    response = redirect(request, DOOR)
    leave(request, db, response)
    set_device(request, response, fresh)
    return response

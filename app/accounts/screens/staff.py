"""The staff: who works here, who may sign in, and the links that let them."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.accounts import queries, rules, service
from app.accounts.deps import Me, allow, recheck
from app.accounts.forms import NewStaffForm, StaffForm
from app.accounts.screens.door import address_of
from app.core.permissions import ROLE_LABELS, Permission
from app.web.deps import Databases, Db, Listing, PostedForm
from app.web.fields import Id
from app.web.forms import Form, blank_form
from app.web.pages import page, redirect, url
from app.web.routing import UnitOfWorkRoute

router = APIRouter(route_class=UnitOfWorkRoute, include_in_schema=False)
MANAGE = Permission.STAFF_MANAGE
READ, EDIT = [allow(Permission.STAFF_READ)], [allow(MANAGE)]
LABELS = rules.STAFF_LABELS | {"code": "Code", "own_password": "Votre mot de passe"}


@router.get("/personnel", name="accounts.list_staff", dependencies=READ)
def list_staff(request: Request, db: Db, listing: Listing) -> Response:
    """The staff, by name."""
    asked = listing.request(sorts=queries.SORTS, default="nom", filters=("etat", "role"))
    found = queries.list_staff(db, asked)
    roles = ROLE_LABELS.items()
    return page(request, "accounts/staff_list.html", listing=listing, asked=asked, found=found, roles=roles)


@router.get("/personnel/nouveau", name="accounts.new_staff", dependencies=EDIT)
def new_staff(request: Request) -> Response:
    """An empty form."""
    return _edit_page(request, blank_form(), None)


@router.post("/personnel", name="accounts.create_staff", dependencies=EDIT)
def create_staff(request: Request, db: Db, me: Me, posted: PostedForm) -> Response:
    """Add somebody; the next gesture is to invite them."""
    form = posted.read(NewStaffForm)
    with form.refusals():
        if form.ok:
            staff = service.create_staff(db, values=form.valid.model_dump(), by=me)
            words = f"{staff.full_name} est ajouté. Donnez-lui maintenant son invitation."
            return redirect(request, url(request, "accounts.show_staff", code=staff.code), flash=words)
    return _edit_page(request, form, None)


@router.get("/personnel/{code}", name="accounts.show_staff", dependencies=READ)
def show_staff(request: Request, db: Db, code: str) -> Response:
    """One member of staff."""
    return page(request, "accounts/staff_show.html", page=queries.staff_page(db, code), link="")


@router.get("/personnel/{code}/modifier", name="accounts.edit_staff", dependencies=EDIT)
def edit_staff(request: Request, db: Db, code: str) -> Response:
    """The form, filled."""
    staff = queries.get_staff_by_code(db, code)
    values = {name: getattr(staff, name) for name in ("last_name", "first_name", "role", "email", "version")}
    return _edit_page(request, blank_form(values), staff.code)


@router.post("/personnel/{code}/modifier", name="accounts.change_staff", dependencies=[allow(MANAGE, before_lock=True)])
def change_staff(
    request: Request, db: Db, me: Me, *, database: Databases, code: str, posted: PostedForm
) -> Response:  # fmt: skip
    """Change somebody. One's own password, where it is needed, is checked before the lock."""
    form = posted.read(StaffForm)
    with form.refusals():
        if form.ok:
            check = service.confirm_password(database, me, form.valid.own_password, address=address_of(request))
            me = recheck(request, db, MANAGE)
            staff = queries.get_staff_by_code(db, code, lock=True)
            values, seen = form.valid.model_dump(), form.valid.version
            service.change_staff(db, staff, values=values, seen_version=seen, check=check, by=me)
            return redirect(request, url(request, "accounts.show_staff", code=code), flash="Fiche enregistrée.")
    return _edit_page(request, form, code)


@router.post("/personnel/{code}/invitation", name="accounts.invite_staff", dependencies=EDIT)
def invite_staff(request: Request, db: Db, me: Me, code: str) -> Response:
    """Make a link of one use; it is shown this once, on this page, to be handed over."""
    token = service.invite_staff(db, queries.get_staff_by_code(db, code, lock=True), by=me)
    link = request.app.state.settings.address + url(request, "accounts.show_invitation", token=token)
    return page(request, "accounts/staff_show.html", page=queries.staff_page(db, code), link=link)


@router.post("/personnel/{code}/desactivation", name="accounts.disable_staff", dependencies=EDIT)
def disable_staff(request: Request, db: Db, me: Me, code: str) -> Response:
    """Let somebody in no more, from this moment."""
    staff = queries.get_staff_by_code(db, code, lock=True)
    service.disable_staff(db, staff, by=me)
    return _back(request, code, f"{staff.full_name} ne peut plus se connecter.")


@router.post("/personnel/{code}/activation", name="accounts.enable_staff", dependencies=EDIT)
def enable_staff(request: Request, db: Db, me: Me, code: str) -> Response:
    """Let somebody in again."""
    staff = queries.get_staff_by_code(db, code, lock=True)
    service.enable_staff(db, staff, by=me)
    return _back(request, code, f"{staff.full_name} peut de nouveau se connecter.")


@router.post("/personnel/{code}/sessions/fin", name="accounts.close_sessions", dependencies=EDIT)
def close_sessions(request: Request, db: Db, me: Me, code: str) -> Response:
    """End every session of somebody."""
    service.close_sessions(db, queries.get_staff_by_code(db, code, lock=True), by=me)
    return _back(request, code, "Sessions fermées.")


@router.post("/personnel/{code}/jetons/{token_id}/fin", name="accounts.revoke_token", dependencies=EDIT)
def revoke_token(request: Request, db: Db, me: Me, code: str, token_id: Id) -> Response:
    """A program may no longer act as somebody."""
    service.revoke_token(db, queries.get_staff_by_code(db, code, lock=True), token_id, by=me)
    return _back(request, code, "Jeton révoqué.")


def _back(request: Request, code: str, words: str) -> Response:
    return redirect(request, url(request, "accounts.show_staff", code=code), flash=words)


def _edit_page(request: Request, form: Form[NewStaffForm] | Form[StaffForm], code: str | None) -> Response:
    status = form.status if form.errors or form.stale else 200
    roles = ROLE_LABELS.items()
    return page(request, "accounts/staff_edit.html", status=status, form=form, code=code, labels=LABELS, roles=roles)

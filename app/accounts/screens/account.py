"""« Mon compte »: one's own password, sessions, tokens and theme."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.accounts import queries, rules, service
from app.accounts.deps import Me, allow, recheck
from app.accounts.forms import ChangePasswordForm, ThemeForm
from app.accounts.screens.door import address_of
from app.core.permissions import Permission
from app.web.deps import Databases, Db, PostedForm
from app.web.fields import Id
from app.web.forms import Form, blank_form
from app.web.pages import page, redirect, url
from app.web.routing import UnitOfWorkRoute

router = APIRouter(route_class=UnitOfWorkRoute, include_in_schema=False)
OWN = Permission.OWN_ACCOUNT
LABELS = {
    "current_password": "Mot de passe actuel", "password": "Nouveau mot de passe", "password_again": "Encore une fois",
}  # fmt: skip


@router.get("/compte", name="accounts.show_account", dependencies=[allow(OWN)])
def show_account(request: Request, db: Db, me: Me) -> Response:
    """My account."""
    return _account_page(request, db, me, blank_form())


@router.post("/compte/mot-de-passe", name="accounts.change_password", dependencies=[allow(OWN, before_lock=True)])
def change_password(request: Request, db: Db, me: Me, database: Databases, posted: PostedForm) -> Response:
    """Change one's password with the old one; every other session ends."""
    form = posted.read(ChangePasswordForm)
    with form.refusals():
        if form.ok:
            hashed = service.new_password_hash(form.valid.password, names=(*me.name.split(), me.school_name))
            check = service.confirm_password(database, me, form.valid.current_password, address=address_of(request))
            me = recheck(request, db, OWN)
            staff = queries.get_staff(db, me.staff_id or 0, lock=True)
            service.change_password(db, staff, check=check, password_hash=hashed, keep_session=me.session_id)
            words = "Mot de passe changé. Vos autres appareils sont déconnectés."
            return redirect(request, url(request, "accounts.show_account"), flash=words)
    return _account_page(request, db, me, form, status=422)


@router.post("/compte/apparence", name="accounts.set_theme", dependencies=[allow(OWN)])
def set_theme(request: Request, db: Db, me: Me, posted: PostedForm) -> Response:
    """Light, dark, or as the device."""
    form = posted.read(ThemeForm)
    if form.ok:
        service.set_theme(queries.get_staff(db, me.staff_id or 0, lock=True), form.valid.theme)
    return redirect(request, url(request, "accounts.show_account"), flash="Apparence enregistrée.")


@router.post("/compte/sessions/{session_id}/fin", name="accounts.end_session", dependencies=[allow(OWN)])
def end_session(request: Request, db: Db, me: Me, session_id: Id) -> Response:
    """End one of one's own sessions."""
    service.end_session_of(db, queries.get_staff(db, me.staff_id or 0), session_id)
    return redirect(request, url(request, "accounts.show_account"), flash="Session fermée.")


@router.post("/compte/sessions/fin", name="accounts.end_other_sessions", dependencies=[allow(OWN)])
def end_other_sessions(request: Request, db: Db, me: Me) -> Response:
    """End every session but this one."""
    service.end_all_sessions(db, queries.get_staff(db, me.staff_id or 0), but=me.session_id)
    return redirect(request, url(request, "accounts.show_account"), flash="Vos autres sessions sont fermées.")


@router.post("/compte/jetons/{token_id}/fin", name="accounts.revoke_own_token", dependencies=[allow(OWN)])
def revoke_own_token(request: Request, db: Db, me: Me, token_id: Id) -> Response:
    """A program may no longer act in one's name."""
    service.revoke_token(db, queries.get_staff(db, me.staff_id or 0), token_id, by=me)
    return redirect(request, url(request, "accounts.show_account"), flash="Jeton révoqué.")


def _account_page(request: Request, db: Db, me: Me, form: Form[ChangePasswordForm], status: int = 200) -> Response:
    found = queries.account_page(db, me)
    return page(
        request, "accounts/account.html", status=status, page=found, form=form, labels=LABELS, themes=rules.THEMES
    )

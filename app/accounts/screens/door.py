"""The pages in front of the house: sign-in, sign-out, the first run, an invitation."""

import logging

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.accounts import queries, rules, service
from app.accounts.deps import cookie_name, leave
from app.accounts.forms import FirstRunForm, InvitationForm, SignInForm
from app.accounts.models import Staff
from app.core.errors import NotFound
from app.web.deps import PUBLIC, Databases, Db, PostedForm
from app.web.forms import Form, blank_form
from app.web.pages import page, redirect, url
from app.web.routing import UnitOfWorkRoute

router = APIRouter(route_class=UnitOfWorkRoute, include_in_schema=False)
log = logging.getLogger("compagnon.security")
FIRST_RUN_LABELS = {
    "code": "Code du serveur", "staff_code": "Code personnel", "last_name": "Nom", "first_name": "Prénom",
    "email": "Adresse électronique", "school_name": "Nom de l’école", "password": "Mot de passe",
    "password_again": "Encore une fois",
}  # fmt: skip


def address_of(request: Request) -> str:
    """Where the request comes from; a proxy is believed only when the server was told of it."""
    return request.client.host if request.client else ""


def let_in(request: Request, db: Db, staff: Staff, target: str, *, flash: str = "") -> Response:
    """Open a session and go to a page, with the cookie of S6."""
    name, old = cookie_name(request), request.cookies.get(cookie_name(request), "")
    token = service.open_session(db, staff, user_agent=request.headers.get("user-agent", ""), replaces=old)
    response = redirect(request, target, flash=flash)
    secure = request.app.state.settings.secure
    response.set_cookie(name, token, path="/", secure=secure, httponly=True, samesite="lax")
    log.info("sign-in staff=%s address=%s", staff.id, address_of(request))
    return response


@router.get("/connexion", name="accounts.show_sign_in", dependencies=[PUBLIC])
def show_sign_in(request: Request, db: Db, suite: str = "") -> Response:
    """The sign-in page; while nobody can sign in, the first run instead."""
    if not queries.anybody_can_sign_in(db):
        return redirect(request, url(request, "accounts.show_first_run"))
    return _sign_in_page(request, db, blank_form({"suite": rules.local_path(suite)}))


@router.post("/connexion", name="accounts.sign_in", dependencies=[PUBLIC])
def sign_in(request: Request, db: Db, database: Databases, posted: PostedForm) -> Response:
    """Sign in. Unknown e-mail, wrong password, disabled account: one sentence, one status."""
    form = posted.read(SignInForm)
    if not form.ok:
        return _sign_in_page(request, db, form, status=422)
    typed = form.valid
    check = service.check_password(database, email=typed.email, password=typed.password, address=address_of(request))
    staff = service.settle(db, check)
    if staff is None:
        log.warning("sign-in refused address=%s wait=%s", address_of(request), bool(check.wait))
        form.refuse(check.sentence)
        return _sign_in_page(request, db, form, status=429 if check.wait else 422)
    return let_in(request, db, staff, rules.local_path(typed.suite))


@router.post("/deconnexion", name="accounts.sign_out", dependencies=[PUBLIC])
def sign_out(request: Request, db: Db) -> Response:
    """End the session, also one that has just ended by itself."""
    response = redirect(request, url(request, "accounts.show_sign_in"), flash="Vous êtes déconnecté.")
    leave(request, db, response)
    return response


@router.get("/premiere-connexion", name="accounts.show_first_run", dependencies=[PUBLIC])
def show_first_run(request: Request, db: Db, code: str = "") -> Response:
    """The page of the very first account; gone for ever once somebody can sign in."""
    if queries.anybody_can_sign_in(db):
        raise NotFound()
    return _first_run_page(request, db, blank_form({"code": code[:60], "staff_code": rules.STAFF_CODE_OF_THE_FIRST}))


@router.post("/premiere-connexion", name="accounts.create_director", dependencies=[PUBLIC])
def create_director(request: Request, db: Db, database: Databases, posted: PostedForm) -> Response:
    """Create the director with the code that the server printed, and sign in."""
    with database.reading() as reading:
        if queries.anybody_can_sign_in(reading):
            raise NotFound()
    form = posted.read(FirstRunForm)
    with form.refusals():
        if form.ok:
            typed = form.valid
            names = (typed.last_name, typed.first_name, typed.school_name or "")
            hashed = service.new_password_hash(typed.password, names=names)
            values = typed.model_dump(exclude={"password", "password_again"})
            staff = service.create_director(db, service.FirstDirector(**values, password_hash=hashed))
            return let_in(request, db, staff, "/", flash="Votre compte est créé. Bienvenue.")
    return _first_run_page(request, db, form, status=422)


def _sign_in_page(request: Request, db: Db, form: Form[SignInForm], status: int = 200) -> Response:
    return page(request, "accounts/sign_in.html", status=status, form=form, **_front(db))


def _first_run_page(request: Request, db: Db, form: Form[FirstRunForm], status: int = 200) -> Response:
    front = _front(db)
    return page(request, "accounts/first_run.html", status=status, form=form, labels=FIRST_RUN_LABELS, **front)


def _front(db: Db) -> dict[str, object]:
    school = queries.find_school(db)
    return {"school_name": school.name if school else "", "is_demo": bool(school and school.is_demo)}


@router.get("/invitation/{token}", name="accounts.show_invitation", dependencies=[PUBLIC])
def show_invitation(request: Request, db: Db, token: str) -> Response:
    """The page of a link that was handed over."""
    return _invitation_page(request, db, token, blank_form())


@router.post("/invitation/{token}", name="accounts.accept_invitation", dependencies=[PUBLIC])
def accept_invitation(request: Request, db: Db, database: Databases, token: str, posted: PostedForm) -> Response:
    """Choose a password and come in; the link opens no second time."""
    form = posted.read(InvitationForm)
    with form.refusals():
        if form.ok:
            names = _names(database, token)
            hashed = service.new_password_hash(form.valid.password, names=names)
            staff = service.accept_invitation(db, token, password_hash=hashed)
            return let_in(request, db, staff, "/", flash="Votre mot de passe est enregistré. Bienvenue.")
    return _invitation_page(request, db, token, form, status=422)


def _names(database: Databases, token: str) -> tuple[str, ...]:
    with database.reading() as db:
        found, school = queries.find_invitation(db, token), queries.find_school(db)
        if found is None:
            raise NotFound(service.GONE)
        return found[1].last_name, found[1].first_name, school.name if school else ""


def _invitation_page(request: Request, db: Db, token: str, form: Form[InvitationForm], status: int = 200) -> Response:
    found = queries.find_invitation(db, token)
    if found is None:
        raise NotFound(service.GONE)
    context = {"form": form, "token": token, "staff": found[1], "labels": FIRST_RUN_LABELS}
    return page(request, "accounts/invitation.html", status=status, **context, **_front(db))

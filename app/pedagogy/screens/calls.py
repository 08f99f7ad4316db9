"""Roll calls: what is to do, and one roll on one phone screen."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.accounts.deps import Me, allow
from app.core.permissions import Permission
from app.pedagogy import policies, queries, service
from app.pedagogy.forms import RollForm, at_fields, read_roll
from app.pedagogy.models import TimetableSession
from app.pedagogy.queries import RollSheet
from app.pedagogy.rules import Said
from app.pedagogy.rules.photos import PhotoUse
from app.web.deps import Db, PostedForm
from app.web.fields import Id
from app.web.forms import Form, blank_form
from app.web.pages import page, redirect, url
from app.web.routing import UnitOfWorkRoute

router = APIRouter(route_class=UnitOfWorkRoute, include_in_schema=False)
CALL = [allow(Permission.ROLL_CALL)]


@router.get("/appels", name="pedagogy.list_calls", dependencies=CALL)
def list_calls(request: Request, db: Db, me: Me) -> Response:
    """Roll calls to do, one's own first; then what was done today."""
    return page(request, "pedagogy/call_list.html", page=queries.calls_page(db, staff_id=me.staff_id))


@router.get("/appels/{session_id}", name="pedagogy.show_call", dependencies=CALL)
def show_call(request: Request, db: Db, session_id: Id) -> Response:
    """The roll of a session: everyone is present before the call, afterwards what holds."""
    session = queries.get_session(db, session_id)
    sheet = queries.roll_sheet(db, session)
    return _roll_page(request, db, blank_form({"version": sheet.version}), session, sheet, status=200)


@router.post("/appels/{session_id}", name="pedagogy.call_roll", dependencies=CALL)
def call_roll(request: Request, db: Db, me: Me, session_id: Id, posted: PostedForm) -> Response:
    """Call the roll, or correct it."""
    session = queries.get_session(db, session_id, lock=True)
    sheet = queries.roll_sheet(db, session)
    pupils = [(line.pupil_id, line.member.code) for line in sheet.lines]
    form = read_roll(posted, pupils)
    with form.refusals():
        if form.ok:
            ids = {code: pupil_id for pupil_id, code in pupils}
            said = [
                Said(ids[one.pupil], one.status, one.minutes_late, one.minutes_early) for one in form.valid.statements
            ]
            done = service.call_roll(db, session, statements=said, seen_version=form.valid.version, by=me)
            return redirect(request, url(request, "pedagogy.list_calls"), flash=_words(done))
    at_fields(form, pupils)
    return _roll_page(request, db, form, session, sheet, status=form.status)


def _words(done: service.Called) -> str:
    words = f"Appel enregistré : {done.tally}."
    if not done.changed:
        words = f"Rien n’a changé : {done.tally}."
    if done.outweighed:
        words += f" La parole du bureau reste pour {', '.join(done.outweighed)}."
    return words


def _roll_page(
    request: Request, db: Db, form: Form[RollForm], session: TimetableSession, sheet: RollSheet, *, status: int
) -> Response:
    photos = queries.photos_shown(db, [line.pupil_id for line in sheet.lines], PhotoUse.ROLL)
    return page(
        request, "pedagogy/call_show.html", status=status, form=form, session=session, sheet=sheet, photos=photos,
        why_not=policies.why_not_call_now(session),
    )  # fmt: skip

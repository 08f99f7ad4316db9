"""The theory log (*cahier de textes*): lessons still to log, recent entries, one entry."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.accounts.deps import Me, allow
from app.core.permissions import Permission
from app.pedagogy import policies, queries, service
from app.pedagogy.forms import LogForm
from app.pedagogy.models import TimetableSession
from app.pedagogy.service.logs import LABELS
from app.web.deps import Db, PostedForm
from app.web.fields import Id
from app.web.forms import Form, blank_form
from app.web.pages import page, redirect, url
from app.web.routing import UnitOfWorkRoute

router = APIRouter(route_class=UnitOfWorkRoute, include_in_schema=False)
LOG = [allow(Permission.THEORY_LOG)]


@router.get("/cahier", name="pedagogy.list_logs", dependencies=LOG)
def list_logs(request: Request, db: Db, me: Me) -> Response:
    """One's lessons without an entry, then the latest entries: one's own, or everybody's for who holds no session."""
    return page(request, "pedagogy/log_list.html", page=queries.logs_page(db, staff_id=me.staff_id))


@router.get("/cahier/{session_id}", name="pedagogy.show_log", dependencies=LOG)
def show_log(request: Request, db: Db, me: Me, session_id: Id) -> Response:
    """The entry of one session; a blank one takes the whole session as taught."""
    session = queries.get_session(db, session_id)
    taught = session.minutes if session.taught_minutes is None else session.taught_minutes
    form = blank_form(
        {"content": session.content, "homework": session.homework, "taught_minutes": taught, "version": session.version}
    )
    return _log_page(request, me, form, session, 200)


@router.post("/cahier/{session_id}", name="pedagogy.log_lesson", dependencies=LOG)
def log_lesson(request: Request, db: Db, me: Me, session_id: Id, posted: PostedForm) -> Response:
    """Write the entry of a session, or correct it."""
    session = queries.get_session(db, session_id, lock=True)
    form = posted.read(LogForm)
    with form.refusals():
        if form.ok:
            typed = form.valid
            service.log_lesson(
                db, session, content=typed.content, homework=typed.homework, taught_minutes=typed.taught_minutes,
                seen_version=typed.version, by=me,
            )  # fmt: skip
            return redirect(request, url(request, "pedagogy.list_logs"), flash="Cahier enregistré.")
    return _log_page(request, me, form, session, form.status)


def _log_page(request: Request, me: Me, form: Form[LogForm], session: TimetableSession, status: int) -> Response:
    why_not = policies.why_not_keep_log(me, session) or policies.why_not_log_now(session)
    return page(
        request, "pedagogy/log_show.html", status=status, form=form, session=session, why_not=why_not, labels=LABELS
    )

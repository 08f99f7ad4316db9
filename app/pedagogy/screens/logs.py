"""The theory log (*cahier de textes*): lessons still to log, recent entries, one entry, a group's week of it."""

from datetime import date

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.accounts.deps import Me, allow, recheck
from app.core.clock import monday_of, today
from app.core.filetypes import DRAWINGS
from app.core.permissions import Permission
from app.pedagogy import policies, queries
from app.pedagogy.forms import LogForm
from app.pedagogy.models import TimetableSession
from app.pedagogy.queries import logs as log_queries
from app.pedagogy.service import logs as log_service
from app.pedagogy.service.logs import LABELS
from app.web.deps import Db, Listing, PostedForm
from app.web.fields import Id
from app.web.forms import Form, blank_form
from app.web.listing import ListQuery
from app.web.pages import page, redirect, url
from app.web.routing import UnitOfWorkRoute
from app.web.uploads import receive, show_file

router = APIRouter(route_class=UnitOfWorkRoute, include_in_schema=False)
LOG, READ = [allow(Permission.THEORY_LOG)], [allow(Permission.TIMETABLE_READ)]
RECEIVE = [allow(Permission.THEORY_LOG, before_lock=True)]
FIRST_YEAR, LAST_YEAR = 1990, 2100
FIELDS = ("content", "homework", "homework_due_on", "version")


@router.get("/cahier", name="pedagogy.list_logs", dependencies=LOG)
def list_logs(request: Request, db: Db, me: Me) -> Response:
    """One's lessons without an entry, then the latest entries: one's own, or everybody's for who holds no session."""
    return page(request, "pedagogy/log_list.html", page=queries.logs_page(db, staff_id=me.staff_id))


@router.get("/cahier/groupes/{code}", name="pedagogy.show_group_log", dependencies=READ)
def show_group_log(request: Request, db: Db, code: str, listing: Listing) -> Response:
    """What a group did in a week, and what is due in it."""
    found = log_queries.group_log(db, code, _monday(listing))
    return page(request, "pedagogy/log_group.html", page=found, groups=log_queries.groups_of_year(db))


@router.get("/cahier/groupes/{code}/impression", name="pedagogy.print_group_log", dependencies=READ)
def print_group_log(request: Request, db: Db, code: str, listing: Listing) -> Response:
    """The same on paper."""
    return page(request, "pedagogy/log_group_print.html", page=log_queries.group_log(db, code, _monday(listing)))


@router.get("/cahier/{session_id}", name="pedagogy.show_log", dependencies=LOG)
def show_log(request: Request, db: Db, me: Me, session_id: Id) -> Response:
    """The entry of one session; a blank one takes the whole session as taught."""
    session = queries.get_session(db, session_id)
    taught = session.minutes if session.taught_minutes is None else session.taught_minutes
    form = blank_form({name: getattr(session, name) for name in FIELDS} | {"taught_minutes": taught})
    return _log_page(request, db, me, form=form, session=session)


@router.post("/cahier/{session_id}", name="pedagogy.log_lesson", dependencies=RECEIVE)
def log_lesson(request: Request, db: Db, me: Me, session_id: Id, posted: PostedForm) -> Response:
    """Write the entry of a session, or correct it; a file comes with it, looked at before the lock."""
    form, kept = posted.read(LogForm), None
    with form.refusals():
        kept = receive(request, posted, "file", kinds=DRAWINGS, optional=True)
    me = recheck(request, db, Permission.THEORY_LOG)
    session = queries.get_session(db, session_id, lock=True)
    with form.refusals():
        if form.ok:
            log_service.log_lesson(db, session, lesson=form.valid.lesson, seen_version=form.valid.version, by=me)
            if kept is not None:
                log_service.add_log_file(db, session, file=kept, by=me)
            return redirect(request, url(request, "pedagogy.list_logs"), flash="Cahier enregistré.")
    return _log_page(request, db, me, form=form, session=session, status=form.status)


@router.get("/cahier/{session_id}/fichiers/{file_id}", name="pedagogy.show_log_file", dependencies=READ)
def show_log_file(request: Request, db: Db, session_id: Id, file_id: Id) -> Response:
    """A file of a lesson."""
    return show_file(request, log_queries.get_log_file(db, session_id, file_id).file)


@router.post("/cahier/{session_id}/fichiers/{file_id}/retrait", name="pedagogy.remove_log_file", dependencies=LOG)
def remove_log_file(request: Request, db: Db, me: Me, session_id: Id, file_id: Id) -> Response:
    """Take a file out of the log."""
    session = queries.get_session(db, session_id, lock=True)
    log_service.remove_log_file(db, session, log_queries.get_log_file(db, session_id, file_id), by=me)
    return redirect(request, url(request, "pedagogy.show_log", session_id=session_id), flash="Fichier retiré.")


def _log_page(
    request: Request, db: Db, me: Me, *, form: Form[LogForm], session: TimetableSession, status: int = 200
) -> Response:
    why_not = policies.why_not_keep_log(me, session) or policies.why_not_log_now(session)
    return page(
        request, "pedagogy/log_show.html", status=status, form=form, session=session,
        why_not=None if form.errors else why_not, labels=LABELS, sheet=log_queries.log_sheet(db, session),
    )  # fmt: skip


def _monday(listing: ListQuery) -> date:
    """The week asked for, this one when it makes no sense."""
    try:
        day = date.fromisoformat(listing.values.get("semaine", ""))
    except ValueError:
        day = today()
    return monday_of(day if FIRST_YEAR <= day.year <= LAST_YEAR else today())

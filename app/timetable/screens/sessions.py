"""Sessions of the timetable: seen, added, changed, cancelled."""

from datetime import date
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.accounts.deps import Me, allow
from app.core.clock import today
from app.core.errors import Refused
from app.core.permissions import Permission
from app.pedagogy.models import TimetableSession
from app.pedagogy.policies import why_not_keep_log
from app.pedagogy.queries import get_session
from app.pedagogy.rules import KIND_LABELS
from app.timetable import queries, service
from app.timetable.forms import CancelForm, MoveForm, SessionForm
from app.timetable.service.sessions import LABELS
from app.web.deps import Db, Listing, PostedForm
from app.web.fields import Id
from app.web.forms import Form, Posted, as_typed, blank_form
from app.web.pages import page, redirect, url
from app.web.routing import UnitOfWorkRoute

router = APIRouter(route_class=UnitOfWorkRoute, include_in_schema=False)
READ, EDIT = [allow(Permission.TIMETABLE_READ)], [allow(Permission.TIMETABLE_EDIT)]
MOST_DIGITS = 9
KINDS = [(kind.value, label) for kind, label in KIND_LABELS.items()]


@router.get("/semaine/seances/nouvelle", name="timetable.new_session", dependencies=EDIT)
def new_session(request: Request, db: Db, listing: Listing) -> Response:
    """A new session: first of which group, then the rest."""
    day = listing.values.get("jour", "") or today().isoformat()
    values: dict[str, object] = {"group": listing.values.get("groupe", ""), "on_date": day}
    if (missed := listing.values.get("rattrape", "")).isdecimal() and len(missed) <= MOST_DIGITS:
        values = _making_up(get_session(db, int(missed))) | {"on_date": day}
    return _form_page(request, db, blank_form(values), None, 200)


@router.post("/semaine/seances", name="timetable.create_session", dependencies=EDIT)
def create_session(request: Request, db: Db, me: Me, posted: PostedForm) -> Response:
    """Add a session."""
    form = posted.read(SessionForm)
    with form.refusals():
        if form.ok:
            plan = service.plan_session(db, values=form.valid.model_dump())
            session = service.create_session(db, plan=plan, by=me)
            words = f"Séance ajoutée. {service.warnings(db, plan, session)}".strip()
            return redirect(request, _week_of(request, form.valid.group, session.on_date), flash=words)
    return _form_page(request, db, form, None, form.status)


@router.get("/semaine/seances/{session_id}", name="timetable.show_session", dependencies=READ)
def show_session(request: Request, db: Db, me: Me, session_id: Id) -> Response:
    """One session: where, who, its roll call, its log."""
    found = queries.session_page(db, session_id)
    own_log = why_not_keep_log(me, found.session) is None
    return page(request, "timetable/session_show.html", page=found, own_log=own_log)


@router.get("/semaine/seances/{session_id}/modifier", name="timetable.edit_session", dependencies=EDIT)
def edit_session(request: Request, db: Db, session_id: Id) -> Response:
    """The session's form, filled; a called one is only shown."""
    session = get_session(db, session_id)
    if session.called_at is not None:
        raise Refused("L’appel de cette séance est fait : elle ne change plus.")
    return _form_page(request, db, blank_form(_values(session) | _link(db, session)), session, 200)


@router.post("/semaine/seances/{session_id}/modifier", name="timetable.change_session", dependencies=EDIT)
def change_session(request: Request, db: Db, me: Me, session_id: Id, posted: PostedForm) -> Response:
    """Change or move a session."""
    session = get_session(db, session_id)
    form = posted.read(SessionForm)
    with form.refusals():
        if form.ok:
            plan = service.plan_session(db, values=form.valid.model_dump())
            moved = service.change_session(db, session, plan=plan, seen_version=form.valid.version, by=me)
            where = _week_of(request, form.valid.group, moved.on_date)
            done = "Séance enregistrée." if moved is session else "Séance déplacée."
            return redirect(request, where, flash=f"{done} {service.warnings(db, plan, moved)}".strip())
    return _form_page(request, db, form, session, form.status)


@router.post("/semaine/seances/{session_id}/deplacement", name="timetable.move_session", dependencies=EDIT)
def move_session(request: Request, db: Db, me: Me, session_id: Id, posted: PostedForm) -> Response:
    """Put a session elsewhere in the week, as it was dropped; what refuses it opens the session's form."""
    session = get_session(db, session_id)
    form = posted.read(MoveForm)
    with form.refusals():
        if form.ok:
            typed = form.valid
            moved = service.move_session(
                db, session, on_date=typed.on_date, start=typed.start, seen_version=typed.version, by=me
            )
            told = service.warnings(db, service.moved_plan(session, typed.on_date, typed.start), moved)
            return redirect(request, _back(request, posted, moved), flash=f"Séance déplacée. {told}".strip())
    stored = _values(session) | _link(db, session)
    form.values = {name: as_typed(value) for name, value in stored.items()} | form.values
    return _form_page(request, db, _ending(form, session), session, form.status)


@router.get("/semaine/seances/{session_id}/annulation", name="timetable.confirm_cancel", dependencies=EDIT)
def confirm_cancel(request: Request, db: Db, session_id: Id) -> Response:
    """What cancelling a session changes, before it is done."""
    session = get_session(db, session_id)
    return _cancel_page(request, blank_form({"version": session.version}), session, 200)


@router.post("/semaine/seances/{session_id}/annulation", name="timetable.cancel_session", dependencies=EDIT)
def cancel_session(request: Request, db: Db, me: Me, session_id: Id, posted: PostedForm) -> Response:
    """Cancel a session."""
    session = get_session(db, session_id)
    form = posted.read(CancelForm)
    with form.refusals():
        if form.ok:
            typed = form.valid
            service.cancel_session(db, session, reason=typed.reason, seen_version=typed.version, by=me)
            return redirect(request, _week_of(request, session.group.code, session.on_date), flash="Séance annulée.")
    return _cancel_page(request, form, session, form.status)


def _back(request: Request, posted: Posted, moved: TimetableSession) -> str:
    """The week that the session was moved in: of a group, a person or a room."""
    whose = {by: key for by in ("groupe", "personne", "salle") if (key := posted.text(by))}
    query = whose or {"groupe": moved.group.code}
    return url(request, "timetable.show_week", query=query | {"semaine": moved.on_date.isoformat()})


def _ending(form: Form[Any], session: TimetableSession) -> Form[Any]:
    """The end goes with the start, so that the form can be sent as it stands."""
    if form.data is not None:
        form.values["end"] = _clock(min(form.data.start + session.minutes, 1439))
    return form


def _values(session: TimetableSession) -> dict[str, object]:
    return {
        "group": session.group.code, "on_date": session.on_date, "start": _clock(session.start_minute),
        "end": _clock(session.end_minute), "subject": session.subject.code, "staff": session.staff.code,
        "kind": session.kind, "room": session.room, "version": session.version,
    }  # fmt: skip


def _link(db: Db, session: TimetableSession) -> dict[str, object]:
    link = queries.catch_up_of(db, session.id)
    return {"catches_up": link.missed_id if link else None}


def _making_up(missed: TimetableSession) -> dict[str, object]:
    """A session like the missed one, at the same hours, on a day to choose."""
    return _values(missed) | {"catches_up": missed.id, "version": None}


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


def _week_of(request: Request, group: str, day: date) -> str:
    return url(request, "timetable.show_week", query={"groupe": group, "semaine": day.isoformat()})


def _form_page(
    request: Request, db: Db, form: Form[SessionForm], session: TimetableSession | None, status: int
) -> Response:
    choices = queries.session_choices(db, form.raw("group"), but=session.id if session else None)
    return page(
        request, "timetable/session_edit.html", status=status, form=form, session=session, choices=choices, kinds=KINDS,
        labels=LABELS,
    )  # fmt: skip


def _cancel_page(request: Request, form: Form[CancelForm], session: TimetableSession, status: int) -> Response:
    return page(request, "timetable/session_cancel.html", status=status, form=form, session=session, labels=LABELS)

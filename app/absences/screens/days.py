"""The absences of a day, and telling those who answer for the pupils."""

from datetime import date, timedelta
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.absences import queries, service
from app.absences.forms import CallForm, NoticesForm
from app.absences.queries import DayLine
from app.absences.rules import notice_body, notice_subject
from app.accounts.deps import Me, allow
from app.core.clock import today
from app.core.permissions import Permission
from app.pedagogy.queries import find_pupil_by_code
from app.web.deps import Db, Listing, PostedForm
from app.web.forms import Form, blank_form
from app.web.pages import page, redirect, url
from app.web.routing import UnitOfWorkRoute

router = APIRouter(route_class=UnitOfWorkRoute, include_in_schema=False)
READ, EDIT = [allow(Permission.ABSENCE_READ)], [allow(Permission.ABSENCE_EDIT)]
SEND = [allow(Permission.MAIL_SEND)]
CALL_LABELS = {"told": "Personne jointe", "note": "Réponse", "pupil": "Élève", "day": "Jour"}


def asked_day(text: str) -> date:
    """The day asked for; today when there is none or it makes no sense."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return today()
    return day if 2000 <= day.year <= 2100 else today()


def beside(day: date) -> dict[str, Any]:
    """The days before and after, for the two arrows."""
    return {"before": day - timedelta(days=1), "after": day + timedelta(days=1)}


@router.get("/absences", name="absences.show_day", dependencies=READ)
def show_day(request: Request, db: Db, listing: Listing) -> Response:
    """Who is missing on a day, who is expected to be, who must be told."""
    day = asked_day(listing.values.get("jour", ""))
    return page(request, "absences/day.html", page=queries.day_page(db, day), listing=listing, **beside(day))


@router.get("/absences/avis", name="absences.prepare_notices", dependencies=SEND)
def prepare_notices(request: Request, db: Db, me: Me, listing: Listing) -> Response:
    """The messages about today's absences without a reason, ready to be read, changed and confirmed."""
    day = asked_day(listing.values.get("jour", ""))
    lines = [line for line in queries.day_lines(db, day) if line.to_tell]
    return _notices_page(request, blank_form({"day": day} | _prepared(lines, me)), lines, day, 200)


@router.post("/absences/avis", name="absences.send_notices", dependencies=SEND)
def send_notices(request: Request, db: Db, me: Me, posted: PostedForm) -> Response:
    """Hand the confirmed messages to the outbox."""
    form = posted.read(NoticesForm)
    day = asked_day(form.raw("day"))
    with form.refusals():
        if form.ok and not form.valid.confirmed():
            form.refuse("Cochez au moins un message.", "")
        elif form.ok:
            sent = service.send_notices(db, form.valid.confirmed(), day=form.valid.day, by=me)
            where = url(request, "absences.show_day", query={"jour": form.valid.day.isoformat()})
            return redirect(request, where, flash=_words(sent))
    return _notices_page(request, form, _lines_of(db, form, day), day, form.status)


@router.get("/absences/telephone", name="absences.new_call", dependencies=EDIT)
def new_call(request: Request, db: Db, listing: Listing) -> Response:
    """Somebody was called: who, and what they said."""
    values = {"day": asked_day(listing.values.get("jour", "")), "pupil": listing.values.get("eleve", "")}
    return _call_page(request, db, blank_form(values), 200)


@router.post("/absences/telephone", name="absences.note_call", dependencies=EDIT)
def note_call(request: Request, db: Db, me: Me, posted: PostedForm) -> Response:
    """Keep that somebody was called; an absence is told once."""
    form = posted.read(CallForm)
    with form.refusals():
        if form.ok:
            typed = form.valid
            service.note_call(db, typed.pupil, day=typed.day, told=typed.told, note=typed.note, by=me)
            where = url(request, "absences.show_day", query={"jour": typed.day.isoformat()})
            return redirect(request, where, flash="Appel noté.")
    return _call_page(request, db, form, form.status)


def _prepared(lines: list[DayLine], me: Me) -> dict[str, object]:
    found: dict[str, object] = {}
    for rank, line in enumerate(lines):
        to_self = any(one.is_pupil for one in line.contacts)
        when = f"le {line.absence.first.on_date:%d/%m/%Y} ({line.absence.first.half.label.lower()})"
        found |= {
            f"messages-{rank}-pupil": line.who.code, f"messages-{rank}-send": bool(line.writable),
            f"messages-{rank}-subject": notice_subject(line.who.name, line.absence.first.on_date),
            f"messages-{rank}-body": notice_body(
                line.who.name, when, school=me.school_name, signed=me.name, to_self=to_self
            ),
        }  # fmt: skip
    return found


def _lines_of(db: Db, form: Form[NoticesForm], day: date) -> list[DayLine]:
    """The absences that the messages of a refused form are about, in the order of the form."""
    by_code = {line.who.code: line for line in queries.day_lines(db, day)}
    ranks = range(sum(name.endswith("-pupil") for name in form.values))
    codes = [form.raw(f"messages-{rank}-pupil") for rank in ranks]
    return [by_code[code] for code in codes if code in by_code]


def _words(sent: service.Sent) -> str:
    words = f"{sent.mails} message{'s' if sent.mails > 1 else ''} confirmé{'s' if sent.mails > 1 else ''}."
    return " ".join([words, *sent.left_out])


def _notices_page(request: Request, form: Form[NoticesForm], lines: list[DayLine], day: date, status: int) -> Response:
    ready = bool(request.app.state.settings.smtp_host)
    return page(
        request, "absences/notices.html", status=status, form=form, lines=lines, day=day, ready=ready
    )  # fmt: skip


def _call_page(request: Request, db: Db, form: Form[CallForm], status: int) -> Response:
    day = asked_day(form.raw("day"))
    pupil = find_pupil_by_code(db, form.raw("pupil"))
    lines = queries.day_lines(db, day) if pupil else []
    line = next((one for one in lines if pupil and one.who.pupil_id == pupil.id), None)
    return page(
        request, "absences/call.html", status=status, form=form, pupil=pupil, line=line, day=day, labels=CALL_LABELS
    )  # fmt: skip

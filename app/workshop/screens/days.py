"""The evening: a master goes over the day's times, puts automatic stops right in place, confirms them."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.accounts.deps import Me, allow
from app.core.actor import Actor
from app.core.clock import today
from app.core.permissions import Permission
from app.web.deps import Db, Listing, PostedForm
from app.web.forms import Form, blank_form
from app.web.pages import page, redirect, url
from app.web.routing import UnitOfWorkRoute
from app.workshop import queries, rules, service
from app.workshop.forms import (
    ConfirmForm,
    DayForm,
    HalfDayForm,
    HalfForm,
    confirm_form,
    keep_ends,
    read_day,
    read_half,
)

router = APIRouter(route_class=UnitOfWorkRoute, include_in_schema=False)
READ, GIVE = [allow(Permission.TICKET_READ)], [allow(Permission.TICKET_GIVE)]
KINDS = [(kind.value, kind.label) for kind in rules.SessionWork if kind != rules.SessionWork.HELP]


@router.get("/atelier/temps", name="workshop.show_day", dependencies=READ)
def show_day(request: Request, db: Db, me: Me, listing: Listing) -> Response:
    """The booked time of a day, to be gone over before it is confirmed."""
    asked = read_day(listing.values)
    return _page(request, db, me, asked, status=422 if asked.errors else 200)


@router.post("/atelier/temps", name="workshop.validate_day", dependencies=GIVE)
def validate_day(request: Request, db: Db, me: Me, posted: PostedForm) -> Response:
    """Confirm the times shown, automatic stops put right as typed."""
    form = posted.read(ConfirmForm)
    with form.refusals():
        if form.ok:
            given = form.valid
            done = service.validate_day(db, given.jour, given.confirmed, by=me)
            there = url(request, "workshop.show_day", query={"jour": given.jour, "vue": given.vue or None})
            words = f"{done.lines} lignes validées." if done.lines > 1 else f"{done.lines} ligne validée."
            return redirect(request, there, flash=words)
    asked = read_day({name: form.raw(name) for name in ("jour", "vue")})
    return _page(request, db, me, asked, form=form, status=form.status)


@router.post("/atelier/temps/arret", name="workshop.stop_forgotten", dependencies=GIVE)
def stop_forgotten(request: Request, db: Db, me: Me) -> Response:
    """Stop the clocks that outlived their half-day, at its end."""
    count = service.stop_forgotten(db, by=me)
    words = f"{count} pointages arrêtés." if count > 1 else f"{count} pointage arrêté."
    return redirect(request, url(request, "workshop.show_day"), flash=words)


def _page(
    request: Request, db: Db, me: Actor, asked: Form[DayForm], *, form: Form[ConfirmForm] | None = None, status: int
) -> Response:
    day = asked.valid.jour if asked.ok and asked.valid.jour else today()
    vue = asked.valid.vue or "" if asked.ok else ""
    sheet = queries.day_sheet(db, day, staff_id=me.staff_id, mine={"miens": True, "tous": False}.get(vue))
    asked.values["jour"] = asked.raw("jour") or day.isoformat()
    ends = {line.row.id: line.end if line.row.id in sheet.editable else None for line in sheet.to_confirm}
    shown = confirm_form(day, vue, ends) if form is None or form.stale else form
    if form is not None and form.stale:
        shown.stale = form.stale
        keep_ends(shown, form)
    return page(
        request, "workshop/day.html", status=status, sheet=sheet, asked=asked, form=shown, minutes=rules.minutes,
        places={session_id: place for place, session_id in enumerate(ends)}, vue=vue,
    )  # fmt: skip


@router.get("/atelier/temps/saisie", name="workshop.ask_half_day", dependencies=GIVE)
def ask_half_day(request: Request, db: Db, me: Me, listing: Listing) -> Response:
    """A whole half-day by quarters of an hour, where there is no tablet."""
    asked = read_half(listing.values)
    return _half_page(request, db, me, asked, status=422 if asked.errors else 200)


@router.post("/atelier/temps/saisie", name="workshop.enter_half_day", dependencies=GIVE)
def enter_half_day(request: Request, db: Db, me: Me, posted: PostedForm) -> Response:
    """Lay the quarters into what is free of the half-day."""
    form = posted.read(HalfDayForm)
    with form.refusals():
        if form.ok:
            given = form.valid
            ids = queries.pupil_ids(db, list(dict.fromkeys(line.pupil for line in given.lines)))
            count = service.enter_half_day(db, given.jour, given.half, given.quarters(ids), by=me)
            there = url(request, "workshop.show_day", query={"jour": given.jour})
            return redirect(request, there, flash=f"{count} temps enregistrés." if count > 1 else "Temps enregistré.")
    asked = read_half({name: form.raw(name) for name in ("jour", "demi")})
    return _half_page(request, db, me, asked, form=form, status=form.status)


def _half_page(
    request: Request, db: Db, me: Actor, asked: Form[HalfForm], *, form: Form[HalfDayForm] | None = None, status: int
) -> Response:
    found = asked.valid if asked.ok else HalfForm()
    sheet = queries.half_day_sheet(db, found.jour or today(), found.demi.half, staff_id=me.staff_id)
    asked.values["jour"] = asked.raw("jour") or sheet.day.isoformat()
    return page(
        request, "workshop/half_day.html", status=status, sheet=sheet, asked=asked, demi=found.demi,
        form=form or blank_form(), minutes=rules.minutes, kinds=KINDS,
    )  # fmt: skip
